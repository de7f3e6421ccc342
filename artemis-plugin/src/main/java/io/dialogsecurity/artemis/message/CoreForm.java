package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;

/** Core messages, and what the broker makes core messages of: those of MQTT, STOMP and OpenWire. */
final class CoreForm implements MessageForm {

    static final CoreForm INSTANCE = new CoreForm();

    /** Protected: the type, a byte, where it is not the one of the content's kind. */
    static final String TYPE = "JMS_CORE_TYPE";

    /** Protected: the octets of the body, where the payload does not give them again. */
    static final String BODY = "JMS_CORE_BODY";

    /** Outside, these tell what an AMQP message's body was that has become a core message: not what the envelope is. */
    private static final List<SimpleString> OF_BODY = List.of(
            SimpleString.of("JMS_AMQP_ContentType"),
            SimpleString.of("JMS_AMQP_ContentEncoding"),
            SimpleString.of("JMS_AMQP_ORIGINAL_ENCODING"),
            SimpleString.of("JMS_AMQP_MA_x-opt-jms-msg-type"));

    /** Room for what properties take, so that the buffer need not grow. */
    private static final int BYTES_PER_PROPERTY = 64;

    private CoreForm() {}

    @Override
    public MessageContent read(Message plain, int maxBodyBytes) {
        ICoreMessage message = requireSealable(plain);
        Map<String, Object> inside = CoreHeaders.toProtect(message);
        for (SimpleString name : OF_BODY) {
            Object value = message.getObjectProperty(name);
            if (value != null) {
                inside.put(name.toString(), CoreBody.plain(value));
            }
        }
        SimpleString contentType = contentType(message);
        if (contentType != null) {
            inside.remove(Message.HDR_CONTENT_TYPE.toString()); // the envelope has a place of its own for it
        }
        return body(message, inside, maxBodyBytes).with(contentType == null ? "" : contentType.toString(), inside);
    }

    /** The content type STOMP has; null if there is none. */
    private static SimpleString contentType(Message message) {
        Object value = message.getObjectProperty(Message.HDR_CONTENT_TYPE);
        return value instanceof SimpleString text && !text.isEmpty() ? text : null;
    }

    private static MessageContent body(ICoreMessage message, Map<String, Object> inside, int maxBodyBytes) {
        byte type = message.getType();
        byte[] octets = CoreBody.bytes(message, maxBodyBytes);
        CoreBody.Neutral neutral;
        try {
            neutral = CoreBody.neutral(type, octets);
        } catch (IllegalArgumentException e) {
            // No words for it: it travels as octets, and only those who know the type make something of them.
            inside.put(TYPE, type);
            return MessageContent.bytes(octets);
        }
        if (!neutral.exact()) {
            if (type == Message.DEFAULT_TYPE) {
                inside.put(TYPE, type);
            } else {
                inside.put(BODY, octets);
            }
        }
        return neutral.content();
    }

    @Override
    public void seal(Message plain, byte[] envelope, Set<String> clearProperties) {
        ICoreMessage message = requireSealable(plain);
        OF_BODY.forEach(message::removeProperty);
        CoreHeaders.strip(message, clearProperties);
        ActiveMQBuffer body = message.getBodyBuffer();
        body.clear();
        body.writeBytes(envelope);
        message.messageChanged();
        message.getEncodeSize(); // encodes it
    }

    private static ICoreMessage requireSealable(Message plain) {
        ICoreMessage message = (ICoreMessage) plain;
        if (message.isLargeMessage()) {
            throw Payloads.tooLarge();
        }
        byte type = message.getType();
        if (type == Message.EMBEDDED_TYPE || type == Message.LARGE_EMBEDDED_TYPE) {
            throw new IllegalArgumentException("A message that embeds another one, of the type " + type
                    + " that brokers keep for themselves, cannot be sealed");
        }
        return message;
    }

    @Override
    public Message open(Message stored, Opened opened) throws EnvelopeFormatException {
        Map<String, Object> inside = opened.properties();
        CoreMessage message = new CoreMessage(stored.getMessageID(), size(opened));
        message.moveHeadersAndProperties(stored);
        if (inside.get(BODY) instanceof byte[] octets) {
            restoreBody(opened, octets, message);
        } else {
            CoreBody.write(
                    opened.kind(),
                    opened.nullBody(),
                    opened.payloadArray(),
                    opened.payloadOffset(),
                    opened.payloadLength(),
                    message);
            if (inside.get(TYPE) instanceof Byte type) {
                message.setType(requireOpenable(type, opened));
            }
        }
        CoreHeaders.restore(opened, message);
        for (SimpleString name : OF_BODY) {
            message.removeProperty(name);
            Object value = inside.get(name.toString());
            if (value != null) {
                message.putObjectProperty(name, value);
            }
        }
        if (!opened.contentType().isEmpty()) {
            message.putStringProperty(Message.HDR_CONTENT_TYPE, SimpleString.of(opened.contentType()));
        }
        return message;
    }

    private static int size(Opened opened) {
        int body = opened.kind() == ContentKind.TEXT ? 2 * opened.payloadLength() : opened.payloadLength();
        return body
                + CoreBody.HEADER_ROOM
                + BYTES_PER_PROPERTY * opened.properties().size();
    }

    private static byte requireOpenable(byte type, Opened opened) throws EnvelopeFormatException {
        if (opened.kind() != ContentKind.BYTES
                || type == Message.EMBEDDED_TYPE
                || type == Message.LARGE_EMBEDDED_TYPE) {
            throw new EnvelopeFormatException(Layer.BODY, "has octets of a type they cannot be of");
        }
        return type;
    }

    /** The octets are believed if they say what the payload says, which is what other endpoints read. */
    private static void restoreBody(Opened opened, byte[] octets, CoreMessage message) throws EnvelopeFormatException {
        byte type = switch (opened.kind()) {
            case TEXT -> Message.TEXT_TYPE;
            case MAP -> Message.MAP_TYPE;
            case STREAM -> Message.STREAM_TYPE;
            case OBJECT -> Message.OBJECT_TYPE;
            default -> throw Payloads.contradiction();
        };
        try {
            if (!Payloads.say(CoreBody.neutral(type, octets).value(), opened)) {
                throw Payloads.contradiction();
            }
        } catch (IllegalArgumentException e) {
            throw Payloads.contradiction();
        }
        message.setType(type);
        message.getBodyBuffer().clear();
        message.getBodyBuffer().writeBytes(octets);
        message.getBodyBuffer().resetReaderIndex();
    }
}
