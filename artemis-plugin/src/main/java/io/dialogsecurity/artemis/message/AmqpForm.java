package io.dialogsecurity.artemis.message;

import io.dialogsecurity.artemis.message.AmqpLayout.Entry;
import io.dialogsecurity.artemis.message.AmqpLayout.Section;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.buffers.impl.ChannelBufferWrapper;

/**
 * Messages of AMQP, which the broker keeps encoded as they came. They are taken out and put back by what the broker's own
 * journal uses, so that nothing here needs the classes of its AMQP part.
 *
 * <p>Sealed, a message is the header and the delivery annotations it had; the annotations, application properties and
 * fields that brokers and clients need on the way; and one data section, the envelope. Inside, beside the neutral words,
 * are the octets around the payload, from the annotations to the end: with the payload between them, the message is what it
 * was, to the bit. What a broker has changed on the way (expiry, address, reasons) is then taken from outside.
 */
final class AmqpForm implements MessageForm {

    static final AmqpForm INSTANCE = new AmqpForm();
    static final String PROTOCOL = "AMQP";

    /** Protected: the octets of the message from its annotations to the payload. */
    static final String BEFORE = "JMS_AMQP_BEFORE";

    /** Protected: the octets after the payload, if any. */
    static final String AFTER = "JMS_AMQP_AFTER";

    /** Protected: what stands in the payload's place where the payload is not as it was encoded. */
    static final String BODY = "JMS_AMQP_BODY";

    private static final Set<String> RESERVED = Set.of(BEFORE, AFTER, BODY);

    /** Annotations that brokers route, schedule and convert by, and those they add when they move a message. */
    static final Set<String> ANNOTATIONS_OUTSIDE = Set.of(
            "x-opt-ACTUAL-EXPIRY",
            "x-opt-ORIG-ADDRESS",
            "x-opt-ORIG-MESSAGE-ID",
            "x-opt-ORIG-QUEUE",
            "x-opt-ORIG-ROUTING-TYPE",
            "x-opt-amq-fed-hops",
            "x-opt-jms-dest",
            "x-opt-jms-reply-to",
            "x-opt-delivery-time",
            "x-opt-delivery-delay",
            "x-opt-routing-type",
            "x-opt-ingress-time");

    /** Fields of the properties section that are the sender's to say and nobody's to change. */
    private static final Set<Integer> FIELDS_INSIDE = Set.of(
            AmqpLayout.SUBJECT,
            AmqpLayout.REPLY_TO,
            AmqpLayout.CORRELATION_ID,
            AmqpLayout.CONTENT_TYPE,
            AmqpLayout.CONTENT_ENCODING);

    /** Room for descriptors, lengths and the hint. */
    private static final int SECTION_ROOM = 128;

    private AmqpForm() {}

    // --- Reading and sealing

    @Override
    public MessageContent read(Message plain, int maxBodyBytes) {
        byte[] bytes = bytes(plain);
        AmqpLayout layout = new AmqpLayout(bytes, 0, bytes.length);
        AmqpContent content = new AmqpContent(layout);
        Map<String, Object> inside = new HashMap<>(content.properties);
        int annotated = layout.annotated;
        if (content.payloadStart >= 0) {
            inside.put(BEFORE, Arrays.copyOfRange(bytes, annotated, content.payloadStart));
            putUnlessEmpty(inside, AFTER, bytes, content.payloadEnd);
        } else {
            inside.put(BEFORE, Arrays.copyOfRange(bytes, annotated, layout.bodyStart));
            inside.put(BODY, Arrays.copyOfRange(bytes, layout.bodyStart, layout.bodyEnd));
            putUnlessEmpty(inside, AFTER, bytes, layout.bodyEnd);
        }
        return content.content().with(content.contentType, inside);
    }

    private static void putUnlessEmpty(Map<String, Object> inside, String name, byte[] bytes, int start) {
        if (start < bytes.length) {
            inside.put(name, Arrays.copyOfRange(bytes, start, bytes.length));
        }
    }

