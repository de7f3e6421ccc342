package io.dialogsecurity.takeover;

import io.dialogsecurity.takeover.Ledger.Entry;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends messages of one lane as an application does that may not lose one: what is uncertain is sent again, the same
 * message with the same duplicate id, until a broker has said that it has it. For one thread.
 */
final class Sending implements AutoCloseable {

    static final String NUMBER = "number";
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    private static final String GROUP = "JMSXGroupID";
    /** What a broker says of a transaction with a message that it has already got, over either protocol. */
    private static final String DUPLICATE = "uplicate message detected";

    private static final int MOST_REFUSALS = 3;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Lane lane;
    private final Ledger ledger;
    private final Troubles troubles;
    private final Link link;
    private MessageProducer producer;

    Sending(Connections connections, Lane lane, Ledger ledger, Troubles troubles) {
        this.lane = lane;
        this.ledger = ledger;
        this.troubles = troubles;
        this.link =
                new Link(connections, lane, lane.flow().sending(), lane.flow().transaction() > 1);
    }

    /** One message as it is sent, however often. */
    private record Numbered(int number, Message message) {}

    /** Sends a message, or all of a transaction. Returns when it is sent, or has been refused for good. */
    void send(int first, int count, String correlationId) {
        List<Numbered> messages = null;
        int attempts = 0;
        int refusals = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (messages == null) {
                    messages = messages(first, count, correlationId);
                    for (Numbered each : messages) {
                        ledger.write(Entry.SENDING, lane, each.number());
                    }
                }
                sendAll(messages);
                return;
            } catch (JMSException e) {
                if (isDuplicate(e)) {
                    // The transaction in doubt had been committed, or has come to the other broker in part.
                    recover(1);
                    sendSingly(messages);
                    return;
                }
                troubles.met(lane, e);
                if (e instanceof JMSSecurityException) {
                    messages.forEach(each -> ledger.write(Entry.REFUSED, lane, each.number()));
                    messages = null;
                    if (++refusals == MOST_REFUSALS) {
                        return;
                    }
                }
                recover(++attempts);
            }
        }
    }

    private void sendAll(List<Numbered> messages) throws JMSException {
        for (Numbered each : messages) {
            producer().send(each.message());
        }
        if (lane.flow().transaction() > 1) {
            link.session().commit();
        }
        for (Numbered each : messages) {
            ledger.write(Entry.SENT, lane, each.number());
        }
    }

    /** Each in a transaction of its own, so that those the broker has already do not keep the others away. */
    private void sendSingly(List<Numbered> messages) {
        for (Numbered each : messages) {
            boolean there = false;
            for (int attempt = 1; !there && !Thread.currentThread().isInterrupted(); attempt++) {
                try {
                    sendAll(List.of(each));
                    there = true;
                } catch (JMSException e) {
                    there = isDuplicate(e);
                    if (there) {
                        ledger.write(Entry.SENT, lane, each.number());
                    } else {
                        troubles.met(lane, e);
                    }
                    recover(there ? 1 : attempt);
                }
            }
        }
    }

    private MessageProducer producer() throws JMSException {
        if (producer == null) {
            producer = link.producer(lane);
        }
        return producer;
    }

    private List<Numbered> messages(int first, int count, String correlationId) throws JMSException {
        List<Numbered> messages = new ArrayList<>();
        for (int number = first; number < first + count; number++) {
            Message message = link.session().createTextMessage(lane.text(number));
            message.setIntProperty(NUMBER, number);
            message.setStringProperty(DUPLICATE_ID, lane.duplicateId(number));
            // Of two instances that receive, one is given all of it, in order.
            message.setStringProperty(GROUP, lane.address());
            if (correlationId != null) {
                message.setJMSCorrelationID(correlationId);
            }
            if (lane.flow().answer().isPresent()) {
                message.setJMSReplyTo(link.session().createQueue(lane.answer().address()));
            }
            messages.add(new Numbered(number, message));
        }
        return messages;
    }

    /** First the same session again, which the provider may have brought to the other broker; then another connection. */
    private void recover(int attempt) {
        try {
            if (lane.flow().transaction() > 1) {
                link.rollback();
            }
            if (attempt > 1) {
                close();
            }
        } catch (JMSException e) {
            close();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private static boolean isDuplicate(JMSException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(DUPLICATE)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        producer = null;
        link.close();
    }
}
