package io.dialogsecurity.state;

/** What became of the claim of a message to its sequence number. */
public enum Claim {
    /** The number is now taken. */
    TAKEN,
    /** An identical message has it, and is stored. */
    REPLAYED,
    /** An identical message has it, which is on its way and may still come to nothing. */
    PENDING,
    /** Another message has it. */
    CONFLICT,
    /** Messages before it are missing, and gaps are refused. */
    AFTER_GAP,
    /** A message has it that is stored, so long ago that nobody can tell any more whether it is the same. */
    TOO_OLD;

    /** The mark of a number that is taken by a message on its way. */
    public static final byte HELD = 1;

    /** The mark of a number that was taken and given back. */
    public static final byte WITHDRAWN = 2;

    /** The mark of a number whose message is stored. */
    public static final byte STORED = 3;

    /**
     * What becomes of a claim.
     *
     * @param claimed the numbers before it, marked {@link #HELD}, {@link #WITHDRAWN} or {@link #STORED}
     * @param sequence positive
     * @param identity of the envelope, see {@link ClaimWindows#identify}
     * @param refuseGaps whether only the next number, or one that was withdrawn, is good
     */
    public static Claim at(SequenceMemory claimed, long sequence, long identity, boolean refuseGaps) {
        long newest = claimed.newest();
        if (newest == 0 || sequence > newest) {
            return refuseGaps && newest != 0 && sequence != newest + 1 ? AFTER_GAP : TAKEN;
        }
        byte mark = claimed.mark(sequence);
        if (mark == HELD || mark == STORED) {
            if (claimed.knownBy(sequence) == SequenceMemory.NOTHING) {
                return TOO_OLD;
            }
            if (claimed.identity(sequence) != identity) {
                return CONFLICT;
            }
            return mark == STORED ? REPLAYED : PENDING;
        }
        return refuseGaps && mark == SequenceMemory.UNMARKED ? AFTER_GAP : TAKEN;
    }

    /**
     * Whether a number is given back when the message that had it is stored no more. Of a number so old that its envelope is not
     * known any more this believes the caller.
     *
     * @param claimed as above
     * @param identity of the envelope
     */
    public static boolean isReleased(SequenceMemory claimed, long sequence, long identity) {
        return claimed.mark(sequence) == STORED
                && (claimed.knownBy(sequence) == SequenceMemory.NOTHING || claimed.identity(sequence) == identity);
    }
}
