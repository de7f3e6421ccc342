package io.dialogsecurity.artemis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two test vectors, and what 'inspect' says of them to the letter. Where the output is meant to change, so is the file. */
class InspectGoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"suite2-signed-reply", "suite1-stream-signed"})
    @DisplayName("What inspect says of an envelope")
    void says(String name) throws Exception {
        CommandLineRun run = CommandLineRun.of("inspect", "--trust", resource("root.pem"), resource(name + ".hex"));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo(Files.readString(resource(name + ".txt")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"suite2-signed-reply", "suite1-stream-signed"})
    @DisplayName("What inspect --hex says of an envelope")
    void dumps(String name) throws Exception {
        CommandLineRun run = CommandLineRun.of("inspect", "--hex", resource(name + ".hex"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo(Files.readString(resource(name + ".dump")));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(InspectGoldenTest.class.getResource(name).toURI());
    }
}