    /** The message as it is encoded. */
    private static byte[] bytes(Message message) {
        if (message.isLargeMessage()) {
            throw Payloads.tooLarge();
        }
        message.getUserID(); // makes the broker look into it, once, before its buffer is read
        byte[] record = new byte[message.getPersistSize()];
        ByteBuf buffer = Unpooled.wrappedBuffer(record).clear();
        message.persist(new ChannelBufferWrapper(buffer));
        if (buffer.writerIndex() != record.length || buffer.getInt(0) != record.length - Integer.BYTES) {
            throw new IllegalStateException("An AMQP message is not stored as its length and bytes");
        }
        return Arrays.copyOfRange(record, Integer.BYTES, record.length);
    }

    @Override
    public void seal(Message plain, byte[] envelope, Set<String> clearProperties) {
        byte[] bytes = bytes(plain);
        AmqpLayout layout = new AmqpLayout(bytes, 0, bytes.length);
        AmqpWriter out = new AmqpWriter(layout.bodyStart + SECTION_ROOM + envelope.length);
        out.raw(bytes, 0, layout.annotated);
        sealAnnotations(layout, out);
        sealFields(layout, clearProperties.contains(MessageNames.TYPE), out);
        sealApplicationProperties(layout, clearProperties, out);
        out.section(AmqpLayout.DATA).binary(envelope, 0, envelope.length);
        replace(plain, out);
    }

    private static void sealAnnotations(AmqpLayout layout, AmqpWriter out) {
        Elements outside = new Elements();
        for (Entry entry : layout.entries(layout.annotations)) {
            if (AmqpContent.MESSAGE_TYPE.equals(entry.name())) {
                outside.annotation(AmqpContent.MESSAGE_TYPE, (byte) AmqpContent.JMS_BYTES);
            } else if (annotationOutside(entry.name())) {
                outside.raw(layout, entry);
            }
        }
        outside.writeUnlessEmpty(AmqpLayout.MESSAGE_ANNOTATIONS, out);
    }

    private static boolean annotationOutside(String name) {
        return name != null && ANNOTATIONS_OUTSIDE.contains(name);
    }

    private static void sealFields(AmqpLayout layout, boolean typeStays, AmqpWriter out) {
        if (!layout.properties.present()) {
            return;
        }
        int[] starts = layout.fields();
        Elements fields = new Elements();
        for (int field = 0; field < Math.max(starts.length - 1, AmqpLayout.CONTENT_TYPE + 1); field++) {
            boolean inside = (field == AmqpLayout.SUBJECT && !typeStays) || field == AmqpLayout.CONTENT_ENCODING;
            if (field == AmqpLayout.CONTENT_TYPE) {
                fields.symbol(AmqpContent.OCTET_STREAM);
            } else if (field + 1 < starts.length && !inside) {
                fields.raw(layout.bytes, starts[field], starts[field + 1]);
            } else {
                fields.nothing();
            }
        }
        fields.writeList(AmqpLayout.PROPERTIES, out);
    }

    private static void sealApplicationProperties(AmqpLayout layout, Set<String> clearProperties, AmqpWriter out) {
        Elements outside = new Elements();
        for (Entry entry : layout.entries(layout.applicationProperties)) {
            String name = entry.name();
            if (name != null
                    && !name.equals(MessageNames.HINT)
                    && (MessageNames.ofProvider(name) || clearProperties.contains(name))) {
                outside.raw(layout, entry);
            }
        }
        outside.property(MessageNames.HINT, MessageNames.HINT_VALUE);
        outside.writeUnlessEmpty(AmqpLayout.APPLICATION_PROPERTIES, out);
    }

    /** Elements of a list or map, one after the other as they are encoded. */
    private static final class Elements {

        private final AmqpWriter out = new AmqpWriter(SECTION_ROOM);
        private int count;

        void raw(AmqpLayout layout, Entry entry) {
            out.raw(layout.bytes, entry.start(), entry.end());
            count += 2;
        }

        void raw(byte[] bytes, int start, int end) {
            out.raw(bytes, start, end);
            count++;
        }

        void annotation(String name, Object value) {
            out.symbol(name).value(value);
            count += 2;
        }

        void property(String name, Object value) {
            out.string(name).value(value);
            count += 2;
        }

        void symbol(String value) {
            out.symbol(value);
            count++;
        }

        void value(Object value) {
            out.value(value);
            count++;
        }

        void nothing() {
            out.u8(AmqpValues.NULL);
            count++;
        }

