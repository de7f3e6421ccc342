package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.wire.ContentKind;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What an AMQP message says in neutral words. */
final class AmqpContent {

    static final String MESSAGE_TYPE = "x-opt-jms-msg-type";
    static final String OCTET_STREAM = "application/octet-stream";
    static final String JAVA_OBJECT = "application/x-java-serialized-object";

    /** Values of {@link #MESSAGE_TYPE}, which JMS clients write. */
    static final int JMS_MESSAGE = 0;

    static final int JMS_OBJECT = 1;
    static final int JMS_MAP = 2;
    static final int JMS_BYTES = 3;
    static final int JMS_STREAM = 4;
    static final int JMS_TEXT = 5;

    private static final int UNKNOWN = -1;

    private final AmqpLayout layout;
    private final int messageType;

    final Map<String, Object> properties = new HashMap<>();
    final String contentType;

    ContentKind kind;

    /** A {@code String}, {@code byte[]}, {@code Map} or {@code List}, or null. */
    Object value;

    /** Where the payload stands in the message as it is, or negative if it does not. */
    int payloadStart = -1;

    int payloadEnd;

    /** @throws IllegalArgumentException if the message is not well-formed */
    AmqpContent(AmqpLayout layout) {
        this.layout = layout;
        this.messageType = messageType();
        readApplicationProperties();
        this.contentType = readFields();
        readBody();
    }

    MessageContent content() {
        return switch (kind) {
            case TEXT -> MessageContent.text((String) value);
            case OBJECT -> MessageContent.object((byte[]) value);
            case MAP -> MessageContent.map(map());
            case STREAM -> MessageContent.stream((List<?>) value);
            case BYTES ->
                payloadStart < 0
                        ? MessageContent.bytes((byte[]) value)
                        : MessageContent.bytes(layout.bytes, payloadStart, payloadEnd - payloadStart);
            default -> MessageContent.none();
        };
    }

    @SuppressWarnings("unchecked")
    private Map<String, ?> map() {
        return (Map<String, ?>) value;
    }

    // --- Properties

    private int messageType() {
        for (AmqpLayout.Entry entry : layout.entries(layout.annotations)) {
            if (MESSAGE_TYPE.equals(entry.name()) && layout.neutral(entry) instanceof Number type) {
                return type.intValue();
            }
        }
        return UNKNOWN;
    }

    private void readApplicationProperties() {
        for (AmqpLayout.Entry entry : layout.entries(layout.applicationProperties)) {
            String name = entry.name();
            if (name != null && !MessageNames.ofProvider(name)) {
                properties.put(name, octetsIfForeign(entry.value(), entry.end()));
            }
        }
    }

    private Object octetsIfForeign(int start, int end) {
        Object neutral = AmqpValues.neutral(layout.bytes, start, end);
        return neutral == AmqpValues.FOREIGN ? octets(start, end) : neutral;
    }

    private byte[] octets(int start, int end) {
        return Arrays.copyOfRange(layout.bytes, start, end);
    }

    private String readFields() {
        int[] fields = layout.fields();
        put(MessageNames.TYPE, text(fields, AmqpLayout.SUBJECT));
        put(MessageNames.REPLY_TO, CoreHeaders.withoutScheme(text(fields, AmqpLayout.REPLY_TO)));
        put(MessageNames.CORRELATION_ID, correlationId(fields));
        String type = text(fields, AmqpLayout.CONTENT_TYPE);
        return type == null ? "" : type;
    }

    private void put(String name, Object header) {
        if (header != null) {
            properties.put(name, header);
        }
    }

    private String text(int[] fields, int field) {
        return field + 1 < fields.length ? AmqpValues.text(layout.bytes, fields[field], fields[field + 1]) : null;
    }

    /** As JMS clients show it: text as it is, binary as octets, other types as texts that tell the type. */
    private Object correlationId(int[] fields) {
        int field = AmqpLayout.CORRELATION_ID;
        if (field + 1 >= fields.length) {
            return null;
        }
        Object id = octetsIfForeign(fields[field], fields[field + 1]);
        return switch (layout.bytes[fields[field]] & 0xFF) {
            case AmqpValues.UUID_16 -> "ID:AMQP_UUID:" + id;
            case AmqpValues.ULONG, AmqpValues.ULONG_SMALL, AmqpValues.ULONG_0 ->
                "ID:AMQP_ULONG:" + Long.toUnsignedString((Long) id);
            default -> id instanceof String || id instanceof byte[] || id == null ? id : String.valueOf(id);
        };
    }

    // --- Body

    private void readBody() {
        List<AmqpLayout.Section> body = layout.body;
        if (body.isEmpty()) {
            absent(ContentKind.NONE, layout.bodyStart);
        } else if (body.get(0).code() == AmqpLayout.VALUE) {
            readValue(body.get(0));
        } else if (body.get(0).code() == AmqpLayout.SEQUENCE) {
            readList(body);
        } else if (body.size() == 1) {
            readData(body.get(0));
        } else {
            readDataInPieces(body);
        }
    }

