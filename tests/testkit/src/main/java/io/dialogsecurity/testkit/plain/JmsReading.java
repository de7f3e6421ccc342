package io.dialogsecurity.testkit.plain;

import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.qpid.jms.message.JmsMessage;
import org.apache.qpid.jms.provider.amqp.message.AmqpJmsMessageFacade;

/** Asks a JMS message for everything it knows. */
public final class JmsReading {

    private JmsReading() {}

    /** What the message says; ids and times, which differ from run to run, only whether they are there. */
    public static Received read(Message message) throws JMSException {
        ReceivedBuilder received = new ReceivedBuilder().type(type(message));
        try {
            received.body(body(message));
        } catch (JMSException | RuntimeException e) {
            received.body("unreadable: " + e.getClass().getSimpleName());
        }
        Iterator<?> names = message.getPropertyNames().asIterator();
        while (names.hasNext()) {
            String name = (String) names.next();
            received.property(name, message.getObjectProperty(name));
        }
        received.header("type", message.getJMSType())
                .header("correlation id", message.getJMSCorrelationID())
                .header("correlation bytes", correlationBytes(message))
                .header("reply to", name(message.getJMSReplyTo()))
                .header("destination", name(message.getJMSDestination()))
                .header("priority", message.getJMSPriority())
                .header("delivery mode", message.getJMSDeliveryMode())
                .header("redelivered", message.getJMSRedelivered())
                .presence("expires", message.getJMSExpiration() != 0)
                .presence("has id", message.getJMSMessageID() != null)
                .presence("has time", message.getJMSTimestamp() != 0);
        if (message instanceof JmsMessage qpid && qpid.getFacade() instanceof AmqpJmsMessageFacade facade) {
            received.header("content type", text(facade.getContentType()))
                    .header("group", facade.getGroupId())
                    .header("user", facade.getUserId());
        }
        return received.build();
    }

    private static String type(Message message) {
        if (message instanceof TextMessage) {
            return "text";
        }
        if (message instanceof BytesMessage) {
            return "bytes";
        }
        if (message instanceof MapMessage) {
            return "map";
        }
        if (message instanceof StreamMessage) {
            return "stream";
        }
        return message instanceof ObjectMessage ? "object" : "message";
    }

    private static Object body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText();
        }
        if (message instanceof BytesMessage bytes) {
            byte[] all = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(all);
            return all;
        }
        if (message instanceof MapMessage map) {
            Map<String, Object> fields = new TreeMap<>();
            Iterator<?> names = map.getMapNames().asIterator();
            while (names.hasNext()) {
                String name = (String) names.next();
                fields.put(name, map.getObject(name));
            }
            return fields;
        }
        if (message instanceof StreamMessage stream) {
            return items(stream);
        }
        return message instanceof ObjectMessage object ? object.getObject() : null;
    }

    private static List<Object> items(StreamMessage stream) throws JMSException {
        List<Object> items = new ArrayList<>();
        while (true) {
            try {
                items.add(stream.readObject());
            } catch (MessageEOFException end) {
                return items;
            }
        }
    }

    private static Object correlationBytes(Message message) {
        try {
            return message.getJMSCorrelationIDAsBytes();
        } catch (JMSException notBytes) {
            return "not bytes";
        }
    }

    private static String name(Destination destination) throws JMSException {
        if (destination instanceof Queue queue) {
            return "queue " + queue.getQueueName();
        }
        if (destination instanceof Topic topic) {
            return "topic " + topic.getTopicName();
        }
        return destination == null ? null : destination.toString();
    }

    private static String text(Object orNull) {
        return orNull == null ? null : orNull.toString();
    }
}
