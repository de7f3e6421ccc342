package io.dialogsecurity.artemis.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Reads values as AMQP 1.0 encodes them (part 1, section 1.6 of the standard). What is not well-formed, or longer than what
 * it is in, is an {@link IllegalArgumentException}.
 */
final class AmqpValues {

    static final int DESCRIBED = 0x00;
    static final int NULL = 0x40;
    static final int TRUE = 0x41;
    static final int FALSE = 0x42;
    static final int UINT_0 = 0x43;
    static final int ULONG_0 = 0x44;
    static final int LIST_0 = 0x45;
    static final int UBYTE = 0x50;
    static final int BYTE = 0x51;
    static final int UINT_SMALL = 0x52;
    static final int ULONG_SMALL = 0x53;
    static final int INT_SMALL = 0x54;
    static final int LONG_SMALL = 0x55;
    static final int BOOLEAN = 0x56;
    static final int USHORT = 0x60;
    static final int SHORT = 0x61;
    static final int UINT = 0x70;
    static final int INT = 0x71;
    static final int FLOAT = 0x72;
    static final int CHAR = 0x73;
    static final int ULONG = 0x80;
    static final int LONG = 0x81;
    static final int DOUBLE = 0x82;
    static final int TIMESTAMP = 0x83;
    static final int UUID_16 = 0x98;
    static final int BINARY_8 = 0xA0;
    static final int STRING_8 = 0xA1;
    static final int SYMBOL_8 = 0xA3;
    static final int BINARY_32 = 0xB0;
    static final int STRING_32 = 0xB1;
    static final int SYMBOL_32 = 0xB3;
    static final int LIST_8 = 0xC0;
    static final int MAP_8 = 0xC1;
    static final int LIST_32 = 0xD0;
    static final int MAP_32 = 0xD1;

    /** What {@link #neutral} says of a value that has no neutral form. */
    static final Object FOREIGN = new Object();

    private AmqpValues() {}

    static IllegalArgumentException malformed() {
        return new IllegalArgumentException("An AMQP message is not well-formed");
    }

    static int u8(byte[] bytes, int at, int limit) {
        if (at < 0 || at >= limit) {
            throw malformed();
        }
        return bytes[at] & 0xFF;
    }

    static int i32(byte[] bytes, int at, int limit) {
        require(at, 4, limit);
        return ByteBuffer.wrap(bytes).getInt(at);
    }

    private static int require(int at, long length, int limit) {
        if (length < 0 || at + length > limit) {
            throw malformed();
        }
        return (int) (at + length);
    }

    /** Where the value that starts here ends. */
    static int end(byte[] bytes, int start, int limit) {
        int at = start;
        if (u8(bytes, at, limit) == DESCRIBED) {
            if (u8(bytes, at + 1, limit) == DESCRIBED) {
                throw malformed(); // the standard's own descriptors are numbers and symbols
            }
            at = end(bytes, at + 1, limit);
            if (u8(bytes, at, limit) == DESCRIBED) {
                throw malformed();
            }
        }
        int code = u8(bytes, at, limit);
        at++;
        return switch (code >> 4) {
            case 0x4 -> at;
            case 0x5 -> require(at, 1, limit);
            case 0x6 -> require(at, 2, limit);
            case 0x7 -> require(at, 4, limit);
            case 0x8 -> require(at, 8, limit);
            case 0x9 -> require(at, 16, limit);
            case 0xA, 0xC, 0xE -> require(at + 1, u8(bytes, at, limit), limit);
            case 0xB, 0xD, 0xF -> require(at + 4, i32(bytes, at, limit) & 0xFFFF_FFFFL, limit);
            default -> throw malformed();
        };
    }

