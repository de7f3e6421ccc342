package io.dialogsecurity.failover;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The entries in memory. What is asked for and not here is loaded; when there are too many, the oldest that nobody asked for
 * again since its last turn goes, unless the database does not have all of it yet: how many of those there can be is bounded
 * by the tail. Thread-safe, without a lock for who finds his entry.
 *
 * <p>An entry is detached before it is removed, so who asks in between may get it once more. He notices when he has its
 * lock, asks again, and then sees that it is detached.
 */
final class EntryCache<K, E extends Entry> {

    /** How many entries are looked at for one that comes: more than one, so that a surplus goes away again. */
    private static final int MOST_TURNS = 32;

    private final int max;
    private final Function<K, E> load;
    private final ConcurrentHashMap<K, E> entries = new ConcurrentHashMap<>();
    private final Queue<K> nextToGo = new ArrayDeque<>();
    private final Object[] loading = new Object[64];

    EntryCache(int max, Function<K, E> load) {
        this.max = max;
        this.load = load;
        for (int i = 0; i < loading.length; i++) {
            loading[i] = new Object();
        }
    }

    E get(K key) {
        E entry = entries.get(key);
        if (entry == null || entry.detached) {
            return load(key);
        }
        if (!entry.askedFor) {
            entry.askedFor = true;
        }
        return entry;
    }

    /** The entry if it is in memory, or null. */
    E peek(K key) {
        return entries.get(key);
    }

    int size() {
        return entries.size();
    }

    private E load(K key) {
        int hash = key.hashCode();
        synchronized (loading[(hash ^ hash >>> 16) & (loading.length - 1)]) {
            E present = entries.get(key);
            if (present != null && !present.detached) {
                return present;
            }
            E entry = load.apply(key);
            entries.put(key, entry);
            synchronized (nextToGo) {
                nextToGo.add(key);
                if (nextToGo.size() > max) {
                    removeSome();
                }
            }
            return entry;
        }
    }

    private void removeSome() {
        for (int turns = Math.min(nextToGo.size(), MOST_TURNS); turns > 0 && nextToGo.size() > max; turns--) {
            K candidate = nextToGo.remove();
            E entry = entries.get(candidate);
            if (!entry.askedFor && entry.detach()) {
                entries.remove(candidate, entry);
            } else {
                entry.askedFor = false;
                nextToGo.add(candidate);
            }
        }
    }
}