    /** A body without a value: what it is for says at most the annotation of JMS clients. */
    private void absent(ContentKind otherwise, int at) {
        payloadStart = at;
        payloadEnd = at;
        kind = switch (messageType) {
            case JMS_MESSAGE -> ContentKind.NONE;
            case JMS_OBJECT -> ContentKind.OBJECT;
            case JMS_BYTES -> ContentKind.BYTES;
            case JMS_TEXT -> ContentKind.TEXT;
            default -> otherwise;
        };
        value = kind == ContentKind.BYTES ? new byte[0] : null;
    }

    private void verbatim(ContentKind what, int start, int end) {
        kind = what;
        payloadStart = start;
        payloadEnd = end;
    }

    private void readValue(AmqpLayout.Section section) {
        int at = section.value();
        int code = layout.bytes[at] & 0xFF;
        if (code == AmqpValues.NULL) {
            absent(ContentKind.TEXT, section.end());
        } else if (AmqpValues.isString(code)) {
            text(AmqpValues.octets(layout.bytes, at), section.end());
        } else if (AmqpValues.isBinary(code)) {
            octetsOrObject(AmqpValues.octets(layout.bytes, at), section.end());
        } else if (AmqpValues.isMap(code)) {
            readMap(section);
        } else if (AmqpValues.isList(code)) {
            readList(List.of(section));
        } else {
            foreignBody();
        }
    }

    private void text(int start, int end) {
        value = AmqpValues.utf8(layout.bytes, start, end);
        verbatim(value == null ? ContentKind.BYTES : ContentKind.TEXT, start, end);
    }

    private void octetsOrObject(int start, int end) {
        if (contentType.equals(JAVA_OBJECT)) {
            value = octets(start, end);
            verbatim(ContentKind.OBJECT, start, end);
        } else {
            verbatim(ContentKind.BYTES, start, end);
        }
    }

    /** No words for it: the sections of the body are the payload. */
    private void foreignBody() {
        value = null;
        verbatim(ContentKind.BYTES, layout.bodyStart, layout.bodyEnd);
    }

    private void readMap(AmqpLayout.Section section) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (AmqpLayout.Entry entry : layout.entries(section)) {
            Object element = layout.neutral(entry);
            if (entry.name() == null || element == AmqpValues.FOREIGN || values.containsKey(entry.name())) {
                foreignBody();
                return;
            }
            values.put(entry.name(), element);
        }
        kind = ContentKind.MAP;
        value = values;
    }

    private void readList(List<AmqpLayout.Section> sections) {
        List<Object> values = new ArrayList<>();
        for (AmqpLayout.Section section : sections) {
            int[] starts = AmqpValues.elements(layout.bytes, section.value(), section.end());
            for (int i = 0; i + 1 < starts.length; i++) {
                Object element = AmqpValues.neutral(layout.bytes, starts[i], starts[i + 1]);
                if (element == AmqpValues.FOREIGN) {
                    foreignBody();
                    return;
                }
                values.add(element);
            }
        }
        kind = ContentKind.STREAM;
        value = values;
    }

    private void readData(AmqpLayout.Section section) {
        int start = octetsOfData(section);
        if (messageType == JMS_TEXT || isText(contentType)) {
            text(start, section.end());
        } else {
            octetsOrObject(start, section.end());
        }
    }

    private int octetsOfData(AmqpLayout.Section section) {
        if (!AmqpValues.isBinary(layout.bytes[section.value()] & 0xFF)) {
            throw AmqpValues.malformed();
        }
        return AmqpValues.octets(layout.bytes, section.value());
    }

    private void readDataInPieces(List<AmqpLayout.Section> pieces) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(layout.bodyEnd - layout.bodyStart);
        for (AmqpLayout.Section piece : pieces) {
            int start = octetsOfData(piece);
            whole.write(layout.bytes, start, piece.end() - start);
        }
        kind = ContentKind.BYTES;
        value = whole.toByteArray();
    }

    /** Whether octets of a content type are text in UTF-8, which is what brokers and JMS clients take it for. */
    private static boolean isText(String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        int charset = type.indexOf("charset=");
        if (charset >= 0 && !type.startsWith("utf-8", charset + 8) && !type.startsWith("\"utf-8\"", charset + 8)) {
            return false;
        }
        String media = (parameters < 0 ? type : type.substring(0, parameters)).trim();
        return media.startsWith("text/")
                || media.endsWith("+xml")
                || media.endsWith("+json")
                || media.equals("application/json")
                || media.equals("application/xml")
                || media.equals("application/javascript");
    }
}
