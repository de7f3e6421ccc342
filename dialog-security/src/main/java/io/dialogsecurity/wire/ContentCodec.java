package io.dialogsecurity.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is inside the ciphertext: the content section (content type and protected properties) and the bodies of maps and
 * streams, all made of the same typed values. Like the headers, it has one encoding of everything.
 *
 * <p>Values are {@code Boolean, Byte, Short, Integer, Long, Float, Double, Character, String, byte[]} or null, the types
 * of a Jakarta Messaging message; the registry "Value types".
 */
public final class ContentCodec {

    private static final int NULL = 0;
    private static final int BOOLEAN = 1;
    private static final int BYTE = 2;
    private static final int SHORT = 3;
    private static final int INT = 4;
    private static final int LONG = 5;
    private static final int FLOAT = 6;
    private static final int DOUBLE = 7;
    private static final int CHAR = 8;
    private static final int STRING = 9;
    private static final int OCTETS = 10;

    private ContentCodec() {}

    /**
     * The content section, which stands before the payload in the plaintext.
     *
     * @param contentType a media type or any other name, may be empty
     * @param properties the protected properties
     */
    public record Section(String contentType, Map<String, Object> properties) {}

    /** A section with its length before it, ready to be followed by the payload. */
    public static byte[] encodeSection(String contentType, Map<String, ?> properties) {
        byte[] content = new WireWriter()
                .text16(strict(contentType))
                .bytes(encodeMap(properties))
                .toArray();
        if (content.length > WireFormat.MAX_CONTENT_SECTION_BYTES) {
            throw new IllegalArgumentException("Protected properties take " + content.length + " bytes, at most "
                    + WireFormat.MAX_CONTENT_SECTION_BYTES + " are allowed");
        }
        return new WireWriter().i32(content.length).bytes(content).toArray();
    }

    /** Bytes the section at the start of a plaintext takes, with its length field. */
    public static int sectionLength(byte[] plaintext, int offset, int length) throws EnvelopeFormatException {
        WireReader in = new WireReader(plaintext, offset, offset + length, Layer.BODY);
        int content = in.readLength32(WireFormat.MAX_CONTENT_SECTION_BYTES);
        return 4 + in.checkedLength(content, 0, in.remaining());
    }

    /** Decodes a section of exactly this many bytes, length field included. */
    public static Section decodeSection(byte[] plaintext, int offset, int length) throws EnvelopeFormatException {
        WireReader in = new WireReader(plaintext, offset, offset + length, Layer.BODY);
        in.readI32();
        String contentType = in.readText16(0, 0xFFFF);
        Map<String, Object> properties = readMap(in);
        in.requireEnd();
        return new Section(contentType, properties);
    }

    /** Names and values in ascending order of the names (by UTF-16 code unit), after their number. */
    public static byte[] encodeMap(Map<String, ?> values) {
        WireWriter out = new WireWriter().i32(values.size());
        new TreeMap<>(values).forEach((name, value) -> {
            out.text16(strict(name));
            writeValue(out, value);
        });
        return out.toArray();
    }

    /** The inverse of {@link #encodeMap}; refuses names out of order. */
    public static Map<String, Object> decodeMap(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        WireReader in = new WireReader(bytes, offset, offset + length, Layer.BODY);
        Map<String, Object> values = readMap(in);
        in.requireEnd();
        return values;
    }

    /** Values in order, after their number. */
    public static byte[] encodeStream(List<?> values) {
        WireWriter out = new WireWriter().i32(values.size());
        values.forEach(value -> writeValue(out, value));
        return out.toArray();
    }

