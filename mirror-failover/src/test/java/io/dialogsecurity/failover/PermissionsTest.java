package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other users of the machine may do with endpoint state: nothing. */
class PermissionsTest {

    @TempDir
    Path temporary;

    private Path directory;

    @BeforeEach
    void posixOnly() throws IOException {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView("posix"));
        directory = temporary.resolve("var/state");
    }

    private EndpointStore open(OnDamage onDamage) {
        return EndpointStore.open(StoreSettings.in(directory).onDamage(onDamage).build(), CLOCK);
    }

    private void use(OnDamage onDamage) throws IOException {
        try (EndpointStore store = open(onDamage)) {
            store.windows().window(windowKey(1)).arrive(1, 1, false);
            assertPrivate();
        }
        assertPrivate();
    }

    private Map<String, String> permissions() throws IOException {
        Map<String, String> permissions = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                permissions.put(
                        directory.relativize(file).toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        return permissions;
    }

    private void assertPrivate() throws IOException {
        assertThat(permissions())
                .containsKeys("", "lock", "state.mv.db", "tail")
                .allSatisfy((name, has) -> assertThat(has).isEqualTo(name.isEmpty() ? "rwx------" : "rw-------"));
    }

    @Test
    @DisplayName(
            "Directory and files of endpoint state are for their owner alone, those it is in when they are new as well")
    void filesOfTheStore() throws IOException {
        use(OnDamage.REFUSE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("What an earlier version made readable is so no more, and other files stay as they are")
    void existingFiles() throws IOException {
        use(OnDamage.REFUSE);
        Path other = Files.writeString(directory.resolve("notes.txt"), "of somebody else");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
        open(OnDamage.REFUSE).close();
        assertThat(permissions()).containsEntry("notes.txt", "rw-r--r--");
        Files.delete(other);
        assertPrivate();
    }

    @Test
    @DisplayName("What was damaged and set aside is as private as what takes its place")
    void setAside() throws IOException {
        use(OnDamage.REFUSE);
        Files.setPosixFilePermissions(directory.resolve("tail"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(directory.resolve("state.mv.db"), new byte[100]);
        use(OnDamage.REBUILD);
        assertThat(permissions().keySet()).anyMatch(name -> name.startsWith("state.mv.db.damaged-"));
    }

    @Test
    @DisplayName("A directory that somebody else has made is taken from all others as well")
    void existingDirectory() throws IOException {
        Files.createDirectories(directory);
        use(OnDamage.REFUSE);
    }
}
