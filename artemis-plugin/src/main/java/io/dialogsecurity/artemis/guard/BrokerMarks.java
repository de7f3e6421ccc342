package io.dialogsecurity.artemis.guard;

import java.util.List;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * Properties with which the broker itself notes where a message has been, and where it has to go. They are ordinary properties, which
 * clients of all protocols can set: so at the door what a client has set is taken off, and from then on they are the broker's word.
 * Where a message has come from is never told by a property that somebody else could set. Without state.
 */
public final class BrokerMarks {

    private static final String AMQP = "AMQP";
    private static final String PREFIX = "_AMQ_";
    private static final String ANNOTATION_PREFIX = "x-opt-";

    /** Where a message has been. */
    private static final List<SimpleString> ORIGIN = List.of(
            Message.HDR_ORIGINAL_ADDRESS,
            Message.HDR_ORIGINAL_QUEUE,
            Message.HDR_ORIG_MESSAGE_ID,
            Message.HDR_ORIG_ROUTING_TYPE,
            Message.HDR_ACTUAL_EXPIRY_TIME);

    /** To which of an address's queues a message has to go, and no others. */
    private static final List<SimpleString> ROUTE =
            List.of(Message.HDR_ROUTE_TO_IDS, Message.HDR_SCALEDOWN_TO_IDS, Message.HDR_ROUTE_TO_ACK_IDS);

    /** On what the broker's management answers, set by the guard. */
    private static final SimpleString ANSWER = SimpleString.of("_AMQ_DS_ANSWER");

    /** As AMQP has {@link #ORIGIN}. */
    private static final List<SimpleString> ANNOTATIONS = ORIGIN.stream()
            .map(name -> SimpleString.of(ANNOTATION_PREFIX
                    + name.toString().substring(PREFIX.length()).replace('_', '-')))
            .toList();

    private BrokerMarks() {}

    /** The address a broker has moved, diverted, expired or dead-lettered the message from, without a queue's name; null if none. */
    static String origin(Message message) {
        Object address = message.getBrokerProperty(Message.HDR_ORIGINAL_ADDRESS);
        return address == null ? null : CompositeAddress.extractAddressName(address.toString());
    }

    /** The queue a broker has moved the message from; for a diverted one the divert. Null if none. */
    static SimpleString originalQueue(Message message) {
        Object queue = message.getBrokerProperty(Message.HDR_ORIGINAL_QUEUE);
        return queue == null ? null : SimpleString.of(queue.toString());
    }

    /** The id the message had in the queue it was moved from, or -1. */
    static long originalId(Message message) {
        return message.getBrokerProperty(Message.HDR_ORIG_MESSAGE_ID) instanceof Number id ? id.longValue() : -1;
    }

    /** Whether the message has any of these, whoever has set them. Federations bring core messages only. */
    static boolean areOn(Message message) {
        return message instanceof ICoreMessage
                && (ORIGIN.stream().anyMatch(message::containsProperty)
                        || ROUTE.stream().anyMatch(message::containsProperty));
    }

    /** Notes that the broker's management has made this message, which answers an administrator. */
    static void markAnswer(Message message) {
        if (message instanceof ICoreMessage) {
            message.putBooleanProperty(ANSWER, true);
        }
    }

    /** Takes off that a message is an answer of the broker's management. */
    static void removeAnswer(Message message) {
        if (message instanceof ICoreMessage) {
            removeProperty(message, ANSWER);
        }
    }

    /** Whether the broker's management has made this message; the guard has noted that when it was routed. */
    public static boolean isAnswer(Message message) {
        return message instanceof ICoreMessage && message.containsProperty(ANSWER);
    }

    /**
     * Takes off what only a broker may have set.
     *
     * @param alsoRoute whether that includes to which queues it has to go; a broker that hands its messages over says that
     */
    static void remove(Message message, boolean alsoRoute) {
        removeAnswer(message);
        if (message instanceof ICoreMessage) {
            ORIGIN.forEach(name -> removeProperty(message, name));
        } else if (AMQP.equals(message.getProtocolName())) {
            removeAnnotations(message);
            ORIGIN.forEach(name -> removeExtra(message, name));
        }
        if (alsoRoute) {
            removeRoute(message);
        }
    }

    /** Takes off to which queues the message has to go. */
    static void removeRoute(Message message) {
        if (message instanceof ICoreMessage) {
            ROUTE.forEach(name -> removeProperty(message, name));
        } else {
            ROUTE.forEach(name -> removeExtra(message, name));
        }
    }

    private static void removeProperty(Message message, SimpleString name) {
        if (message.containsProperty(name)) {
            message.removeProperty(name);
        }
    }

    private static void removeAnnotations(Message message) {
        boolean removed = false;
        for (SimpleString name : ANNOTATIONS) {
            if (message.getAnnotation(name) != null) {
                message.removeAnnotation(name);
                removed = true;
            }
        }
        if (removed) {
            message.reencode();
        }
    }

    /** What AMQP messages have besides what their senders wrote; core clients may send such messages too. */
    private static void removeExtra(Message message, SimpleString name) {
        if (message.getBrokerProperty(name) == null) {
            return;
        }
        try {
            message.removeExtraBytesProperty(name);
        } catch (ClassCastException removed) {
            // it is taken off first, and then found not to be bytes
        }
        if (message.getBrokerProperty(name) != null) {
            throw new IllegalStateException("A message keeps the property " + name);
        }
    }
}
