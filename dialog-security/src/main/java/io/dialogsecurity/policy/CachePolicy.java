package io.dialogsecurity.policy;

import java.time.Duration;

/**
 * How much one cache may remember.
 *
 * @param enabled without, everything works, slower
 * @param entries at most
 * @param expire an entry is forgotten this long after it was made
 */
public record CachePolicy(boolean enabled, long entries, Duration expire) {
    /** What holds for a cache that is not mentioned. */
    public static final CachePolicy DEFAULTS = new CachePolicy(true, 10_000, Duration.ofDays(1));
}
