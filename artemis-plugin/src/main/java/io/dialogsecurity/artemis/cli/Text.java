package io.dialogsecurity.artemis.cli;

/** Text from strangers, made harmless for a terminal. */
final class Text {

    private Text() {}

    /** The text with whatever could move a cursor or pretend to be another line written out as its number. */
    static String printable(String text) {
        return escaped(text, false);
    }

    /** As {@link #printable}, but line breaks and tabs stay. */
    static String printableLines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean lines) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean harmless = switch (Character.getType(c)) {
                case Character.CONTROL -> lines && (c == '\n' || c == '\t');
                case Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.UNASSIGNED -> false;
                default -> true;
            };
            if (harmless) {
                out.appendCodePoint(c);
            } else {
                out.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return out.toString();
    }
}
