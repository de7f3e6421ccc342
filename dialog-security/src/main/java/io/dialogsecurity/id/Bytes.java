package io.dialogsecurity.id;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of public bytes compared by content: a fingerprint, a signature, a wrapped key. Never a key: its
 * {@code toString} shows it.
 */
public final class Bytes {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] value;
    /** Computed when first asked for, by whoever asks; 0 until then. */
    private int hash;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /** A copy of the whole array. */
    public static Bytes copyOf(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** A copy of {@code length} bytes from {@code offset}. */
    public static Bytes copyOf(byte[] bytes, int offset, int length) {
        return new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** The number of bytes. */
    public int length() {
        return value.length;
    }

    /** A fresh copy. */
    public byte[] toArray() {
        return value.clone();
    }

    /** Whether these are exactly the given bytes; not constant-time, these bytes are public. */
    public boolean contentEquals(byte[] other) {
        return Arrays.equals(value, other);
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof Bytes bytes && Arrays.equals(value, bytes.value));
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Arrays.hashCode(value);
            hash = known;
        }
        return known;
    }

    /** Lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(value);
    }
}
