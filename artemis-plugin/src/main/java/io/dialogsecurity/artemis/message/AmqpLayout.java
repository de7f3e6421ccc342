package io.dialogsecurity.artemis.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the sections of an encoded AMQP message are (part 3, section 3.2 of the standard). A section that is not there has
 * its start at its end.
 */
final class AmqpLayout {

    static final int DELIVERY_ANNOTATIONS = 0x71;
    static final int MESSAGE_ANNOTATIONS = 0x72;
    static final int PROPERTIES = 0x73;
    static final int APPLICATION_PROPERTIES = 0x74;
    static final int DATA = 0x75;
    static final int SEQUENCE = 0x76;
    static final int VALUE = 0x77;
    static final int FOOTER = 0x78;

    /** Fields of the properties section. */
    static final int SUBJECT = 3;

    static final int REPLY_TO = 4;
    static final int CORRELATION_ID = 5;
    static final int CONTENT_TYPE = 6;
    static final int CONTENT_ENCODING = 7;
    static final int FIELDS = 13;

    private static final int FIRST = 0x70;

    /** A name and its value, both as they are encoded. Name null: not a text, which none of ours is. */
    record Entry(String name, int start, int value, int end) {}

    /** A section: its code, its first byte, that of its value, and where it ends. */
    record Section(int code, int start, int value, int end) {

        boolean present() {
            return end > start;
        }
    }

    final byte[] bytes;
    final int end;

    /** Header and delivery annotations are before; they are not part of what is sealed. */
    final int annotated;

    final Section annotations;
    final Section properties;
    final Section applicationProperties;

    /** Where the body starts: after all sections that may be before it. */
    final int bodyStart;

    final List<Section> body;

    /** Where the body ends: at the footer, or the end. */
    final int bodyEnd;

    /** @throws IllegalArgumentException if the sections are not what the standard says */
    AmqpLayout(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.end = end;
        int at = start;
        Section next = section(at);
        while (next != null && next.code <= DELIVERY_ANNOTATIONS) {
            at = next.end;
            next = section(at);
        }
        annotated = at;
        annotations = optional(MESSAGE_ANNOTATIONS, at);
        properties = optional(PROPERTIES, annotations.end);
        applicationProperties = optional(APPLICATION_PROPERTIES, properties.end);
        at = applicationProperties.end;
        bodyStart = at;
        body = new ArrayList<>(1);
        next = section(at);
        while (next != null && next.code != FOOTER) {
            if (next.code < DATA || !(body.isEmpty() || repeats(next))) {
                throw AmqpValues.malformed();
            }
            body.add(next);
            at = next.end;
            next = section(at);
        }
        bodyEnd = at;
        if (next != null && next.end != end) {
            throw AmqpValues.malformed();
        }
    }

    /** Data and sequences may go on in further sections. */
    private boolean repeats(Section next) {
        return next.code != VALUE && next.code == body.get(0).code;
    }

    private Section optional(int code, int start) {
        Section there = section(start);
        return there != null && there.code == code ? there : new Section(0, start, start, start);
    }

    private Section section(int start) {
        if (start == end) {
            return null;
        }
        if (AmqpValues.u8(bytes, start, end) != AmqpValues.DESCRIBED) {
            throw AmqpValues.malformed();
        }
        int value = AmqpValues.end(bytes, start + 1, end);
        Object code = AmqpValues.neutral(bytes, start + 1, value);
        if (!(code instanceof Long number) || number < FIRST || number > FOOTER) {
            throw AmqpValues.malformed();
        }
        if (AmqpValues.u8(bytes, value, end) == AmqpValues.DESCRIBED && number != VALUE) {
            throw AmqpValues.malformed();
        }
        return new Section(number.intValue(), start, value, AmqpValues.end(bytes, value, end));
    }

    /** The fields of the properties section: where each starts, and where the last one that is there ends. */
    int[] fields() {
        if (!properties.present()) {
            return new int[] {properties.end};
        }
        if (!AmqpValues.isList(bytes[properties.value] & 0xFF)) {
            throw AmqpValues.malformed();
        }
        int[] starts = AmqpValues.elements(bytes, properties.value, properties.end);
        if (starts.length - 1 > FIELDS) {
            throw AmqpValues.malformed();
        }
        return starts;
    }

    /** Names and values of the annotations or the application properties, in their order. */
    List<Entry> entries(Section section) {
        if (!section.present() || bytes[section.value] == (byte) AmqpValues.NULL) {
            return List.of();
        }
        if (!AmqpValues.isMap(bytes[section.value] & 0xFF)) {
            throw AmqpValues.malformed();
        }
        int[] starts = AmqpValues.elements(bytes, section.value, section.end);
        if (starts.length % 2 == 0) {
            throw AmqpValues.malformed();
        }
        List<Entry> entries = new ArrayList<>(starts.length / 2);
        for (int i = 0; i + 1 < starts.length; i += 2) {
            String name = AmqpValues.text(bytes, starts[i], starts[i + 1]);
            entries.add(new Entry(name, starts[i], starts[i + 1], starts[i + 2]));
        }
        return entries;
    }

    Object neutral(Entry entry) {
        return AmqpValues.neutral(bytes, entry.value, entry.end);
    }
}
