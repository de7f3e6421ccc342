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
 * Takes the messages of one lane, and answers if that is what the lane is for. It writes down that it has got a message,
 * answers it, acknowledges or commits it, and only then writes down that it has: whatever happens in between, the message
 * comes again, perhaps to another instance, and whoever gets it answers it with the same duplicate id.
 */
final class Receiver implements Runnable {

    private static final long TURN_MILLIS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Lane lane;
    private final Lane answerOrNull;
    private final Ledger ledger;
    private final Troubles troubles;
    private final Link link;
    private final List<Integer> uncommitted = new ArrayList<>();
    private volatile boolean stopping;

    Receiver(Connections connections, Lane lane, Ledger ledger, Troubles troubles) {
        this.lane = lane;
        this.answerOrNull = lane.flow().answer().isPresent() ? lane.answer() : null;
        this.ledger = ledger;
        this.troubles = troubles;
        this.link = new Link(connections, lane, lane.flow().receiving(), transacted());
    }

    @Override
    public void run() {
        int failures = 0;
        while (!stopping) {
            try {
                turn();
                failures = 0;
            } catch (JMSException e) {
                failed(e);
                recover(++failures);
            }
        }
        link.close();
    }

    private void turn() throws JMSException {
        Message message = link.receive(TURN_MILLIS);
        if (message != null) {
            take(message);
        } else if (!uncommitted.isEmpty()) {
            commit();
        }
    }

    private void take(Message message) throws JMSException {
        int number = message.getIntProperty(Messages.NUMBER);
        ledger.write(Entry.GOT, lane, number);
        if (!lane.text(number).equals(message.getBody(String.class))) {
            ledger.write(Entry.ALTERED, lane, number);
        }
        if (transacted()) {
            uncommitted.add(number);
            if (uncommitted.size() == lane.flow().transaction()) {
                commit();
            }
            return;
        }
        if (answerOrNull != null) {
            ledger.write(Entry.SENDING, answerOrNull, number);
            link.producer(answerOrNull)
                    .send(Messages.create(link.session(), answerOrNull, number, message.getJMSMessageID()));
            ledger.write(Entry.SENT, answerOrNull, number);
        }
        message.acknowledge();
        ledger.write(Entry.ACKNOWLEDGED, lane, number);
    }

    private boolean transacted() {
        return lane.flow().transaction() > 1;
    }

    private void commit() throws JMSException {
        link.session().commit();
        uncommitted.forEach(number -> ledger.write(Entry.ACKNOWLEDGED, lane, number));
        uncommitted.clear();
    }

    private void failed(JMSException e) {
        troubles.met(lane, e);
        if (answerOrNull != null && e instanceof JMSSecurityException) {
            ledger.write(Entry.REFUSED, answerOrNull, 0);
        }
    }

    /** What was not committed comes again. */
    private void recover(int failures) {
        uncommitted.clear();
        try {
            if (transacted()) {
                link.rollback();
            } else {
                link.recover();
            }
            if (failures > 1) {
                link.close();
            }
        } catch (JMSException e) {
            link.close();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    void stop() {
        stopping = true;
    }
}
