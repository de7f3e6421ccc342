package io.dialogsecurity.takeover;

import io.dialogsecurity.takeover.Ledger.Entry;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends messages of one lane as an application does that may not lose one: what is uncertain is sent again, the same
 * message with the same duplicate id, until a broker has said that it has it. For one thread.
 */
final class Sending implements AutoCloseable {

    private static final int MOST_REFUSALS = 3;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Lane lane;
    private final Ledger ledger;
    private final Troubles troubles;
    private final Link link;

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
    void send(int first, int count) {
        List<Numbered> messages = null;
        int attempts = 0;
        int refusals = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (messages == null) {
                    messages = messages(first, count);
                    for (Numbered each : messages) {
                        ledger.write(Entry.SENDING, lane, each.number());
                    }
                }
                sendAll(messages);
                return;
            } catch (JMSException e) {
                if (Messages.isDuplicate(e)) {
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
            link.producer(lane).send(each.message());
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
                    there = Messages.isDuplicate(e);
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

    private List<Numbered> messages(int first, int count) throws JMSException {
        List<Numbered> messages = new ArrayList<>();
        for (int number = first; number < first + count; number++) {
            messages.add(new Numbered(number, Messages.create(link.session(), lane, number, null)));
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

    @Override
    public void close() {
        link.close();
    }
}
