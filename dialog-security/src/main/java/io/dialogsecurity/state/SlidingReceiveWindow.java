package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;

/**
 * A window that lives as long as the process.
 *
 * <p>A receiver that starts in the middle of a dialog takes the first message it sees as its beginning; what is older
 * is accepted once.
 */
final class SlidingReceiveWindow implements ReceiveWindow {

    /** Whether somebody asked for this window again since it was last considered for removal. A race loses nothing but rank. */
    boolean askedFor;

    private volatile boolean removed;

    private final SequenceMemory memory;

    SlidingReceiveWindow(IdentityKey key) {
        memory = new SequenceMemory(Arrival.ACKNOWLEDGED, key);
    }

    @Override
    public boolean isCurrent() {
        if (removed) {
            return false;
        }
        if (!askedFor) {
            askedFor = true;
        }
        return true;
    }

    /** From now on there may be another window of the same key. */
    void remove() {
        removed = true;
    }

    @Override
    public Arrival arrive(long sequence, EnvelopeIdentity identity, boolean refuseGaps) {
        return arrive(sequence, identity.micPrefix(), identity, refuseGaps);
    }

    @Override
    public Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
        return arrive(sequence, micPrefix, null, refuseGaps);
    }

    private synchronized Arrival arrive(
            long sequence, long micPrefix, EnvelopeIdentity identityOrNull, boolean refuseGaps) {
        Arrival arrival = Arrival.at(memory, sequence, micPrefix, identityOrNull);
        if (arrival.isRemembered(refuseGaps)) {
            memory.arrived(sequence, Arrival.SEEN, micPrefix, identityOrNull);
        }
        return arrival;
    }

    @Override
    public synchronized void acknowledge(long sequence) {
        if (memory.mark(sequence) == Arrival.SEEN) {
            memory.mark(sequence, Arrival.ACKNOWLEDGED);
        }
    }

    @Override
    public synchronized void end(long sequence) {
        if (memory.last() == 0) {
            memory.end(sequence);
        }
    }

    @Override
    public synchronized long newest() {
        return memory.newest();
    }
}
