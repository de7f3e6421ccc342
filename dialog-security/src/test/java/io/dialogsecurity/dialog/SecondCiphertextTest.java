package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.ChunkCipher;
import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.StaticHeaders;
import io.dialogsecurity.wire.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.math.BigInteger;
import java.security.Key;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who has the dialog key makes a second ciphertext with the same headers, nonce and MIC: GHASH is linear, so what one block
 * changes another takes back.
 */
class SecondCiphertextTest {

    private static final Reception AT_ORDERS = Reception.at("orders");
    private static final int BLOCK = 16;

    private final DialogEndpoint sender = TestServices.endpoint(
                    ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
            .build();
    private final DialogSealer sealer = sender.begin(Set.of(SHIPPING));

    private static DialogEndpoint receiver(int recentBytes) {
        return TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.anchorsAlone())
                .recentEnvelopes(recentBytes)
                .build();
    }

    private byte[] sealed(int size) {
        return sealer.seal(MessageContent.bytes(new byte[size]), "orders");
    }

    @ParameterizedTest
    @CsvSource({"100, 0", "100, 100000", "1500, 0", "1500, 100000", "100000, 0", "100000, 100000"})
    @DisplayName("The second ciphertext of a MIC is a conflict, whichever came first, also when others came in between")
    void conflict(int size, int recentBytes) throws Exception {
        byte[] genuine = sealed(size);
        byte[] forged = second(genuine);
        try (DialogEndpoint receiver = receiver(recentBytes)) {
            Opened first = opened(receiver, genuine, Arrival.NEXT);
            conflicts(receiver, forged);
            opened(receiver, genuine, Arrival.REDELIVERED);
            opened(receiver, sealed(size), Arrival.NEXT);
            conflicts(receiver, forged);
            opened(receiver, genuine, Arrival.REDELIVERED);
            first.acknowledge();
            opened(receiver, genuine, Arrival.DUPLICATE);
            conflicts(receiver, forged);
        }
        try (DialogEndpoint receiver = receiver(recentBytes)) {
            assertThat(opened(receiver, forged, Arrival.NEXT).payload())
                    .isNotEqualTo(((Opened) receiver(0).open(genuine, AT_ORDERS)).payload());
            conflicts(receiver, genuine);
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 100000", "1500, 100000", "100, 0", "100000, 100000"})
    @DisplayName(
            "Once the first was taken, the second is a conflict where its bytes are remembered, and is never given")
    void taken(int size, int recentBytes) throws Exception {
        byte[] genuine = sealed(size);
        byte[] forged = second(genuine);
        try (DialogEndpoint receiver = receiver(recentBytes)) {
            opened(receiver, genuine, Arrival.NEXT).acknowledge();
            if (recentBytes > 0 && size < 2_000) {
                conflicts(receiver, forged);
            } else {
                opened(receiver, forged, Arrival.DUPLICATE);
            }
            opened(receiver, genuine, Arrival.DUPLICATE);
        }
    }

    @ParameterizedTest
    @CsvSource({"100", "100000"})
    @DisplayName("Where forks are let pass, each ciphertext of a MIC is delivered, marked, and acknowledged for itself")
    void flagged(int size) throws Exception {
        byte[] genuine = sealed(size);
        byte[] forged = second(genuine);
        Reception flagging = AT_ORDERS.flaggingForks();
        try (DialogEndpoint receiver = receiver(100_000)) {
            assertThat(((Opened) receiver.open(genuine, flagging)).arrival()).isEqualTo(Arrival.NEXT);
            Opened fork = (Opened) receiver.open(forged, flagging);
            assertThat(fork.arrival()).isEqualTo(Arrival.FORKED);
            fork.acknowledge();
            assertThat(((Opened) receiver.open(forged, flagging)).arrival()).isEqualTo(Arrival.DUPLICATE);
            assertThat(((Opened) receiver.open(genuine, flagging)).arrival()).isEqualTo(Arrival.REDELIVERED);
        }
    }

    @Test
    @DisplayName(
            "A stream whose chunks are others under the same tags is noticed before its end, and its first body is given again")
    void stream() throws Exception {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (OutputStream out = sealer.sealStream(MessageContent.bytes(new byte[0]), "orders", sealed)) {
            out.write(new byte[200_000]);
        }
        byte[] genuine = sealed.toByteArray();
        byte[] forged = secondStream(genuine);
        try (DialogEndpoint receiver = receiver(100_000)) {
            byte[] body = read(receiver, genuine);
            assertThatThrownBy(() -> read(receiver, forged))
                    .isInstanceOfSatisfying(
                            EnvelopeStreamException.class,
                            e -> assertThat(e.rejected().reason()).isEqualTo(Rejection.SEQUENCE_CONFLICT));
            assertThat(read(receiver, genuine)).isEqualTo(body);
        }
        try (DialogEndpoint receiver = receiver(0)) {
            assertThat(read(receiver, forged)).hasSize(200_000).isNotEqualTo(new byte[200_000]);
        }
    }

    private static byte[] read(DialogEndpoint receiver, byte[] envelope) throws IOException {
        OpenedStream stream = (OpenedStream) receiver.openStream(new ByteArrayInputStream(envelope), AT_ORDERS);
        try (InputStream in = stream.payload()) {
            return in.readAllBytes();
        }
    }

    /** The same in the first chunk of a stream, whose key is derived for it. */
    private static byte[] secondStream(byte[] envelope) throws Exception {
        byte[] forged = envelope.clone();
        int head = EnvelopeFrame.headLength(envelope, 0, envelope.length);
        EnvelopeFrame frame = EnvelopeFrame.readStreamHead(envelope, 0, head);
        byte[] associatedData = Transcript.associatedData(
                Transcript.contextHash(
                        Transcript.headerHash(Suite.SUITE_2, envelope, frame.headersOffset(), frame.headersLength()),
                        frame.context()),
                frame.creationTimeMillis(),
                frame.sequence());
        try (DialogEndpoint insider = receiver(0)) {
            OpenedStream stream = (OpenedStream) insider.openStream(new ByteArrayInputStream(envelope), AT_ORDERS);
            DialogKey key = key(insider.keyExchangeKeyOf(stream.message()), frame);
            ChunkCipher chunks = key.chunks(Transcript.streamHash(associatedData, envelope, 0));
            Field chunkKey = ChunkCipher.class.getDeclaredField("key");
            chunkKey.setAccessible(true);
            forge(forged, head + WireFormat.FRAME_BYTES, hashKey((Key) chunkKey.get(chunks)));
        }
        return forged;
    }

    private static Opened opened(DialogEndpoint receiver, byte[] envelope, Arrival arrival) {
        OpenOutcome outcome = receiver.open(envelope, AT_ORDERS);
        assertThat(outcome).isInstanceOf(Opened.class);
        assertThat(((Opened) outcome).arrival()).isEqualTo(arrival);
        return (Opened) outcome;
    }

    private static void conflicts(DialogEndpoint receiver, byte[] envelope) {
        assertThat(receiver.open(envelope, AT_ORDERS))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.SEQUENCE_CONFLICT));
    }

