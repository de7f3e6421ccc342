package io.dialogsecurity.state;

/** How far one side has come in sending. Called under the lock of whoever seals. */
public interface SendSequence {

    /**
     * The last number known to have been used, 0 if none. After a crash it may be larger than the last one that was sent (a
     * gap), but never smaller: no number is used twice.
     */
    long last();

    /** A number is about to be used; it is the next after {@link #last}. Remembered before this returns. */
    void use(long sequence);
}
