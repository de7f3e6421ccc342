package io.dialogsecurity.artemis.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Says when it is time to warn, once more, of unsealed messages that are tolerated at an address. Thread-safe. */
final class ToleratedPlaintext {

    static final Duration BETWEEN_WARNINGS = Duration.ofHours(1);

    /** Whoever may send can make up addresses of a wildcard: with more, some are warned of again. */
    static final int MOST_ADDRESSES = 10_000;

    private final InstantSource clock;
    private final Map<String, Instant> warned = new ConcurrentHashMap<>();

    ToleratedPlaintext(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether to warn now: the first time, and an hour after the last warning at the earliest. */
    boolean warnOf(String address) {
        Instant now = clock.instant();
        Instant last = warned.get(address);
        if (last != null && now.isBefore(last.plus(BETWEEN_WARNINGS))) {
            return false;
        }
        if (warned.size() >= MOST_ADDRESSES) {
            warned.clear();
        }
        // Of several threads that come this far, the one that replaces what all have seen warns.
        return last == null ? warned.putIfAbsent(address, now) == null : warned.replace(address, last, now);
    }

    int remembered() {
        return warned.size();
    }
}
