package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * What tells an envelope from every other: all of its bytes. Two envelopes with one MIC need not be the same, because whoever
 * has the key can make a second ciphertext for a MIC, and who has no key can write any MIC he likes.
 *
 * <p>To hash every envelope would cost as much as to open it. So this points at the bytes, and a hash is made only when somebody
 * asks for it. Until then the array must not change; one that plainly has another envelope by then is not hashed.
 */
public final class EnvelopeIdentity {

    private final long micPrefix;
    private final byte[] headersHash;
    private final byte[] bytes;
    private final int offset;
    private final int headersOffset;
    private final int messageOffset;
    private final int end;
    private final int micOffset;

    /**
     * The identity of an envelope.
     *
     * @param headersHash of layers 2 to 4, equal only where they are
     * @param bytes has the envelope; not copied
     * @param offset where it starts
     * @param micOffset where its MIC starts
     * @param headersOffset where layer 2 starts
     * @param messageOffset where layer 5 starts
     * @param end where it ends, exclusive
     */
    public EnvelopeIdentity(
            byte[] headersHash,
            byte[] bytes,
            int offset,
            int micOffset,
            int headersOffset,
            int messageOffset,
            int end) {
        this.headersHash = headersHash;
        this.bytes = bytes;
        this.offset = offset;
        this.micOffset = micOffset;
        this.headersOffset = headersOffset;
        this.messageOffset = messageOffset;
        this.end = end;
        this.micPrefix = ByteBuffer.wrap(bytes).getLong(micOffset);
    }

    /** The first eight bytes of the MIC. */
    public long micPrefix() {
        return micPrefix;
    }

    /** Whether the array still has the envelope, as far as its MIC tells. */
    boolean isThere() {
        return ByteBuffer.wrap(bytes).getLong(micOffset) == micPrefix;
    }

    /** Whether both are the same envelope, byte for byte. */
    boolean isSame(EnvelopeIdentity other) {
        if (bytes == other.bytes && offset == other.offset && end == other.end) {
            return true;
        }
        return Arrays.equals(headersHash, other.headersHash)
                && Arrays.equals(bytes, offset, headersOffset, other.bytes, other.offset, other.headersOffset)
                && Arrays.equals(bytes, messageOffset, end, other.bytes, other.messageOffset, other.end);
    }

    /** All bytes in eight, by which the owner of the key, and he alone, knows the envelope. */
    public long digest(IdentityKey key) {
        Mac mac = key.begin();
        mac.update(bytes, offset, headersOffset - offset);
        mac.update(headersHash);
        mac.update(bytes, messageOffset, end - messageOffset);
        return ByteBuffer.wrap(mac.doFinal()).getLong();
    }
}
