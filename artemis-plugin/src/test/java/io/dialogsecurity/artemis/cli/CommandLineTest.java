package io.dialogsecurity.artemis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.Rejection;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "help",
                "help inspect",
                "inspect --help",
                "open --help",
                "check --help",
                "rejections --help",
                "redrive --help",
                "pki --help",
                "pki help issue",
                "pki init --help",
                "pki issue --help",
                "pki revoke --help",
                "pki demo --help",
                "--version",
                "inspect --version"
            })
    @DisplayName("Help and version are there for every command")
    void help(String args) {
        CommandLineRun run = CommandLineRun.of((Object[]) args.split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsIgnoringCase("dialog-security");
    }

    @Test
    @DisplayName("The help names the exit codes")
    void exitCodes() {
        assertThat(CommandLineRun.of("--help").out()).contains("Exit codes:", "0   done", "3   it cannot be done");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "inspect", "pki", "inspect --nonsense x", "pki issue a --suite 3"})
    @DisplayName("A wrong command line is told in one line, with where to look")
    void wrongUsage(String args) {
        CommandLineRun run = args.isEmpty() ? CommandLineRun.of() : CommandLineRun.of((Object[]) args.split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).startsWith("dialog-security: ").contains("--help");
    }

    @Test
    @DisplayName("Every rejection code is listed with its meaning and a remedy")
    void rejections() {
        CommandLineRun run = CommandLineRun.of("rejections");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        for (Rejection rejection : Rejection.values()) {
            assertThat(run.out()).contains(String.format("%2d  %s%n", rejection.code(), rejection));
        }
        assertThat(run.out().lines()).hasSize(3 * Rejection.values().length);
    }

    @Test
    @DisplayName("Rejections are found by number and by part of their name")
    void someRejections() {
        assertThat(CommandLineRun.of("rejections", "1").out().lines().findFirst())
                .hasValue(" 1  PLAINTEXT_REFUSED");
        assertThat(CommandLineRun.of("rejections", "certificate").out().lines()).hasSize(12);
        CommandLineRun none = CommandLineRun.of("rejections", "nonsense");
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err().lines()).hasSize(1);
    }

    @Test
    @DisplayName("Where an error comes from is shown only if asked for")
    void verbose() {
        assertThat(CommandLineRun.of("inspect", "/no/such/file").err())
                .isEqualTo("dialog-security: /no/such/file: does not exist; check the path\n");
        assertThat(CommandLineRun.of("inspect", "/no/such/file", "--verbose").err())
                .contains("NoSuchFileException", "\tat ");
    }
}
