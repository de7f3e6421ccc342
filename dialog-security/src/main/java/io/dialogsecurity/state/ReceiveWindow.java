package io.dialogsecurity.state;

/**
 * How far a receiver has come in one dialog, direction and sender. Only authentic messages may be reported here.
 * Thread-safe.
 */
public interface ReceiveWindow {

    /**
     * Whether this is still the window of its key, so that whoever has it at hand may use it without asking for it again;
     * for the rank among others this counts as asking.
     *
     * @return false if not, or if that is not known: then the window is to be asked for
     */
    default boolean isCurrent() {
        return false;
    }

    /**
     * Reports a message and remembers it, unless it is refused. The array of a message that is remembered belongs to the window
     * until the message is acknowledged or another one is remembered.
     *
     * @param sequence its sequence number, positive
     * @param identity by which identical envelopes are known
     * @param refuseGaps whether a message that leaves a gap, or comes late, is refused, and so not remembered
     */
    Arrival arrive(long sequence, EnvelopeIdentity identity, boolean refuseGaps);

    /**
     * The same of a message of which only the start of its MIC is at hand, and which is known by that alone.
     *
     * @param micPrefix the first eight bytes
     */
    Arrival arrive(long sequence, long micPrefix, boolean refuseGaps);

    /**
     * The application has taken the message: from now on a copy of it is a duplicate. A sequence number that never
     * arrived is ignored.
     */
    void acknowledge(long sequence);

    /**
     * The sender has said that this message is its last: new messages with a larger number are {@link Arrival#AFTER_END}
     * from now on, and not remembered. What is said first counts.
     *
     * @param sequence of the last message, positive
     */
    void end(long sequence);

    /** The newest sequence number that arrived, 0 if none. */
    long newest();
}
