package io.dialogsecurity.state;

/**
 * The sequence numbers that were sent in one dialog and direction, as a guard sees them. A number is taken as soon
 * as a message with it passes the other checks, so that of two copies sent at the same time one is refused; it is given
 * back when the send comes to nothing, so that a transaction that was rolled back can be sent again; and it is there to stay
 * when the message is stored, so that another copy need not be stored. Thread-safe.
 *
 * <p>In a window that outlives its process a number may be left pending. Nobody can still bring a message to its end that was on
 * its way when the process died: whoever finds it pending with nobody on the way takes the number for the copy.
 *
 * <p>This is not the receiver's window ({@link ReceiveWindow}): a receiver reports authentic messages and wants to know of
 * redeliveries; here a number is a claim of an entitled connection, and can be withdrawn.
 */
public interface ClaimWindow {

    /**
     * Takes a sequence number, unless it is refused.
     *
     * @param sequence positive
     * @param identity of the envelope, see {@link ClaimWindows#identify}
     * @param refuseGaps whether only the next number, or one that was withdrawn, is good
     */
    Claim take(long sequence, long identity, boolean refuseGaps);

    /** The message with this number is stored for good; ignored unless this very message has it. */
    void stored(long sequence, long identity);

    /** Gives a number back whose message was not routed; ignored unless this very message has it and is not stored. */
    void withdraw(long sequence, long identity);

    /**
     * Gives a number back whose message was stored and is no more where it was: dead-lettered, expired, moved or removed. A copy
     * of it is taken again, once. Ignored unless this very message has the number, as far as that is still known: of a number that
     * more than {@value SequenceMemory#NEWEST} younger ones have passed, only the caller can know that it is this message's. Call it
     * only for a message that this window took and that was stored, never for a refused one.
     */
    void release(long sequence, long identity);
}
