package io.dialogsecurity.state;

/**
 * The newest sequence numbers that were sent in one dialog and direction, as a guard sees them. A number is taken as soon
 * as a message with it passes the other checks, so that of two copies sent at the same time one is refused; it is given
 * back when the send comes to nothing, so that a transaction that was rolled back can be sent again. Thread-safe.
 *
 * <p>This is not the receiver's window ({@link ReceiveWindow}): a receiver reports authentic messages and wants to know of
 * redeliveries; here a number is a claim of an entitled connection, and can be withdrawn.
 */
public interface ClaimWindow {

    /**
     * Takes a sequence number, unless it is refused.
     *
     * @param sequence positive
     * @param micPrefix the first eight bytes of the MIC
     * @param refuseGaps whether only the next number, or one that was withdrawn, is good
     */
    Claim take(long sequence, long micPrefix, boolean refuseGaps);

    /** Gives a number back whose message was not routed; ignored unless this very message has it. */
    void withdraw(long sequence, long micPrefix);
}
