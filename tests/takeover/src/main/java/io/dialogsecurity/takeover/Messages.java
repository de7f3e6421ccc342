package io.dialogsecurity.takeover;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;

/** The messages of all lanes. */
final class Messages {

    static final String NUMBER = "number";

    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    private static final String GROUP = "JMSXGroupID";

    /** What a broker says of a transaction with a message that it has already got, over either protocol. */
    private static final String DUPLICATE = "uplicate message detected";

    private Messages() {}

    /** @param correlationId of the message that this one answers, or null */
    static Message create(Session session, Lane lane, int number, String correlationId) throws JMSException {
        Message message = session.createTextMessage(lane.text(number));
        message.setIntProperty(NUMBER, number);
        message.setStringProperty(DUPLICATE_ID, lane.duplicateId(number));
        // Of two instances that receive, one is given all of it, in order.
        message.setStringProperty(GROUP, lane.address());
        if (correlationId != null) {
            message.setJMSCorrelationID(correlationId);
        }
        if (lane.flow().answer().isPresent()) {
            message.setJMSReplyTo(session.createQueue(lane.answer().address()));
        }
        return message;
    }

    /** Whether the broker refuses a transaction because it has a message of it already. */
    static boolean isDuplicate(JMSException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(DUPLICATE)) {
                return true;
            }
        }
        return false;
    }
}
