package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.Journey;
import io.dialogsecurity.artemis.message.MessageNames;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;

/** Where a provider says that a message is, and where the broker has moved it from. */
final class Journeys {

    private static final String QPID = "org.apache.qpid.jms.";

    private Journeys() {}

    static Journey of(Message outer) throws JMSException {
        return new Journey(arrivedAt(outer), movedFrom(outer));
    }

    /** Over AMQP it is an annotation, unless the broker has converted the message. */
    private static String movedFrom(Message outer) throws JMSException {
        String from = outer.getClass().getName().startsWith(QPID)
                ? QpidAnnotations.text(outer, MessageNames.MOVED_FROM_ANNOTATION)
                : null;
        return from != null ? from : outer.getStringProperty(MessageNames.MOVED_FROM);
    }

    /** Null if the broker names none: judged is then what was subscribed to. */
    static String arrivedAt(Message outer) throws JMSException {
        try {
            return Addresses.ofNullable(outer.getJMSDestination());
        } catch (InvalidDestinationException e) {
            return null;
        }
    }
}
