package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogsecurity.state.Arrival;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that cannot write any more: the system does not let its files grow (the limit of {@code ulimit -f}). */
class FullDiskTest {

    static final Path LIMIT = Path.of("/usr/bin/prlimit");

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "Without room: health is bad, what fits the tail is remembered, the rest refused; with room it goes on")
    void noRoom() throws Exception {
        assumeTrue(Files.isExecutable(LIMIT), "there is no " + LIMIT);
        Process process = new ProcessBuilder(List.of(
                        LIMIT.toString(),
                        "--fsize=1500000:unlimited",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDiskWorker.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String refused = out.readLine();
            assertThat(refused)
                    .startsWith("refused ")
                    .contains(" false ")
                    .contains("state.mv.db")
                    .contains("Make room on its disk");
            Process more = new ProcessBuilder(
                            LIMIT.toString(), "--pid", Long.toString(process.pid()), "--fsize=unlimited:unlimited")
                    .inheritIO()
                    .start();
            assertThat(more.waitFor()).isZero();
            String served = out.readLine();
            assertThat(served).startsWith("served ");
            assertThat(out.readLine()).isEqualTo("closed");
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            try (EndpointStore store = TestStores.open(directory)) {
                int dialogs = Integer.parseInt(served.split(" ")[1]);
                for (int dialog = 0; dialog < dialogs; dialog++) {
                    assertThat(store.windows()
                                    .window(TestStores.windowKey(dialog))
                                    .arrive(1, dialog, true))
                            .as("dialog %d of %d", dialog, dialogs)
                            .isEqualTo(Arrival.REDELIVERED);
                }
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
