package io.dialogsecurity.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.state.DerivedCache;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A Caffeine cache of things that are leased.
 *
 * <h2>Who releases what, and when</h2>
 *
 * <p>A value comes with one lease, which becomes the cache's when the value goes in. Caffeine tells its removal listener
 * of every value that leaves, exactly once, whatever the cause (evicted, expired, replaced, invalidated); there, and only
 * there, the cache's lease is released. The listener runs in the thread that removes, not in a pool: a key must not
 * survive its eviction because a pool is busy. It may run while Caffeine holds its eviction lock, so {@code release} must
 * not come back here; erasing a key does not.
 *
 * <p>The cache retires what it drops: from then on nobody gets a lease who kept a reference, so that a run of one dialog
 * does not outlive its key's eviction.
 *
 * <p>Between finding a value and leasing it, it may be evicted and erased; then the lease is refused and the look-up is
 * done again. Whoever derives takes a lease before the cache can know the value, so a derivation is never lost to its own
 * eviction, however small the cache, and nobody loops for long.
 *
 * <p>A derivation that began before an invalidation may rest on what was just found to be no longer true. Its caller gets
 * it, as if it had come a moment earlier, but it does not stay.
 */
final class CaffeineCache<K, V extends Leasable> implements DerivedCache<K, V> {

    private final Cache<K, V> values;
    private final AtomicLong invalidations = new AtomicLong();

    CaffeineCache(Caffeine<Object, Object> settings, StatsCounter counter) {
        this.values = settings.executor(Runnable::run)
                .recordStats(() -> counter)
                .<K, V>removalListener(CaffeineCache::released)
                .build();
    }

    private static <K, V extends Leasable> void released(K key, V value, RemovalCause cause) {
        value.retire();
    }

    @Override
    public V lease(K key, Function<? super K, ? extends V> derive) {
        V cached = values.getIfPresent(key);
        return cached != null && cached.tryLease() ? cached : leaseDerived(key, derive);
    }

    private V leaseDerived(K key, Function<? super K, ? extends V> derive) {
        Derivation<K, V> derivation = new Derivation<>(derive);
        while (true) {
            long before = invalidations.get();
            V value = values.get(key, derivation);
            if (derivation.leased != null) {
                if (before != invalidations.get()) {
                    values.asMap().remove(key, value);
                }
                return derivation.leased;
            }
            if (value.tryLease()) {
                return value;
            }
            values.asMap().remove(key, value); // gone already, unless somebody released what was not his
        }
    }

    /** Runs in the thread of the look-up, at most once for all that look for the same key. */
    private static final class Derivation<K, V extends Leasable> implements Function<K, V> {

        private final Function<? super K, ? extends V> derive;
        private V leased;

        private Derivation(Function<? super K, ? extends V> derive) {
            this.derive = derive;
        }

        @Override
        public V apply(K key) {
            V value = derive.apply(key);
            if (!value.tryLease()) {
                throw new IllegalStateException("What was just derived has been erased already");
            }
            leased = value;
            return value;
        }
    }

    @Override
    public void put(K key, V value) {
        V previous = values.asMap().put(key, value);
        if (previous == value) {
            value.release(); // the cache had a lease of it
        }
    }

    @Override
    public void invalidate(K key, V value) {
        values.asMap().remove(key, value);
    }

    @Override
    public void invalidateIf(Predicate<? super V> condition) {
        invalidations.incrementAndGet();
        values.asMap().values().removeIf(condition);
        cleanUp();
    }

    @Override
    public long size() {
        return values.estimatedSize();
    }

    /** Drops what has expired now, not when the cache is next used. */
    void cleanUp() {
        values.cleanUp();
    }
}
