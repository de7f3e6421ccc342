package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.message.MessageNames;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.Session;
import java.util.HexFormat;

/**
 * How a provider shows correlation ids, which are texts or octets: as it does, sealed messages do. AMQP's clients write octets
 * as a text, so that who copies an id as a text answers with the same octets; the core protocol's have no text for them.
 *
 * @param octetsAsText whether octets are also a text, as with AMQP
 * @param textsRefused whether to ask for the octets of a text is an error, as with AMQP; else there are none
 */
record CorrelationIds(boolean octetsAsText, boolean textsRefused) {

    /** Of a message that belongs to no session. */
    static final CorrelationIds OF_NOBODY = new CorrelationIds(false, true);

    private static final String OCTETS = MessageNames.BINARY_ID;
    private static final HexFormat HEX = HexFormat.of();

    /** Finds out what a provider does. */
    static CorrelationIds of(Session provider) {
        try {
            Message probe = provider.createMessage();
            probe.setJMSCorrelationIDAsBytes(new byte[] {1});
            boolean octetsAsText = (OCTETS + "01").equals(probe.getJMSCorrelationID());
            probe.setJMSCorrelationID("text");
            return new CorrelationIds(octetsAsText, refuses(probe));
        } catch (JMSException | RuntimeException e) {
            return OF_NOBODY; // a provider need not have octets
        }
    }

    private static boolean refuses(Message withText) {
        try {
            withText.getJMSCorrelationIDAsBytes();
            return false;
        } catch (JMSException e) {
            return true;
        }
    }

    /** An id of another message, as {@link ClearMessage} keeps it. */
    Object of(Message message) throws JMSException {
        if (message instanceof ClearMessage clear) {
            return clear.rawCorrelationId();
        }
        String text = message.getJMSCorrelationID();
        return text == null ? message.getJMSCorrelationIDAsBytes() : read(text);
    }

    /** Gives a provider's message an id. */
    static void set(Object id, Message message) throws JMSException {
        if (id instanceof byte[] octets) {
            message.setJMSCorrelationIDAsBytes(octets);
        } else {
            message.setJMSCorrelationID((String) id);
        }
    }

    /** What an application means by a text. */
    Object read(String text) throws JMSException {
        if (!octetsAsText || text == null || !text.startsWith(OCTETS)) {
            return text;
        }
        try {
            return HEX.parseHex(text.substring(OCTETS.length()));
        } catch (IllegalArgumentException e) {
            throw Failures.linked(
                    new MessageFormatException("The correlation id has no hexadecimal digits after " + OCTETS), e);
        }
    }

    /** What an application reads, or null. */
    String text(Object id) {
        return id instanceof byte[] octets ? (octetsAsText ? MessageNames.correlationName(octets) : null) : (String) id;
    }

    /** What an application reads, or null. */
    byte[] octets(Object id) throws MessageFormatException {
        if (id instanceof byte[] octets) {
            return octets.clone();
        }
        if (id != null && textsRefused) {
            throw new MessageFormatException("The correlation id is a string");
        }
        return null;
    }
}
