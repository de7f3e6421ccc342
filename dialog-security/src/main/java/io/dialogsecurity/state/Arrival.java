package io.dialogsecurity.state;

/** How an authentic message relates to those that arrived before it in its dialog and direction. */
public enum Arrival {
    /** The next in order, or the first this receiver sees of the dialog. */
    NEXT,
    /** Newer than the next: at least one sequence number is missing before it. */
    AFTER_GAP,
    /** Older than the newest, but not seen before. */
    LATE,
    /** Seen before, identical, and not acknowledged: to be delivered again. */
    REDELIVERED,
    /** Seen before, identical, and acknowledged: to be removed silently. */
    DUPLICATE,
    /** The sequence number was seen before with another ciphertext: an attack, or a fork of the sender. */
    CONFLICT,
    /** As {@link #CONFLICT}, where policy lets such messages pass, marked: the application decides. No window says it. */
    FORKED,
    /** A new message of a sender who has said that it sends no more. */
    AFTER_END,
    /** Seen before and acknowledged, so long ago that nobody can tell any more whether it is the same message. */
    BEFORE_WINDOW;

    /** The mark of a number that arrived. */
    public static final byte SEEN = 1;

    /** The mark of a number that arrived and that the application has taken. */
    public static final byte ACKNOWLEDGED = 2;

    /**
     * What a message is to those a receiver remembers.
     *
     * @param seen their numbers, marked {@link #SEEN} or {@link #ACKNOWLEDGED}
     * @param sequence positive
     * @param micPrefix the first eight bytes of its MIC
     * @param identityOrNull all of it, where that is at hand
     */
    public static Arrival at(SequenceMemory seen, long sequence, long micPrefix, EnvelopeIdentity identityOrNull) {
        long newest = seen.newest();
        if (newest == 0 || sequence > newest) {
            if (seen.isAfterLast(sequence)) {
                return AFTER_END;
            }
            return newest == 0 || sequence == newest + 1 ? NEXT : AFTER_GAP;
        }
        byte mark = seen.mark(sequence);
        if (mark == SequenceMemory.UNMARKED) {
            return seen.isAfterLast(sequence) ? AFTER_END : LATE;
        }
        if (seen.knownBy(sequence) == SequenceMemory.NOTHING) {
            return BEFORE_WINDOW;
        }
        if (!seen.isSame(sequence, micPrefix, identityOrNull)) {
            return CONFLICT;
        }
        return mark == ACKNOWLEDGED ? DUPLICATE : REDELIVERED;
    }

    /** Whether the message is remembered as seen: those that were, and those that are refused, are not. */
    public boolean isRemembered(boolean refuseGaps) {
        return this == NEXT || (!refuseGaps && (this == AFTER_GAP || this == LATE));
    }
}
