package io.dialogsecurity.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One line of what processes tell each other over standard input and output: a word, and names with values. Immutable. */
public final class Line {

    private static final String MARK = "@";

    private final String word;
    private final Map<String, String> fields;

    private Line(String word, Map<String, String> fields) {
        this.word = word;
        this.fields = fields;
    }

    /** A line of one word. */
    public static Line of(String word) {
        return new Line(word, Map.of());
    }

    /** The same with a field more; blanks in the value become underscores. */
    public Line with(String name, Object value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(name, value.toString().replace(' ', '_'));
        return new Line(word, more);
    }

    /** Empty if this is a line of another kind, such as a stack trace. */
    public static Optional<Line> parse(String text) {
        if (!text.startsWith(MARK)) {
            return Optional.empty();
        }
        String[] parts = text.substring(MARK.length()).split(" ");
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            fields.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return Optional.of(new Line(parts[0], fields));
    }

    /** Whether this is its word. */
    public boolean is(String expected) {
        return word.equals(expected);
    }

    /**
     * The value of a field.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    public String text(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException(this + " has no " + name);
        }
        return value;
    }

    /** The value of a field that is a number. */
    public long number(String name) {
        return Long.parseLong(text(name));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(MARK).append(word);
        fields.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.toString();
    }
}