        void writeUnlessEmpty(int section, AmqpWriter to) {
            if (count > 0) {
                to.section(section).map(count, out);
            }
        }

        void writeList(int section, AmqpWriter to) {
            to.section(section).list(count, out);
        }
    }

    /** Gives a message other bytes, as if it came from the journal, and has it look into them. */
    private static void replace(Message message, AmqpWriter bytes) {
        AmqpWriter record = new AmqpWriter(Integer.BYTES + bytes.length());
        int length = bytes.length();
        record.u8(length >>> 24).u8(length >>> 16).u8(length >>> 8).u8(length).raw(bytes);
        message.reloadPersistence(ActiveMQBuffers.wrappedBuffer(record.toArray()), null);
        message.getUserID(); // what came from the journal is taken for durable until it is looked into
    }

    // --- Opening

    @Override
    public Message open(Message stored, Opened opened) throws EnvelopeFormatException {
        byte[] outer = bytes(stored);
        AmqpLayout outside = new AmqpLayout(outer, 0, outer.length);
        boolean ofThisForm = opened.properties().get(BEFORE) instanceof byte[];
        AmqpLayout inside = ofThisForm ? original(opened) : fromNeutral(opened, outside);
        AmqpWriter out = new AmqpWriter(outer.length + inside.end);
        out.raw(outer, 0, outside.annotated);
        openAnnotations(inside, outside, out);
        openFields(inside, outside, out);
        openApplicationProperties(inside, outside, MessageMarks.of(opened), out);
        out.raw(inside.bytes, inside.bodyStart, inside.end);
        Message message = stored.copy();
        Expirations.keep(stored, message);
        replace(message, out);
        return message;
    }

    /** What the message was, from its annotations on; believed if it says what other endpoints read. */
    private static AmqpLayout original(Opened opened) throws EnvelopeFormatException {
        Map<String, Object> sealed = opened.properties();
        byte[] before = (byte[]) sealed.get(BEFORE);
        AmqpWriter out = new AmqpWriter(before.length + opened.payloadLength());
        out.raw(before);
        boolean verbatim = !(sealed.get(BODY) instanceof byte[]);
        if (verbatim) {
            int start = opened.payloadOffset();
            out.raw(opened.payloadArray(), start, start + opened.payloadLength());
        } else {
            out.raw((byte[]) sealed.get(BODY));
        }
        if (sealed.get(AFTER) instanceof byte[] after) {
            out.raw(after);
        }
        try {
            AmqpLayout layout = new AmqpLayout(out.toArray(), 0, out.length());
            AmqpContent content = new AmqpContent(layout);
            boolean same = layout.annotated == 0
                    && content.kind == opened.kind()
                    && content.contentType.equals(opened.contentType())
                    && saysTheSame(content.properties, sealed)
                    && (verbatim
                            ? content.payloadStart == before.length
                                    && content.payloadEnd == before.length + opened.payloadLength()
                            : content.payloadStart < 0 && Payloads.say(content.value, opened));
            if (!same) {
                throw Payloads.contradiction();
            }
            return layout;
        } catch (IllegalArgumentException e) {
            throw Payloads.contradiction();
        }
    }

    private static boolean saysTheSame(Map<String, Object> original, Map<String, Object> sealed) {
        int count = 0;
        for (Map.Entry<String, Object> property : sealed.entrySet()) {
            if (!RESERVED.contains(property.getKey())) {
                if (!original.containsKey(property.getKey())
                        || !Objects.deepEquals(original.get(property.getKey()), property.getValue())) {
                    return false;
                }
                count++;
            }
        }
        return count == original.size();
    }

    private static void openAnnotations(AmqpLayout inside, AmqpLayout outside, AmqpWriter out) {
        merge(inside, inside.annotations, outside, outside.annotations, AmqpForm::annotationOutside, Map.of(), out);
    }

    private static void openApplicationProperties(
            AmqpLayout inside, AmqpLayout outside, Map<String, Object> marks, AmqpWriter out) {
        merge(
                inside,
                inside.applicationProperties,
                outside,
                outside.applicationProperties,
                name -> name != null && MessageNames.ofProvider(name),
                marks,
                out);
    }

    /** Which names are the broker's. */
    private interface OfBroker {
        boolean test(String name);
    }

