package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenIntoArrayTest {

    private static final Reception ORDERS = Reception.at("orders");

    private final DialogEndpoint sender = TestServices.endpoint(
                    ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
            .build();
    private final DialogEndpoint receiver = TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.anchorsAlone())
            .build();
    private final DialogSealer sealer = sender.begin(Set.of(SHIPPING));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 4096, 4097, 70_000})
    @DisplayName(
            "The payload is where the message says, with and without properties before it, and nothing around it is touched")
    void opens(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        MessageContent plain = MessageContent.bytes(payload);
        for (MessageContent content : new MessageContent[] {plain, plain.with("text/plain", Map.of("a", 1))}) {
            byte[] envelope = sealer.seal(content, "orders");
            byte[] given = envelope.clone();
            byte[] out = new byte[envelope.length + 20];
            Arrays.fill(out, (byte) 0x55);
            assertThat(receiver.open(envelope, 0, envelope.length, ORDERS, out, 7))
                    .isInstanceOfSatisfying(Opened.class, opened -> {
                        assertThat(opened.payloadArray()).isSameAs(out);
                        assertThat(opened.payload()).isEqualTo(payload);
                        assertThat(Arrays.copyOfRange(
                                        out, opened.payloadOffset(), opened.payloadOffset() + opened.payloadLength()))
                                .isEqualTo(payload);
                        for (int i = opened.payloadOffset() + opened.payloadLength(); i < out.length; i++) {
                            assertThat(out[i]).isEqualTo((byte) 0x55);
                        }
                    });
            assertThat(Arrays.copyOf(out, 7)).containsOnly(0x55);
            assertThat(envelope).isEqualTo(given);
        }
    }

    @Test
    @DisplayName("Of a refused message, authentic or not, nothing is left in the array, and the message is as it was")
    void refuses() {
        byte[] payload = new byte[10_000];
        Arrays.fill(payload, (byte) 0x77);
        byte[] first = sealer.seal(MessageContent.bytes(payload), "orders");
        byte[] tampered = sealer.seal(MessageContent.bytes(payload), "orders");
        tampered[tampered.length - 1] ^= 1;
        byte[] afterGap = sealer.seal(MessageContent.bytes(payload), "orders");
        assertThat(receiver.open(first, ORDERS)).isInstanceOf(Opened.class);
        byte[] out = new byte[first.length];
        for (byte[] refused : new byte[][] {tampered, afterGap}) {
            byte[] given = refused.clone();
            assertThat(receiver.open(refused, 0, refused.length, ORDERS.refusingGaps(), out, 0))
                    .isInstanceOf(Rejected.class);
            assertThat(out).containsOnly(0);
            assertThat(refused).isEqualTo(given);
        }
    }

    @Test
    @DisplayName("A message without a body opens into an array with room to spare")
    void opensNothing() {
        byte[] envelope = sealer.seal(MessageContent.none().with("", Map.of("a", 1)), "orders");
        byte[] out = new byte[envelope.length];
        assertThat(receiver.open(envelope, 0, envelope.length, ORDERS, out, 0))
                .isInstanceOfSatisfying(Opened.class, opened -> {
                    assertThat(opened.payloadLength()).isZero();
                    assertThat(opened.properties()).isEqualTo(Map.of("a", 1));
                });
    }

    @Test
    @DisplayName("The envelope's own array is not opened into")
    void notInPlace() {
        byte[] envelope = sealer.seal(MessageContent.text("hello"), "orders");
        assertThatThrownBy(() -> receiver.open(envelope, 0, envelope.length, ORDERS, envelope, 0))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] small = new byte[envelope.length - 1];
        assertThatThrownBy(() -> receiver.open(envelope, 0, envelope.length, ORDERS, small, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
