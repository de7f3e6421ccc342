package io.dialogsecurity.vectors;

import io.dialogsecurity.wire.ContentKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Typed values as words: in the vectors, and to compare with. */
final class Values {

    private Values() {}

    /** {@code name = type value}. */
    static String entry(String name, Object value) {
        return quoted(name) + " = " + of(value);
    }

    static String of(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof byte[] octets) {
            return ("bytes " + HexFormat.of().formatHex(octets)).stripTrailing();
        }
        if (value instanceof String text) {
            return "string " + quoted(text);
        }
        if (value instanceof Character c) {
            return "char " + (int) c;
        }
        if (value instanceof Float f) {
            return "float " + Integer.toHexString(Float.floatToRawIntBits(f));
        }
        if (value instanceof Double d) {
            return "double " + Long.toHexString(Double.doubleToRawLongBits(d));
        }
        String type = value instanceof Integer
                ? "int"
                : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return type + " " + value;
    }

    /** As in JSON: printable ASCII as it is, all else as UTF-16 code units. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    static String error(int code, String text) {
        return "error " + code + " " + quoted(text);
    }

    static List<String> ofPayload(ContentKind kind, byte[] payload) {
        List<String> lines = new ArrayList<>();
        switch (kind) {
            case MAP ->
                new TreeMap<>(ReferenceContent.map(payload)).forEach((name, value) -> lines.add(entry(name, value)));
            case STREAM -> ReferenceContent.stream(payload).forEach(value -> lines.add(of(value)));
            case TEXT -> {
                if (payload.length > 0) {
                    lines.add(of(new String(payload, StandardCharsets.UTF_8)));
                }
            }
            case ERROR ->
                lines.add(error(
                        ByteBuffer.wrap(payload).getShort() & 0xFFFF,
                        new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)));
            default -> {
                // bytes are their own description
            }
        }
        return lines;
    }

    static List<String> entries(Map<String, Object> properties) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(properties).forEach((name, value) -> lines.add(entry(name, value)));
        return lines;
    }
}
