package io.dialogsecurity.id;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The name of a key, drawn at random by whoever made the key (16 bytes). It says nothing about the key.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record KeyId(long high, long low) {

    /** Bytes on the wire. */
    public static final int BYTES = 16;

    /** A fresh id of 128 random bits. */
    public static KeyId random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return from(bytes, 0);
    }

    /**
     * A fresh id whose first half is given: what the keys of one sending instance have in common.
     *
     * @param high the first eight bytes
     */
    public static KeyId random(long high, SecureRandom random) {
        return new KeyId(high, random.nextLong());
    }

    /** Reads the id from {@value #BYTES} bytes at {@code offset}. */
    public static KeyId from(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new KeyId(buffer.getLong(), buffer.getLong());
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
