package io.dialogsecurity.takeover;

import io.dialogsecurity.takeover.Ledger.Entry;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the messages of one lane, and answers if that is what the lane is for. It writes down that it has got a message,
 * answers it, acknowledges it, and only then writes down that it has: whatever happens in between, the message comes again.
 */
final class Receiver implements Runnable {

    private static final long TURN_MILLIS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Lane lane;
    private final Ledger ledger;
    private final Troubles troubles;
    private final Link link;
    private final Sending answers;
    private final List<Integer> uncommitted = new ArrayList<>();
    private volatile boolean stopping;

    Receiver(Connections connections, Lane lane, Ledger ledger, Troubles troubles) {
        this.lane = lane;
        this.ledger = ledger;
        this.troubles = troubles;
        this.link =
                new Link(connections, lane, lane.flow().receiving(), lane.flow().transaction() > 1);
        this.answers =
                lane.flow().answer().isPresent() ? new Sending(connections, lane.answer(), ledger, troubles) : null;
    }

    @Override
    public void run() {
        int failures = 0;
        while (!stopping) {
            try {
                turn();
                failures = 0;
            } catch (JMSException e) {
                troubles.met(lane, e);
                recover(++failures);
            }
        }
        link.close();
        if (answers != null) {
            answers.close();
        }
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
        int number = message.getIntProperty(Sending.NUMBER);
        ledger.write(Entry.GOT, lane, number);
        if (!lane.text(number).equals(message.getBody(String.class))) {
            ledger.write(Entry.ALTERED, lane, number);
        }
        if (lane.flow().transaction() > 1) {
            uncommitted.add(number);
            if (uncommitted.size() == lane.flow().transaction()) {
                commit();
            }
            return;
        }
        if (answers != null) {
            answers.send(number, 1, message.getJMSMessageID());
        }
        message.acknowledge();
        ledger.write(Entry.ACKNOWLEDGED, lane, number);
    }

    private void commit() throws JMSException {
        link.session().commit();
        uncommitted.forEach(number -> ledger.write(Entry.ACKNOWLEDGED, lane, number));
        uncommitted.clear();
    }

    /** What was not committed comes again. */
    private void recover(int failures) {
        uncommitted.clear();
        try {
            if (lane.flow().transaction() > 1) {
                link.rollback();
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
