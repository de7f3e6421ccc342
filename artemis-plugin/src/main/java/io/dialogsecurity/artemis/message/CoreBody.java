package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.reader.StreamMessageUtil;
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
        ClientMessageImpl message = new ClientMessageImpl(
                original.getType(),
                original.isDurable(),
                original.getExpiration(),
                original.getTimestamp(),
                original.getPriority(),
                body.length + HEADER_ROOM);
        message.moveHeadersAndProperties(original);
        message.getBodyBuffer().writeBytes(body);
        return message;
    }

    /**
     * The content of a message. Its own buffers and indexes are left alone.
     *
     * @throws IllegalArgumentException if there is no neutral form of it
     */
    public static MessageContent read(ICoreMessage message) {
        byte[] bytes = bytes(message);
        ActiveMQBuffer body = ActiveMQBuffers.wrappedBuffer(bytes);
        return switch (message.getType()) {
            case Message.DEFAULT_TYPE -> bytes.length == 0 ? MessageContent.none() : MessageContent.bytes(bytes);
            case Message.BYTES_TYPE -> MessageContent.bytes(bytes);
            case Message.TEXT_TYPE -> MessageContent.text(readText(body));
            case Message.OBJECT_TYPE -> MessageContent.object(readObject(body));
            case Message.MAP_TYPE -> MessageContent.map(readMap(body));
            case Message.STREAM_TYPE -> MessageContent.stream(readStream(body));
            default ->
                throw new IllegalArgumentException("Messages of type " + message.getType() + " cannot be sealed");
        };
    }

    /** The body as it would be sent, but never compressed. */
    private static byte[] bytes(ICoreMessage message) {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return isCompressed(message) ? inflate(bytes, message.getLongProperty(Message.HDR_LARGE_BODY_SIZE)) : bytes;
    }

    private static boolean isCompressed(ICoreMessage message) {
        return Boolean.TRUE.equals(message.getObjectProperty(Message.HDR_LARGE_COMPRESSED));
    }

    /** A client told to compress large messages sends those that come out small as ordinary ones. */
    private static byte[] inflate(byte[] compressed, long size) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            byte[] bytes = new byte[Math.toIntExact(size)];
            int length = 0;
            while (length < bytes.length) {
                int more = inflater.inflate(bytes, length, bytes.length - length);
                if (more == 0) {
                    throw new IllegalArgumentException("A compressed body is shorter than it says");
                }
                length += more;
            }
            return bytes;
        } catch (DataFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("A compressed body cannot be sealed", e);
        } finally {
            inflater.end();
        }
    }

    private static String readText(ActiveMQBuffer body) {
        SimpleString text = body.readable() ? body.readNullableSimpleString() : null;
        return text == null ? null : text.toString();
    }

    private static byte[] readObject(ActiveMQBuffer body) {
        if (!body.readable()) {
            return null;
        }
        byte[] serialized = new byte[body.readInt()];
        body.readBytes(serialized);
        return serialized;
    }

    private static Map<String, Object> readMap(ActiveMQBuffer body) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (body.readable()) {
            TypedProperties properties = new TypedProperties();
            properties.decode(body.byteBuf());
            properties.forEach((name, value) -> values.put(name.toString(), plain(value)));
        }
        return values;
    }

    private static List<Object> readStream(ActiveMQBuffer body) {
        List<Object> values = new ArrayList<>();
        while (body.readable()) {
            values.add(StreamMessageUtil.streamReadObject(body));
        }
        return values;
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
                TypedProperties properties = new TypedProperties();
                ContentCodec.decodeMap(payload, offset, length)
                        .forEach((name, value) ->
                                TypedProperties.setObjectProperty(SimpleString.of(name), value, properties));
                properties.encode(clear(message, Message.MAP_TYPE).byteBuf());
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
