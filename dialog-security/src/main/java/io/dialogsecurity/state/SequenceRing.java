package io.dialogsecurity.state;

/**
 * The newest {@value #SIZE} sequence numbers of one dialog and direction, each with the start of its MIC and a mark; what a
 * mark means is for the window around it to say. (The anti-replay window of RFC 4303, appendix A2, which also remembers
 * <em>what</em> it saw, because an identical copy is harmless and another ciphertext is not.)
 *
 * <p>It starts with room for 16 numbers and doubles as the dialog grows. Not thread-safe: its window has a lock.
 */
public final class SequenceRing {

    /** How many numbers are remembered, the newest among them. */
    public static final int SIZE = 1024;

    /** The mark of a number of which nothing is remembered. */
    public static final byte UNMARKED = 0;

    /** MIC prefixes by sequence modulo the array's length. */
    private long[] micPrefixes = new long[16];

    private byte[] marks = new byte[micPrefixes.length];

    private long newest;

    private long last;

    /** The newest sequence number that was ever marked, 0 if none. */
    public long newest() {
        return newest;
    }

    /** The number after which nothing new is to come, 0 as long as none is known. */
    public long last() {
        return last;
    }

    /** Sets the number after which nothing new is to come. */
    public void end(long sequence) {
        last = sequence;
    }

    /** Whether a number comes after the last one. */
    public boolean isAfterLast(long sequence) {
        return last != 0 && sequence > last;
    }

    /** Whether a number is too old for anything to be remembered of it. */
    public boolean isForgotten(long sequence) {
        return newest != 0 && newest - sequence >= SIZE;
    }

    /** The mark of a sequence number, {@link #UNMARKED} if there is none. */
    public byte mark(long sequence) {
        return holds(sequence) ? marks[slot(sequence)] : UNMARKED;
    }

    /** The MIC prefix that was given with the mark; 0 where there is none. */
    public long micPrefix(long sequence) {
        return mark(sequence) == UNMARKED ? 0 : micPrefixes[slot(sequence)];
    }

    /**
     * Marks a sequence number. A number newer than the newest pushes out what then is too old.
     *
     * @param sequence positive, and not {@linkplain #isForgotten forgotten}
     */
    public void mark(long sequence, long micPrefix, byte mark) {
        if (sequence <= 0 || isForgotten(sequence)) {
            throw new IllegalArgumentException("sequence " + sequence + " has no place, the newest is " + newest);
        }
        if (newest != 0) {
            growToHold(sequence);
        }
        if (sequence > newest) {
            advanceTo(sequence);
        }
        marks[slot(sequence)] = mark;
        micPrefixes[slot(sequence)] = micPrefix;
    }

    private boolean holds(long sequence) {
        return sequence > 0 && sequence <= newest && newest - sequence < marks.length;
    }

    private int slot(long sequence) {
        return (int) (sequence & (marks.length - 1));
    }

    private void advanceTo(long sequence) {
        if (newest != 0) {
            long firstForgotten = Math.max(newest + 1, sequence - marks.length + 1);
            // Counts down a number of slots: a loop up to the largest long would never end.
            for (long left = sequence - firstForgotten; left >= 0; left--) {
                marks[slot(sequence - left)] = UNMARKED;
            }
        }
        newest = sequence;
    }

    /** Grows, up to the full size, as long as remembered numbers would be overwritten by holding this one too. */
    private void growToHold(long sequence) {
        long lowest = Math.min(sequence, Math.max(1, newest - marks.length + 1));
        long span = Math.max(sequence, newest) - lowest + 1;
        while (marks.length < SIZE && span > marks.length) {
            grow();
        }
    }

    private void grow() {
        long[] oldPrefixes = micPrefixes;
        byte[] oldMarks = marks;
        micPrefixes = new long[oldPrefixes.length * 2];
        marks = new byte[micPrefixes.length];
        for (long age = Math.min(oldMarks.length, newest) - 1; age >= 0; age--) {
            long sequence = newest - age;
            int from = (int) (sequence & (oldMarks.length - 1));
            micPrefixes[slot(sequence)] = oldPrefixes[from];
            marks[slot(sequence)] = oldMarks[from];
        }
    }
}
