package io.dialogsecurity.state;

/**
 * The newest {@value #SIZE} sequence numbers, each with the start of its MIC. (The anti-replay window of RFC 4303,
 * appendix A2, which also remembers <em>what</em> it saw, because an identical copy is harmless and another ciphertext is
 * not.)
 *
 * <p>A receiver that starts in the middle of a dialog takes the first message it sees as its beginning; what is older
 * but within the window is accepted once.
 */
final class SlidingReceiveWindow implements ReceiveWindow {

    static final int SIZE = 1024;

    /** Whether somebody asked for this window again since it was last considered for removal. A race loses nothing but rank. */
    boolean askedFor;

    private static final byte UNSEEN = 0;
    private static final byte SEEN = 1;
    private static final byte ACKNOWLEDGED = 2;

    /** MIC prefixes by sequence modulo the array's length, which doubles up to {@link #SIZE} as the dialog grows. */
    private long[] micPrefixes = new long[16];

    /** For each slot: {@link #UNSEEN}, {@link #SEEN} or {@link #ACKNOWLEDGED}. */
    private byte[] states = new byte[micPrefixes.length];

    private long newest;

    /** The number of the sender's last message, 0 as long as it has not said so. */
    private long last;

    @Override
    public synchronized Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
        if (newest == 0 || sequence > newest) {
            if (last != 0 && sequence > last) {
                return Arrival.AFTER_END;
            }
            Arrival arrival = newest == 0 || sequence == newest + 1 ? Arrival.NEXT : Arrival.AFTER_GAP;
            if (refuseGaps && arrival == Arrival.AFTER_GAP) {
                return arrival;
            }
            advanceTo(sequence);
            remember(sequence, micPrefix);
            return arrival;
        }
        if (newest - sequence >= SIZE) {
            return Arrival.BEFORE_WINDOW;
        }
        growToHold(sequence);
        int slot = slot(sequence);
        if (states[slot] == UNSEEN) {
            if (last != 0 && sequence > last) {
                return Arrival.AFTER_END;
            }
            if (!refuseGaps) {
                remember(sequence, micPrefix);
            }
            return Arrival.LATE;
        }
        if (micPrefixes[slot] != micPrefix) {
            return Arrival.CONFLICT;
        }
        return states[slot] == ACKNOWLEDGED ? Arrival.DUPLICATE : Arrival.REDELIVERED;
    }

    @Override
    public synchronized void acknowledge(long sequence) {
        if (sequence > 0
                && sequence <= newest
                && newest - sequence < micPrefixes.length
                && states[slot(sequence)] != UNSEEN) {
            states[slot(sequence)] = ACKNOWLEDGED;
        }
    }

    @Override
    public synchronized void end(long sequence) {
        if (last == 0) {
            last = sequence;
        }
    }

    @Override
    public synchronized long newest() {
        return newest;
    }

    private int slot(long sequence) {
        return (int) (sequence & (micPrefixes.length - 1));
    }

    private void remember(long sequence, long micPrefix) {
        int slot = slot(sequence);
        states[slot] = SEEN;
        micPrefixes[slot] = micPrefix;
    }

    private void advanceTo(long sequence) {
        if (newest != 0) {
            growToHold(sequence);
            long firstForgotten = Math.max(newest + 1, sequence - micPrefixes.length + 1);
            // Counts down a number of slots: a loop up to the largest long would never end.
            for (long left = sequence - firstForgotten; left >= 0; left--) {
                states[slot(sequence - left)] = UNSEEN;
            }
        }
        newest = sequence;
    }

    /** Grows, up to the full size, as long as remembered numbers would be overwritten by holding this one too. */
    private void growToHold(long sequence) {
        long lowest = Math.min(sequence, Math.max(1, newest - micPrefixes.length + 1));
        long span = Math.max(sequence, newest) - lowest + 1;
        while (micPrefixes.length < SIZE && span > micPrefixes.length) {
            grow();
        }
    }

    private void grow() {
        int oldLength = micPrefixes.length;
        long[] grown = new long[oldLength * 2];
        byte[] grownStates = new byte[grown.length];
        for (long age = Math.min(oldLength, newest) - 1; age >= 0; age--) {
            long sequence = newest - age;
            int from = (int) (sequence & (oldLength - 1));
            int to = (int) (sequence & (grown.length - 1));
            grown[to] = micPrefixes[from];
            grownStates[to] = states[from];
        }
        micPrefixes = grown;
        states = grownStates;
    }
}
