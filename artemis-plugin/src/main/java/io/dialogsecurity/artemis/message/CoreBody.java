package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.utils.DataConstants;
import org.apache.activemq.artemis.utils.collections.TypedProperties;

/**
 * Between the bodies of core messages, each encoded as its type wants, and content every protocol understands. Without
 * state; a message is one thread's at a time.
 */
public final class CoreBody {

    /** Bytes that headers and properties take, about, so that the buffer need not grow. */
    public static final int HEADER_ROOM = 512;

    private CoreBody() {}

    /** A message with the headers and properties of another and a body of its own. */
    public static ClientMessageImpl withBody(ICoreMessage original, byte[] body) {
        return new MessageWithBody(original, body, body.length);
    }

    /**
     * The content of a message. Its own buffers and indexes are left alone.
     *
     * @param maxBytes the largest body that is inflated, in bytes
     * @throws BodyTooLargeException if it is compressed and would be larger
     * @throws IllegalArgumentException if there is no neutral form of it
     */
    public static MessageContent read(ICoreMessage message, int maxBytes) {
        return neutral(message.getType(), bytes(message, maxBytes)).content();
    }

    /**
     * What a body is in neutral words.
     *
     * @param value a {@code String}, {@code byte[]}, {@code Map} or {@code List}, or null
     * @param exact whether {@link #write} of the content gives the very octets
     */
    record Neutral(MessageContent content, Object value, boolean exact) {}

