package io.dialogsecurity.failover;

import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import java.util.function.Supplier;

/** A guard's window that outlives the process. */
final class StoredClaimWindow extends RingEntry implements ClaimWindow {

    private final Supplier<? extends ClaimWindow> successor;

    /** @param successor gives the window that has taken this one's place, once it is detached */
    StoredClaimWindow(long id, Definition definition, Journal journal, Supplier<? extends ClaimWindow> successor) {
        super(id, definition, journal);
        this.successor = successor;
    }

    @Override
    public Claim take(long sequence, long micPrefix, boolean refuseGaps) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                Claim claim = Claim.at(ring, sequence, micPrefix, refuseGaps);
                if (claim != Claim.TAKEN) {
                    return claim;
                }
                recorded = journal.record(this, Operation.mark(Claim.HELD), sequence, micPrefix);
                if (recorded) {
                    mark(sequence, micPrefix, Claim.HELD);
                }
            }
            if (recorded) {
                journal.settle();
                return Claim.TAKEN;
            }
            journal.awaitRoom();
        }
        return successor.get().take(sequence, micPrefix, refuseGaps);
    }

    @Override
    public void stored(long sequence, long micPrefix) {
        if (!settle(sequence, micPrefix, Claim.STORED)) {
            successor.get().stored(sequence, micPrefix);
        }
    }

    @Override
    public void withdraw(long sequence, long micPrefix) {
        if (!settle(sequence, micPrefix, Claim.WITHDRAWN)) {
            successor.get().withdraw(sequence, micPrefix);
        }
    }

    /** @return false if another window has taken this one's place */
    private boolean settle(long sequence, long micPrefix, byte mark) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    return false;
                }
                if (ring.mark(sequence) != Claim.HELD || ring.micPrefix(sequence) != micPrefix) {
                    return true;
                }
                recorded = journal.record(this, Operation.mark(mark), sequence, micPrefix);
                if (recorded) {
                    mark(sequence, micPrefix, mark);
                }
            }
            if (recorded) {
                journal.settle();
                return true;
            }
            journal.awaitRoom();
        }
    }

    /** What this guard took, it alone gives back, unless it is stored; of two messages with the same number, the one written first counts. */
    @Override
    boolean prefersMine(byte mine, byte theirs, boolean same) {
        return same ? theirs != Claim.STORED : theirs == Claim.WITHDRAWN;
    }
}
