package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.BILLING;
import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.wire.EnvelopeInspector;
import io.dialogsecurity.wire.InspectedField;
import io.dialogsecurity.wire.Inspection;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnvelopeInspectorTest {

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Every byte of an envelope belongs to a field with a name")
    void namesEveryByte(Suite suite) {
        byte[] envelope = signed(suite);
        Inspection inspection = EnvelopeInspector.inspect(envelope);
        assertThat(inspection.problem()).isEmpty();
        assertCovers(inspection, envelope.length);
        assertThat(value(inspection, "version")).isEqualTo("1.0");
        assertThat(value(inspection, "suite")).isEqualTo(Integer.toString(suite.code()));
        assertThat(value(inspection, "creation time")).isEqualTo(TestServices.NOW.toString());
        assertThat(value(inspection, "authenticity")).isEqualTo("SIGNED");
        assertThat(value(inspection, "initiator: service")).isEqualTo("order-entry");
        assertThat(value(inspection, "initiator: fingerprint"))
                .isEqualTo(TestServices.issued(ORDER_ENTRY, suite).certificate().fingerprintHex());
        assertThat(value(inspection, "initiator: certificate 1"))
                .endsWith(TestServices.issued(ORDER_ENTRY, suite).certificate().fingerprintHex());
        assertThat(value(inspection, "wrap 3")).endsWith("to the initiator, order-entry");
        assertThat(value(inspection, "sender")).isEqualTo("0, order-entry");
        assertThat(value(inspection, "sequence")).isEqualTo("1");
        assertThat(value(inspection, "kind")).isEqualTo("TEXT");
        assertThat(value(inspection, "flags")).isEqualTo("content section, signed");
        assertThat(value(inspection, "destination")).isEqualTo("orders");
    }

    @Test
    @DisplayName("A streamed envelope is shown chunk by chunk, and a wrong chunk is told")
    void streams() throws Exception {
        byte[] envelope = streamed();
        Inspection inspection = EnvelopeInspector.inspect(envelope);
        assertThat(inspection.problem()).isEmpty();
        assertCovers(inspection, envelope.length);
        assertThat(inspection.fields().stream().map(InspectedField::name))
                .contains("chunk size", "chunk 0", "chunk 1", "chunk 2")
                .doesNotContain("chunk 3");
        Inspection cut = EnvelopeInspector.inspect(Arrays.copyOf(envelope, envelope.length - 1));
        assertThat(cut.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("LAST_CHUNK"));
        assertThat(value(cut, "chunk 1")).isEqualTo("65552 bytes, tag included");
    }

    @Test
    @DisplayName("Whatever the bytes are, they are shown and nothing is thrown")
    void neverThrows() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (byte[] valid : new byte[][] {signed(Suite.SUITE_2), streamed()}) {
            for (int round = 0; round < 3000; round++) {
                byte[] bytes = valid.clone();
                int changes = 1 + random.nextInt(4);
                for (int i = 0; i < changes; i++) {
                    bytes[random.nextInt(Math.min(bytes.length, 1500))] = (byte) random.nextInt();
                }
                if (random.nextBoolean()) {
                    bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 40));
                }
                Inspection inspection = EnvelopeInspector.inspect(bytes);
                assertCovers(inspection, bytes.length);
                assertThat(inspection.annotatedHex(bytes, 16))
                        .as("seed " + seed)
                        .isNotNull();
            }
        }
    }

    @Test
    @DisplayName("A name in the bytes cannot move the cursor of a terminal")
    void escapes() {
        byte[] envelope = signed(Suite.SUITE_2);
        Inspection inspection = EnvelopeInspector.inspect(envelope);
        InspectedField service = inspection.fields().stream()
                .filter(field -> field.name().equals("initiator: service"))
                .findFirst()
                .orElseThrow();
        envelope[service.offset() + 1] = 0x1B;
        envelope[service.offset() + 2] = '\n';
        assertThat(value(EnvelopeInspector.inspect(envelope), "initiator: service"))
                .isEqualTo("\\u{1b}\\u{a}der-entry");
    }

    @Test
    @DisplayName("The annotated hexadecimal has every byte once")
    void annotatedHex() {
        byte[] envelope = signed(Suite.SUITE_2);
        String hex = EnvelopeInspector.inspect(envelope).annotatedHex(envelope, Integer.MAX_VALUE);
        assertThat(hex).startsWith("""
                -- 1: security preamble
                000000  d5 44 49 41                                      magic
                000004  01 00                                            version: 1.0
                000006  00 02                                            suite: 2
                """);
        long digits = hex.lines()
                .filter(line -> !line.startsWith("--"))
                .mapToLong(line -> Arrays.stream(line.substring(8, Math.min(line.length(), 8 + 48))
                                .split(" "))
                        .filter(word -> word.matches("[0-9a-f]{2}"))
                        .count())
                .sum();
        assertThat(digits).isEqualTo(envelope.length);
    }

    private static byte[] signed(Suite suite) {
        DialogEndpoint sender = TestServices.endpoint(ORDER_ENTRY, suite, TestServices.everybody(suite))
                .build();
        try (DialogSealer sealer = sender.begin(Set.of(SHIPPING, BILLING))) {
            return sealer.seal(MessageContent.text("to all").with("", Map.of("region", "EU")), "orders");
        }
    }

    private static byte[] streamed() throws Exception {
        DialogEndpoint sender = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .build();
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (DialogSealer sealer = sender.begin(Set.of(SHIPPING));
                OutputStream out = sealer.sealStream(MessageContent.bytes(new byte[0]), "orders", sealed)) {
            out.write(new byte[2 * DialogSealer.CHUNK_BYTES + 1]);
        }
        return sealed.toByteArray();
    }

    private static String value(Inspection inspection, String name) {
        return inspection.fields().stream()
                .filter(field -> field.name().equals(name))
                .map(InspectedField::value)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no field " + name));
    }

    private static void assertCovers(Inspection inspection, int length) {
        int at = 0;
        for (InspectedField field : inspection.fields()) {
            assertThat(field.offset()).isEqualTo(at);
            assertThat(field.value()).doesNotContain("\n", "\u001b");
            at += field.length();
        }
        assertThat(at).isEqualTo(length);
    }
}
