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
    /** Too old to tell whether it was seen before. */
    BEFORE_WINDOW
}
