package io.dialogsecurity.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which keys the database may have: a Bloom filter that grows. What it does not have was never added; of what was not added
 * it says once in a thousand times that it may have it. The keys are parts of a SHA-256, so their bits need no other hash.
 * Thread-safe; who asks for a key has to see to it that nobody adds the same key meanwhile.
 */
final class KeyFilter {

    private static final int BITS_PER_KEY = 16;
    private static final int PROBES = 5;
    private static final int FIRST_KEYS = 1 << 16;
    private static final int LARGEST_KEYS = 1 << 24;

    /** Each but the last is full. */
    private volatile List<Part> parts = List.of(new Part(FIRST_KEYS));

    private volatile long bytes = FIRST_KEYS / Byte.SIZE * BITS_PER_KEY;

    private static final class Part {
        private final AtomicLongArray words;
        private final long capacity;
        private long keys;

        private Part(int capacity) {
            this.capacity = capacity;
            this.words = new AtomicLongArray(capacity / Long.SIZE * BITS_PER_KEY);
        }
    }

    boolean mayContain(long high, long low) {
        List<Part> all = parts;
        for (int i = all.size() - 1; i >= 0; i--) {
            if (mayContain(all.get(i), high, low)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayContain(Part part, long high, long low) {
        for (int probe = 0; probe < PROBES; probe++) {
            long bit = bit(part, high, low, probe);
            if ((part.words.get((int) (bit >>> 6)) & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The words are a power of two. */
    private static long bit(Part part, long high, long low, int probe) {
        return high + probe * (low | 1) & part.words.length() * (long) Long.SIZE - 1;
    }

    /** How large it is. */
    long bytes() {
        return bytes;
    }

    /** Adds a key, also one that it may have. */
    synchronized void add(long high, long low) {
        if (mayContain(high, low)) {
            return;
        }
        Part last = parts.get(parts.size() - 1);
        if (last.keys >= last.capacity) {
            last = new Part((int) Math.min(last.capacity * 2, LARGEST_KEYS));
            List<Part> more = new ArrayList<>(parts);
            more.add(last);
            bytes = bytes + last.words.length() * (long) Long.BYTES;
            parts = List.copyOf(more);
        }
        last.keys++;
        for (int probe = 0; probe < PROBES; probe++) {
            long bit = bit(last, high, low, probe);
            int word = (int) (bit >>> 6);
            last.words.set(word, last.words.get(word) | 1L << bit);
        }
    }
}
