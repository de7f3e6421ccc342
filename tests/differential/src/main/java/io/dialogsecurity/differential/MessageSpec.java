package io.dialogsecurity.differential;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A message as the program says it.
 *
 * @param number by which it is known
 * @param body its kind
 * @param size in characters, octets or fields
 * @param settings all else, by name
 */
record MessageSpec(int number, BodyKind body, int size, SortedMap<Setting, Object> settings) {

    /** Of bodies. */
    enum BodyKind {
        TEXT,
        BYTES,
        MAP,
        STREAM,
        OBJECT,
        EMPTY
    }

    /** What may be said of a message. */
    enum Setting {
        PRIORITY,
        /** Not to be stored. */
        VOLATILE,
        DELAY_MILLIS,
        LIFE_MILLIS,
        /** The property that selectors see. */
        REGION,
        PROPERTIES,
        CORRELATION,
        TYPE,
        GROUP,
        /** The last one of its group, for the time being. */
        GROUP_ENDS,
        DUPLICATE_ID,
        LAST_VALUE,
        REPLY_TO
    }

    static MessageSpec of(int number, BodyKind body, int size, Map<Setting, Object> settings) {
        return new MessageSpec(number, body, size, new TreeMap<>(settings));
    }

    /** Null when nothing is said of it. */
    Object get(Setting setting) {
        return settings.get(setting);
    }

    int number(Setting setting, int otherwise) {
        return settings.get(setting) instanceof Integer value ? value : otherwise;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("m" + number + " (" + body + " of " + size);
        settings.forEach((setting, value) ->
                text.append(", ").append(setting).append(' ').append(value));
        return text.append(')').toString();
    }
}
