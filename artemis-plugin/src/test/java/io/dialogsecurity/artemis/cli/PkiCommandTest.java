package io.dialogsecurity.artemis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PkiCommandTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("An authority issues a service's identity, which loads, is trusted, and is revoked")
    void issuesAndRevokes(Suite suite) throws Exception {
        Path pki = directory.resolve("pki");
        assertOk(CommandLineRun.of("pki", "init", "--pki", pki));
        CommandLineRun issued =
                CommandLineRun.of("pki", "issue", "shipping", "--pki", pki, "--suite", suite.code(), "--days", "10");
        assertOk(issued);
        ServiceCertificate certificate = IdentityLoader.loadCertificate(pki.resolve("shipping.pem"));
        assertThat(issued.out()).contains(certificate.fingerprintHex());
        assertThat(certificate.suites()).containsExactly(suite);
        assertThat(Duration.between(Instant.now(), certificate.notAfter()))
                .isBetween(Duration.ofDays(9), Duration.ofDays(10));
        char[] password = PasswordOptions.read(pki.resolve("shipping.password"));
        try (ServiceIdentity identity = IdentityLoader.load(pki.resolve("shipping.p12"), password, null)) {
            assertThat(identity.certificate()).isEqualTo(certificate);
        }
        assertThat(trust(pki).check(certificate, Instant.now())).isEmpty();
        assertThat(issued.out() + issued.err()).doesNotContain(new String(password));

        assertOk(CommandLineRun.of("pki", "issue", "billing", "--pki", pki));
        assertOk(CommandLineRun.of("pki", "revoke", "shipping", "--pki", pki));
        CommandLineRun second = CommandLineRun.of("pki", "revoke", pki.resolve("billing.pem"), "--pki", pki);
        assertOk(second);
        assertThat(second.out()).contains("now has 2");
        assertThat(trust(pki).check(certificate, Instant.now())).hasValue(CertificateProblem.REVOKED);
    }

    @Test
    @DisplayName("What holds keys or passwords only this user may read")
    void permissions() throws Exception {
        Path pki = directory.resolve("pki");
        assertOk(CommandLineRun.of("pki", "init", "--pki", pki));
        assertOk(CommandLineRun.of("pki", "issue", "shipping", "--pki", pki));
        for (String file : new String[] {"authority.p12", "authority.password", "shipping.p12", "shipping.password"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki.resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki)))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("Passwords come from a file or the environment, and what is wrong with them is told in one line")
    void passwords() throws Exception {
        Path pki = directory.resolve("pki");
        Path password = directory.resolve("password");
        Files.writeString(password, "Grüße aus der Datei\n");
        assertFailed(CommandLineRun.of("pki", "init", "--pki", pki, "--password-file", password), "beyond ASCII");
        Files.writeString(password, "short\n");
        assertFailed(CommandLineRun.of("pki", "init", "--pki", pki, "--password-file", password), "too short");
        Files.writeString(password, "secret in the file\n");
        assertOk(CommandLineRun.of("pki", "init", "--pki", pki, "--password-file", password));
        assertThat(pki.resolve("authority.password")).doesNotExist();
        CommandLineRun missing = CommandLineRun.of("pki", "issue", "shipping", "--pki", pki);
        assertFailed(missing, "say where the authority's password is");
        assertOk(CommandLineRun.of(
                new byte[0],
                Map.of("SHIPPING_PASSWORD", "secret in the environment"),
                "pki",
                "issue",
                "shipping",
                "--pki",
                pki,
                "--authority-password-file",
                password,
                "--password-env",
                "SHIPPING_PASSWORD"));
        IdentityLoader.load(pki.resolve("shipping.p12"), "secret in the environment".toCharArray(), null)
                .close();
        assertFailed(
                CommandLineRun.of(
                        "pki",
                        "issue",
                        "billing",
                        "--pki",
                        pki,
                        "--authority-password-file",
                        password,
                        "--password-env",
                        "NOT_THERE"),
                "the environment variable 'NOT_THERE' is not set");
        Files.writeString(password, "another");
        assertFailed(
                CommandLineRun.of("pki", "issue", "billing", "--pki", pki, "--authority-password-file", password),
                "authority.p12");
    }

    @Test
    @DisplayName("Nothing that exists is overwritten")
    void overwritesNothing() throws Exception {
        Path pki = directory.resolve("pki");
        assertOk(CommandLineRun.of("pki", "init", "--pki", pki));
        assertFailed(CommandLineRun.of("pki", "init", "--pki", pki), "exists already");
        assertOk(CommandLineRun.of("pki", "issue", "shipping", "--pki", pki));
        byte[] before = Files.readAllBytes(pki.resolve("shipping.p12"));
        assertFailed(CommandLineRun.of("pki", "issue", "shipping", "--pki", pki), "exists already");
        assertThat(pki.resolve("shipping.p12")).hasBinaryContent(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../shipping", "a/b", ".hidden", "root", "authority", "two words"})
    @DisplayName("A name that would lead files astray is refused")
    void names(String name) {
        CommandLineRun run = CommandLineRun.of("pki", "issue", name, "--pki", directory.resolve("pki"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    @DisplayName("A certificate does not outlive its authority")
    void outlives() {
        Path pki = directory.resolve("pki");
        assertOk(CommandLineRun.of("pki", "init", "--pki", pki, "--days", "5"));
        assertFailed(CommandLineRun.of("pki", "issue", "shipping", "--pki", pki), "give fewer --days");
    }

    @Test
    @DisplayName("A demonstration has an authority, identities, and a configuration for everybody")
    void demo() throws IOException {
        Path demo = directory.resolve("demo");
        CommandLineRun run = CommandLineRun.of("pki", "demo", "--services", "order-entry,shipping", "--out", demo);
        assertOk(run);
        try (Stream<Path> files = Files.walk(demo)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> demo.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "pki/authority.p12",
                            "pki/authority.password",
                            "pki/root.pem",
                            "pki/root.crl",
                            "pki/order-entry.p12",
                            "pki/order-entry.password",
                            "pki/order-entry.pem",
                            "pki/shipping.p12",
                            "pki/shipping.password",
                            "pki/shipping.pem",
                            "order-entry/dialog-security.xml",
                            "shipping/dialog-security.xml",
                            "broker/dialog-security.xml");
        }
        assertThat(demo.resolve("broker/dialog-security.xml")).content().doesNotContain("<identity");
        assertFailed(CommandLineRun.of("pki", "demo", "--services", "order-entry", "--out", demo), "exists already");
        assertThat(CommandLineRun.of("pki", "demo", "--services", "broker").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(CommandLineRun.of("pki", "demo", "--services", "a,a").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    private static TrustStore trust(Path pki) {
        return TrustStore.of(
                IdentityLoader.loadCertificates(pki.resolve("root.pem")),
                IdentityLoader.loadCrls(pki.resolve("root.crl")),
                Set.of());
    }

    private static void assertOk(CommandLineRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    }

    private static void assertFailed(CommandLineRun run, String what) {
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("dialog-security: ").contains(what);
        assertThat(run.out()).isEmpty();
    }
}
