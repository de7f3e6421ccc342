package io.dialogsecurity.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.DerivedCaches;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * Caches in memory for endpoints and guards. Each endpoint gets caches of its own from {@link #create}; settings and
 * statistics are common to all caches of a name. Thread-safe.
 *
 * <p>What has expired is dropped within about a second, whether the cache is used or not, so that an idle process does
 * not keep keys it will not use again.
 */
public final class CaffeineCaches implements DerivedCaches {

    private final Map<CacheName, CacheSettings> settings;
    private final LongSupplier ticker;
    private final CoarseTicker coarseTicker;
    private final Map<CacheName, OperationCounter> counters = new EnumMap<>(CacheName.class);
    private final Map<CacheName, Set<CaffeineCache<?, ?>>> caches = new EnumMap<>(CacheName.class);

    private CaffeineCaches(Builder builder) {
        this.settings = new EnumMap<>(builder.settings);
        this.ticker = builder.ticker;
        this.coarseTicker = ticker == null ? CoarseTicker.start() : null;
        for (CacheName name : CacheName.values()) {
            counters.put(name, new OperationCounter());
            // An endpoint that is dropped takes its caches with it.
            caches.put(name, Collections.newSetFromMap(new WeakHashMap<>()));
        }
    }

    /** Caches with the default settings. */
    public static CaffeineCaches withDefaults() {
        return builder().build();
    }

    /** A builder that starts with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * What a cache is bounded by unless told otherwise: by numbers that are generous for one broker or client (a dialog
     * takes a few kilobytes), and by ages after which an attacker who reads memory finds nothing of dialogs long over.
     */
    public static CacheSettings defaultSettings(CacheName name) {
        return switch (name) {
            case OUTGOING_PAIRS -> CacheSettings.entries(1_000).expiringAfterAccess(Duration.ofHours(4));
            case VERIFIED_HEADERS, KEY_EXCHANGE_KEYS ->
                CacheSettings.entries(10_000).expiringAfterAccess(Duration.ofHours(4));
            // As long as a dialog key is used by default. An age since the last use would cost every message 30 ns
            // more.
            case DIALOG_KEYS -> CacheSettings.entries(20_000).expiringAfterWrite(Duration.ofHours(1));
        };
    }

    @Override
    public <K, V extends Leasable> DerivedCache<K, V> create(CacheName name) {
        CacheSettings chosen = settings.get(name);
        if (!chosen.enabled()) {
            return DerivedCaches.none().create(name);
        }
        CaffeineCache<K, V> cache = new CaffeineCache<>(bounds(chosen), counters.get(name));
        synchronized (caches) {
            caches.get(name).add(cache);
        }
        return cache;
    }

    private Caffeine<Object, Object> bounds(CacheSettings chosen) {
        Caffeine<Object, Object> bounds = Caffeine.newBuilder().maximumSize(chosen.maximumEntries());
        if (!chosen.expireAfterWrite().isZero()) {
            bounds.expireAfterWrite(chosen.expireAfterWrite());
        }
        if (!chosen.expireAfterAccess().isZero()) {
            bounds.expireAfterAccess(chosen.expireAfterAccess());
        }
        if (ticker != null) {
            bounds.ticker(ticker::getAsLong);
        } else {
            bounds.ticker(coarseTicker).scheduler(Scheduler.systemScheduler());
        }
        return bounds;
    }

    /** The settings of a cache. */
    public CacheSettings settings(CacheName name) {
        return settings.get(name);
    }

    /** What all caches of a name have done; zeros where it is switched off. */
    public CacheStatistics statistics(CacheName name) {
        CacheStats counted = counters.get(name).snapshot();
        long size = cachesOf(name).stream().mapToLong(CaffeineCache::size).sum();
        return new CacheStatistics(counted.hitCount(), counted.missCount(), counted.evictionCount(), size);
    }

    /** Empties every cache. Keys nobody uses at the moment are erased, the others by who uses them last. */
    public void clear() {
        for (CacheName name : CacheName.values()) {
            cachesOf(name).forEach(cache -> cache.invalidateIf(value -> true));
        }
    }

    /** Drops what has expired at once. */
    public void cleanUp() {
        for (CacheName name : CacheName.values()) {
            cachesOf(name).forEach(CaffeineCache::cleanUp);
        }
    }

    private List<CaffeineCache<?, ?>> cachesOf(CacheName name) {
        synchronized (caches) {
            return List.copyOf(caches.get(name));
        }
    }

    /** Sets up caches. Not thread-safe. */
    public static final class Builder {

        private final Map<CacheName, CacheSettings> settings = new EnumMap<>(CacheName.class);
        private LongSupplier ticker;

        private Builder() {
            for (CacheName name : CacheName.values()) {
                settings.put(name, defaultSettings(name));
            }
        }

        /** Bounds a cache, or switches it off. */
        public Builder with(CacheName name, CacheSettings value) {
            settings.put(name, value);
            return this;
        }

        /** The same for every cache. */
        public Builder withAll(CacheSettings value) {
            for (CacheName name : CacheName.values()) {
                settings.put(name, value);
            }
            return this;
        }

        /**
         * Nanoseconds that pass as the caller says. Time is then looked at when a cache is used, and by {@link #cleanUp}.
         */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = nanoseconds;
            return this;
        }

        public CaffeineCaches build() {
            return new CaffeineCaches(this);
        }
    }
}
