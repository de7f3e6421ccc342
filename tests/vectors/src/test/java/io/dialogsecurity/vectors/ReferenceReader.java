package io.dialogsecurity.vectors;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of one layer. What is not there is zero, if nobody checks whether it is. */
final class ReferenceReader {

    /** How far a reader strays that does not look where its bytes end. */
    private static final int FARTHEST = 1 << 20;

    private final byte[] bytes;
    private final int end;
    private final Checks checks;
    private final Check there;
    private final int layer;
    private int position;

    /** @param there the check that a field is within the bytes */
    ReferenceReader(byte[] bytes, int from, int end, Checks checks, Check there, int layer) {
        this.bytes = bytes;
        this.position = from;
        this.end = end;
        this.checks = checks;
        this.there = there;
        this.layer = layer;
    }

    /** The content of a frame, and nothing else of the bytes. The reader goes on behind it. */
    ReferenceReader frame(Check type, int code, Check contentThere, int contentLayer) {
        require(5, contentThere, contentLayer);
        checks.require(type, at(position) == code, contentLayer);
        long length = ByteBuffer.wrap(peek(5), 1, 4).getInt() & 0xFFFFFFFFL;
        position += 5;
        require(length, contentThere, contentLayer);
        byte[] content = take((int) length);
        return new ReferenceReader(content, 0, content.length, checks, contentThere, contentLayer);
    }

    private void require(long length, Check check, int where) {
        checks.require(check, length <= end - (long) position, where);
        if (length > FARTHEST && length > end - (long) position) {
            throw new IllegalStateException("strays");
        }
    }

    private int at(int index) {
        return index < end ? bytes[index] & 0xFF : 0;
    }

    private byte[] peek(int length) {
        byte[] taken = new byte[length];
        int present = Math.max(0, Math.min(length, end - position));
        System.arraycopy(bytes, Math.min(position, bytes.length), taken, 0, present);
        return taken;
    }

    private byte[] take(int length) {
        byte[] taken = peek(length);
        position += length;
        if (position > end + FARTHEST) {
            throw new IllegalStateException("strays");
        }
        return taken;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    int layer() {
        return layer;
    }

    byte[] all() {
        return Arrays.copyOf(bytes, end);
    }

    byte[] bytes(int length) {
        require(length, there, layer);
        return take(length);
    }

    int u8() {
        return bytes(1)[0] & 0xFF;
    }

    int u16() {
        return ByteBuffer.wrap(bytes(2)).getShort() & 0xFFFF;
    }

    /** As a signed number: no field is that large. */
    int i32() {
        return ByteBuffer.wrap(bytes(4)).getInt();
    }

    long u32() {
        return i32() & 0xFFFFFFFFL;
    }

    long i64() {
        return ByteBuffer.wrap(bytes(8)).getLong();
    }

    long time(Check range) {
        long time = i64();
        checks.require(range, time >= 0, layer);
        return time;
    }

    byte[] bytes8(Check length, int min, int max) {
        int count = u8();
        checks.within(length, count, min, max, layer);
        return bytes(count);
    }

    byte[] bytes16(Check length, int min, int max) {
        int count = u16();
        checks.within(length, count, min, max, layer);
        return bytes(count);
    }

    /** A {@code u32} of bytes, which are there. */
    byte[] bytes32() {
        long count = u32();
        require(count, there, layer);
        return take((int) count);
    }

    String text(byte[] utf8, Check check) {
        return text(utf8, check, checks, layer);
    }

    static String text(byte[] utf8, Check check, Checks checks, int layer) {
        String text;
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
            text = decoded.toString();
        } catch (CharacterCodingException e) {
            checks.require(check, false, layer);
            text = new String(utf8, StandardCharsets.UTF_8);
        }
        boolean marked = text.startsWith("\uFEFF");
        return marked && !checks.follows(Check.BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    BigInteger serial() {
        byte[] magnitude = bytes8(Check.SERIAL_LENGTH, 1, 20);
        boolean zeros = magnitude.length > 1 && magnitude[0] == 0;
        checks.require(Check.SERIAL_ZEROS, !zeros, layer);
        return new BigInteger(1, magnitude);
    }

    void end(Check check) {
        checks.require(check, position >= end, layer);
    }
}
