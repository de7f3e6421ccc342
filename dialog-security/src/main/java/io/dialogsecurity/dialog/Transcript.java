package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.WireFormat;
import java.nio.ByteBuffer;
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
    private static final byte[] KEY_WRAP = label("dialog-security 1 key wrap");
    private static final byte[] SENDER_SIGNATURE = label("dialog-security 1 sender signature");
    private static final byte[] STREAM = label("dialog-security 1 stream hash");

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

    /** Names all static headers; the associated data of every message begins with it. */
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

    /** Bytes of associated data for a message header of this many bytes. */
    static int associatedDataLength(int messageLayerLength) {
        return 32 + 8 + WireFormat.SALT_BYTES + messageLayerLength;
    }

    /**
     * Header hash, creation time, salt, message header with its frame.
     *
     * @param envelope holds the last three, at the places the wire format gives them
     */
    static void associatedData(
            byte[] headerHash, byte[] envelope, int envelopeOffset, int messageOffset, int messageLength, byte[] out) {
        System.arraycopy(headerHash, 0, out, 0, 32);
        System.arraycopy(
                envelope, envelopeOffset + WireFormat.CREATION_TIME_OFFSET, out, 32, 8 + WireFormat.SALT_BYTES);
        System.arraycopy(envelope, messageOffset, out, 32 + 8 + WireFormat.SALT_BYTES, messageLength);
    }

    /** What the sender of one message signs, up to the certificates in layer 7. */
    static byte[] senderSignature(
            byte[] associatedData, int associatedDataLength, byte[] mic, int micOffset, byte[] bodyHash) {
        return ByteBuffer.allocate(SENDER_SIGNATURE.length + associatedDataLength + WireFormat.MIC_BYTES + 32)
                .put(SENDER_SIGNATURE)
                .put(associatedData, 0, associatedDataLength)
                .put(mic, micOffset, WireFormat.MIC_BYTES)
                .put(bodyHash)
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

    /** Names one streamed message: the context of its chunk key. */
    static byte[] streamHash(byte[] associatedData, int associatedDataLength, byte[] mic, int micOffset) {
        MessageDigest digest = sha256();
        digest.update(STREAM);
        digest.update(associatedData, 0, associatedDataLength);
        digest.update(mic, micOffset, WireFormat.MIC_BYTES);
        return digest.digest();
    }
}
