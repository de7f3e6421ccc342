package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.Incoming;
import io.dialogsecurity.artemis.client.IncomingMessages;
import io.dialogsecurity.artemis.client.Journey;
import io.dialogsecurity.artemis.client.ReplyBook;
import io.dialogsecurity.artemis.message.MessageMarks;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes of the provider's message with the envelope the message the application sees. */
final class MessageOpening {

    /** Room behind an envelope in its array, which spares a copy when it is opened. */
    private static final int ROOM = 16;

    private static final int MAGIC_BYTES = 4;

    /** Properties by which brokers and clients tell one another what of an AMQP message has no place in others. */
    private static final String CARRIED_BY_AMQP = "JMS_AMQP";

    /**
     * What came of it.
     *
     * @param judgement what is to be done
     * @param clear the message for the application, if that is what is to be done
     * @param body the body as it was received, if the provider does not give it a second time; else null
     */
    record Outcome(Incoming judgement, Message clear, LargeBody body) {}

    private final Session session;
    private final ClientEndpoint endpoint;
    private final TrustedObjects objects;
    private final CorrelationIds correlationIds;

    /** @param session the provider's */
    MessageOpening(Session session, ClientEndpoint endpoint, TrustedObjects objects, CorrelationIds correlationIds) {
        this.session = session;
        this.correlationIds = correlationIds;
        this.endpoint = endpoint;
        this.objects = objects;
    }

    Outcome open(Message outer, IncomingMessages incoming, ClearMessage.Acknowledgement acknowledgement)
            throws JMSException {
        if (!(outer instanceof BytesMessage bytes)) {
            return outcome(incoming.unsealed(Journeys.arrivedAt(outer)), outer);
        }
        long length = bytes.getBodyLength();
        if (length > endpoint.maxEnvelopeBytes()) {
            return openLarge(bytes, length, incoming, acknowledgement);
        }
        if (!looksSealed(bytes)) {
            return outcome(incoming.unsealed(Journeys.arrivedAt(outer)), outer);
        }
        byte[] body = new byte[(int) length + ROOM];
        readFully(bytes, body, (int) length);
        Incoming judgement = incoming.open(body, 0, (int) length, Journeys.of(outer));
        if (judgement instanceof Incoming.LeftAlone) {
            bytes.reset();
            return outcome(judgement, outer);
        }
        if (!(judgement instanceof Incoming.Accepted accepted)) {
            return refused(judgement, body, (int) length);
        }
        try {
            Opened opened = accepted.message();
            byte[] payload;
            int offset;
            if (accepted.payload() == null) {
                payload = opened.payloadArray();
                offset = opened.payloadOffset();
            } else {
                try (InputStream in = accepted.payload()) {
                    payload = in.readAllBytes();
                }
                offset = 0;
            }
            ClearMessage clear = message(opened, payload, offset, payload.length - offset);
            return finish(outer, accepted, clear, acknowledgement);
        } catch (EnvelopeStreamException e) {
            return refused(incoming.broken(e), body, (int) length);
        } catch (EnvelopeFormatException e) {
            return refused(contentInvalid(incoming, e.getMessage()), body, (int) length);
        } catch (RuntimeException e) {
            // Whoever sealed it is authentic, and still may not stop this consumer with a property of the wrong type.
            return refused(contentInvalid(incoming, e.getClass().getSimpleName()), body, (int) length);
        } catch (IOException e) {
            throw Failures.linked(new JMSException("The body cannot be read"), e);
        }
    }

    /**
     * A large body goes through this process twice: once to be judged to its end, and once more, while the application
     * reads it. Neither takes more than a chunk of memory.
     */
    private Outcome openLarge(
            BytesMessage outer, long length, IncomingMessages incoming, ClearMessage.Acknowledgement acknowledgement)
            throws JMSException {
        Journey journey = Journeys.of(outer);
        String arrivedAt = journey.arrivedAt();
        if (incoming.leavesAlone(arrivedAt)) {
            return outcome(incoming.unsealed(arrivedAt), outer); // read by the application alone, as it likes
        }
        // Who takes the hint off an envelope has it delivered as it is, where any unsealed message would be.
        if (!outer.propertyExists(MessageNames.HINT) && incoming.tolerate(arrivedAt)) {
            return outcome(new Incoming.LeftAlone(), outer);
        }
        LargeBody body = LargeBody.of(outer, length);
        try {
            Judged judged = judge(body, length, incoming, journey);
            Incoming judgement = judged.judgement();
            if (judgement instanceof Incoming.LeftAlone) {
                handedUnsealed(outer);
                return new Outcome(judgement, copyOf(outer, body, length, acknowledgement), null);
            }
            if (!(judgement instanceof Incoming.Accepted accepted)) {
                return new Outcome(judgement, null, body);
            }
            if (accepted.message().kind() != ContentKind.BYTES) {
                return new Outcome(contentInvalid(incoming, "only bytes are as large as this"), null, body);
            }
            ClearMessage clear = new ClearBytesMessage(() -> reopen(body, accepted), judged.size());
            return finish(outer, accepted, clear, acknowledgement);
        } catch (EnvelopeStreamException e) {
            return new Outcome(incoming.broken(e), null, body);
        } catch (RuntimeException e) {
            return new Outcome(contentInvalid(incoming, e.getClass().getSimpleName()), null, body);
        } catch (IOException e) {
            throw Failures.linked(new JMSException("The body cannot be read: " + e.getMessage()), e);
        }
    }