    /** The elements of a list, or names and values of a map in turn: where each starts, and where the last one ends. */
    static int[] elements(byte[] bytes, int start, int limit) {
        int code = u8(bytes, start, limit);
        int count;
        int at;
        switch (code) {
            case LIST_0 -> {
                count = 0;
                at = start + 1;
            }
            case LIST_8, MAP_8 -> {
                count = u8(bytes, start + 2, limit);
                at = start + 3;
            }
            case LIST_32, MAP_32 -> {
                count = i32(bytes, start + 5, limit);
                at = start + 9;
            }
            default -> throw malformed();
        }
        int end = end(bytes, start, limit);
        if (count < 0 || count > end - at) {
            throw malformed();
        }
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            starts[i] = at;
            at = end(bytes, at, end);
        }
        starts[count] = at;
        if (at != end) {
            throw malformed();
        }
        return starts;
    }

    static boolean isList(int code) {
        return code == LIST_0 || code == LIST_8 || code == LIST_32;
    }

    static boolean isMap(int code) {
        return code == MAP_8 || code == MAP_32;
    }

    static boolean isString(int code) {
        return code == STRING_8 || code == STRING_32;
    }

    static boolean isBinary(int code) {
        return code == BINARY_8 || code == BINARY_32;
    }

    private static boolean isSymbol(int code) {
        return code == SYMBOL_8 || code == SYMBOL_32;
    }

    /** Where the octets of a string, symbol or binary value start; they end where the value ends. */
    static int octets(byte[] bytes, int start) {
        return start + ((bytes[start] & 0xF0) == 0xA0 ? 2 : 5);
    }

    /** A string or symbol; null if it is another value, or no good UTF-8. */
    static String text(byte[] bytes, int start, int end) {
        int code = u8(bytes, start, end);
        if (isSymbol(code)) {
            int octets = octets(bytes, start);
            return new String(bytes, octets, end - octets, StandardCharsets.ISO_8859_1);
        }
        return isString(code) ? utf8(bytes, octets(bytes, start), end) : null;
    }

    /** The text of strict UTF-8, else null. */
    static String utf8(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return text; // nothing had to be replaced
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /**
     * A value in words every protocol understands, as the broker itself converts it where it does; {@link #FOREIGN} if
     * there are none.
     */
    static Object neutral(byte[] bytes, int start, int end) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int at = start + 1;
        return switch (bytes[start] & 0xFF) {
            case NULL -> null;
            case TRUE -> true;
            case FALSE -> false;
            case BOOLEAN -> bytes[at] != 0;
            case UBYTE -> bytes[at] >= 0 ? (Object) bytes[at] : (Object) (short) (bytes[at] & 0xFF);
            case USHORT -> {
                short value = in.getShort(at);
                yield value >= 0 ? (Object) value : (Object) (value & 0xFFFF);
            }
            case UINT_0 -> 0;
            case UINT_SMALL -> bytes[at] & 0xFF;
            case UINT -> {
                int value = in.getInt(at);
                yield value >= 0 ? (Object) value : (Object) (value & 0xFFFF_FFFFL);
            }
            case ULONG_0 -> 0L;
            case ULONG_SMALL -> bytes[at] & 0xFFL;
            case ULONG, LONG, TIMESTAMP -> in.getLong(at);
            case BYTE -> bytes[at];
            case SHORT -> in.getShort(at);
            case INT_SMALL -> (int) bytes[at];
            case INT -> in.getInt(at);
            case LONG_SMALL -> (long) bytes[at];
            case FLOAT -> in.getFloat(at);
            case DOUBLE -> in.getDouble(at);
            case CHAR -> {
                int codePoint = in.getInt(at);
                yield codePoint >= 0 && codePoint <= Character.MAX_VALUE ? (Object) (char) codePoint : FOREIGN;
            }
            case UUID_16 -> new UUID(in.getLong(at), in.getLong(at + 8)).toString();
            case BINARY_8, BINARY_32 -> Arrays.copyOfRange(bytes, octets(bytes, start), end);
            case STRING_8, STRING_32, SYMBOL_8, SYMBOL_32 -> {
                String text = text(bytes, start, end);
                yield text == null ? FOREIGN : text;
            }
            default -> FOREIGN;
        };
    }
}
