package io.dialogsecurity.identity;

import static io.dialogsecurity.identity.TestPki.CURVES;
import static io.dialogsecurity.identity.TestPki.END;
import static io.dialogsecurity.identity.TestPki.ISSUING;
import static io.dialogsecurity.identity.TestPki.NOW;
import static io.dialogsecurity.identity.TestPki.ROOT;
import static io.dialogsecurity.identity.TestPki.RSA;
import static io.dialogsecurity.identity.TestPki.START;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles as tools and people leave them. What is in such a file is read, or is an error that says where: whatever is
 * skipped in silence would be an authority nobody misses, or a revocation that does not revoke.
 */
class BundleTest {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    @TempDir
    Path directory;

    private static String crl(long serial) throws Exception {
        return crl(BigInteger.valueOf(serial));
    }

    private static String crl(BigInteger serial) throws Exception {
        return IdentityFiles.pem(
                "X509 CRL", ROOT.revoke(List.of(serial), START, END).getEncoded());
    }

    private static String certificate() throws Exception {
        return IdentityFiles.pem("CERTIFICATE", ROOT.certificate().getEncoded());
    }

    private static String otherCertificate() throws Exception {
        return IdentityFiles.pem("CERTIFICATE", ISSUING.certificate().getEncoded());
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("file.pem"), content, UTF_8);
    }

    private static String glued(String first, String second) {
        return first.stripTrailing() + second;
    }

    /** Every way in which two whole blocks can stand in one file. */
    private static List<UnaryOperator<String>> dresses() {
        return List.of(
                UnaryOperator.identity(),
                text -> BYTE_ORDER_MARK + text,
                text -> text.replace("-----BEGIN", BYTE_ORDER_MARK + "-----BEGIN"),
                text -> text.replace("\n", "\r\n"),
                text -> text.replace("\n", "\r"),
                text -> text.replace("-----BEGIN", " \t -----BEGIN").replace("\n", "  \n"),
                text -> text.replace("\n", "\n    "),
                text -> text.replace("\n", "\n\n"),
                text -> "subject=CN = x\nBag Attributes\n    localKeyID: 54 69\n----- my own -----\n" + text
                        + "\n# end\n",
                text -> text.stripTrailing());
    }

    @TestFactory
    Stream<DynamicTest> whatIsWholeIsRead() throws Exception {
        String lists = crl(10) + crl(11);
        String gluedLists = glued(crl(10), crl(11));
        String anchors = certificate() + otherCertificate();
        String gluedAnchors = glued(certificate(), otherCertificate());
        Files.createDirectories(directory);
        return Stream.iterate(0, i -> i + 1)
                .limit(dresses().size())
                .map(i -> DynamicTest.dynamicTest("way " + i, () -> {
                    UnaryOperator<String> dress = dresses().get(i);
                    for (String bundle : List.of(lists, gluedLists)) {
                        assertThat(IdentityLoader.loadCrls(file(dress.apply(bundle))))
                                .hasSize(2);
                    }
                    for (String bundle : List.of(anchors, gluedAnchors)) {
                        assertThat(IdentityLoader.loadCertificates(file(dress.apply(bundle))))
                                .containsExactly(ROOT.certificate(), ISSUING.certificate());
                    }
                    for (IssuedIdentity identity : List.of(RSA, CURVES)) {
                        identity.writePem(directory.resolve("id.pem"));
                        String pem = Files.readString(directory.resolve("id.pem"));
                        for (String bundle : List.of(pem, pem.replace("-----\n-----", "----------"))) {
                            try (ServiceIdentity read =
                                    IdentityLoader.load(file(dress.apply(bundle)), null, null, NOW)) {
                                assertThat(read.certificate()).isEqualTo(identity.certificate());
                            }
                        }
                    }
                }));
    }

    @Test
    void aListBehindTheFirstRevokes() throws Exception {
        BigInteger serial = CURVES.certificate().serial();
        Path file = file(glued(crl(10), crl(serial)));
        TrustStore trust = TrustStore.of(List.of(ROOT.certificate()), IdentityLoader.loadCrls(file), Set.of());
        assertThat(trust.check(CURVES.certificate(), NOW)).contains(CertificateProblem.REVOKED);
    }

    private record Damage(String name, UnaryOperator<String> damage) {}

    private static Damage damage(String name, UnaryOperator<String> damage) {
        return new Damage(name, damage);
    }

    /** What can be wrong with the second of two blocks. */
    private static List<Damage> damages() {
        return List.of(
                damage("without its end", text -> text.substring(0, text.lastIndexOf("-----END"))),
                damage("cut in its end", text -> text.substring(0, text.lastIndexOf("-----END") + 12)),
                damage("cut in its body", text -> text.substring(0, text.length() / 2)),
                damage("without its beginning", text -> text.substring(text.indexOf('\n') + 1)),
                damage("only its end", text -> text.substring(text.lastIndexOf("-----END"))),
                damage(
                        "only its body",
                        text -> text.lines()
                                .filter(line -> !line.startsWith("-----"))
                                .reduce("", (one, other) -> one + other + "\n")),
                damage("lower case", text -> text.toLowerCase(Locale.ROOT)),
                damage(
                        "boundaries in lower case",
                        text -> text.lines()
                                .map(line -> line.startsWith("-----") ? line.toLowerCase(Locale.ROOT) : line)
                                .reduce("", (one, other) -> one + other + "\n")),
                damage("beginning without its last dashes", text -> text.replaceFirst("-----\n", "\n")),
                damage("beginning with four dashes", text -> text.replaceFirst("-----BEGIN", "----BEGIN")),
                damage("boundaries with four dashes", text -> text.replace("-----", "----")),
                damage("boundaries without last dashes", text -> text.replace("-----\n", "\n")),
                damage("typographic dashes", text -> text.replace("-----", "\u2014\u2014-")),
                damage("no blank after BEGIN", text -> text.replaceFirst("BEGIN ", "BEGIN")),
                damage("another label", text -> text.replaceAll("(BEGIN|END) [A-Z0-9 ]+-", "$1 SOMETHING-")),
                damage("another label at its end", text -> text.replaceFirst("END [A-Z0-9 ]+-", "END SOMETHING-")),
                damage("garbage inside", text -> text.replaceFirst("\n([A-Za-z0-9+/]{10})", "\n$1!?%")),
                damage("a letter less", text -> text.replaceFirst("\n[A-Za-z0-9+/]", "\n")),
                damage("a header", text -> text.replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n")),
                damage("two objects in one block", text -> {
                    byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[^\n]*\n", ""));
                    ByteArrayOutputStream twice = new ByteArrayOutputStream();
                    twice.writeBytes(der);
                    twice.writeBytes(der);
                    String label = text.substring("-----BEGIN ".length(), text.indexOf("-----\n"));
                    return IdentityFiles.pem(label, twice.toByteArray());
                }),
                damage("an empty block", text -> text.replaceAll("(?m)^[A-Za-z0-9+/=]+\n", "")),
                damage("no certificate", text -> IdentityFiles.pem("CERTIFICATE", new byte[] {1, 2, 3})),
                damage("a request", text -> IdentityFiles.pem("CERTIFICATE REQUEST", new byte[] {0x30, 0})),
                damage(
                        "an extended certificate",
                        text -> text.replace("BEGIN CERT", "BEGIN TRUSTED CERT")
                                .replace("END CERT", "END TRUSTED CERT")
                                .replace("X509 CRL", "TRUSTED CERTIFICATE")),
                damage("a PKCS#7 block", text -> IdentityFiles.pem("PKCS7", new byte[] {0x30, 0})));
    }

    @TestFactory
    Stream<DynamicTest> whatIsNotReadIsAnError() throws Exception {
        String list = crl(10);
        String anchor = certificate();
        return damages().stream()
                .map(damage -> DynamicTest.dynamicTest(damage.name(), () -> {
                    refused(() ->
                            IdentityLoader.loadCrls(file(list + damage.damage().apply(crl(11)))));
                    refused(() -> IdentityLoader.loadCertificates(
                            file(anchor + damage.damage().apply(otherCertificate()))));
                    refused(() -> IdentityLoader.loadCertificate(
                            file(anchor + damage.damage().apply(otherCertificate()))));
                    CURVES.writePem(directory.resolve("id.pem"));
                    String identity = Files.readString(directory.resolve("id.pem"));
                    String more = damage.damage().apply(otherCertificate());
                    refused(() -> IdentityLoader.load(file(identity + more), null, null, NOW)
                            .close());
                }));
    }

    private void refused(ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOf(IdentityException.class)
                .hasMessageStartingWith(directory.resolve("file.pem") + ": ")
                .hasMessageContaining(" line ")
                .hasMessageContaining("; ");
    }

    @Test
    void aListAmongAnchorsAndTheReverse() throws Exception {
        refused(() -> IdentityLoader.loadCertificates(file(certificate() + crl(10))));
        refused(() -> IdentityLoader.loadCrls(file(crl(10) + certificate())));
        refused(() -> IdentityLoader.loadCrls(file(certificate())));
        CURVES.writePem(directory.resolve("id.pem"));
        String identity = Files.readString(directory.resolve("id.pem"));
        refused(() ->
                IdentityLoader.load(file(identity + crl(10)), null, null, NOW).close());
        refused(() -> IdentityLoader.loadCertificates(file(identity)));
    }

    @Test
    void secondKeys() throws Exception {
        RSA.writePem(directory.resolve("id.pem"));
        String identity = Files.readString(directory.resolve("id.pem"));
        String key = identity.substring(identity.indexOf("-----BEGIN PRIVATE"));
        assertThatThrownBy(() -> IdentityLoader.load(file(identity + key), null, null, NOW))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("give one RSA key");
    }

    @Test
    void severalObjectsInDer() throws Exception {
        byte[] list = ROOT.revoke(List.of(BigInteger.TEN), START, END).getEncoded();
        byte[] anchor = ROOT.certificate().getEncoded();
        assertThat(IdentityLoader.loadCrls(der(list))).hasSize(1);
        assertThat(IdentityLoader.loadCertificates(der(anchor))).hasSize(1);
        assertThatThrownBy(() -> IdentityLoader.loadCrls(der(list, list))).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCrls(der(list, crl(10).getBytes(UTF_8))))
                .isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCertificates(der(anchor, anchor)))
                .isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCrls(der(anchor))).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCertificates(der(list))).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCrls(der())).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCertificates(der())).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IdentityLoader.loadCrls(directory)).isInstanceOf(IdentityException.class);
    }

    private Path der(byte[]... objects) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] object : objects) {
            content.writeBytes(object);
        }
        return Files.write(directory.resolve("file.der"), content.toByteArray());
    }

    @Test
    void otherEncodingsOfText() throws Exception {
        for (Charset charset : List.of(UTF_16, UTF_16LE)) {
            byte[] lists = (crl(10) + crl(11)).getBytes(charset);
            assertThatThrownBy(() -> IdentityLoader.loadCrls(der(lists))).isInstanceOf(IdentityException.class);
        }
        byte[] latin = ("Bag Attributes\n  friendlyName: Zertifikat für Köln\n" + crl(10)).getBytes(ISO_8859_1);
        assertThat(IdentityLoader.loadCrls(der(latin))).hasSize(1);
    }
}
