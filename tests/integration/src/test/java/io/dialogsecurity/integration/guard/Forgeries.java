package io.dialogsecurity.integration.guard;

import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.WireFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/** Envelopes changed by somebody who has no key. */
public final class Forgeries {

    private static final int SEQUENCE_IN_MESSAGE_HEADER = WireFormat.FRAME_BYTES;

    private Forgeries() {}

    /** One bit of the signed headers is another. */
    public static byte[] tampered(byte[] envelope) {
        byte[] forged = envelope.clone();
        int kekValidity = indexOfKeyExchangeKeyHeader(envelope) + WireFormat.FRAME_BYTES + 16 + 7;
        forged[kekValidity] ^= 1;
        return forged;
    }

    /** Somebody's headers with the key exchange key of another message. */
    static byte[] withKeyExchangeKeyOf(byte[] envelope, byte[] other) {
        Envelope captured = parse(envelope);
        Envelope own = parse(other);
        return EnvelopeCodec.encode(new Envelope(
                own.preamble(),
                captured.servicePair(),
                own.keyExchangeKey(),
                own.dialogSessionKey(),
                own.message(),
                own.body(),
                own.senderSignature()));
    }

    /** Another ciphertext in the same place of its dialog. */
    public static byte[] withAnotherMic(byte[] envelope) {
        byte[] forged = envelope.clone();
        forged[WireFormat.MIC_OFFSET] ^= 1;
        return forged;
    }

    static byte[] withoutItsEnd(byte[] envelope) {
        return Arrays.copyOf(envelope, envelope.length - 1);
    }

    static byte[] ofAnotherVersion(byte[] envelope) {
        byte[] forged = envelope.clone();
        forged[WireFormat.VERSION_OFFSET] = 9;
        return forged;
    }

    static byte[] sealedAt(byte[] envelope, Instant when) {
        byte[] forged = envelope.clone();
        ByteBuffer.wrap(forged).putLong(WireFormat.CREATION_TIME_OFFSET, when.toEpochMilli());
        return forged;
    }

    static byte[] withSequence(byte[] envelope, long sequence) {
        byte[] forged = envelope.clone();
        int messageHeader =
                WireFormat.PREAMBLE_BYTES + ByteBuffer.wrap(envelope).getInt(WireFormat.HEADER_LENGTH_OFFSET);
        ByteBuffer.wrap(forged).putLong(messageHeader + SEQUENCE_IN_MESSAGE_HEADER, sequence);
        return withAnotherMic(forged);
    }

    private static int indexOfKeyExchangeKeyHeader(byte[] envelope) {
        int servicePairLength = ByteBuffer.wrap(envelope).getInt(WireFormat.PREAMBLE_BYTES + 1);
        return WireFormat.PREAMBLE_BYTES + WireFormat.FRAME_BYTES + servicePairLength;
    }

    private static Envelope parse(byte[] envelope) {
        try {
            return EnvelopeCodec.parse(envelope);
        } catch (EnvelopeFormatException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
