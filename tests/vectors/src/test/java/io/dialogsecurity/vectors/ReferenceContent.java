package io.dialogsecurity.vectors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is inside the ciphertext (step 8). */
final class ReferenceContent {

    private static final int LAYER = 6;
    private static final int SECTION_LENGTH_BYTES = 4;

    final String contentType;
    final Map<String, Object> properties;
    final byte[] payload;

    private ReferenceContent(String contentType, Map<String, Object> properties, byte[] payload) {
        this.contentType = contentType;
        this.properties = properties;
        this.payload = payload;
    }

    static ReferenceContent read(ReferenceHeaders.MessageHeader header, byte[] plaintext, Checks checks) {
        String contentType = "";
        Map<String, Object> properties = new TreeMap<>();
        byte[] payload = plaintext;
        if (header.has(ReferenceHeaders.CONTENT_SECTION)) {
            ReferenceReader in = reader(plaintext, checks);
            long length = in.u32();
            boolean within = plaintext.length >= SECTION_LENGTH_BYTES && length <= in.remaining();
            checks.require(Check.SECTION_LENGTH, within, LAYER);
            byte[] section = in.bytes((int) Math.min(length, Math.max(0, in.remaining())));
            payload = in.remaining() > 0 ? in.bytes(in.remaining()) : new byte[0];
            ReferenceReader fields = reader(section, checks);
            contentType = fields.text(fields.bytes(fields.u16()), Check.CONTENT_TYPE_UTF8);
            properties = map(fields, checks);
            fields.end(Check.SECTION_END);
        }
        checkPayload(header, payload, checks);
        return new ReferenceContent(contentType, properties, payload);
    }

    private static void checkPayload(ReferenceHeaders.MessageHeader header, byte[] payload, Checks checks) {
        if (header.has(ReferenceHeaders.NULL_BODY)) {
            checks.require(Check.NULL_EMPTY, payload.length == 0, LAYER);
            return;
        }
        switch (header.kind()) {
            case 0 -> checks.require(Check.NONE_EMPTY, payload.length == 0, LAYER);
            case 2 -> ReferenceReader.text(payload, Check.TEXT_UTF8, checks, LAYER);
            case 3 -> {
                ReferenceReader in = reader(payload, checks);
                map(in, checks);
                in.end(Check.MAP_END);
            }
            case 4 -> {
                ReferenceReader in = reader(payload, checks);
                stream(in, checks);
                in.end(Check.VALUES_END);
            }
            case 6 -> {
                checks.require(Check.ERROR_CODE, payload.length >= 2, LAYER);
                byte[] text = Arrays.copyOfRange(payload, Math.min(2, payload.length), payload.length);
                checks.atMost(Check.ERROR_TEXT_LENGTH, text.length, 1024, LAYER);
                ReferenceReader.text(text, Check.ERROR_UTF8, checks, LAYER);
            }
            default -> {
                // octets are what they are
            }
        }
    }

    private static ReferenceReader reader(byte[] bytes, Checks checks) {
        return new ReferenceReader(bytes, 0, bytes.length, checks, Check.CONTENT_THERE, LAYER);
    }

    /** A map of values that is known to be right. */
    static Map<String, Object> map(byte[] payload) {
        return map(reader(payload, new Checks(null)), new Checks(null));
    }

    /** Values that are known to be right. */
    static List<Object> stream(byte[] payload) {
        return stream(reader(payload, new Checks(null)), new Checks(null));
    }

    private static Map<String, Object> map(ReferenceReader in, Checks checks) {
        Map<String, Object> values = new TreeMap<>();
        long count = in.u32();
        String previous = null;
        for (long i = 0; i < count; i++) {
            String name = in.text(in.bytes(in.u16()), Check.NAME_UTF8);
            if (previous != null) {
                checks.require(Check.NAMES_ONCE, !previous.equals(name), LAYER);
                checks.require(Check.NAMES_ASCEND, compare(previous, name, checks) <= 0, LAYER);
            }
            values.put(name, value(in, checks));
            previous = name;
        }
        return values;
    }

    private static int compare(String one, String other, Checks checks) {
        int byCodeUnit = one.compareTo(other);
        int byCodePoint =
                Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
        if (Integer.signum(byCodeUnit) == Integer.signum(byCodePoint)) {
            return byCodeUnit;
        }
        return checks.follows(Check.NAMES_BY_CODE_UNIT) ? byCodeUnit : byCodePoint;
    }

    private static List<Object> stream(ReferenceReader in, Checks checks) {
        List<Object> values = new ArrayList<>();
        long count = in.u32();
        for (long i = 0; i < count; i++) {
            values.add(value(in, checks));
        }
        return values;
    }

    private static Object value(ReferenceReader in, Checks checks) {
        int type = in.u8();
        checks.atMost(Check.VALUE_TYPE, type, 10, LAYER);
        return switch (type) {
            case 0 -> null;
            case 1 -> {
                int value = in.u8();
                checks.atMost(Check.BOOLEAN, value, 1, LAYER);
                yield value != 0;
            }
            case 2 -> (byte) in.u8();
            case 3 -> (short) in.u16();
            case 4 -> in.i32();
            case 5 -> in.i64();
            case 6 -> Float.intBitsToFloat(in.i32());
            case 7 -> Double.longBitsToDouble(in.i64());
            case 8 -> (char) in.u16();
            case 9 -> in.text(in.bytes32(), Check.STRING_UTF8);
            case 10 -> in.bytes32();
            default -> null;
        };
    }
}
