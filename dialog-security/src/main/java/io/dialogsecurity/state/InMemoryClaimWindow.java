package io.dialogsecurity.state;

/** A claim window that lives as long as the process. */
final class InMemoryClaimWindow implements ClaimWindow {

    private final SequenceRing ring = new SequenceRing();

    @Override
    public synchronized Claim take(long sequence, long micPrefix, boolean refuseGaps) {
        Claim claim = Claim.at(ring, sequence, micPrefix, refuseGaps);
        if (claim == Claim.TAKEN) {
            ring.mark(sequence, micPrefix, Claim.HELD);
        }
        return claim;
    }

    @Override
    public void stored(long sequence, long micPrefix) {
        settle(sequence, micPrefix, Claim.STORED);
    }

    @Override
    public void withdraw(long sequence, long micPrefix) {
        settle(sequence, micPrefix, Claim.WITHDRAWN);
    }

    private synchronized void settle(long sequence, long micPrefix, byte mark) {
        if (ring.mark(sequence) == Claim.HELD && ring.micPrefix(sequence) == micPrefix) {
            ring.mark(sequence, micPrefix, mark);
        }
    }
}
