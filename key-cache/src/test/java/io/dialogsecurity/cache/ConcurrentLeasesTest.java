package io.dialogsecurity.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentLeasesTest {

    private static final int THREADS = 8;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    @DisplayName("Concurrent misses of one key are computed once, and everybody gets a lease")
    void computesOnce() throws Exception {
        DerivedCache<String, DerivedValue> cache = CaffeineCaches.withDefaults().create(CacheName.KEY_EXCHANGE_KEYS);
        AtomicInteger derivations = new AtomicInteger();
        CountDownLatch waiting = new CountDownLatch(THREADS);
        List<Future<DerivedValue>> leases = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            leases.add(threads.submit(() -> {
                waiting.countDown();
                waiting.await();
                return cache.lease("a", key -> {
                    derivations.incrementAndGet();
                    return new DerivedValue(key);
                });
            }));
        }
        DerivedValue value = leases.get(0).get(1, TimeUnit.MINUTES);
        for (Future<DerivedValue> lease : leases) {
            assertThat(lease.get(1, TimeUnit.MINUTES)).isSameAs(value);
        }
        assertThat(derivations).hasValue(1);
        cache.invalidateIf(any -> true);
        for (int i = 0; i < THREADS; i++) {
            assertThat(value.isErased()).isFalse();
            value.release();
        }
        assertThat(value.isErased()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50})
    @DisplayName(
            "Whatever is leased, put, evicted and invalidated at once: nobody holds an erased value, nothing stays behind")
    void leasesAreKept(int entries) throws Exception {
        DerivedCache<Integer, DerivedValue> cache = CaffeineCaches.builder()
                .withAll(CacheSettings.entries(entries))
                .build()
                .create(CacheName.DIALOG_KEYS);
        Collection<DerivedValue> derived = new ConcurrentLinkedQueue<>();
        List<Future<?>> done = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(thread);
            done.add(threads.submit(() -> {
                for (int i = 0; i < 5_000; i++) {
                    use(cache, random, derived);
                }
            }));
        }
        for (Future<?> each : done) {
            each.get(1, TimeUnit.MINUTES);
        }
        cache.invalidateIf(any -> true);
        assertThat(cache.size()).isZero();
        assertThat(derived).isNotEmpty().allSatisfy(value -> {
            assertThat(value.erasures).hasValue(1);
            assertThat(value.releasedTwice).hasValue(0);
        });
    }

    private static void use(
            DerivedCache<Integer, DerivedValue> cache, Random random, Collection<DerivedValue> derived) {
        Integer key = random.nextInt(10);
        switch (random.nextInt(20)) {
            case 0 -> cache.put(key, derive(key, derived));
            case 1 -> cache.invalidateIf(value -> value.name.equals(key.toString()));
            default -> {
                DerivedValue value = cache.lease(key, ignored -> derive(key, derived));
                assertThat(value.erasures).hasValue(0);
                assertThat(value.name).isEqualTo(key.toString());
                if (random.nextInt(20) == 0) {
                    cache.invalidate(key, value);
                }
                assertThat(value.erasures).hasValue(0);
                value.release();
            }
        }
    }

    private static DerivedValue derive(Integer key, Collection<DerivedValue> derived) {
        DerivedValue value = new DerivedValue(key.toString());
        derived.add(value);
        return value;
    }
}
