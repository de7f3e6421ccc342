package io.dialogsecurity.state;

import io.dialogsecurity.crypto.Leasable;
import java.util.function.Function;
import java.util.function.Predicate;

/** Makes the caches of an endpoint. */
public interface DerivedCaches {

    /** A new, empty cache. */
    <K, V extends Leasable> DerivedCache<K, V> create(CacheName name);

    /** Caches that hold nothing: every derivation is done again. */
    static DerivedCaches none() {
        return new DerivedCaches() {
            @Override
            public <K, V extends Leasable> DerivedCache<K, V> create(CacheName name) {
                return new NoCache<>();
            }
        };
    }

    /** Holds nothing. What is derived belongs to the caller alone. */
    final class NoCache<K, V extends Leasable> implements DerivedCache<K, V> {

        @Override
        public V lease(K key, Function<? super K, ? extends V> derive) {
            return derive.apply(key);
        }

        @Override
        public void put(K key, V value) {
            value.release();
        }

        @Override
        public void invalidate(K key, V value) {
            // holds nothing
        }

        @Override
        public void invalidateIf(Predicate<? super V> condition) {
            // holds nothing
        }

        @Override
        public long size() {
            return 0;
        }
    }
}
