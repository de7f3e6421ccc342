package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.SequenceMemory;
import java.util.function.Supplier;

/** A guard's window that outlives the process. */
final class StoredClaimWindow extends WindowEntry implements ClaimWindow {

    private final Supplier<? extends ClaimWindow> successor;

    /**
     * @param sharedOrNull the database, if others write to it too
     * @param successor gives the window that has taken this one's place, once it is detached
     */
    StoredClaimWindow(
            long id,
            Definition definition,
            Journal journal,
            IdentityKey identityKey,
            Database sharedOrNull,
            Supplier<? extends ClaimWindow> successor) {
        super(id, definition, journal, Claim.STORED, identityKey, sharedOrNull);
        this.successor = successor;
    }

    @Override
    public Claim take(long sequence, long identity, boolean refuseGaps) {
        refresh();
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                Claim claim = Claim.at(memory, sequence, identity, refuseGaps);
                if (claim != Claim.TAKEN) {
                    return claim;
                }
                recorded =
                        journal.record(this, Operation.mark(Claim.HELD, SequenceMemory.BY_DIGEST), sequence, identity);
                if (recorded) {
                    memory.mark(sequence, Claim.HELD, SequenceMemory.BY_DIGEST, identity);
                    noteMark(sequence, false);
                }
            }
            if (recorded) {
                journal.settle();
                return Claim.TAKEN;
            }
            journal.awaitRoom();
        }
        return successor.get().take(sequence, identity, refuseGaps);
    }

    @Override
    public void stored(long sequence, long identity) {
        if (!settle(sequence, identity, Claim.HELD, Claim.STORED)) {
            successor.get().stored(sequence, identity);
        }
    }

    @Override
    public void withdraw(long sequence, long identity) {
        if (!settle(sequence, identity, Claim.HELD, Claim.WITHDRAWN)) {
            successor.get().withdraw(sequence, identity);
        }
    }

    @Override
    public void release(long sequence, long identity) {
        refreshIfPossible();
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    break;
                }
                if (!Claim.isReleased(memory, sequence, identity)) {
                    return;
                }
                recorded = journal.record(this, Operation.RELEASE, sequence, identity);
                if (recorded) {
                    memory.reopen(sequence, Claim.WITHDRAWN, identity);
                    noteMark(sequence, true);
                }
            }
            if (recorded) {
                journal.settle();
                return;
            }
            journal.awaitRoom();
        }
        successor.get().release(sequence, identity);
    }

    /** A broker that is committing cannot be told that the database is away, and need not be. */
    private void refreshIfPossible() {
        try {
            refresh();
        } catch (StoreException e) {
            // What is known here is enough: the next commit merges it with what others have written.
        }
    }

    /** @return false if another window has taken this one's place */
    private boolean settle(long sequence, long identity, byte from, byte mark) {
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    return false;
                }
                if (memory.mark(sequence) != from
                        || memory.knownBy(sequence) == SequenceMemory.NOTHING
                        || memory.identity(sequence) != identity) {
                    return true;
                }
                recorded = journal.record(this, Operation.mark(mark, SequenceMemory.BY_DIGEST), sequence, identity);
                if (recorded) {
                    memory.mark(sequence, mark);
                    noteMark(sequence, false);
                }
            }
            if (recorded) {
                journal.settle();
                return true;
            }
            journal.awaitRoom();
        }
    }

    @Override
    boolean replayRelease(long sequence, long identity) {
        boolean released = Claim.isReleased(memory, sequence, identity);
        if (released) {
            memory.reopen(sequence, Claim.WITHDRAWN, identity);
        }
        return released;
    }

    /**
     * What this guard took, it alone gives back, unless it is stored; of two messages with the same number, the one written first counts.
     * What another guard has written since this one last wrote a number is newer, such as that a stored one was given back; and where this
     * one has given it back and not written that yet, this is.
     */
    @Override
    boolean prefersMine(long sequence, byte mine, byte theirs, boolean same) {
        if (!isNoted(sequence)) {
            return false;
        }
        return isGivenBack(sequence) || replaces(sequence, mine, theirs, same);
    }

    @Override
    boolean replaces(long sequence, byte recorded, byte present, boolean same) {
        return same ? present != Claim.STORED : present == Claim.WITHDRAWN;
    }
}
