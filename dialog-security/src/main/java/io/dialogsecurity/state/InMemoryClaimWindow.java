package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;

/** A claim window that lives as long as the process. */
final class InMemoryClaimWindow implements ClaimWindow {

    private final SequenceMemory memory;

    InMemoryClaimWindow(IdentityKey key) {
        memory = new SequenceMemory(Claim.STORED, key);
    }

    @Override
    public synchronized Claim take(long sequence, long identity, boolean refuseGaps) {
        Claim claim = Claim.at(memory, sequence, identity, refuseGaps);
        if (claim == Claim.TAKEN) {
            memory.mark(sequence, Claim.HELD, SequenceMemory.BY_DIGEST, identity);
        }
        return claim;
    }

    @Override
    public void stored(long sequence, long identity) {
        settle(sequence, identity, Claim.HELD, Claim.STORED);
    }

    @Override
    public void withdraw(long sequence, long identity) {
        settle(sequence, identity, Claim.HELD, Claim.WITHDRAWN);
    }

    @Override
    public synchronized void release(long sequence, long identity) {
        if (Claim.isReleased(memory, sequence, identity)) {
            memory.reopen(sequence, Claim.WITHDRAWN, identity);
        }
    }

    private synchronized void settle(long sequence, long identity, byte from, byte mark) {
        if (memory.mark(sequence) == from
                && memory.knownBy(sequence) != SequenceMemory.NOTHING
                && memory.identity(sequence) == identity) {
            memory.mark(sequence, mark);
        }
    }
}
