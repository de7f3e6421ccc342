package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.MessageContent;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes of the application's message the provider's message with the envelope. */
final class MessageSealing {

    /** From here on envelopes are sealed where they are, without a buffer of the sealer's. */
    private static final int SEALED_IN_PLACE = 64 * 1024;

    /** Room left for what an envelope has besides its body. */
    private static final int HEADERS_AND_PROPERTIES = 1024 * 1024;

    private static final int PIECE_BYTES = 64 * 1024;

    /** Set by providers on receipt; a message that is sent on does not carry them. */
    private static final Set<String> SET_BY_PROVIDERS = Set.of(
            "JMSXDeliveryCount", "JMSXRcvTimestamp", "JMSXState", "JMSXProducerTXID", "JMSXConsumerTXID", "JMSXUserID");

    private final Session session;
    private final ClientEndpoint endpoint;
    private final CorrelationIds correlationIds;

    /** @param session the provider's */
    MessageSealing(Session session, ClientEndpoint endpoint, CorrelationIds correlationIds) {
        this.session = session;
        this.correlationIds = correlationIds;
        this.endpoint = endpoint;
    }

    /**
     * The message to be sent in place of the application's.
     *
     * @param content of the application's message
     * @param envelope as it is sent, or null where it comes out of a stream
     * @param again whether the envelope was made earlier, and its arrival has remained uncertain
     */
    record Sealed(BytesMessage outer, MessageContent content, byte[] envelope, boolean again) {}

    /**
     * Seals a message, unless there is an envelope of the same message that may not have arrived.
     *
     * @param ending whether it is the last of its sender in the dialog
     */
    Sealed seal(Message message, SealingDialog dialog, boolean ending) throws JMSException {
        Map<String, Object> properties = propertiesOf(message);
        InputStream source = streamOf(message);
        MessageContent content;
        try {
            content = (source != null ? MessageContent.bytes(new byte[0]) : contentOf(message))
                    .with("", protectedProperties(message, properties));
        } catch (IllegalArgumentException e) {
            throw Failures.linked(new MessageFormatException("The message cannot be sealed: " + e.getMessage()), e);
        }
        if (ending) {
            content = content.endingDialog();
        }
        BytesMessage outer = session.createBytesMessage();
        writeHeaders(outer, message, properties, dialog.clearProperties());
        if (source != null) {
            writeStream(outer, dialog, content, source);
            return new Sealed(outer, content, null, false);
        }
        byte[] envelope = endpoint.unsent().take(message, dialog.place(), content);
        boolean again = envelope != null;
        if (again) {
            outer.writeBytes(envelope);
        } else if (message instanceof ClearBytesMessage bytes && bytes.contentLength() >= SEALED_IN_PLACE) {
            byte[] out = new byte[dialog.roomFor(content)];
            int length = dialog.seal(content, out, 0);
            outer.writeBytes(out, 0, length);
            envelope = length == out.length ? out : null;
        } else {
            envelope = dialog.seal(content);
            outer.writeBytes(envelope);
        }
        return new Sealed(outer, content, envelope, again);
    }

    /** Where a body comes from that receivers do not take into memory as a whole, else null. */
    private InputStream streamOf(Message message) throws JMSException {
        if (!(message instanceof ClearBytesMessage bytes)) {
            return null;
        }
        boolean tooLarge = bytes.contentLength() > endpoint.maxEnvelopeBytes() - HEADERS_AND_PROPERTIES;
        return tooLarge
                ? new ByteArrayInputStream(bytes.content(), bytes.contentOffset(), bytes.contentLength())
                : bytes.source();
    }

    /** Lets the provider read the stream when it sends, if it can, and else fills the message now. */
    private static void writeStream(
            BytesMessage outer, SealingDialog dialog, MessageContent content, InputStream source) throws JMSException {
        try {
            InputStream sealed = new SealingInputStream(dialog, content, source);
            if (!takesStreams(outer, sealed)) {
                byte[] piece = new byte[PIECE_BYTES];
                for (int n = sealed.read(piece); n >= 0; n = sealed.read(piece)) {
                    outer.writeBytes(piece, 0, n);
                }
                sealed.close();
            }
        } catch (IOException e) {
            throw Failures.linked(new JMSException("The body cannot be read: " + e.getMessage()), e);
        }
    }