    /** The inverse of {@link #encodeStream}. */
    public static List<Object> decodeStream(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        WireReader in = new WireReader(bytes, offset, offset + length, Layer.BODY);
        int count = in.readLength32(in.remaining());
        List<Object> values = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            values.add(readValue(in));
        }
        in.requireEnd();
        return values;
    }

    /**
     * The UTF-8 of a text.
     *
     * @throws IllegalArgumentException if the text has half of a surrogate pair, which no UTF-8 can carry: refused
     *     rather than silently changed
     */
    public static byte[] encodeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        // Half a pair has silently become one '?'; a text that comes back from its bytes one by one is all ASCII.
        boolean ascii = utf8.length == text.length() && new String(utf8, StandardCharsets.ISO_8859_1).equals(text);
        return ascii ? utf8 : strictUtf8(text);
    }

    /** The payload of the kind {@link ContentKind#ERROR}: the code, then the text. */
    public static byte[] encodeError(DialogError error) {
        return new WireWriter()
                .u16(error.code())
                .bytes(encodeText(error.text()))
                .toArray();
    }

    /** The inverse of {@link #encodeError}. */
    public static DialogError decodeError(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        WireReader in = new WireReader(bytes, offset, offset + length, Layer.BODY);
        int code = in.readU16();
        return new DialogError(code, in.readText(in.checkedLength(in.remaining(), 0, WireFormat.MAX_ERROR_TEXT_BYTES)));
    }

    /** The text of strict UTF-8. */
    public static String decodeText(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        return new WireReader(bytes, offset, offset + length, Layer.BODY).readText(length);
    }

    private static byte[] strictUtf8(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("A text has half of a surrogate pair and cannot be sealed", e);
        }
    }

    private static String strict(String text) {
        encodeText(text);
        return text;
    }

    private static Map<String, Object> readMap(WireReader in) throws EnvelopeFormatException {
        int count = in.readLength32(in.remaining());
        Map<String, Object> values = new LinkedHashMap<>(Math.min(count, 1024));
        String previous = null;
        for (int i = 0; i < count; i++) {
            String name = in.readText16(0, 0xFFFF);
            if (previous != null && previous.compareTo(name) >= 0) {
                throw in.malformed("has names that are not in ascending order");
            }
            values.put(name, readValue(in));
            previous = name;
        }
        return values;
    }

    private static void writeValue(WireWriter out, Object value) {
        if (value == null) {
            out.u8(NULL);
        } else if (value instanceof Boolean v) {
            out.u8(BOOLEAN).u8(v ? 1 : 0);
        } else if (value instanceof Byte v) {
            out.u8(BYTE).u8(v & 0xFF);
        } else if (value instanceof Short v) {
            out.u8(SHORT).u16(v & 0xFFFF);
        } else if (value instanceof Integer v) {
            out.u8(INT).i32(v);
        } else if (value instanceof Long v) {
            out.u8(LONG).i64(v);
        } else if (value instanceof Float v) {
            out.u8(FLOAT).i32(Float.floatToRawIntBits(v));
        } else if (value instanceof Double v) {
            out.u8(DOUBLE).i64(Double.doubleToRawLongBits(v));
        } else if (value instanceof Character v) {
            out.u8(CHAR).u16(v);
        } else if (value instanceof String v) {
            byte[] utf8 = encodeText(v);
            out.u8(STRING).i32(utf8.length).bytes(utf8);
        } else if (value instanceof byte[] v) {
            out.u8(OCTETS).i32(v.length).bytes(v);
        } else {
            throw new IllegalArgumentException(
                    "A value of type " + value.getClass().getName() + " cannot be sealed");
        }
    }

    private static Object readValue(WireReader in) throws EnvelopeFormatException {
        return switch (in.readU8()) {
            case NULL -> null;
            case BOOLEAN -> {
                int value = in.readU8();
                if (value > 1) {
                    throw in.malformed("has a boolean that is neither 0 nor 1");
                }
                yield value == 1;
            }
            case BYTE -> (byte) in.readU8();
            case SHORT -> (short) in.readU16();
            case INT -> in.readI32();
            case LONG -> in.readI64();
            case FLOAT -> Float.intBitsToFloat(in.readI32());
            case DOUBLE -> Double.longBitsToDouble(in.readI64());
            case CHAR -> (char) in.readU16();
            case STRING -> in.readText(in.readLength32(in.remaining()));
            case OCTETS -> in.readArray(in.readLength32(in.remaining()));
            default -> throw in.malformed("has a value of unknown type");
        };
    }
}
