package io.dialogsecurity.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as its users start it: {@code java -jar dialog-security-client.jar}, nothing else on the class path. */
class CommandLineIT {

    private static final Path VECTORS =
            Path.of("..", "vectors").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    private record Run(int exitCode, String out, String err) {}

    private Run run(Object... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-jar",
                System.getProperty("dialogsecurity.client.jar")));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    @DisplayName("The jar tells its version and its commands")
    void version() throws Exception {
        Run version = run("--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).matches("dialog-security [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\\R");
        assertThat(run("--help").out()).contains("inspect", "open", "check", "rejections", "pki");
        Run nothing = run();
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.out()).isEmpty();
    }

    @Test
    @DisplayName("A demo's certificates and configurations are made and found usable")
    void demo() throws Exception {
        Path demo = directory.resolve("demo");
        for (int suite = 1; suite <= 2; suite++) {
            Path made = demo.resolve("suite" + suite);
            Run pki = run("pki", "demo", "--services", "order-entry,shipping", "--suite", suite, "--out", made);
            assertThat(pki.err()).isEmpty();
            assertThat(pki.exitCode()).isZero();
            for (String who : List.of("order-entry", "shipping", "broker")) {
                Run check = run("check", made.resolve(who).resolve("dialog-security.xml"));
                assertThat(check.err()).isEmpty();
                assertThat(check.exitCode()).isZero();
                assertThat(check.out()).contains("can be used");
            }
        }
        Path wrong = demo.resolve("suite2/order-entry/dialog-security.xml");
        Files.writeString(wrong, Files.readString(wrong).replace("root.pem", "gone.pem"));
        Run check = run("check", wrong);
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.err().lines()).hasSize(1);
        assertThat(check.err()).contains("dialog-security.xml:", "gone.pem");
    }

    @Test
    @DisplayName("An envelope is shown, verified and opened; a changed one is refused")
    void envelope() throws Exception {
        for (int suite = 1; suite <= 2; suite++) {
            String hex = envelope("suite" + suite + "-text");
            Path file = Files.writeString(directory.resolve("envelope"), hex);
            Path root = VECTORS.resolve("keys/root.pem");
            Path key = VECTORS.resolve("keys/shipping-" + suite + ".pem");
            Run inspect = run("inspect", "--trust", root, file);
            assertThat(inspect.exitCode()).isZero();
            assertThat(inspect.out()).contains("Verified: order-entry signed layers 2 and 3");
            Run open = run("open", "--key-store", key, "--trust", root, file);
            assertThat(open.err()).isEmpty();
            assertThat(open.exitCode()).isZero();
            assertThat(open.out()).contains("sealed by order-entry", "Order 4711: 3 Päckchen");
            char last = hex.charAt(hex.length() - 1);
            Files.writeString(file, hex.substring(0, hex.length() - 1) + (last == '0' ? '1' : '0'));
            Run changed = run("open", "--key-store", key, "--trust", root, file);
            assertThat(changed.exitCode()).isEqualTo(1);
            assertThat(changed.err()).contains("MIC_INVALID (16)");
        }
    }

    /** A vector's envelope: the lines that begin with blanks behind its name, at the end of the file. */
    private static String envelope(String vector) throws IOException {
        String text =
                Files.readString(VECTORS.resolve("cases/positive").resolve(vector + ".txt"), StandardCharsets.UTF_8);
        return text.substring(text.indexOf("\nenvelope:") + "\nenvelope:".length())
                .lines()
                .map(String::strip)
                .collect(Collectors.joining());
    }
}
