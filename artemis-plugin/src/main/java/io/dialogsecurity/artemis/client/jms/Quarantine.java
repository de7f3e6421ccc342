package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.MessageNames;
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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Puts refused messages into the quarantine, through the session that received them. */
final class Quarantine implements AutoCloseable {

    /** By which Artemis knows a message that it has got already; others take it for a property. */
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    private static final int PIECE_BYTES = 64 * 1024;

    private final Session session;
    private final ClientEndpoint endpoint;
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
     * @param raw the body, if it has been read and cannot be read again; else null
     * @throws JMSException if it could not be sent: the message must not be acknowledged
     */
    void put(Message refused, byte[] raw, String address, Rejected why) throws JMSException {
        try {
            Message copy = copy(refused, raw);
            copy.setJMSCorrelationID(refused.getJMSCorrelationID());
            copy.setStringProperty(MessageNames.REJECTION, why.reason().name());
            copy.setStringProperty(
                    MessageNames.REJECTION_CODE, String.valueOf(why.reason().code()));
            copy.setStringProperty(MessageNames.ORIGINAL_DESTINATION, address);
            copy.setStringProperty(DUPLICATE_ID, duplicateId(refused, address));
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

    /** A redelivery of the same message is put there once. */
    private static String duplicateId(Message refused, String address) throws JMSException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((address + "\n" + refused.getJMSMessageID()).getBytes(StandardCharsets.UTF_8));
            return "DS-" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private Message copy(Message refused, byte[] raw) throws JMSException {
        Message copy = copyBody(refused, raw);
        for (String name : PropertyNames.of(refused)) {
            if (!MessageNames.ofProvider(name)) {
                copyProperty(refused, copy, name);
            }
        }
        return copy;
    }

    private static void copyProperty(Message from, Message to, String name) throws JMSException {
        Object value = from.getObjectProperty(name);
        try {
            to.setObjectProperty(name, value);
        } catch (JMSException e) {
            to.setStringProperty(name, String.valueOf(value)); // a type only another protocol has
        }
    }

    private Message copyBody(Message refused, byte[] raw) throws JMSException {
        if (refused instanceof BytesMessage bytes) {
            BytesMessage copy = session.createBytesMessage();
            if (raw != null) {
                copy.writeBytes(raw);
            } else {
                copyLarge(bytes, copy);
            }
            return copy;
        } else if (refused instanceof TextMessage text) {
            return session.createTextMessage(text.getText());
        } else if (refused instanceof MapMessage map) {
            MapMessage copy = session.createMapMessage();
            for (String name : PropertyNames.in(map)) {
                copy.setObject(name, map.getObject(name));
            }
            return copy;
        } else if (refused instanceof StreamMessage stream) {
            StreamMessage copy = session.createStreamMessage();
            stream.reset();
            try {
                while (true) {
                    copy.writeObject(stream.readObject());
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

    private static void copyLarge(BytesMessage from, BytesMessage to) throws JMSException {
        from.reset();
        if (MessageSealing.takesStreams(to, new BytesMessageInputStream(from, from.getBodyLength()))) {
            return;
        }
        byte[] piece = new byte[PIECE_BYTES];
        for (int n = from.readBytes(piece); n > 0; n = from.readBytes(piece)) {
            to.writeBytes(piece, 0, n);
        }
    }

    @Override
    public void close() throws JMSException {
        if (producer != null) {
            producer.close();
            producer = null;
        }
    }
}
