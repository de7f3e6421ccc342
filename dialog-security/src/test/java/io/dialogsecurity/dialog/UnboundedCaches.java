package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.DerivedCaches;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Caches that keep everything, for tests of what is not computed again. */
final class UnboundedCaches implements DerivedCaches {

    @Override
    public <K, V extends Leasable> DerivedCache<K, V> create(CacheName name) {
        return new Unbounded<>();
    }

    private static final class Unbounded<K, V extends Leasable> implements DerivedCache<K, V> {

        private final Map<K, V> values = new HashMap<>();

        @Override
        public synchronized V lease(K key, Function<? super K, ? extends V> derive) {
            V value = values.get(key);
            if (value == null) {
                value = derive.apply(key);
                values.put(key, value);
            }
            if (!value.tryLease()) {
                throw new IllegalStateException("What is cached is leased");
            }
            return value;
        }

        @Override
        public synchronized void put(K key, V value) {
            V previous = values.put(key, value);
            if (previous != null) {
                previous.release();
            }
        }

        @Override
        public synchronized void invalidate(K key, V value) {
            if (values.remove(key, value)) {
                value.release();
            }
        }

        @Override
        public synchronized void invalidateIf(Predicate<? super V> condition) {
            values.values().removeIf(value -> {
                boolean gone = condition.test(value);
                if (gone) {
                    value.release();
                }
                return gone;
            });
        }

        @Override
        public synchronized long size() {
            return values.size();
        }
    }
}
