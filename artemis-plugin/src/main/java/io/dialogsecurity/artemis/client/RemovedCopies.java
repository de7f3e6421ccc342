package io.dialogsecurity.artemis.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the copies that are removed at each address. A few come after a broken connection; many say that the queue keeps its
 * content, and somebody should be told once. Thread-safe.
 */
final class RemovedCopies {

    static final int MANY = 100;

    /** Whoever may send can make up addresses of a wildcard: with more, some are counted anew. */
    static final int MOST_ADDRESSES = 10_000;

    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    /** Counts one more; true if this is the time to tell of them. */
    boolean manyAt(String address) {
        if (counts.size() >= MOST_ADDRESSES) {
            counts.clear();
        }
        return counts.computeIfAbsent(address, any -> new AtomicInteger()).incrementAndGet() == MANY;
    }
}
