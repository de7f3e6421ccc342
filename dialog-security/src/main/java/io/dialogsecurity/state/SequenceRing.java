package io.dialogsecurity.state;

/**
 * The newest {@value #SIZE} sequence numbers of one dialog and direction, each with a mark and what its envelope is known by. (The
 * anti-replay window of RFC 4303, appendix A2, which also remembers <em>what</em> it saw, because an identical copy is harmless
 * and another ciphertext is not.)
 *
 * <p>It starts with room for 16 numbers and doubles as the dialog grows. Not thread-safe: its window has a lock.
 */
final class SequenceRing {

    /** How many numbers are remembered, the newest among them. */
    static final int SIZE = 1024;

    /** Takes over what is remembered of a number that is too old from now on. */
    @FunctionalInterface
    interface Successor {
        void take(long sequence, byte mark, byte knownBy, long identity);
    }

    private final Successor older;

    /** By sequence modulo the array's length. */
    private long[] identities = new long[16];

    /** The mark, and four bits higher what the identity is. */
    private byte[] marks = new byte[identities.length];

    private long newest;

    SequenceRing(Successor older) {
        this.older = older;
    }

    long newest() {
        return newest;
    }

    /** Whether a number is too old for the ring, whatever is remembered of it. */
    boolean isOlder(long sequence) {
        return newest != 0 && newest - sequence >= SIZE;
    }

    byte mark(long sequence) {
        return holds(sequence) ? (byte) (marks[slot(sequence)] & 0xF) : SequenceMemory.UNMARKED;
    }

    byte knownBy(long sequence) {
        return holds(sequence) ? (byte) (marks[slot(sequence)] >> 4) : SequenceMemory.NOTHING;
    }

    long identity(long sequence) {
        return mark(sequence) == SequenceMemory.UNMARKED ? 0 : identities[slot(sequence)];
    }

    /**
     * Marks a sequence number. A number newer than the newest pushes out what then is too old.
     *
     * @param sequence positive, and not {@linkplain #isOlder too old}
     */
    void mark(long sequence, byte mark, byte knownBy, long identity) {
        if (sequence <= 0 || isOlder(sequence)) {
            throw new IllegalArgumentException("sequence " + sequence + " has no place, the newest is " + newest);
        }
        if (newest != 0) {
            growToHold(sequence);
        }
        if (sequence > newest) {
            advanceTo(sequence);
        }
        marks[slot(sequence)] = (byte) (knownBy << 4 | mark);
        identities[slot(sequence)] = identity;
    }

    private boolean holds(long sequence) {
        return sequence > 0 && sequence <= newest && newest - sequence < marks.length;
    }

    private int slot(long sequence) {
        return (int) (sequence & (marks.length - 1));
    }

    private void advanceTo(long sequence) {
        if (newest != 0) {
            handOver(sequence);
            long firstForgotten = Math.max(newest + 1, sequence - marks.length + 1);
            // Counts down a number of slots: a loop up to the largest long would never end.
            for (long left = sequence - firstForgotten; left >= 0; left--) {
                marks[slot(sequence - left)] = SequenceMemory.UNMARKED;
            }
        }
        newest = sequence;
    }

    private void handOver(long sequence) {
        long lowest = Math.max(1, newest - marks.length + 1);
        for (long leaving = Math.min(newest, sequence - SIZE); leaving >= lowest; leaving--) {
            byte mark = mark(leaving);
            if (mark != SequenceMemory.UNMARKED) {
                older.take(leaving, mark, knownBy(leaving), identities[slot(leaving)]);
            }
        }
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
        long[] oldIdentities = identities;
        byte[] oldMarks = marks;
        identities = new long[oldIdentities.length * 2];
        marks = new byte[identities.length];
        for (long age = Math.min(oldMarks.length, newest) - 1; age >= 0; age--) {
            long sequence = newest - age;
            int from = (int) (sequence & (oldMarks.length - 1));
            identities[slot(sequence)] = oldIdentities[from];
            marks[slot(sequence)] = oldMarks[from];
        }
    }
}
