package io.dialogsecurity.failover;

import io.dialogsecurity.state.SequenceMemory;

/** What a record of the {@link Tail} says. The numbers are in files: they are never given to something else, and 2 is the first. */
final class Operation {

    /** Number {@code a} of a window has the MIC prefix {@code b} and the mark 1. */
    static final int MARK_1 = 2;
    /** The same with the mark 2. */
    static final int MARK_2 = 3;
    /** Number {@code a} is the sender's last. */
    static final int END = 4;
    /** Number {@code a} has been used for sending. */
    static final int USE = 5;
    /** The same with the mark 3. */
    static final int MARK_3 = 6;
    /** Number {@code a} of a window has the digest {@code b} and the mark 1. */
    static final int DIGEST_1 = 7;
    /** The same with the mark 2. */
    static final int DIGEST_2 = 8;
    /** The same with the mark 3. */
    static final int DIGEST_3 = 9;
    /** Number {@code a} of a guard's window, whose message has the digest {@code b}, is given back although it was stored. */
    static final int RELEASE = 10;

    /** From here on operations have bytes: {@code a} is how many, {@code b} their checksum. */
    static final int FIRST_BLOB = 128;
    /** {@code id} stands for the entry with this {@link Definition}. */
    static final int DEFINE = 128;
    /** A dialog's state, without pair layers. */
    static final int STATE = 129;
    /** The pair layers of the dialog whose state follows. */
    static final int LAYERS = 130;

    private Operation() {}

    /** The record that sets a mark, of a number whose envelope is known by this. */
    static int mark(byte mark, byte knownBy) {
        if (knownBy == SequenceMemory.BY_DIGEST) {
            return DIGEST_1 - 1 + mark;
        }
        return mark == 3 ? MARK_3 : MARK_1 - 1 + mark;
    }

    /** The mark a record sets. */
    static byte markOf(int operation) {
        if (operation >= DIGEST_1) {
            return (byte) (operation - DIGEST_1 + 1);
        }
        return (byte) (operation == MARK_3 ? 3 : operation - MARK_1 + 1);
    }

    /** By what the envelope is known of the number it marks. */
    static byte knownBy(int operation) {
        return operation >= DIGEST_1 ? SequenceMemory.BY_DIGEST : SequenceMemory.BY_MIC;
    }
}
