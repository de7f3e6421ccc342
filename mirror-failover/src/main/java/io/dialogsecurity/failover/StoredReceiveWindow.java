package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.SequenceMemory;
import java.util.function.Supplier;

/** A receiver's window that outlives the process. */
final class StoredReceiveWindow extends WindowEntry implements ReceiveWindow {

    private final Supplier<? extends ReceiveWindow> successor;

    /**
     * @param sharedOrNull the database, if others write to it too
     * @param successor gives the window that has taken this one's place, once it is detached
     */
    StoredReceiveWindow(
            long id,
            Definition definition,
            Journal journal,
            IdentityKey identityKey,
            Database sharedOrNull,
            Supplier<? extends ReceiveWindow> successor) {
        super(id, definition, journal, Arrival.ACKNOWLEDGED, identityKey, sharedOrNull);
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
    public Arrival arrive(long sequence, EnvelopeIdentity identity, boolean refuseGaps) {
        return arrive(sequence, identity.micPrefix(), identity, refuseGaps);
    }

    @Override
    public Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
        return arrive(sequence, micPrefix, null, refuseGaps);
    }

    private Arrival arrive(long sequence, long micPrefix, EnvelopeIdentity identityOrNull, boolean refuseGaps) {
        refresh();
        while (true) {
            Arrival arrival;
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                arrival = Arrival.at(memory, sequence, micPrefix, identityOrNull);
                if (!arrival.isRemembered(refuseGaps)) {
                    return arrival;
                }
                recorded =
                        journal.record(this, Operation.mark(Arrival.SEEN, SequenceMemory.BY_MIC), sequence, micPrefix);
                if (recorded) {
                    memory.arrived(sequence, Arrival.SEEN, micPrefix, identityOrNull);
                }
            }
            if (recorded) {
                journal.settle();
                return arrival;
            }
            journal.awaitRoom();
        }
        ReceiveWindow next = successor.get();
        return identityOrNull == null
                ? next.arrive(sequence, micPrefix, refuseGaps)
                : next.arrive(sequence, identityOrNull, refuseGaps);
    }

    @Override
    public void acknowledge(long sequence) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                if (memory.mark(sequence) != Arrival.SEEN) {
                    return;
                }
                int operation = Operation.mark(Arrival.ACKNOWLEDGED, memory.knownBy(sequence));
                recorded = journal.record(this, operation, sequence, memory.identity(sequence));
                if (recorded) {
                    memory.mark(sequence, Arrival.ACKNOWLEDGED);
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
                if (memory.last() != 0) {
                    return;
                }
                recorded = journal.record(this, Operation.END, sequence, 0);
                if (recorded) {
                    memory.end(sequence);
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
                return memory.newest();
            }
        }
        return successor.get().newest();
    }

    @Override
    boolean replayRelease(long sequence, long identity) throws DamagedException {
        throw new DamagedException("the tail gives a number of a receiver back, which nobody does");
    }

    /** Of two messages with the same number, the one that was written first counts; what is acknowledged stays so. */
    @Override
    boolean prefersMine(long sequence, byte mine, byte theirs, boolean same) {
        return same && mine == Arrival.ACKNOWLEDGED;
    }
}
