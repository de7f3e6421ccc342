package io.dialogsecurity.policy;

import java.time.Duration;

/**
 * The limits of keys, messages and clocks.
 *
 * @param keyExchangeKey of a key exchange key
 * @param dialogKey of a dialog session key
 * @param messageMaxAge an envelope older than this when the guard sees it is stale
 * @param clockSkew how far clocks may be apart
 * @param maxEnvelopeBytes largest envelope that is taken into memory, in bytes
 * @param refreshJitter keys are refreshed early by up to this fraction (0 to 0.5) of their limits, at random
 */
public record Limits(
        KeyLimits keyExchangeKey,
        KeyLimits dialogKey,
        Duration messageMaxAge,
        Duration clockSkew,
        int maxEnvelopeBytes,
        double refreshJitter) {
    /** What holds without a {@code <limits>} element. */
    public static final Limits DEFAULTS = new Limits(
            new KeyLimits(Duration.ofDays(1), KeyLimits.MOST_MESSAGES, 1L << 46),
            new KeyLimits(Duration.ofHours(1), 1_000_000, 1L << 36),
            Duration.ofDays(7),
            Duration.ofMinutes(2),
            1 << 26,
            0.1);

    /** The same limits but for those of the key exchange key. */
    public Limits withKeyExchangeKey(KeyLimits limits) {
        return new Limits(limits, dialogKey, messageMaxAge, clockSkew, maxEnvelopeBytes, refreshJitter);
    }

    /** The same limits but for those of the dialog session key. */
    public Limits withDialogKey(KeyLimits limits) {
        return new Limits(keyExchangeKey, limits, messageMaxAge, clockSkew, maxEnvelopeBytes, refreshJitter);
    }

    /** The same limits but for the age of messages. */
    public Limits withMessageMaxAge(Duration age) {
        return new Limits(keyExchangeKey, dialogKey, age, clockSkew, maxEnvelopeBytes, refreshJitter);
    }

    /** The same limits but for the largest envelope, in bytes. */
    public Limits withMaxEnvelopeBytes(int bytes) {
        return new Limits(keyExchangeKey, dialogKey, messageMaxAge, clockSkew, bytes, refreshJitter);
    }
}
