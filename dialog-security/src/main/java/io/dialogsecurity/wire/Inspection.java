package io.dialogsecurity.wire;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@link EnvelopeInspector} found in some bytes.
 *
 * @param fields in the order of the bytes, without gaps from the first byte to the last
 * @param problem why the bytes are no well-formed envelope, or empty if they are one
 */
public record Inspection(List<InspectedField> fields, Optional<String> problem) {

    private static final int BYTES_PER_LINE = 16;

    /** Copies the list. */
    public Inspection {
        fields = List.copyOf(fields);
    }

    /**
     * The bytes in hexadecimal, field by field, each with its offset, name and value; 16 bytes per line.
     *
     * @param bytes the inspected bytes
     * @param maxFieldBytes longer fields are cut, with a note of how much is left out
     */
    public String annotatedHex(byte[] bytes, int maxFieldBytes) {
        StringBuilder out = new StringBuilder();
        Layer layer = null;
        for (InspectedField field : fields) {
            if (field.layer() != layer) {
                layer = field.layer();
                out.append("-- ").append(layer.code()).append(": ").append(title(layer));
                out.append('\n');
            }
            appendField(out, bytes, field, Math.min(maxFieldBytes, field.length()));
        }
        return out.toString();
    }

    /** The layer's name in words. */
    public static String title(Layer layer) {
        return layer.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void appendField(StringBuilder out, byte[] bytes, InspectedField field, int shown) {
        int line = 0;
        do {
            out.append(String.format(Locale.ROOT, "%06x ", field.offset() + line));
            int end = Math.min(shown, line + BYTES_PER_LINE);
            for (int i = line; i < end; i++) {
                out.append(String.format(Locale.ROOT, " %02x", bytes[field.offset() + i]));
            }
            if (line == 0) {
                out.append("   ".repeat(BYTES_PER_LINE - end)).append("  ").append(field.name());
                if (!field.value().isEmpty()) {
                    out.append(": ").append(field.value());
                }
            }
            out.append('\n');
            line += BYTES_PER_LINE;
        } while (line < shown);
        if (shown < field.length()) {
            out.append("        ... ").append(field.length() - shown).append(" bytes more\n");
        }
    }
}
