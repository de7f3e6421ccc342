package io.dialogsecurity.policy;

import java.time.Duration;

/**
 * How long and how much a symmetric key may be used; it is closed at whichever limit comes first.
 *
 * @param maxAge since it was made
 * @param maxMessages sealed with it or with keys it wraps, at most {@value #MOST_MESSAGES}
 * @param maxBytes of plaintext sealed with it or with keys it wraps
 */
public record KeyLimits(Duration maxAge, long maxMessages, long maxBytes) {
    /** Most messages under one key: what its sequence numbers, and so its nonces, allow. */
    public static final long MOST_MESSAGES = 0xFFFF_FFFFL;

    /** @throws IllegalArgumentException if a limit is not positive, or there are too many messages */
    public KeyLimits {
        if (maxAge.isNegative() || maxAge.isZero() || maxMessages < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a key's limits must be positive");
        }
        if (maxMessages > MOST_MESSAGES) {
            throw new IllegalArgumentException("a key seals at most " + MOST_MESSAGES + " messages");
        }
    }
}
