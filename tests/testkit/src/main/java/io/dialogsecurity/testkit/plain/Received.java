package io.dialogsecurity.testkit.plain;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything a library told its user of a message, to be compared with what another one got. What
 * differs from run to run (ids, times) is left out or replaced by its type. Immutable.
 *
 * @param type what kind of message the library made of it
 * @param body its body: a text, {@link Octets}, a map, a list, an object; {@code unreadable: ...} with
 *     what the library said when asked for it; null when there is none
 * @param properties by name; their types count when they are compared
 * @param headers by name
 */
public record Received(
        String type, Object body, SortedMap<String, Object> properties, SortedMap<String, Object> headers) {

    private static final int SHOWN = 160;

    /** Copies the maps. */
    public Received {
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /** What is not as in another one, a line each; empty when all is equal. */
    public String differencesTo(Received other) {
        StringBuilder lines = new StringBuilder();
        compare(lines, "type", type, other.type);
        compare(lines, "body", body, other.body);
        compare(lines, "property ", properties, other.properties);
        compare(lines, "header ", headers, other.headers);
        return lines.toString();
    }

    private static void compare(
            StringBuilder lines, String what, SortedMap<String, Object> here, SortedMap<String, Object> there) {
        Set<String> names = new TreeSet<>(here.keySet());
        names.addAll(there.keySet());
        for (String name : names) {
            compare(lines, what + name, here.get(name), there.get(name));
        }
    }

    private static void compare(StringBuilder lines, String what, Object here, Object there) {
        if (here == null ? there != null : !here.equals(there)) {
            int from = Math.max(0, firstDifference(String.valueOf(here), String.valueOf(there)) - SHOWN / 2);
            lines.append(what)
                    .append(": ")
                    .append(shown(here, from))
                    .append(", not ")
                    .append(shown(there, from));
            lines.append('\n');
        }
    }

    private static int firstDifference(String here, String there) {
        int same = 0;
        while (same < Math.min(here.length(), there.length()) && here.charAt(same) == there.charAt(same)) {
            same++;
        }
        return same;
    }

    private static String shown(Object value, int from) {
        if (value == null) {
            return "nothing";
        }
        String text = value.toString();
        String start = from == 0 ? "" : "from " + from + " ...";
        String part = text.substring(Math.min(from, text.length()), Math.min(from + SHOWN, text.length()));
        String end = from + SHOWN >= text.length() ? "" : "... of " + text.length();
        return value.getClass().getSimpleName() + " " + start + part + end;
    }
}
