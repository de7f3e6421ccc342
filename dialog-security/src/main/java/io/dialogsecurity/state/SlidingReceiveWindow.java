package io.dialogsecurity.state;

/**
 * A window that lives as long as the process.
 *
 * <p>A receiver that starts in the middle of a dialog takes the first message it sees as its beginning; what is older
 * but within the window is accepted once.
 */
final class SlidingReceiveWindow implements ReceiveWindow {

    /** Whether somebody asked for this window again since it was last considered for removal. A race loses nothing but rank. */
    boolean askedFor;

    private volatile boolean removed;

    private final SequenceRing ring = new SequenceRing();

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
    public synchronized Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
        Arrival arrival = Arrival.at(ring, sequence, micPrefix);
        if (arrival.isRemembered(refuseGaps)) {
            ring.mark(sequence, micPrefix, Arrival.SEEN);
        }
        return arrival;
    }

    @Override
    public synchronized void acknowledge(long sequence) {
        if (ring.mark(sequence) != SequenceRing.UNMARKED) {
            ring.mark(sequence, ring.micPrefix(sequence), Arrival.ACKNOWLEDGED);
        }
    }

    @Override
    public synchronized void end(long sequence) {
        if (ring.last() == 0) {
            ring.end(sequence);
        }
    }

    @Override
    public synchronized long newest() {
        return ring.newest();
    }
}
