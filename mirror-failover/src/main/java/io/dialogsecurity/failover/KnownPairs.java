package io.dialogsecurity.failover;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which pair layers the database is known to have, so that they are not written with every dialog. Thread-safe. */
final class KnownPairs {

    private static final int MAX = 100_000;

    private final boolean shared;
    private final Set<Rows.PairKey> known = ConcurrentHashMap.newKeySet();

    /** @param shared whether others write to the database too, and may delete what is known */
    KnownPairs(boolean shared) {
        this.shared = shared;
    }

    boolean contains(Rows.PairKey pair) {
        return !shared && known.contains(pair);
    }

    boolean mustLookFor(Rows.PairKey pair) {
        return !contains(pair);
    }

    void add(Rows.PairKey pair) {
        if (!shared) {
            if (known.size() >= MAX) {
                known.clear();
            }
            known.add(pair);
        }
    }

    /** Some may have been deleted. */
    void clear() {
        known.clear();
    }
}