    /** The section that was sealed; but of the names that are the broker's, what is outside now. */
    private static void merge(
            AmqpLayout inside,
            Section sealed,
            AmqpLayout outside,
            Section current,
            OfBroker ofBroker,
            Map<String, Object> marks,
            AmqpWriter out) {
        Map<String, Entry> brokers = new LinkedHashMap<>();
        for (Entry entry : outside.entries(current)) {
            if (ofBroker.test(entry.name())) {
                brokers.put(entry.name(), entry);
            }
        }
        Elements merged = new Elements();
        boolean changed = !marks.isEmpty();
        List<Entry> entries = inside.entries(sealed);
        for (Entry entry : entries) {
            if (ofBroker.test(entry.name())) {
                Entry now = brokers.remove(entry.name());
                changed |= now == null || !same(inside, entry, outside, now);
                if (now != null) {
                    merged.raw(outside, now);
                }
            } else if (entry.name() != null && MessageMarks.isMark(entry.name())) {
                changed = true;
            } else {
                merged.raw(inside, entry);
            }
        }
        changed |= !brokers.isEmpty();
        if (!changed) {
            out.raw(inside.bytes, sealed.start(), sealed.end());
            return;
        }
        brokers.values().forEach(entry -> merged.raw(outside, entry));
        marks.forEach(merged::property);
        merged.writeUnlessEmpty(sealed.present() ? sealed.code() : current.code(), out);
    }

    private static boolean same(AmqpLayout one, Entry first, AmqpLayout other, Entry second) {
        return Arrays.equals(one.bytes, first.value(), first.end(), other.bytes, second.value(), second.end());
    }

    /** The fields that were sealed; but of those that are the broker's, what is outside now. */
    private static void openFields(AmqpLayout inside, AmqpLayout outside, AmqpWriter out) {
        int[] sealed = inside.fields();
        int[] current = outside.fields();
        Elements merged = new Elements();
        boolean changed = false;
        int last = 0;
        List<int[]> spans = new ArrayList<>(AmqpLayout.FIELDS);
        for (int field = 0; field < AmqpLayout.FIELDS; field++) {
            boolean fromInside = FIELDS_INSIDE.contains(field);
            int[] from = fromInside ? sealed : current;
            byte[] bytes = fromInside ? inside.bytes : outside.bytes;
            boolean there = field + 1 < from.length && bytes[from[field]] != (byte) AmqpValues.NULL;
            spans.add(there ? new int[] {from[field], from[field + 1]} : null);
            if (there) {
                last = field + 1;
            }
            changed |= !fromInside && !sameField(inside, sealed, outside, current, field);
        }
        if (!changed) {
            out.raw(inside.bytes, inside.properties.start(), inside.properties.end());
            return;
        }
        for (int field = 0; field < last; field++) {
            int[] span = spans.get(field);
            if (span == null) {
                merged.nothing();
            } else {
                merged.raw(FIELDS_INSIDE.contains(field) ? inside.bytes : outside.bytes, span[0], span[1]);
            }
        }
        merged.writeList(AmqpLayout.PROPERTIES, out);
    }

    private static boolean sameField(AmqpLayout one, int[] first, AmqpLayout other, int[] second, int field) {
        boolean absent = field + 1 >= first.length || one.bytes[first[field]] == (byte) AmqpValues.NULL;
        boolean alsoAbsent = field + 1 >= second.length || other.bytes[second[field]] == (byte) AmqpValues.NULL;
        return (absent || alsoAbsent)
                ? absent == alsoAbsent
                : Arrays.equals(
                        one.bytes, first[field], first[field + 1], other.bytes, second[field], second[field + 1]);
    }

    // --- Content that was sealed in another encoding

    /** A message that says in AMQP what neutral content says, encoded as JMS clients do. */
    private static AmqpLayout fromNeutral(Opened opened, AmqpLayout outside) throws EnvelopeFormatException {
        AmqpWriter out = new AmqpWriter(opened.payloadLength() + 4 * SECTION_ROOM);
        Elements annotations = new Elements();
        annotations.annotation(AmqpContent.MESSAGE_TYPE, (byte) messageType(opened.kind()));
        annotations.writeUnlessEmpty(AmqpLayout.MESSAGE_ANNOTATIONS, out);
        writeFields(opened, outside, out);
        Elements properties = new Elements();
        opened.properties().forEach((name, value) -> {
            if (!isHeader(name) && !MessageNames.ofProvider(name)) {
                properties.property(name, value);
            }
        });
        properties.writeUnlessEmpty(AmqpLayout.APPLICATION_PROPERTIES, out);
        writeBody(opened, out);
        return new AmqpLayout(out.toArray(), 0, out.length());
    }