    /** @param size bytes that were sealed, if there is a message */
    private record Judged(Incoming judgement, long size) {}

    private static Judged judge(LargeBody body, long length, IncomingMessages incoming, Journey journey)
            throws JMSException, IOException {
        try (InputStream in = body.open()) {
            byte[] magic = in.readNBytes(MAGIC_BYTES);
            if (!IncomingMessages.looksSealed(magic, 0, magic.length)) {
                return new Judged(incoming.unsealed(journey.arrivedAt()), 0);
            }
        }
        Incoming judgement = incoming.openStream(body.open(), length, journey);
        if (judgement instanceof Incoming.Accepted accepted && accepted.payload() != null) {
            try (InputStream payload = accepted.payload()) {
                return new Judged(judgement, payload.transferTo(OutputStream.nullOutputStream()));
            }
        }
        return new Judged(judgement, 0);
    }

    private static InputStream reopen(LargeBody body, Incoming.Accepted accepted) throws JMSException {
        try {
            return accepted.reopen(body.open());
        } catch (IOException e) {
            throw Failures.linked(new JMSException("The body cannot be read again: " + e.getMessage()), e);
        }
    }

    /** A message that may be as it is, but whose body the provider does not give a second time. */
    private ClearMessage copyOf(
            BytesMessage outer, LargeBody body, long length, ClearMessage.Acknowledgement acknowledgement)
            throws JMSException {
        ClearMessage copy = new ClearBytesMessage(body, length);
        copy.takeHeaders(outer);
        copy.setJMSRedelivered(outer.getJMSRedelivered());
        copy.setJMSType(outer.getJMSType());
        copy.showCorrelationIds(correlationIds);
        copy.restoreCorrelationId(correlationIds.of(outer));
        copy.setJMSReplyTo(outer.getJMSReplyTo());
        for (String name : PropertyNames.of(outer)) {
            if (!MessageNames.ofProvider(name)) {
                copy.restoreProperty(name, outer.getObjectProperty(name));
            }
        }
        copy.received(null, providerProperties(outer), acknowledgement);
        return copy;
    }

    private static void readFully(BytesMessage message, byte[] out, int length) throws JMSException {
        int read = 0;
        if (length > 0) {
            read = message.readBytes(out, length);
        }
        if (read < length) {
            throw new JMSException("The body ends before its length");
        }
    }

    private Outcome outcome(Incoming judgement, Message outer) throws JMSException {
        if (!(judgement instanceof Incoming.LeftAlone)) {
            return new Outcome(judgement, null, null);
        }
        handedUnsealed(outer);
        return new Outcome(judgement, outer, null);
    }

    /** Who answers it answers no sealed request, even if one names the same address. */
    private void handedUnsealed(Message message) throws JMSException {
        if (message.getJMSReplyTo() != null) {
            endpoint.replies().handedUnsealed(message.getJMSReplyTo());
        }
    }

    private static Outcome refused(Incoming judgement, byte[] body, int length) {
        return new Outcome(judgement, null, () -> new ByteArrayInputStream(body, 0, length));
    }

    /** Looks at the first bytes only, and leaves the message as it was. */
    private static boolean looksSealed(BytesMessage message) throws JMSException {
        byte[] magic = new byte[MAGIC_BYTES];
        int read = message.readBytes(magic);
        message.reset();
        return read == MAGIC_BYTES && IncomingMessages.looksSealed(magic, 0, read);
    }

    private static Incoming contentInvalid(IncomingMessages incoming, String what) {
        return incoming.refuse(new Rejected(Rejection.CONTENT_INVALID, Layer.BODY, what));
    }

    private ClearMessage message(Opened opened, byte[] payload, int offset, int length) throws EnvelopeFormatException {
        return switch (opened.kind()) {
            case NONE -> new ClearMessage();
            case BYTES -> new ClearBytesMessage(payload, offset, length);
            case TEXT ->
                new ClearTextMessage(opened.nullBody() ? null : ContentCodec.decodeText(payload, offset, length));
            case ERROR ->
                new ClearTextMessage(
                        ContentCodec.decodeError(payload, offset, length).text());
            case MAP -> new ClearMapMessage(ContentCodec.decodeMap(payload, offset, length));
            case STREAM -> new ClearStreamMessage(ContentCodec.decodeStream(payload, offset, length));
            case OBJECT ->
                new ClearObjectMessage(
                        objects, opened.nullBody() ? null : Arrays.copyOfRange(payload, offset, offset + length));
        };
    }

