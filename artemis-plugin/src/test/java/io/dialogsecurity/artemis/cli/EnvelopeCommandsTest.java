package io.dialogsecurity.artemis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCommandsTest {

    private static final ServiceName SHIPPING = new ServiceName("shipping");
    private static final ServiceName BILLING = new ServiceName("billing");

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private static Path pki;
    private static byte[] text;

    @BeforeAll
    static void makeServices() throws IOException {
        CommandLineRun demo = CommandLineRun.of(
                "pki", "demo", "--services", "order-entry,shipping,billing", "--out", shared.resolve("demo"));
        assertThat(demo.exitCode()).isEqualTo(ExitCode.OK);
        pki = shared.resolve("demo").resolve("pki");
        text = seal(
                MessageContent.text("Grüße\n\u001b[31mred").with("text/plain", Map.of("region", "EU", "n", 7)),
                SHIPPING);
    }

    private static byte[] seal(MessageContent content, ServiceName... targets) throws IOException {
        try (DialogEndpoint endpoint = endpoint();
                DialogSealer sealer = endpoint.begin(Set.of(targets))) {
            return sealer.seal(content, "orders");
        }
    }

    private static byte[] sealStream(MessageContent content, byte[] payload, ServiceName... targets)
            throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (DialogEndpoint endpoint = endpoint();
                DialogSealer sealer = endpoint.begin(Set.of(targets));
                OutputStream out = sealer.sealStream(content, "orders", sealed)) {
            out.write(payload);
        }
        return sealed.toByteArray();
    }

    private static DialogEndpoint endpoint() throws IOException {
        ServiceIdentity identity = IdentityLoader.load(
                pki.resolve("order-entry.p12"), PasswordOptions.read(pki.resolve("order-entry.password")), null);
        TrustStore trust = TrustStore.of(IdentityLoader.loadCertificates(pki.resolve("root.pem")), List.of(), Set.of());
        return DialogEndpoint.builder(
                        identity,
                        new TrustContext(
                                trust,
                                ListedCertificates.of(Stream.of("order-entry", "shipping", "billing")
                                        .map(name -> IdentityLoader.loadCertificate(pki.resolve(name + ".pem")))
                                        .toList())))
                .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                .build();
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(directory, "envelope", ""), content);
    }

    // --- inspect

    @Test
    @DisplayName("An envelope is shown layer by layer, with what binds each and no belief in any of it")
    void inspects() throws Exception {
        CommandLineRun run = CommandLineRun.of("inspect", file(text));
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "Layer 1: security preamble",
                        "Layer 6: body",
                        "initiator: service           order-entry",
                        "certificate of order-entry, Ed",
                        "destination                  orders",
                        "bound by: the initiator's signature",
                        "Nothing above has been verified");
    }

    @Test
    @DisplayName("Raw bytes, hexadecimal and base64, files and standard input give the same")
    void inputs() throws Exception {
        String expected = CommandLineRun.of("inspect", file(text)).out();
        String hex = HexFormat.of().formatHex(text).replaceAll("(.{32})", "$1\n");
        for (String encoded : new String[] {
            hex,
            hex.toUpperCase(Locale.ROOT),
            "0x" + hex,
            Base64.getMimeEncoder().encodeToString(text),
            Base64.getUrlEncoder().encodeToString(text)
        }) {
            byte[] bytes = encoded.getBytes(StandardCharsets.US_ASCII);
            assertThat(CommandLineRun.of("inspect", file(bytes)).out()).isEqualTo(expected);
        }
        assertThat(CommandLineRun.of(text, Map.of(), "inspect", "-").out()).isEqualTo(expected);
    }

    @Test
    @DisplayName("The annotated hexadecimal is cut, or full if asked for")
    void hex() throws Exception {
        assertThat(CommandLineRun.of("inspect", "--hex", file(text)).out())
                .startsWith("-- 1: security preamble\n000000  d5 44 49 41 ")
                .contains(" bytes more");
        assertThat(CommandLineRun.of("inspect", "--hex", "--full", file(text)).out())
                .doesNotContain(" bytes more");
    }

    @Test
    @DisplayName("With trust anchors, the signature is verified")
    void verifies() throws Exception {
        Path root = pki.resolve("root.pem");
        CommandLineRun trusted = CommandLineRun.of("inspect", "--trust", root, file(text));
        assertThat(trusted.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(trusted.out())
                .contains("Verified: order-entry signed layers 2 and 3")
                .contains("stay claims");
        byte[] signed = seal(MessageContent.text("to both"), SHIPPING, BILLING);
        assertThat(CommandLineRun.of("inspect", "--trust", root, file(signed)).out())
                .contains("order-entry signed this very message");
        byte[] stream = sealStream(MessageContent.bytes(new byte[0]), new byte[100_000], SHIPPING, BILLING);
        CommandLineRun streamed = CommandLineRun.of("inspect", "--trust", root, file(stream));
        assertThat(streamed.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(streamed.out()).contains("chunk 1", "its signature is behind the chunks");
    }

    @Test
    @DisplayName("What is not trusted is refused with its code and a remedy")
    void refuses() throws Exception {
        Path other = directory.resolve("other");
        assertThat(CommandLineRun.of("pki", "init", "--pki", other).exitCode()).isZero();
        CommandLineRun run = CommandLineRun.of("inspect", "--trust", other.resolve("root.pem"), file(text));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).contains("REFUSED: CERTIFICATE_UNTRUSTED (5)", "-> Check that the trust anchors");
        CommandLineRun nothing = CommandLineRun.of("inspect", "--trust", pki.resolve("shipping.password"), file(text));
        assertThat(nothing.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(nothing.err().lines()).hasSize(1);
    }

    @Test
    @DisplayName("Whatever the bytes are, inspect and open say so without falling over")
    void anyBytes() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path root = pki.resolve("root.pem");
        for (int round = 0; round < 60; round++) {
            byte[] bytes;
            if (round % 3 == 0) {
                bytes = new byte[random.nextInt(400)];
                random.nextBytes(bytes);
            } else {
                bytes = Arrays.copyOf(text, random.nextInt(text.length + 20));
                for (int i = 0; i < 3 && bytes.length > 0; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            for (CommandLineRun run : List.of(
                    CommandLineRun.of(bytes, Map.of(), "inspect", "-"),
                    CommandLineRun.of(bytes, Map.of(), "inspect", "--hex", "--trust", root, "-"),
                    open(file(bytes)))) {
                assertThat(run.exitCode()).as("seed " + seed).isBetween(0, 1);
                assertThat(run.err()).as("seed " + seed).doesNotContain("internal error");
            }
        }
    }

    // --- open

    private static CommandLineRun open(Object... more) {
        return open("shipping", more);
    }

    private static CommandLineRun open(String service, Object... more) {
        List<Object> args = new ArrayList<>(List.of(
                "open",
                "--key-store",
                pki.resolve(service + ".p12"),
                "--password-file",
                pki.resolve(service + ".password"),
                "--trust",
                pki.resolve("root.pem")));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray());
    }

    @Test
    @DisplayName("With the key a message opens: sender, properties, text; harmless for a terminal")
    void opens() throws Exception {
        CommandLineRun run = open(file(text));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains(
                        "sealed by order-entry, as the key of this pair alone proves",
                        "sequence 1",
                        "destination  orders",
                        "kind         TEXT",
                        "content type text/plain",
                        "property     n = 7 (Integer)",
                        "property     region = EU (String)",
                        "payload\nGrüße\n\\u{1b}[31mred\n");
        assertThat(open("order-entry", file(text)).exitCode())
                .as("the initiator opens, too")
                .isZero();
    }

    @Test
    @DisplayName("The payload goes to a private file as it is, or to standard output")
    void writesPayload() throws Exception {
        byte[] payload = new byte[300];
        new Random(1).nextBytes(payload);
        byte[] envelope = seal(MessageContent.bytes(payload), SHIPPING);
        Path out = directory.resolve("payload");
        CommandLineRun run = open(file(envelope), "--out", out);
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(out).hasBinaryContent(payload);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo("rw-------");
        assertThat(run.out()).contains("kind         BYTES");
        assertThat(open(file(envelope), "--out", out).err()).contains("exists already");
        CommandLineRun piped = open(file(envelope), "--out", "-");
        assertThat(piped.rawOut()).isEqualTo(payload);
        assertThat(piped.err()).contains("kind         BYTES");
        assertThat(open(file(envelope)).out()).contains("payload      300 bytes", "00000120  ");
    }

    @Test
    @DisplayName("Maps and streams are shown value by value with their types")
    void showsValues() throws Exception {
        Map<String, Object> map = new TreeMap<>(Map.of("a", 1L, "b", new byte[] {1, 2}));
        map.put("c", null);
        assertThat(open(file(seal(MessageContent.map(map), SHIPPING))).out())
                .contains("entry        a = 1 (Long)", "entry        b = 0102 (bytes)", "entry        c = null\n");
        assertThat(open(file(seal(MessageContent.stream(List.of('x', true)), SHIPPING)))
                        .out())
                .contains("value        x (Character)", "value        true (Boolean)");
        assertThat(open(file(seal(MessageContent.text(null), SHIPPING))).out())
                .contains("kind         TEXT, without a body");
    }

    @Test
    @DisplayName("A streamed message opens chunk by chunk; a cut one is refused, whatever was written")
    void opensStreams() throws Exception {
        byte[] payload = new byte[2_000_000];
        new Random(2).nextBytes(payload);
        byte[] envelope = sealStream(MessageContent.bytes(new byte[0]), payload, SHIPPING);
        Path out = directory.resolve("payload");
        assertThat(open(file(envelope), "--out", out).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(out).hasBinaryContent(payload);
        assertThat(open(file(envelope)).out()).contains("payload      2000000 bytes, intact");
        Path cut = directory.resolve("cut");
        CommandLineRun run = open(file(Arrays.copyOf(envelope, envelope.length - 1)), "--out", cut);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("do not use it", "REFUSED: MALFORMED");
    }

    @Test
    @DisplayName("A changed message, a foreign key and a wrong password each give their line and code")
    void refusesToOpen() throws Exception {
        byte[] changed = text.clone();
        changed[changed.length - 1] ^= 1;
        CommandLineRun tampered = open(file(changed));
        assertThat(tampered.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(tampered.out()).isEmpty();
        assertThat(tampered.err()).contains("REFUSED: MIC_INVALID (16), noticed in layer 6, body", "-> An attack");
        assertThat(open("billing", file(text)).err()).contains("NOT_FOR_US");
        byte[] early = text.clone();
        early[24 + 2] ^= 1;
        assertThat(open(file(early)).err()).contains("REFUSED: ");
        CommandLineRun wrong = CommandLineRun.of(
                new byte[0],
                Map.of("P", "wrong"),
                "open",
                file(text),
                "--key-store",
                pki.resolve("shipping.p12"),
                "--password-env",
                "P",
                "--trust",
                pki.resolve("root.pem"));
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(wrong.err().lines()).hasSize(1);
        assertThat(wrong.err()).contains("shipping.p12").doesNotContain("wrong\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--key-store", "--trust"})
    @DisplayName("Opening needs a key and trust anchors")
    void needs(String missing) throws Exception {
        String present = missing.equals("--trust") ? "--key-store" : "--trust";
        CommandLineRun run = CommandLineRun.of("open", file(text), present, pki.resolve("root.pem"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(missing);
    }
}
