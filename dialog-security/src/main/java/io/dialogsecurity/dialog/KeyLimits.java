package io.dialogsecurity.dialog;

import java.time.Duration;

/**
 * How long and how much a key may be used. A key is replaced early, at a jittered four fifths or more of its age, and
 * never used beyond a limit.
 *
 * @param maxAge from its making to its last use
 * @param maxMessages messages sealed under it, at most 2^32 - 1
 * @param maxBytes plaintext bytes sealed under it
 */
public record KeyLimits(Duration maxAge, long maxMessages, long maxBytes) {

    /** @throws IllegalArgumentException if a limit is not positive, or more than 2^32 - 1 messages are allowed */
    public KeyLimits {
        if (maxAge.isNegative() || maxAge.isZero() || maxMessages <= 0 || maxBytes <= 0) {
            throw new IllegalArgumentException("Limits of a key are positive");
        }
        if (maxMessages > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("A key seals at most 4294967295 messages");
        }
    }
}