    private static boolean isHeader(String name) {
        return name.equals(MessageNames.TYPE)
                || name.equals(MessageNames.REPLY_TO)
                || name.equals(MessageNames.CORRELATION_ID);
    }

    private static int messageType(ContentKind kind) {
        return switch (kind) {
            case NONE -> AmqpContent.JMS_MESSAGE;
            case OBJECT -> AmqpContent.JMS_OBJECT;
            case MAP -> AmqpContent.JMS_MAP;
            case BYTES -> AmqpContent.JMS_BYTES;
            case STREAM -> AmqpContent.JMS_STREAM;
            case TEXT, ERROR -> AmqpContent.JMS_TEXT;
        };
    }

    private static void writeFields(Opened opened, AmqpLayout outside, AmqpWriter out) {
        Map<String, Object> sealed = opened.properties();
        Elements fields = new Elements();
        for (int field = 0; field <= AmqpLayout.CONTENT_TYPE; field++) {
            switch (field) {
                case AmqpLayout.SUBJECT -> fields.value(sealed.get(MessageNames.TYPE));
                case AmqpLayout.REPLY_TO, AmqpLayout.CORRELATION_ID -> writeAddress(field, sealed, outside, fields);
                case AmqpLayout.CONTENT_TYPE -> {
                    String type = contentType(opened);
                    if (type.isEmpty()) {
                        fields.nothing();
                    } else {
                        fields.symbol(type);
                    }
                }
                default -> fields.nothing();
            }
        }
        fields.writeList(AmqpLayout.PROPERTIES, out);
    }

    /** As it is outside, if it is the one that was sealed. */
    private static void writeAddress(int field, Map<String, Object> sealed, AmqpLayout outside, Elements fields) {
        String name = field == AmqpLayout.REPLY_TO ? MessageNames.REPLY_TO : MessageNames.CORRELATION_ID;
        Object value = sealed.get(name);
        int[] current = outside.fields();
        Object there = new AmqpContent(outside).properties.get(name);
        if (value != null && Objects.deepEquals(there, value)) {
            fields.raw(outside.bytes, current[field], current[field + 1]);
        } else {
            fields.value(value);
        }
    }

    private static String contentType(Opened opened) {
        if (!opened.contentType().isEmpty()) {
            return opened.contentType();
        }
        return switch (opened.kind()) {
            case BYTES -> AmqpContent.OCTET_STREAM;
            case OBJECT -> AmqpContent.JAVA_OBJECT;
            default -> "";
        };
    }

    private static void writeBody(Opened opened, AmqpWriter out) throws EnvelopeFormatException {
        byte[] payload = opened.payloadArray();
        int start = opened.payloadOffset();
        int end = start + opened.payloadLength();
        switch (opened.kind()) {
            case BYTES -> out.section(AmqpLayout.DATA).binary(payload, start, end);
            case OBJECT -> {
                if (opened.nullBody()) {
                    out.section(AmqpLayout.VALUE).value(null);
                } else {
                    out.section(AmqpLayout.DATA).binary(payload, start, end);
                }
            }
            case TEXT -> out.section(AmqpLayout.VALUE).value(opened.text());
            case NONE -> out.section(AmqpLayout.VALUE).value(null);
            case ERROR ->
                out.section(AmqpLayout.VALUE)
                        .value(opened.error().map(said -> said.text()).orElse(null));
            case MAP -> {
                Elements entries = new Elements();
                opened.map().forEach(entries::property);
                out.section(AmqpLayout.VALUE).map(entries.count, entries.out);
            }
            case STREAM -> {
                Elements values = new Elements();
                opened.stream().forEach(values::value);
                out.section(AmqpLayout.SEQUENCE).list(values.count, values.out);
            }
        }
    }
}
