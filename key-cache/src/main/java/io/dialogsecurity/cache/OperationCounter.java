package io.dialogsecurity.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts for all caches of one name. A look-up that finds nothing is tried a second time under the lock that lets only
 * one derive; so derivations are counted as misses, not look-ups that found nothing.
 */
final class OperationCounter implements StatsCounter {

    private final LongAdder hits = new LongAdder();
    private final LongAdder derivations = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder derivationNanos = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder evictedWeight = new LongAdder();

    @Override
    public void recordHits(int count) {
        hits.add(count);
    }

    @Override
    public void recordMisses(int count) {
        // counted when it leads to a derivation
    }

    @Override
    public void recordLoadSuccess(long loadTime) {
        derivations.increment();
        derivationNanos.add(loadTime);
    }

    @Override
    public void recordLoadFailure(long loadTime) {
        failures.increment();
        derivationNanos.add(loadTime);
    }

    @Override
    public void recordEviction(int weight, RemovalCause cause) {
        evictions.increment();
        evictedWeight.add(weight);
    }

    @Override
    public CacheStats snapshot() {
        long misses = derivations.sum() + failures.sum();
        return CacheStats.of(
                hits.sum(),
                misses,
                derivations.sum(),
                failures.sum(),
                derivationNanos.sum(),
                evictions.sum(),
                evictedWeight.sum());
    }
}
