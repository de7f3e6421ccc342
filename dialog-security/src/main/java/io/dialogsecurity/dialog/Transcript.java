package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.MessageContext;
import io.dialogsecurity.wire.WireFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The exact bytes that are signed, hashed and authenticated; {@code WIRE-FORMAT.md}, section "What binds the layers".
 * Every transcript begins with a label of its own, so that none can be taken for another.
 */
final class Transcript {

    private static final byte[] PAIR_SIGNATURE = label("dialog-security 1 pair signature");
    private static final byte[] PAIR_HASH = label("dialog-security 1 pair hash");
    private static final byte[] HEADER_HASH = label("dialog-security 1 header hash");
    private static final byte[] MESSAGE_CONTEXT = label("dialog-security 1 message context");
    private static final byte[] KEY_WRAP = label("dialog-security 1 key wrap");
    private static final byte[] SENDER_SIGNATURE = label("dialog-security 1 sender signature");
    private static final byte[] STREAM = label("dialog-security 1 stream hash");

    /** Context hash, creation time, sequence number. */
    static final int ASSOCIATED_DATA_BYTES = 32 + 8 + 8;

    private static final int MESSAGE_BYTES = ASSOCIATED_DATA_BYTES + WireFormat.SALT_BYTES + WireFormat.MIC_BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Transcript() {}

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }

    private static ByteBuffer start(byte[] label, Suite suite, int more) {
        return ByteBuffer.allocate(label.length + 4 + more)
                .put(label)
                .put((byte) WireFormat.MAJOR)
                .put((byte) WireFormat.MINOR)
                .putShort((short) suite.code());
    }

    /**
     * What the initiator signs.
     *
     * @param signedPart content of the service-pair header before the signature
     * @param keyExchangeKeyLayer the key-exchange-key header with its frame
     */
    static byte[] pairSignature(Suite suite, byte[] signedPart, byte[] keyExchangeKeyLayer) {
        return start(PAIR_SIGNATURE, suite, 4 + signedPart.length + keyExchangeKeyLayer.length)
                .putInt(signedPart.length)
                .put(signedPart)
                .put(keyExchangeKeyLayer)
                .array();
    }

    /** Names the signed headers, signature included: the salt of every key below them. */
    static byte[] pairHash(Suite suite, byte[] servicePairLayer, byte[] keyExchangeKeyLayer) {
        MessageDigest digest = sha256();
        digest.update(start(PAIR_HASH, suite, 0).array());
        digest.update(servicePairLayer);
        digest.update(keyExchangeKeyLayer);
        return digest.digest();
    }

    /** Names all static headers; part of every message context. */
    static byte[] headerHash(Suite suite, byte[] bytes, int offset, int length) {
        MessageDigest digest = sha256();
        digest.update(start(HEADER_HASH, suite, 0).array());
        digest.update(bytes, offset, length);
        return digest.digest();
    }

    /** The context a key exchange key is wrapped in (HPKE's info). */
    static byte[] keyWrapInfo(Suite suite, KeyId keyId, Bytes initiatorFingerprint, Bytes recipientFingerprint) {
        return start(KEY_WRAP, suite, KeyId.BYTES + 2 * WireFormat.FINGERPRINT_BYTES)
                .put(keyId.toBytes())
                .put(initiatorFingerprint.toArray())
                .put(recipientFingerprint.toArray())
                .array();
    }

    /** Names all headers of a run of messages but what each has for itself: salt, creation time and sequence number. */
    static byte[] contextHash(byte[] headerHash, MessageContext context) {
        MessageDigest digest = sha256();
        digest.update(MESSAGE_CONTEXT);
        digest.update(headerHash);
        digest.update(context.toBytes());
        return digest.digest();
    }

    /** Context hash, creation time, sequence number: {@value #ASSOCIATED_DATA_BYTES} bytes, three blocks of the cipher. */
    static void associatedData(byte[] contextHash, long creationTimeMillis, long sequence, byte[] out) {
        System.arraycopy(contextHash, 0, out, 0, 32);
        LONG.set(out, 32, creationTimeMillis);
        LONG.set(out, 40, sequence);
    }

    /** As {@link #associatedData(byte[], long, long, byte[])}, in an array of its own. */
    static byte[] associatedData(byte[] contextHash, long creationTimeMillis, long sequence) {
        byte[] associatedData = new byte[ASSOCIATED_DATA_BYTES];
        associatedData(contextHash, creationTimeMillis, sequence, associatedData);
        return associatedData;
    }

    /**
     * What the sender of one message signs, up to the certificates in layer 7.
     *
     * @param envelope starts at {@code offset}; has the salt and the MIC
     */
    static byte[] senderSignature(byte[] associatedData, byte[] envelope, int offset, byte[] bodyHash) {
        return ByteBuffer.allocate(SENDER_SIGNATURE.length + MESSAGE_BYTES + 32)
                .put(SENDER_SIGNATURE)
                .put(message(associatedData, envelope, offset))
                .put(bodyHash)
                .array();
    }

    /** Associated data, salt, MIC: all that is authentic of a message but its body. */
    private static byte[] message(byte[] associatedData, byte[] envelope, int offset) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .put(associatedData)
                .put(envelope, offset + WireFormat.SALT_OFFSET, WireFormat.SALT_BYTES)
                .put(envelope, offset + WireFormat.MIC_OFFSET, WireFormat.MIC_BYTES)
                .array();
    }

    /** The whole of what the sender signs: the certificates beside the signature cannot be exchanged either. */
    static byte[] withCertificates(byte[] senderSignature, List<Bytes> certificates) {
        byte[] layerPart = EnvelopeFrame.signedPart(certificates);
        return ByteBuffer.allocate(senderSignature.length + layerPart.length)
                .put(senderSignature)
                .put(layerPart)
                .array();
    }

    /**
     * Names one streamed message: the context of its chunk key.
     *
     * @param envelope starts at {@code offset}; has the salt and the MIC
     */
    static byte[] streamHash(byte[] associatedData, byte[] envelope, int offset) {
        MessageDigest digest = sha256();
        digest.update(STREAM);
        digest.update(message(associatedData, envelope, offset));
        return digest.digest();
    }
}