    static boolean takesStreams(BytesMessage outer, InputStream in) {
        try {
            outer.setObjectProperty(ClearMessage.INPUT_STREAM, in);
            return true;
        } catch (JMSException | RuntimeException e) {
            return false; // another provider
        }
    }

    // --- What is protected, and what stays outside

    private static Map<String, Object> propertiesOf(Message message) throws JMSException {
        if (message instanceof ClearMessage clear) {
            return clear.applicationProperties();
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String name : PropertyNames.of(message)) {
            properties.put(name, message.getObjectProperty(name));
        }
        return properties;
    }

    private Map<String, Object> protectedProperties(Message message, Map<String, Object> properties)
            throws JMSException {
        Map<String, Object> inside = new HashMap<>();
        properties.forEach((name, value) -> {
            if (!MessageNames.ofProvider(name)) {
                inside.put(name, value);
            }
        });
        if (message.getJMSType() != null) {
            inside.put(MessageNames.TYPE, message.getJMSType());
        }
        Object correlationId = correlationIds.of(message);
        if (correlationId != null) {
            inside.put(MessageNames.CORRELATION_ID, correlationId);
        }
        if (message.getJMSReplyTo() != null) {
            inside.put(MessageNames.REPLY_TO, Addresses.of(message.getJMSReplyTo()));
        }
        return inside;
    }

    private void writeHeaders(
            BytesMessage outer, Message message, Map<String, Object> properties, Set<String> clearProperties)
            throws JMSException {
        outer.setStringProperty(MessageNames.HINT, MessageNames.HINT_VALUE);
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            String name = property.getKey();
            boolean ofProvider = MessageNames.ofProvider(name) && !SET_BY_PROVIDERS.contains(name);
            if (ofProvider || clearProperties.contains(name)) {
                outer.setObjectProperty(name, property.getValue());
            }
        }
        if (clearProperties.contains(MessageNames.TYPE)) {
            outer.setJMSType(message.getJMSType());
        }
        Object correlationId = correlationIds.of(message);
        if (correlationId != null) {
            CorrelationIds.set(correlationId, outer);
        }
        outer.setJMSReplyTo(message.getJMSReplyTo());
    }

    // --- What is inside

    private static MessageContent contentOf(Message message) throws JMSException {
        if (message instanceof ClearErrorMessage broken) {
            return MessageContent.error(broken.error());
        } else if (message instanceof ClearBytesMessage bytes) {
            bytes.reset(); // with every provider it can only be read afterwards
            return MessageContent.bytes(bytes.content(), bytes.contentOffset(), bytes.contentLength());
        } else if (message instanceof TextMessage text) {
            return MessageContent.text(text.getText());
        } else if (message instanceof ClearMapMessage map) {
            return MessageContent.map(map.values());
        } else if (message instanceof ClearStreamMessage stream) {
            stream.reset();
            return MessageContent.stream(stream.values());
        } else if (message instanceof ClearObjectMessage object) {
            return MessageContent.object(object.serialized());
        } else if (message instanceof BytesMessage bytes) {
            return MessageContent.bytes(read(bytes));
        } else if (message instanceof MapMessage map) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (String name : PropertyNames.in(map)) {
                values.put(name, map.getObject(name));
            }
            return MessageContent.map(values);
        } else if (message instanceof StreamMessage stream) {
            return MessageContent.stream(read(stream));
        } else if (message instanceof ObjectMessage object) {
            return MessageContent.object(object.getObject() == null ? null : TrustedObjects.write(object.getObject()));
        }
        return MessageContent.none();
    }

    /** The body of another provider's message; as with every provider, it can only be read afterwards. */
    private static byte[] read(BytesMessage message) throws JMSException {
        message.reset();
        byte[] body = new byte[Math.toIntExact(message.getBodyLength())];
        message.readBytes(body);
        message.reset();
        return body;
    }

    private static List<Object> read(StreamMessage message) throws JMSException {
        message.reset();
        List<Object> values = new ArrayList<>();
        try {
            while (true) {
                values.add(message.readObject());
            }
        } catch (MessageEOFException expected) {
            // the end
        }
        message.reset();
        return values;
    }
}
