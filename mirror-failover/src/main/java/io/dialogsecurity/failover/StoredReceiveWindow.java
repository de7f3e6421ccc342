package io.dialogsecurity.failover;

import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.ReceiveWindow;
import java.util.function.Supplier;

/** A receiver's window that outlives the process. */
final class StoredReceiveWindow extends RingEntry implements ReceiveWindow {

    private final Supplier<? extends ReceiveWindow> successor;

    /** @param successor gives the window that has taken this one's place, once it is detached */
    StoredReceiveWindow(long id, Definition definition, Journal journal, Supplier<? extends ReceiveWindow> successor) {
        super(id, definition, journal);
        this.successor = successor;
    }

    @Override
    public boolean isCurrent() {
        if (!askedFor) {
            askedFor = true;
        }
        return !detached;
    }

    @Override
    public Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
        while (true) {
            Arrival arrival;
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                arrival = Arrival.at(ring, sequence, micPrefix);
                if (!arrival.isRemembered(refuseGaps)) {
                    return arrival;
                }
                recorded = journal.record(this, Operation.mark(Arrival.SEEN), sequence, micPrefix);
                if (recorded) {
                    mark(sequence, micPrefix, Arrival.SEEN);
                }
            }
            if (recorded) {
                journal.settle();
                return arrival;
            }
            journal.awaitRoom();
        }
        return successor.get().arrive(sequence, micPrefix, refuseGaps);
    }

    @Override
    public void acknowledge(long sequence) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                if (ring.mark(sequence) != Arrival.SEEN) {
                    return;
                }
                long micPrefix = ring.micPrefix(sequence);
                recorded = journal.record(this, Operation.mark(Arrival.ACKNOWLEDGED), sequence, micPrefix);
                if (recorded) {
                    mark(sequence, micPrefix, Arrival.ACKNOWLEDGED);
                }
            }
            if (recorded) {
                journal.settle();
                return;
            }
            journal.awaitRoom();
        }
        successor.get().acknowledge(sequence);
    }

    @Override
    public void end(long sequence) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                if (ring.last() != 0) {
                    return;
                }
                recorded = journal.record(this, Operation.END, sequence, 0);
                if (recorded) {
                    ring.end(sequence);
                }
            }
            if (recorded) {
                journal.settle();
                return;
            }
            journal.awaitRoom();
        }
        successor.get().end(sequence);
    }

    @Override
    public long newest() {
        synchronized (this) {
            if (!detached) {
                return ring.newest();
            }
        }
        return successor.get().newest();
    }

    /** Of two messages with the same number, the one that was written first counts; what is acknowledged stays so. */
    @Override
    boolean prefersMine(byte mine, byte theirs, boolean same) {
        return same && mine == Arrival.ACKNOWLEDGED;
    }
}
