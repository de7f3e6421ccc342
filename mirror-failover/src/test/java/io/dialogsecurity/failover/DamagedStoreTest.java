package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.claimKey;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.DialogStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real files, abused. What is done to them here: a store that opens has forgotten nothing, and one that does not says why. (There
 * are single bits of an H2 index that hide a row when they flip; the threat model says so, and no seed here hits one.)
 */
class DamagedStoreTest {

    private static final int DIALOGS = 200;

    @TempDir
    Path directory;

    private void fill() {
        try (EndpointStore store = TestStores.open(directory)) {
            for (int dialog = 0; dialog < DIALOGS; dialog++) {
                store.windows().window(windowKey(dialog)).arrive(1, dialog, false);
                store.claims().window(claimKey(dialog)).take(1, dialog, false);
                store.dialogs().remember(TestStores.dialog(dialog, DialogStatus.OPEN));
            }
        }
    }

    private EndpointStore open(OnDamage onDamage) {
        return EndpointStore.open(StoreSettings.in(directory).onDamage(onDamage).build(), CLOCK);
    }

    /** Every entry is as it was, or whoever asks for it is refused. */
    private static void forgetsNothing(EndpointStore store) {
        for (int dialog = 0; dialog < DIALOGS; dialog++) {
            try {
                assertThat(store.windows().window(windowKey(dialog)).arrive(1, dialog, true))
                        .isEqualTo(Arrival.REDELIVERED);
                assertThat(store.claims().window(claimKey(dialog)).take(1, dialog, true))
                        .isEqualTo(Claim.PENDING);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("state.mv.db").hasMessageNotContaining("\n");
            }
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** It refuses with one line and leaves every file; told to rebuild, it sets them aside and begins anew. */
    private void refusesThenRebuilds(String... words) throws IOException {
        byte[] tail = Files.exists(directory.resolve("tail")) ? Files.readAllBytes(directory.resolve("tail")) : null;
        StoreException refused = catchThrowableOfType(StoreException.class, () -> open(OnDamage.REFUSE));
        assertThat(refused)
                .isNotNull()
                .hasMessageContaining("on-damage=\"rebuild\"")
                .hasMessageNotContaining("\n");
        assertThat(refused).hasMessageContainingAll(words);
        assertThat(files()).noneMatch(name -> name.contains("damaged"));
        if (tail != null) {
            assertThat(directory.resolve("tail")).hasBinaryContent(tail);
        }
        try (EndpointStore store = open(OnDamage.REBUILD)) {
            assertThat(store.needsRebuild()).isTrue();
            assertThat(store.openedEmpty()).isTrue();
            assertThat(store.windows().window(windowKey(1)).newest()).isZero();
            store.learned();
        }
        assertThat(files()).anyMatch(name -> name.matches(".*\\.damaged-\\d{8}T\\d{6}\\.\\d{3}Z"));
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            assertThat(store.needsRebuild()).isFalse();
        }
    }

    private void truncate(double part) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve("state.mv.db"), StandardOpenOption.WRITE)) {
            channel.truncate((long) (channel.size() * part));
        }
    }

    @Test
    @DisplayName("A database of which nothing is left is refused; told to, it is set aside")
    void emptied() throws IOException {
        fill();
        truncate(0);
        refusesThenRebuilds(directory.toString());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 0.9})
    @DisplayName("A database that is cut off: it refuses to open, or refuses who asks, or nothing is lost")
    void truncated(double part) throws IOException {
        fill();
        truncate(part);
        opensWithEverythingOrNot();
    }

    private void opensWithEverythingOrNot() {
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            forgetsNothing(store);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining(directory.toString()).hasMessageNotContaining("\n");
        }
    }

    @Test
    @DisplayName("A tail that is cut off is refused; told to, it is set aside")
    void truncatedTail() throws IOException {
        fill();
        try (FileChannel channel = FileChannel.open(directory.resolve("tail"), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        refusesThenRebuilds("tail");
    }

    @Test
    @DisplayName("A tail without its database is refused")
    void databaseIsMissing() throws IOException {
        fill();
        Files.delete(directory.resolve("state.mv.db"));
        refusesThenRebuilds("state.mv.db is missing");
    }

    @Test
    @DisplayName("A database without its tail is refused")
    void tailIsMissing() throws IOException {
        fill();
        Files.delete(directory.resolve("tail"));
        refusesThenRebuilds("tail is missing");
    }

    @Test
    @DisplayName("A database restored from an older copy without its tail is refused")
    void olderDatabase() throws IOException {
        fill();
        Path copy = directory.resolve("copy");
        Files.copy(directory.resolve("state.mv.db"), copy);
        try (EndpointStore store = TestStores.open(directory)) {
            store.windows().window(windowKey(1)).arrive(2, 2, false);
        }
        Files.move(copy, directory.resolve("state.mv.db"), StandardCopyOption.REPLACE_EXISTING);
        refusesThenRebuilds("older");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("Bytes changed anywhere: it refuses to open, or refuses who asks for what is damaged, or lost nothing")
    void corrupted(long seed) throws IOException {
        fill();
        Random random = new Random(seed);
        Path file = directory.resolve(seed % 4 == 0 ? "tail" : "state.mv.db");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            byte[] noise = new byte[1 + random.nextInt(400)];
            random.nextBytes(noise);
            channel.write(ByteBuffer.wrap(noise), Math.floorMod(random.nextLong(), channel.size() - noise.length));
        }
        opensWithEverythingOrNot();
    }

    @Test
    @DisplayName("A row that was changed behind our back is not believed")
    void changedRow() throws Exception {
        fill();
        sql("UPDATE ds_window SET newest = 7");
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            assertThatThrownBy(() -> store.windows().window(windowKey(1)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("checksum")
                    .hasMessageContaining("on-damage");
            assertThat(store.health().good()).isFalse();
        }
    }

    @Test
    @DisplayName(
            "An encrypted database without its password is not taken for damaged, whatever is to be done with damage")
    void encryptedAndNoPassword() throws IOException {
        char[] password = "nobody-knows".toCharArray();
        try (EndpointStore store = EndpointStore.open(
                StoreSettings.in(directory).encryptionPassword(password).build(), CLOCK)) {
            store.windows().window(windowKey(1)).arrive(1, 1, false);
        }
        assertThatThrownBy(() -> open(OnDamage.REBUILD))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is encrypted. Give its encryption password in <state>");
        assertThatThrownBy(() -> EndpointStore.open(
                        StoreSettings.in(directory)
                                .encryptionPassword("everybody-knows".toCharArray())
                                .onDamage(OnDamage.REBUILD)
                                .build(),
                        CLOCK))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be decrypted");
        assertThat(files()).noneMatch(name -> name.contains("damaged"));
        try (EndpointStore store = EndpointStore.open(
                StoreSettings.in(directory).encryptionPassword(password).build(), CLOCK)) {
            assertThat(store.windows().window(windowKey(1)).arrive(1, 1, false)).isEqualTo(Arrival.REDELIVERED);
        }
    }

    @Test
    @DisplayName("A newer schema is refused, and nothing is set aside, whatever is to be done with damage")
    void newerSchema() throws Exception {
        fill();
        sql(
                "INSERT INTO \"ds_schema_history\" SELECT 99, '99', 'newer', 'SQL', 'V99__newer.sql', 0, 'sa', NOW(), 1, TRUE");
        assertThatThrownBy(() -> open(OnDamage.REBUILD))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("schema version 99")
                .hasMessageNotContaining("\n");
        assertThat(files()).noneMatch(name -> name.contains("damaged"));
    }

    @Test
    @DisplayName(
            "A directory somebody else has is refused, and nothing is set aside, whatever is to be done with damage")
    void locked() throws IOException {
        try (EndpointStore store = TestStores.open(directory)) {
            assertThat(store.openedEmpty()).isTrue();
            assertThatThrownBy(() -> open(OnDamage.REBUILD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use by another process")
                    .hasMessageContaining(directory.toString());
        }
        assertThat(files()).noneMatch(name -> name.contains("damaged"));
    }

    @Test
    @DisplayName("Who was refused in the process that has the directory does not let another process have it")
    void lockedTwice() throws Exception {
        try (EndpointStore store = TestStores.open(directory)) {
            assertThatThrownBy(() -> open(OnDamage.REFUSE)).isInstanceOf(StoreException.class);
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            LockWorker.class.getName(),
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(other.inputReader().readLine()).startsWith("refused: ").contains("in use by another process");
            assertThat(other.waitFor()).isZero();
            assertThat(store.openedEmpty()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "A store that cannot be opened for want of room is not taken for damaged, whatever is to be done with damage")
    void noRoomToOpen() throws Exception {
        assumeTrue(Files.isExecutable(FullDiskTest.LIMIT), "there is no " + FullDiskTest.LIMIT);
        fill();
        long size = Files.size(directory.resolve("state.mv.db"));
        for (long limit : new long[] {0, 1, 4_096, 70_000, size - 4_096, size, size + 4_096, size + 16_384}) {
            String said = openWithLimit(limit);
            assertThat(said)
                    .as("limit %d", limit)
                    .containsAnyOf("opened", "Make room on its disk", "make room on the disk");
            assertThat(files()).as("limit %d: %s", limit, said).noneMatch(name -> name.contains("damaged"));
        }
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            forgetsNothing(store);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 12_288, 20_480, 28_672, 36_864, 45_056, 61_440, 1_000_000})
    @DisplayName(
            "A first start that is cut off for want of room, after the file got its header, is one again when there is room")
    void firstStartCutOff(long limit) throws Exception {
        assumeTrue(Files.isExecutable(FullDiskTest.LIMIT), "there is no " + FullDiskTest.LIMIT);
        assertThat(openWithLimit(limit)).contains("ake room on ");
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            assertThat(store.openedEmpty()).isTrue();
            assertThat(store.needsRebuild()).isFalse();
        }
    }

    /** What a process says that opens the store, and would set damaged files aside, but whose files may not grow beyond a size. */
    private String openWithLimit(long limit) throws Exception {
        Process process = new ProcessBuilder(
                        FullDiskTest.LIMIT.toString(),
                        "--fsize=" + limit,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenWorker.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    @DisplayName("That something has to be learned again is remembered until it is done, wherever that was cut off")
    void rebuildCutOff() throws IOException {
        fill();
        Files.delete(directory.resolve("tail"));
        try (EndpointStore store = open(OnDamage.REBUILD)) {
            assertThat(store.needsRebuild()).isTrue();
        }
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            assertThat(store.needsRebuild()).isTrue();
            store.learned();
            assertThat(store.needsRebuild()).isFalse();
        }
        try (EndpointStore store = open(OnDamage.REFUSE)) {
            assertThat(store.needsRebuild()).isFalse();
        }
    }

    private void sql(String statement) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("state"), "sa", "");
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
