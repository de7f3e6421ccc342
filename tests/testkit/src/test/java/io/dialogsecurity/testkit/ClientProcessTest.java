package io.dialogsecurity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void keepsTheOutputAndTakesInput() {
        try (ClientProcess process =
                ClientProcess.of(Echo.class.getName()).arguments("hello").start()) {
            assertThat(process.awaitLine(PATIENCE, line -> line.startsWith("hello")))
                    .isEqualTo("hello äöü");

            process.writeLine("to you");
            process.awaitLine(PATIENCE, line -> line.equals("got to you"));

            process.writeLine("end");
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(7);
            assertThat(process.lines()).containsExactly("hello äöü", "got to you", "got end");
        }
    }

    @Test
    void killsWithoutLettingTheProcessTidyUp() {
        ClientProcess process =
                ClientProcess.of(Echo.class.getName()).arguments("hello").start();
        process.awaitLine(PATIENCE, line -> line.startsWith("hello"));

        process.kill();

        assertThat(process.isAlive()).isFalse();
        assertThat(process.lines()).doesNotContain("tidied up");
    }

    @Test
    void saysWhatAProcessWroteThatEndedTooEarly() {
        try (ClientProcess process = ClientProcess.of(Echo.class.getName()).start()) {
            assertThatThrownBy(() -> process.awaitLine(PATIENCE, line -> line.equals("never")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ArrayIndexOutOfBoundsException");
        }
    }

    static final class Echo {

        private Echo() {}

        public static void main(String[] arguments) throws Exception {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> print("tidied up")));
            print(arguments[0] + " äöü");
            try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = input.readLine(); line != null; line = input.readLine()) {
                    print("got " + line);
                    if (line.equals("end")) {
                        Runtime.getRuntime().halt(7);
                    }
                }
            }
        }

        private static void print(String line) {
            PrintStream out = System.out;
            byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }
}
