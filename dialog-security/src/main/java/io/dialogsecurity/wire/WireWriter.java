package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes big-endian fields into a growing array. A value that does not fit its field is our bug. */
final class WireWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

    WireWriter u8(int value) {
        out.write(checked(value, 0xFF));
        return this;
    }

    WireWriter u16(int value) {
        checked(value, 0xFFFF);
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    WireWriter i32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(value >>> shift);
        }
        return this;
    }

    WireWriter i64(long value) {
        i32((int) (value >>> 32));
        return i32((int) value);
    }

    WireWriter bytes(byte[] value) {
        out.write(value, 0, value.length);
        return this;
    }

    WireWriter bytes(Bytes value) {
        return bytes(value.toArray());
    }

    WireWriter bytes8(byte[] value) {
        return u8(value.length).bytes(value);
    }

    WireWriter bytes16(Bytes value) {
        return u16(value.length()).bytes(value);
    }

    WireWriter text8(String value) {
        return bytes8(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter text16(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return u16(utf8.length).bytes(utf8);
    }

    byte[] toArray() {
        return out.toByteArray();
    }

    private static int checked(int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(value + " does not fit a field of 0 to " + max);
        }
        return value;
    }
}