    // --- The attack

    /** The same envelope with another body under the same MIC. */
    private static byte[] second(byte[] envelope) throws Exception {
        byte[] forged = envelope.clone();
        EnvelopeFrame frame = EnvelopeFrame.read(forged, 0, forged.length);
        try (DialogEndpoint insider = receiver(0)) {
            DialogKey key = key(insider.keyExchangeKeyOf((Opened) insider.open(envelope, AT_ORDERS)), frame);
            Field bodyKey = DialogKey.class.getDeclaredField("bodyKey");
            bodyKey.setAccessible(true);
            forge(forged, frame.bodyOffset(), hashKey((Key) bodyKey.get(key)));
        }
        int mic = WireFormat.MIC_OFFSET;
        assertThat(Arrays.copyOfRange(forged, mic, mic + 16)).isEqualTo(Arrays.copyOfRange(envelope, mic, mic + 16));
        return forged;
    }

    private static void forge(byte[] envelope, int ciphertext, byte[] hashKey) {
        byte[] delta = new byte[BLOCK];
        delta[0] = 'x';
        byte[] correction = multiply(delta, hashKey);
        for (int i = 0; i < BLOCK; i++) {
            envelope[ciphertext + 2 * BLOCK + i] ^= delta[i];
            envelope[ciphertext + 3 * BLOCK + i] ^= correction[i];
        }
    }

    private static DialogKey key(KeyExchangeKey shared, EnvelopeFrame frame) throws Exception {
        StaticHeaders headers = frame.staticHeaders();
        return shared.unwrapDialogKey(
                HeaderCodec.dialogContext(headers.dialogSessionKey()),
                headers.dialogSessionKey().wrappedSecret().toArray(),
                headers.dialogSessionKey().commitment().toArray());
    }

    /** The key of GHASH: a block of zeros, encrypted. */
    private static byte[] hashKey(Key key) throws Exception {
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key.getEncoded(), "AES"));
        return aes.doFinal(new byte[BLOCK]);
    }

    /** In the field of GCM, whose first bit is that of the lowest power (NIST SP 800-38D, 6.3). */
    private static byte[] multiply(byte[] x, byte[] y) {
        BigInteger reduction = BigInteger.valueOf(0xE1).shiftLeft(120);
        BigInteger z = BigInteger.ZERO;
        BigInteger v = new BigInteger(1, y);
        BigInteger factor = new BigInteger(1, x);
        for (int bit = 127; bit >= 0; bit--) {
            if (factor.testBit(bit)) {
                z = z.xor(v);
            }
            boolean carry = v.testBit(0);
            v = v.shiftRight(1);
            if (carry) {
                v = v.xor(reduction);
            }
        }
        byte[] bytes = z.toByteArray();
        byte[] block = new byte[BLOCK];
        int length = Math.min(BLOCK, bytes.length);
        System.arraycopy(bytes, bytes.length - length, block, BLOCK - length, length);
        return block;
    }
}