    private Outcome finish(
            Message outer, Incoming.Accepted accepted, ClearMessage clear, ClearMessage.Acknowledgement acknowledgement)
            throws JMSException {
        restore(clear, outer, accepted);
        clear.received(accepted.message().withoutContent(), providerProperties(outer), acknowledgement);
        Destination replyTo = clear.getJMSReplyTo();
        if (replyTo != null) {
            ReplyBook.Request request = endpoint.replies()
                    .remember(
                            accepted,
                            Addresses.of(replyTo),
                            Addresses.isTemporary(replyTo),
                            outer.getJMSMessageID(),
                            MessageNames.correlationName(clear.rawCorrelationId()));
            endpoint.replies().handed(replyTo, request);
            clear.answeredBy(request);
        }
        return new Outcome(accepted, clear, null);
    }

    /** Headers that were sealed count; what a broker may set is taken from outside. */
    private void restore(ClearMessage clear, Message outer, Incoming.Accepted accepted) throws JMSException {
        Opened opened = accepted.message();
        clear.showCorrelationIds(correlationIds);
        clear.takeHeaders(outer);
        clear.setJMSRedelivered(outer.getJMSRedelivered());
        clear.setJMSDestination(destination(outer.getJMSDestination(), accepted.arrivedAt()));
        for (Map.Entry<String, Object> property : opened.properties().entrySet()) {
            Object value = property.getValue();
            switch (property.getKey()) {
                case MessageNames.TYPE -> clear.setJMSType((String) value);
                case MessageNames.CORRELATION_ID -> clear.restoreCorrelationId(value);
                case MessageNames.REPLY_TO -> clear.setJMSReplyTo(replyTo(outer, (String) value));
                case MessageNames.FORKED, MessageNames.ERROR_CODE -> {
                    // not the sender's to set
                }
                default -> {
                    // What says how another container encoded it is nothing to the application.
                    if (!MessageNames.ofProvider(property.getKey())) {
                        clear.restoreProperty(property.getKey(), value);
                    }
                }
            }
        }
        MessageMarks.of(opened).forEach(clear::restoreProperty);
    }

    /** The provider's destination if it is the one that was sealed, else one made for what was sealed. */
    private Destination replyTo(Message outer, String sealed) throws JMSException {
        return destination(outer.getJMSReplyTo(), sealed);
    }

    /** A provider may not know whether it is a queue or a topic, of a dead letter for instance. */
    private Destination destination(Destination outside, String sealed) throws JMSException {
        boolean known = outside instanceof Queue || outside instanceof Topic;
        if (known && isAt(outside, sealed)) {
            return outside;
        }
        if (sealed.isEmpty()) {
            throw new IllegalArgumentException("a destination without a name");
        }
        return outside instanceof Topic ? session.createTopic(sealed) : session.createQueue(sealed);
    }

    private static boolean isAt(Destination outside, String address) throws JMSException {
        try {
            return Addresses.of(outside).equals(address);
        } catch (InvalidDestinationException e) {
            return false; // what anybody can write outside counts for nothing
        }
    }

    /** What a broker or its vendor may tell of a message; how AMQP carried it is nothing to the application. */
    private static boolean told(String property) {
        return MessageNames.ofProvider(property) && !property.startsWith(CARRIED_BY_AMQP);
    }

    private static Map<String, Object> providerProperties(Message outer) throws JMSException {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String name : PropertyNames.of(outer)) {
            if (told(name)) {
                properties.put(name, outer.getObjectProperty(name));
            }
        }
        return properties;
    }

    /** What a browser sees of a message; null if it is not to see it. */
    Message look(Message outer, IncomingMessages incoming) throws JMSException {
        Journey journey = Journeys.of(outer);
        boolean opens = incoming.opens(journey.arrivedAt());
        if (opens && outer instanceof BytesMessage bytes) {
            if (bytes.getBodyLength() > endpoint.maxEnvelopeBytes()) {
                return null; // too large to be looked into for a browser
            }
            int length = (int) bytes.getBodyLength();
            byte[] body = new byte[length + ROOM];
            readFully(bytes, body, length);
            bytes.reset();
            if (IncomingMessages.looksSealed(body, 0, length)) {
                Incoming.Accepted seen = incoming.look(body, 0, length, journey);
                return seen == null ? null : look(outer, seen);
            }
        }
        return incoming.hidesUnsealed(journey.arrivedAt()) ? null : outer;
    }

    private Message look(Message outer, Incoming.Accepted seen) throws JMSException {
        Opened opened = seen.message();
        try {
            ClearMessage clear = message(opened, opened.payloadArray(), opened.payloadOffset(), opened.payloadLength());
            restore(clear, outer, seen);
            clear.received(opened.withoutContent(), providerProperties(outer), null);
            return clear;
        } catch (EnvelopeFormatException e) {
            return null;
        }
    }
}