    /** @throws IllegalArgumentException if there is no neutral form of it */
    static Neutral neutral(byte type, byte[] octets) {
        ActiveMQBuffer body = ActiveMQBuffers.wrappedBuffer(octets);
        try {
            return switch (type) {
                case Message.DEFAULT_TYPE ->
                    octets.length == 0
                            ? new Neutral(MessageContent.none(), null, true)
                            : new Neutral(MessageContent.bytes(octets), octets, false);
                case Message.BYTES_TYPE -> new Neutral(MessageContent.bytes(octets), octets, true);
                case Message.TEXT_TYPE -> text(body, octets.length);
                case Message.OBJECT_TYPE -> object(body);
                case Message.MAP_TYPE -> map(body, octets);
                case Message.STREAM_TYPE -> stream(body, octets);
                default -> throw new IllegalArgumentException("Messages of type " + type + " cannot be sealed");
            };
        } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("A body is not what its type " + type + " promises", e);
        }
    }

    /**
     * The body as it would be sent, but never compressed.
     *
     * @param maxBytes the largest body that is inflated
     * @throws IllegalArgumentException if it is compressed and larger, or not as large as it says
     */
    static byte[] bytes(ICoreMessage message, int maxBytes) {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return isCompressed(message)
                ? InflatedBody.of(bytes, message.getObjectProperty(Message.HDR_LARGE_BODY_SIZE), maxBytes)
                : bytes;
    }

    private static boolean isCompressed(ICoreMessage message) {
        return Boolean.TRUE.equals(message.getObjectProperty(Message.HDR_LARGE_COMPRESSED));
    }

    private static Neutral text(ActiveMQBuffer body, int length) {
        SimpleString read = body.readable() ? body.readNullableSimpleString() : null;
        String text = read == null ? null : read.toString();
        int written = text == null ? 1 : 1 + Integer.BYTES + Character.BYTES * text.length();
        return new Neutral(MessageContent.text(text), text, length == written);
    }

    private static Neutral object(ActiveMQBuffer body) {
        if (!body.readable()) {
            return new Neutral(MessageContent.object(null), null, true);
        }
        byte[] serialized = new byte[checkedLength(body.readInt(), body)];
        body.readBytes(serialized);
        return new Neutral(MessageContent.object(serialized), serialized, !body.readable());
    }

    private static Neutral map(ActiveMQBuffer body, byte[] octets) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (body.readable() && body.readByte() != DataConstants.NULL) {
            int count = body.readInt();
            for (int i = 0; i < count; i++) {
                values.put(body.readSimpleString().toString(), readMapped(body));
            }
        }
        ActiveMQBuffer again = ActiveMQBuffers.dynamicBuffer(octets.length);
        writeMap(new TreeMap<>(values), again); // names come back in their order, octets in that of the broker's table
        boolean exact = again.byteBuf().equals(Unpooled.wrappedBuffer(octets));
        return new Neutral(MessageContent.map(values), values, exact);
    }

    private static void writeMap(Map<String, Object> values, ActiveMQBuffer body) {
        TypedProperties properties = new TypedProperties();
        values.forEach((name, value) -> TypedProperties.setObjectProperty(SimpleString.of(name), value, properties));
        properties.encode(body.byteBuf());
    }

    private static Neutral stream(ActiveMQBuffer body, byte[] octets) {
        List<Object> values = new ArrayList<>();
        while (body.readable()) {
            values.add(readStreamed(body));
        }
        ActiveMQBuffer again = ActiveMQBuffers.dynamicBuffer(octets.length);
        values.forEach(value -> writeStreamed(again, value));
        boolean exact = again.byteBuf().equals(Unpooled.wrappedBuffer(octets));
        return new Neutral(MessageContent.stream(values), values, exact);
    }

    private static Object readMapped(ActiveMQBuffer body) {
        byte type = body.readByte();
        return switch (type) {
            case DataConstants.NULL -> null;
            case DataConstants.BOOLEAN -> body.readBoolean();
            case DataConstants.BYTE -> body.readByte();
            case DataConstants.BYTES -> readBytes(body);
            case DataConstants.SHORT -> body.readShort();
            case DataConstants.CHAR -> (char) body.readShort();
            case DataConstants.INT -> body.readInt();
            case DataConstants.LONG -> body.readLong();
            case DataConstants.FLOAT -> Float.intBitsToFloat(body.readInt());
            case DataConstants.DOUBLE -> Double.longBitsToDouble(body.readLong());
            case DataConstants.STRING -> body.readSimpleString().toString();
            default -> throw unknownType(type);
        };
    }

    private static Object readStreamed(ActiveMQBuffer body) {
        byte type = body.readByte();
        return switch (type) {
            case DataConstants.BOOLEAN -> body.readBoolean();
            case DataConstants.BYTE -> body.readByte();
            case DataConstants.BYTES -> readBytes(body);
            case DataConstants.SHORT -> body.readShort();
            case DataConstants.CHAR -> (char) body.readShort();
            case DataConstants.INT -> body.readInt();
            case DataConstants.LONG -> body.readLong();
            case DataConstants.FLOAT -> Float.intBitsToFloat(body.readInt());
            case DataConstants.DOUBLE -> Double.longBitsToDouble(body.readLong());
            case DataConstants.STRING -> body.readNullableString();
            default -> throw unknownType(type);
        };
    }

    private static byte[] readBytes(ActiveMQBuffer body) {
        byte[] bytes = new byte[checkedLength(body.readInt(), body)];
        body.readBytes(bytes);
        return bytes;
    }

    /** A sender may write any length; memory is taken only for what is there. */
    private static int checkedLength(int length, ActiveMQBuffer body) {
        if (length < 0 || length > body.readableBytes()) {
            throw new IllegalArgumentException("A value is longer than the body it is in");
        }
        return length;
    }

    private static IllegalArgumentException unknownType(byte type) {
        return new IllegalArgumentException("A value of the unknown type " + type + " is in a body");
    }

    /** A value of a map or property in words every protocol understands. */
    static Object plain(Object value) {
        return value instanceof SimpleString text ? text.toString() : value;
    }

    /**
     * Puts opened content into a message that was received, which nobody has seen yet.
     *
     * @param kind what the payload is
     * @param absent whether there is no body, as opposed to an empty one
     * @throws EnvelopeFormatException if the payload is not what its kind promises; the message is unchanged then
     */
    public static void write(
            ContentKind kind, boolean absent, byte[] payload, int offset, int length, ICoreMessage message)
            throws EnvelopeFormatException {
        switch (kind) {
            case NONE -> clear(message, Message.DEFAULT_TYPE);
            case BYTES -> clear(message, Message.BYTES_TYPE).writeBytes(payload, offset, length);
            case TEXT -> {
                SimpleString text = absent ? null : SimpleString.of(ContentCodec.decodeText(payload, offset, length));
                clear(message, Message.TEXT_TYPE).writeNullableSimpleString(text);
            }
            case ERROR -> {
                String text = ContentCodec.decodeError(payload, offset, length).text();
                clear(message, Message.TEXT_TYPE).writeNullableSimpleString(SimpleString.of(text));
            }
            case OBJECT -> {
                ActiveMQBuffer body = clear(message, Message.OBJECT_TYPE);
                if (!absent) {
                    body.writeInt(length);
                    body.writeBytes(payload, offset, length);
                }
            }
            case MAP -> {
                Map<String, Object> values = ContentCodec.decodeMap(payload, offset, length);
                writeMap(values, clear(message, Message.MAP_TYPE));
            }
            case STREAM -> {
                List<Object> values = ContentCodec.decodeStream(payload, offset, length);
                ActiveMQBuffer body = clear(message, Message.STREAM_TYPE);
                values.forEach(value -> writeStreamed(body, value));
            }
        }
        message.getBodyBuffer().resetReaderIndex();
    }

    private static ActiveMQBuffer clear(ICoreMessage message, byte type) {
        message.setType(type);
        ActiveMQBuffer body = message.getBodyBuffer();
        body.clear();
        message.messageChanged();
        return body;
    }

    private static void writeStreamed(ActiveMQBuffer body, Object value) {
        if (value == null) {
            body.writeByte(DataConstants.STRING);
            body.writeNullableString(null);
        } else if (value instanceof Boolean v) {
            body.writeByte(DataConstants.BOOLEAN);
            body.writeBoolean(v);
        } else if (value instanceof Byte v) {
            body.writeByte(DataConstants.BYTE);
            body.writeByte(v);
        } else if (value instanceof Short v) {
            body.writeByte(DataConstants.SHORT);
            body.writeShort(v);
        } else if (value instanceof Character v) {
            body.writeByte(DataConstants.CHAR);
            body.writeShort((short) v.charValue());
        } else if (value instanceof Integer v) {
            body.writeByte(DataConstants.INT);
            body.writeInt(v);
        } else if (value instanceof Long v) {
            body.writeByte(DataConstants.LONG);
            body.writeLong(v);
        } else if (value instanceof Float v) {
            body.writeByte(DataConstants.FLOAT);
            body.writeInt(Float.floatToIntBits(v));
        } else if (value instanceof Double v) {
            body.writeByte(DataConstants.DOUBLE);
            body.writeLong(Double.doubleToLongBits(v));
        } else if (value instanceof String v) {
            body.writeByte(DataConstants.STRING);
            body.writeNullableString(v);
        } else if (value instanceof byte[] v) {
            body.writeByte(DataConstants.BYTES);
            body.writeInt(v.length);
            body.writeBytes(v);
        } else {
            throw new IllegalArgumentException(
                    "A value of type " + value.getClass().getName() + " has no place in a stream");
        }
    }
}
