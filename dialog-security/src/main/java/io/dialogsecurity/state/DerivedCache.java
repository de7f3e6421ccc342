package io.dialogsecurity.state;

import io.dialogsecurity.crypto.Leasable;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Holds what has been derived, so that it need not be derived again. Implementations are thread-safe, bounded, and
 * compute once for concurrent misses of one key.
 *
 * <p>The cache is the owner of what it holds: it releases its lease after a value has left it, for whatever reason.
 *
 * @param <K> says whose the value is too, so that nothing crosses identities
 * @param <V> what is derived
 */
public interface DerivedCache<K, V extends Leasable> {

    /**
     * The cached or freshly derived value, with a lease the caller must release. Whatever {@code derive} throws is
     * thrown, and nothing is cached.
     */
    V lease(K key, Function<? super K, ? extends V> derive);

    /** Replaces a value; the cache takes over the lease the value comes with. */
    void put(K key, V value);

    /** Drops a value, if it is still the one that is there: a newer one, made by somebody quicker, stays. */
    void invalidate(K key, V value);

    /** Drops every value of which this is true. */
    void invalidateIf(Predicate<? super V> condition);

    /** About how many values it holds. */
    long size();
}
