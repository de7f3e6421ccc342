package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.Message;
import org.apache.qpid.jms.message.JmsMessage;

/**
 * Annotations of messages of Qpid's client, which Jakarta Messaging has no words for. The one class of this package that
 * knows that client; loaded only where it is there.
 */
final class QpidAnnotations {

    private QpidAnnotations() {}

    /** An annotation that is a text, else null. */
    static String text(Message outer, String name) {
        // What tracing is asked for are the message annotations, whichever they are.
        return ((JmsMessage) outer).getFacade().getTracingAnnotation(name) instanceof String text ? text : null;
    }
}
