package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.Rejected;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts refused messages into the quarantine, through the session that received them. */
final class Quarantine implements AutoCloseable {

    /** By which Artemis knows a message that it has got already; others take it for a property. */
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    private static final int PIECE_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private final Session session;
    private final ClientEndpoint endpoint;
    /** What is being copied. */
    private final MessageDigest content = sha256();

    private MessageProducer producer;
    private String producerAddress;

    /** @param session the provider's */
    Quarantine(Session session, ClientEndpoint endpoint) {
        this.session = session;
        this.endpoint = endpoint;
    }

    /**
     * Sends a copy to the quarantine, its body unchanged.
     *
     * @param body the body, if the provider does not give it a second time; else null
     * @throws JMSException if it could not be sent: the message must not be acknowledged
     */
    void put(Message refused, LargeBody body, String address, Rejected why) throws JMSException {
        try {
            Message copy = copy(refused, body);
            CorrelationIds.set(CorrelationIds.OF_NOBODY.of(refused), copy);
            copy.setStringProperty(MessageNames.REJECTION, why.reason().name());
            copy.setStringProperty(
                    MessageNames.REJECTION_CODE, String.valueOf(why.reason().code()));
            copy.setStringProperty(MessageNames.ORIGINAL_DESTINATION, address);
            String id = refused.getJMSMessageID();
            if (id != null) {
                copy.setStringProperty(DUPLICATE_ID, duplicateId(id, refused.getJMSTimestamp(), address));
            }
            producer().send(copy);
            endpoint.quarantined(address, why);
        } catch (JMSException | RuntimeException e) {
            endpoint.quarantineFailed(address, why, e);
            throw Failures.linked(
                    new JMSException(
                            "A message was refused (" + why.reason() + ") and cannot be put into the quarantine "
                                    + endpoint.quarantineAddress() + "; allow this user to send there: "
                                    + e.getMessage(),
                            why.reason().name()),
                    e);
        }
    }

    private MessageProducer producer() throws JMSException {
        String address = endpoint.quarantineAddress();
        if (producer == null || !address.equals(producerAddress)) {
            close();
            producer = session.createProducer(session.createQueue(address));
            producerAddress = address;
        }
        return producer;
    }

    /**
     * A redelivery of the same message is put there once. Somebody who sends can choose the id of another's message, so what was
     * copied counts as well; and what has no id may come twice rather than not at all.
     */
    private String duplicateId(String id, long timestamp, String address) {
        note(address, id);
        note("timestamp", timestamp);
        return "DS-" + HexFormat.of().formatHex(content.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private void note(Object name, Object value) {
        String text = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
        for (String part : new String[] {String.valueOf(name), text}) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            content.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            content.update(bytes);
        }
    }

    private Message copy(Message refused, LargeBody body) throws JMSException {
        content.reset();
        Message copy = copyBody(refused, body);
        // Nobody can write into a body what reads as a property, or the other way round.
        content.update(content.digest());
        note("kind", copy.getClass().getName());
        for (String name : PropertyNames.of(refused)) {
            if (!MessageNames.ofProvider(name)) {
                copyProperty(refused, copy, name);
            }
        }
        return copy;
    }

    private void copyProperty(Message from, Message to, String name) throws JMSException {
        Object value = from.getObjectProperty(name);
        note(name, value);
        try {
            to.setObjectProperty(name, value);
        } catch (JMSException | RuntimeException e) {
            copyAsText(to, name, value); // a type only another protocol has
        }
    }

    /** A name only another protocol has is left out: better than that the message stays and is refused for ever. */
    private static void copyAsText(Message to, String name, Object value) {
        try {
            to.setStringProperty(name, String.valueOf(value));
        } catch (JMSException | RuntimeException e) {
            LOG.debug("A property of a refused message is not kept: {}", e.getMessage());
        }
    }

    private Message copyBody(Message refused, LargeBody body) throws JMSException {
        if (refused instanceof BytesMessage bytes) {
            BytesMessage copy = session.createBytesMessage();
            if (body == null) {
                bytes.reset();
                write(copy, new BytesMessageInputStream(bytes, bytes.getBodyLength()), true);
            } else {
                noteAll(body.open());
                write(copy, body.open(), false);
            }
            return copy;
        } else if (refused instanceof TextMessage text) {
            note("text", text.getText());
            return session.createTextMessage(text.getText());
        } else if (refused instanceof MapMessage map) {
            MapMessage copy = session.createMapMessage();
            for (String name : PropertyNames.in(map)) {
                if (!name.isEmpty()) { // no provider reads or writes it by such a name
                    note(name, map.getObject(name));
                    copy.setObject(name, map.getObject(name));
                }
            }
            return copy;
        } else if (refused instanceof StreamMessage stream) {
            StreamMessage copy = session.createStreamMessage();
            stream.reset();
            try {
                while (true) {
                    Object value = stream.readObject();
                    note("element", value);
                    copy.writeObject(value);
                }
            } catch (MessageEOFException expected) {
                return copy;
            }
        } else if (refused instanceof ObjectMessage object) {
            // Not deserialized, which the sender may be waiting for: what it was made of is told by its text.
            return session.createTextMessage("an object message that was not sealed: " + object.getJMSMessageID());
        }
        return session.createMessage();
    }

    private void noteAll(InputStream body) throws JMSException {
        try (body) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int n = body.read(piece); n > 0; n = body.read(piece)) {
                content.update(piece, 0, n);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static JMSException unreadable(IOException e) {
        return Failures.linked(new JMSException("The body cannot be read: " + e.getMessage()), e);
    }

    /** @param once whether it can be read only once, and so is noted here */
    private void write(BytesMessage copy, InputStream body, boolean once) throws JMSException {
        try {
            byte[] piece = new byte[PIECE_BYTES];
            int begun = body.readNBytes(piece, 0, PIECE_BYTES);
            if (begun == PIECE_BYTES && MessageSealing.takesStreams(copy, rest(piece, body))) {
                if (once) {
                    note("read by nobody yet", UUID.randomUUID()); // it may come twice rather than be taken for another
                }
                return;
            }
            for (int n = begun; n > 0; n = body.readNBytes(piece, 0, PIECE_BYTES)) {
                if (once) {
                    content.update(piece, 0, n);
                }
                copy.writeBytes(piece, 0, n);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static InputStream rest(byte[] begun, InputStream body) {
        return new SequenceInputStream(new ByteArrayInputStream(begun), body);
    }

    @Override
    public void close() throws JMSException {
        if (producer != null) {
            producer.close();
            producer = null;
        }
    }
}
