package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import java.util.List;

/** What the broker calls a destination: an address, whatever a provider writes around it. */
final class Addresses {

    private static final List<String> PREFIXES = List.of("queue://", "topic://", "temp-queue://", "temp-topic://");

    /** Between the address and the queue in a fully qualified queue name. */
    private static final String QUEUE_OF_ADDRESS = "::";

    private Addresses() {}

    static String of(Destination destination) throws JMSException {
        String name;
        if (destination instanceof Queue queue) {
            name = queue.getQueueName();
        } else if (destination instanceof Topic topic) {
            name = topic.getTopicName();
        } else {
            throw new InvalidDestinationException("A destination is a queue or a topic");
        }
        if (name == null || name.isEmpty()) {
            throw new InvalidDestinationException("A destination has a name");
        }
        return normal(name);
    }

    /** The address of a destination, or null for none. */
    static String ofNullable(Destination destination) throws JMSException {
        return destination == null ? null : of(destination);
    }

    /** The queue in a fully qualified queue name, empty for other names. */
    static String queueOf(Destination destination) throws JMSException {
        String name = destination instanceof Queue queue ? queue.getQueueName() : "";
        int queue = name.indexOf(QUEUE_OF_ADDRESS);
        return queue < 0 ? "" : name.substring(queue + QUEUE_OF_ADDRESS.length());
    }

    static boolean isTemporary(Destination destination) {
        return destination instanceof TemporaryQueue || destination instanceof TemporaryTopic;
    }

    private static String normal(String name) {
        String address = name;
        for (String prefix : PREFIXES) {
            if (address.startsWith(prefix)) {
                address = address.substring(prefix.length());
                break;
            }
        }
        int queue = address.indexOf(QUEUE_OF_ADDRESS);
        return queue < 0 ? address : address.substring(0, queue);
    }
}
