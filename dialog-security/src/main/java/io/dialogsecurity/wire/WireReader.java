package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads big-endian fields within bounds; whatever does not fit is an {@link EnvelopeFormatException}. */
final class WireReader {

    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private final Layer layer;
    private int position;

    WireReader(byte[] bytes, int offset, int end, Layer layer) {
        this.bytes = bytes;
        this.position = offset;
        this.end = end;
        this.layer = layer;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    EnvelopeFormatException malformed(String what) {
        return new EnvelopeFormatException(layer, what);
    }

    private int advance(int length) throws EnvelopeFormatException {
        if (length > end - position) {
            throw malformed("ends too early");
        }
        int at = position;
        position += length;
        return at;
    }

    int readU8() throws EnvelopeFormatException {
        return bytes[advance(1)] & 0xFF;
    }

    int readU16() throws EnvelopeFormatException {
        return (short) SHORT.get(bytes, advance(2)) & 0xFFFF;
    }

    int readI32() throws EnvelopeFormatException {
        return (int) INT.get(bytes, advance(4));
    }

    long readI64() throws EnvelopeFormatException {
        return (long) LONG.get(bytes, advance(8));
    }

    /** A length of up to {@code max}, read as an unsigned 32-bit integer. */
    int readLength32(int max) throws EnvelopeFormatException {
        return checkedLength(readI32(), 0, max);
    }

    int checkedLength(int length, int min, int max) throws EnvelopeFormatException {
        if (length < min || length > max) {
            throw malformed("a length is outside " + min + " to " + max);
        }
        return length;
    }

    long readTime() throws EnvelopeFormatException {
        long millis = readI64();
        if (millis < 0) {
            throw malformed("a time lies before 1970");
        }
        return millis;
    }

    Bytes readBytes(int length) throws EnvelopeFormatException {
        return Bytes.copyOf(bytes, advance(length), length);
    }

    byte[] readArray(int length) throws EnvelopeFormatException {
        int at = advance(length);
        return Arrays.copyOfRange(bytes, at, at + length);
    }

    Bytes readBytes8(int min, int max) throws EnvelopeFormatException {
        return readBytes(checkedLength(readU8(), min, max));
    }

    Bytes readBytes16(int min, int max) throws EnvelopeFormatException {
        return readBytes(checkedLength(readU16(), min, max));
    }

    String readText8(int min, int max) throws EnvelopeFormatException {
        return readText(checkedLength(readU8(), min, max));
    }

    String readText16(int min, int max) throws EnvelopeFormatException {
        return readText(checkedLength(readU16(), min, max));
    }

    /** Strict UTF-8: the replacement character would break "what parses re-encodes to identical bytes". */
    String readText(int length) throws EnvelopeFormatException {
        int at = advance(length);
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        // Decoding replaces what is malformed; only a text that holds the replacement needs the slow, strict look.
        if (text.indexOf('\uFFFD') >= 0 && !isUtf8(bytes, at, length)) {
            throw malformed("a text is not UTF-8");
        }
        return text;
    }

    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    void requireEnd() throws EnvelopeFormatException {
        if (position != end) {
            throw malformed("has trailing bytes");
        }
    }
}
