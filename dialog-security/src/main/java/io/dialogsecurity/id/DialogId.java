package io.dialogsecurity.id;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The name of a dialog, drawn at random by the initiator (16 bytes).
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record DialogId(long high, long low) {

    /** Bytes on the wire. */
    public static final int BYTES = 16;

    /** A fresh id of 128 random bits. */
    public static DialogId random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return from(bytes, 0);
    }

    /** Reads the id from {@value #BYTES} bytes at {@code offset}. */
    public static DialogId from(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new DialogId(buffer.getLong(), buffer.getLong());
    }

    /** The {@value #BYTES} bytes of this id. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
