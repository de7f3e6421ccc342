package io.dialogsecurity.artemis.guard;

import java.util.Arrays;

/**
 * The newest {@value #SIZE} sequence numbers that were sent in one dialog and direction, each with the start of its MIC.
 * A number is taken as soon as a message with it passes the other checks, so that of two copies sent at the same time one
 * is refused; it is given back when the send comes to nothing, so that a transaction that was rolled back can be sent
 * again. Thread-safe.
 *
 * <p>This is not the receiver's window ({@code SlidingReceiveWindow}): a receiver reports authentic messages and wants to
 * know of redeliveries; here a number is a claim of an entitled connection, and can be withdrawn.
 */
final class SendWindow {

    static final int SIZE = 1024;

    private static final byte FREE = 0;
    private static final byte TAKEN = 1;
    private static final byte WITHDRAWN = 2;

    /** What a message is to those before it. */
    enum Place {
        /** Its number is now taken. */
        TAKEN,
        /** An identical message has it. */
        REPLAYED,
        /** Another message has it. */
        CONFLICT,
        /** Messages before it are missing, and gaps are refused. */
        AFTER_GAP,
        /** It is older than what is remembered. */
        TOO_OLD
    }

    /** By sequence modulo the length, which doubles up to {@link #SIZE} as the dialog grows. */
    private long[] micPrefixes = new long[16];

    private byte[] states = new byte[16];
    private long newest;

    /**
     * Takes a sequence number, unless it is refused.
     *
     * @param sequence positive
     * @param micPrefix the first eight bytes of the MIC
     * @param refuseGaps whether only the next number, or one that was withdrawn, is good
     */
    synchronized Place take(long sequence, long micPrefix, boolean refuseGaps) {
        if (newest != 0 && newest - sequence >= SIZE) {
            return Place.TOO_OLD;
        }
        if (newest == 0 || sequence > newest) {
            if (refuseGaps && newest != 0 && sequence != newest + 1) {
                return Place.AFTER_GAP;
            }
            advanceTo(sequence);
        } else {
            growToHold(sequence);
        }
        int slot = slot(sequence);
        if (states[slot] == TAKEN) {
            return micPrefixes[slot] == micPrefix ? Place.REPLAYED : Place.CONFLICT;
        }
        if (refuseGaps && states[slot] == FREE && sequence != newest) {
            return Place.AFTER_GAP;
        }
        states[slot] = TAKEN;
        micPrefixes[slot] = micPrefix;
        return Place.TAKEN;
    }

    /** Gives a number back whose message was not routed. */
    synchronized void withdraw(long sequence, long micPrefix) {
        if (sequence <= newest
                && newest - sequence < micPrefixes.length
                && states[slot(sequence)] == TAKEN
                && micPrefixes[slot(sequence)] == micPrefix) {
            states[slot(sequence)] = WITHDRAWN;
        }
    }

    private int slot(long sequence) {
        return (int) (sequence & (micPrefixes.length - 1));
    }

    private void advanceTo(long sequence) {
        if (newest != 0) {
            growToHold(sequence);
            if (sequence - newest >= states.length) {
                Arrays.fill(states, FREE);
            } else {
                // Counts down a number of slots: a loop up to the largest long would never end.
                for (long left = sequence - newest - 1; left >= 0; left--) {
                    states[slot(sequence - left)] = FREE;
                }
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
        long[] oldPrefixes = micPrefixes;
        byte[] oldStates = states;
        micPrefixes = new long[oldPrefixes.length * 2];
        states = new byte[oldStates.length * 2];
        for (long age = Math.min(oldStates.length, newest) - 1; age >= 0; age--) {
            long sequence = newest - age;
            int from = (int) (sequence & (oldStates.length - 1));
            micPrefixes[slot(sequence)] = oldPrefixes[from];
            states[slot(sequence)] = oldStates[from];
        }
    }
}
