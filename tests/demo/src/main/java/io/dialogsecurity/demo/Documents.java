package io.dialogsecurity.demo;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;

/** Puts documents in JMS messages and takes them out, as an application does that knows nothing of sealing. */
final class Documents {

    static final String ROUND = "round";
    static final String DIALOG = "dialog";
    static final String NUMBER = "number";

    private static final String TITLE = "title";
    private static final String DOCUMENT = "document";

    private Documents() {}

    /** Sends durable messages to a lane. */
    static MessageProducer producer(Session session, Lane lane) throws JMSException {
        MessageProducer producer = session.createProducer(
                lane.shape() == Lane.Shape.TOPIC
                        ? session.createTopic(lane.address())
                        : session.createQueue(lane.address()));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        return producer;
    }

    static Message message(Session session, Lane lane, String document) throws JMSException {
        return switch (lane.body()) {
            case TEXT -> session.createTextMessage(document);
            case BYTES -> {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(document.getBytes(StandardCharsets.UTF_8));
                yield message;
            }
            case MAP -> {
                MapMessage message = session.createMapMessage();
                message.setString(TITLE, lane.kind().title());
                message.setString(DOCUMENT, document);
                yield message;
            }
        };
    }

    static byte[] utf8(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText().getBytes(StandardCharsets.UTF_8);
        }
        if (message instanceof MapMessage map) {
            return map.getString(DOCUMENT).getBytes(StandardCharsets.UTF_8);
        }
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(body);
            return body;
        }
        throw new JMSException(
                "a message of an unexpected kind: " + message.getClass().getName());
    }
}
