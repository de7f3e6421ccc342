package io.dialogsecurity.artemis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest {

    @TempDir
    private Path directory;

    private Path configuration;

    @BeforeEach
    void makeDemo() {
        Path demo = directory.resolve("demo");
        assertThat(CommandLineRun.of("pki", "demo", "--services", "order-entry,shipping", "--out", demo)
                        .exitCode())
                .isZero();
        configuration = demo.resolve("order-entry").resolve("dialog-security.xml");
    }

    @Test
    @DisplayName("What 'pki demo' makes can be used, and is shown")
    void showsDemo() {
        CommandLineRun run = CommandLineRun.of("check", configuration);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains(
                        "can be used: 1 trust anchor, ",
                        " revocation list",
                        " certificates.",
                        "CN=Dialog Security Demo Authority",
                        "Speaks for",
                        "shipping.#     apply",
                        "(all others)   bypass",
                        "2 accepted, 2 preferred",
                        "addresses no rule matches are bypassed");
        assertThat(CommandLineRun.of("check", directory.resolve("demo/broker/dialog-security.xml"))
                        .out())
                .contains("nobody: this is a guard's configuration");
        assertThat(CommandLineRun.of("check", "--strict", configuration).exitCode())
                .isEqualTo(ExitCode.REFUSED);
    }

    @Test
    @DisplayName("What is done on one address is told, by the rule that decides")
    void oneAddress() {
        CommandLineRun run =
                CommandLineRun.of("check", configuration, "--address", "shipping.eu", "--address", "elsewhere");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().limit(3).map(line -> line.strip().split(" +")[1]))
                .containsExactly("rule", "shipping.#", "(default)");
        assertThat(run.out().lines().skip(3).map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "",
                        "In the broker",
                        "address way who what is done",
                        "shipping.eu in everybody has to seal",
                        "out everybody what is stored",
                        "elsewhere in everybody passes as it is",
                        "out everybody what is stored");
    }

    @Test
    @DisplayName("What a broker does for plain applications is told, in and out, and what is provisional is warned of")
    void brokerSide() throws IOException {
        Files.writeString(
                configuration, Files.readString(configuration).replaceFirst("(?s)<addresses.*</addresses>", """
                        <addresses dry-run="true">
                          <address match="a" action="apply" receivers="shipping" others="envelope" dry-run="false">
                            <seal service="order-entry" users="dev-1 dev-2"/>
                            <seal service="order-entry" users="*"/>
                            <open service="shipping" users="*" roles="r1 r2" client-certificate="required"/>
                          </address>
                          <address match="b" action="apply" receivers="shipping" outgoing="drop"
                                   plaintext-until="2026-01-31T00:00:00Z">
                            <seal service="order-entry" users="dev-1"/>
                          </address>
                          <address match="c" action="apply" receivers="shipping" dry-run="false">
                            <open service="shipping"/>
                          </address>
                          <address match="d" action="drop"/>
                        </addresses>"""));
        CommandLineRun run = CommandLineRun.of("check", configuration);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsSubsequence(
                        "match way who what is done",
                        "a in dev-1 dev-2 sealed as order-entry",
                        "in every user sealed as order-entry",
                        "out every user, with role r1 or r2, with the service's TLS certificate opened for shipping",
                        "out all others the envelope",
                        "b in dev-1 sealed as order-entry",
                        "in all others has to seal from 2026-01-31T00:00:00Z on, unsealed is tolerated until then;"
                                + " dry run: reported only",
                        "out everybody nothing",
                        "c in everybody has to seal",
                        "out shipping opened for shipping",
                        "out all others nothing",
                        "d in everybody refused; dry run: reported only",
                        "out everybody what is stored",
                        "(all others) in everybody passes as it is",
                        "out everybody what is stored");
        assertThat(run.out())
                .contains(
                        "address 'b' has tolerated no unsealed messages since 2026-01-31T00:00:00Z; remove plaintext-until",
                        "address 'b' is in dry run",
                        "address 'd' is in dry run")
                .doesNotContain("address 'a' is in dry run", "all other addresses are in dry run");
        assertThat(CommandLineRun.of("check", configuration, "--strict").exitCode())
                .isEqualTo(ExitCode.REFUSED);
    }

    @Test
    @DisplayName("Certificates that expire soon are warned of; an expired one is an error")
    void expiry() {
        Instant soon = Instant.now().plus(Duration.ofDays(350));
        CommandLineRun run = CommandLineRun.of("check", configuration, "--at", soon);
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("order-entry", "expires at", "have the authority issue its successor");
        CommandLineRun late =
                CommandLineRun.of("check", configuration, "--at", Instant.now().plus(Duration.ofDays(366)));
        assertThat(late.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(late.err().lines()).hasSize(1);
        assertThat(late.err()).contains("expired");
    }

    @Test
    @DisplayName("A key store others can read is warned of")
    void permissions() throws IOException {
        Files.setPosixFilePermissions(
                directory.resolve("demo/pki/order-entry.p12"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(CommandLineRun.of("check", configuration).out())
                .contains("order-entry.p12: other users may read it; chmod 600");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    anchor file="../pki/root.pem"    | anchor file="../pki/gone.pem"     | gone.pem
                    order-entry.password             | shipping.password                 | order-entry.p12
                    receivers="shipping"             | receivers="nobody"                | unknown service 'nobody'
                    <suites accept="2"/>             | <suites accept="9"/>              | unknown suite '9'
                    </dialog-security>               | </dialog-securit>                 | dialog-security
                    action="apply"                   | action="seal"                     | 'seal'
                    """)
    @DisplayName("What is wrong is told in one line with file, line, what and remedy")
    void wrong(String right, String wrong, String told) throws IOException {
        String text = Files.readString(configuration);
        assertThat(text).contains(right);
        Files.writeString(configuration, text.replaceFirst(Pattern.quote(right), wrong));
        CommandLineRun run = CommandLineRun.of("check", configuration);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err())
                .matches("(?s)dialog-security: .*dialog-security\\.xml:[0-9]+:[0-9]+: .*; .*")
                .contains(told);
    }

    @Test
    @DisplayName("A missing file and a wrong time are told, too")
    void missing() {
        CommandLineRun run = CommandLineRun.of("check", directory.resolve("nothing.xml"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(CommandLineRun.of("check", configuration, "--at", "tomorrow").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
