package io.dialogsecurity.cache;

import java.time.Duration;

/**
 * How one cache is bounded. A cache that is on always has a largest number of entries.
 *
 * @param enabled whether anything is kept at all
 * @param maximumEntries how many values are kept at most; the least useful go first
 * @param expireAfterWrite how long a value is kept after it was derived; zero for as long as there is room
 * @param expireAfterAccess how long a value is kept after it was used last; zero for as long as there is room
 */
public record CacheSettings(
        boolean enabled, long maximumEntries, Duration expireAfterWrite, Duration expireAfterAccess) {

    private static final CacheSettings OFF = new CacheSettings(false, 1, Duration.ZERO, Duration.ZERO);

    /** @throws IllegalArgumentException if there is no room for a single entry, or a duration is negative */
    public CacheSettings {
        if (maximumEntries < 1) {
            throw new IllegalArgumentException("A cache has room for at least one entry, or is switched off");
        }
        if (expireAfterWrite.isNegative() || expireAfterAccess.isNegative()) {
            throw new IllegalArgumentException("What is cached expires after a positive time, or after none given");
        }
    }

    /** Nothing is kept. */
    public static CacheSettings off() {
        return OFF;
    }

    /** A cache of so many entries without an age. */
    public static CacheSettings entries(long maximumEntries) {
        return new CacheSettings(true, maximumEntries, Duration.ZERO, Duration.ZERO);
    }

    /** The same, with an age since the value was derived; zero for none. */
    public CacheSettings expiringAfterWrite(Duration age) {
        return new CacheSettings(enabled, maximumEntries, age, expireAfterAccess);
    }

    /** The same, with an age since the value was used last; zero for none. */
    public CacheSettings expiringAfterAccess(Duration age) {
        return new CacheSettings(enabled, maximumEntries, expireAfterWrite, age);
    }
}
