package io.dialogsecurity.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The promises of {@link DerivedCache}, for every combination of bounds. */
class CaffeineCachesTest {

    private static final Duration WRITE = Duration.ofMinutes(10);
    private static final Duration ACCESS = Duration.ofMinutes(3);

    static final List<CacheSettings> EVERY_CACHE = Stream.of(1L, 2L, 100L)
            .flatMap(entries -> Stream.of(
                    CacheSettings.entries(entries),
                    CacheSettings.entries(entries).expiringAfterWrite(WRITE),
                    CacheSettings.entries(entries).expiringAfterAccess(ACCESS),
                    CacheSettings.entries(entries).expiringAfterWrite(WRITE).expiringAfterAccess(ACCESS)))
            .toList();

    static final List<CacheSettings> EVERY_CACHE_AND_NONE =
            Stream.concat(EVERY_CACHE.stream(), Stream.of(CacheSettings.off())).toList();

    private final AtomicLong now = new AtomicLong();
    private final List<DerivedValue> derived = new ArrayList<>();
    private CaffeineCaches caches;

    private DerivedCache<String, DerivedValue> cache(CacheSettings settings) {
        caches = CaffeineCaches.builder().withAll(settings).ticker(now::get).build();
        return caches.create(CacheName.DIALOG_KEYS);
    }

    private DerivedValue derive(String key) {
        DerivedValue value = new DerivedValue(key);
        derived.add(value);
        return value;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        caches.cleanUp();
    }

    private CacheStatistics statistics() {
        return caches.statistics(CacheName.DIALOG_KEYS);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("What is cached is derived once, and erased neither while it is cached nor while it is leased")
    void derivesOnce(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue first = cache.lease("a", this::derive);
        first.release();
        assertThat(first.isErased()).isFalse();
        DerivedValue second = cache.lease("a", this::derive);
        assertThat(second).isSameAs(first);
        assertThat(derived).hasSize(1);
        caches.clear();
        assertThat(second.isErased()).isFalse();
        second.release();
        assertThat(second.isErased()).isTrue();
        assertThat(statistics()).isEqualTo(new CacheStatistics(1, 1, 0, 0));
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("No more is kept than there is room for; what had to go is erased")
    void bounded(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        int many = 250;
        for (int i = 0; i < many; i++) {
            cache.lease("key " + i, this::derive).release();
        }
        caches.cleanUp();
        assertThat(cache.size()).isEqualTo(settings.maximumEntries());
        assertThat(derived.stream().filter(DerivedValue::isErased)).hasSize(many - (int) settings.maximumEntries());
        assertThat(statistics().evictions()).isEqualTo(many - settings.maximumEntries());
        assertThat(statistics().misses()).isEqualTo(many);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("What was evicted while somebody used it is erased by the last who gives it back")
    void evictedWhileLeased(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        List<DerivedValue> leased = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            leased.add(cache.lease("key " + i, this::derive));
        }
        caches.cleanUp();
        assertThat(derived).noneMatch(DerivedValue::isErased);
        leased.forEach(DerivedValue::release);
        assertThat(derived.stream().filter(value -> !value.isErased())).hasSize((int) cache.size());
        caches.clear();
        assertThat(derived).allMatch(DerivedValue::isErased);
        assertThat(derived).allMatch(value -> value.erasures.get() == 1 && value.releasedTwice.get() == 0);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("Values expire at the ages given, and at no others")
    void expires(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        boolean byWrite = !settings.expireAfterWrite().isZero();
        boolean byAccess = !settings.expireAfterAccess().isZero();
        DerivedValue value = cache.lease("a", this::derive);
        value.release();
        Duration age = Duration.ZERO;
        Duration step = ACCESS.minusSeconds(1);
        while (age.plus(step).compareTo(WRITE) < 0) {
            pass(step);
            age = age.plus(step);
            cache.lease("a", this::derive).release();
            assertThat(value.isErased()).as("used after " + age).isFalse();
        }
        pass(WRITE.minus(age));
        assertThat(value.isErased()).as("derived " + WRITE + " ago").isEqualTo(byWrite);
        cache.lease("a", this::derive).release();
        pass(ACCESS);
        assertThat(derived.get(derived.size() - 1).isErased())
                .as("unused for " + ACCESS)
                .isEqualTo(byAccess);
        assertThat(cache.size()).isEqualTo(byAccess ? 0 : 1);
        assertThat(statistics().evictions()).isEqualTo((byWrite ? 1 : 0) + (byAccess ? 1 : 0));
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("An expired value is not leased any more, even before anybody has tidied up")
    void expiredIsGone(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue old = cache.lease("a", this::derive);
        old.release();
        now.addAndGet(WRITE.toNanos());
        DerivedValue fresh = cache.lease("a", this::derive);
        boolean expires = !settings.expireAfterWrite().isZero()
                || !settings.expireAfterAccess().isZero();
        assertThat(fresh != old).isEqualTo(expires);
        assertThat(old.isErased()).isEqualTo(expires);
        fresh.release();
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE_AND_NONE")
    @DisplayName("What a derivation throws is thrown, nothing is cached, and the next look-up derives again")
    void exceptionsAreNotCached(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        IllegalStateException failure = new IllegalStateException("the key does not unwrap");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.lease("a", key -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
        }
        assertThat(cache.size()).isZero();
        DerivedValue value = cache.lease("a", this::derive);
        assertThat(value.name).isEqualTo("a");
        value.release();
        assertThat(statistics().misses()).isEqualTo(settings.enabled() ? 3 : 0);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE_AND_NONE")
    @DisplayName("The value put takes the place of the old one, which is erased after its last use")
    void replaces(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue old = cache.lease("a", this::derive);
        DerivedValue fresh = new DerivedValue("fresh");
        cache.put("a", fresh);
        assertThat(old.isErased()).isFalse();
        old.release();
        assertThat(old.isErased()).isTrue();
        assertThat(fresh.isErased()).isEqualTo(!settings.enabled());
        DerivedValue leased = cache.lease("a", this::derive);
        assertThat(leased == fresh).isEqualTo(settings.enabled());
        leased.release();
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("Putting what is there already does not keep it alive for ever")
    void putTwice(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue value = cache.lease("a", this::derive);
        cache.put("a", value); // with the lease just taken
        assertThat(value.isErased()).isFalse();
        caches.clear();
        assertThat(value.isErased()).isTrue();
        assertThat(value.releasedTwice).hasValue(0);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE_AND_NONE")
    @DisplayName("Only the value that is meant is invalidated, not the one that has taken its place")
    void invalidates(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue old = cache.lease("a", this::derive);
        cache.invalidate("a", old);
        assertThat(old.isErased()).isFalse();
        DerivedValue fresh = cache.lease("a", this::derive);
        assertThat(fresh).isNotSameAs(old);
        cache.invalidate("a", old);
        cache.invalidate("nothing here", old);
        old.release();
        assertThat(old.isErased()).isTrue();
        fresh.release();
        assertThat(fresh.isErased()).isEqualTo(!settings.enabled());
        assertThat(statistics().evictions()).isZero();
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("What a condition is true of is dropped, and nothing else")
    void invalidatesIf(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        int entries = (int) settings.maximumEntries();
        for (int i = 0; i < entries; i++) {
            cache.lease((i % 2 == 0 ? "even " : "odd ") + i, this::derive).release();
        }
        cache.invalidateIf(value -> value.name.startsWith("even"));
        assertThat(derived).allMatch(value -> value.isErased() == value.name.startsWith("even"));
        assertThat(cache.size()).isEqualTo(entries / 2);
    }

    @ParameterizedTest
    @FieldSource("EVERY_CACHE")
    @DisplayName("What was being derived when the cache was emptied does not stay")
    void invalidatedMeanwhile(CacheSettings settings) {
        DerivedCache<String, DerivedValue> cache = cache(settings);
        DerivedValue value = cache.lease("a", key -> {
            DerivedValue underOldTrust = derive(key);
            cache.invalidateIf(any -> true);
            return underOldTrust;
        });
        assertThat(value.isErased()).isFalse();
        assertThat(cache.size()).isZero();
        value.release();
        assertThat(value.isErased()).isTrue();
    }

    @Test
    @DisplayName("A cache that is off derives for everybody, and the caller erases")
    void off() {
        DerivedCache<String, DerivedValue> cache = cache(CacheSettings.off());
        DerivedValue first = cache.lease("a", this::derive);
        DerivedValue second = cache.lease("a", this::derive);
        assertThat(second).isNotSameAs(first);
        first.release();
        assertThat(first.isErased()).isTrue();
        assertThat(second.isErased()).isFalse();
        second.release();
        assertThat(cache.size()).isZero();
        assertThat(statistics()).isEqualTo(new CacheStatistics(0, 0, 0, 0));
    }

    @Test
    @DisplayName("Each cache has a switch of its own")
    void switches() {
        for (CacheName off : CacheName.values()) {
            caches = CaffeineCaches.builder().with(off, CacheSettings.off()).build();
            for (CacheName name : CacheName.values()) {
                DerivedCache<String, DerivedValue> cache = caches.create(name);
                cache.lease("a", this::derive).release();
                assertThat(cache.size()).isEqualTo(name == off ? 0 : 1);
                assertThat(caches.settings(name).enabled()).isEqualTo(name != off);
            }
        }
    }

    @Test
    @DisplayName("Two owners of equal keys share nothing but the statistics")
    void owners() {
        caches = CaffeineCaches.withDefaults();
        DerivedCache<String, DerivedValue> one = caches.create(CacheName.KEY_EXCHANGE_KEYS);
        DerivedCache<String, DerivedValue> other = caches.create(CacheName.KEY_EXCHANGE_KEYS);
        DerivedValue ofOne = one.lease("a", this::derive);
        DerivedValue ofOther = other.lease("a", this::derive);
        assertThat(ofOther).isNotSameAs(ofOne);
        ofOne.release();
        ofOther.release();
        one.invalidateIf(any -> true);
        assertThat(ofOne.isErased()).isTrue();
        assertThat(ofOther.isErased()).isFalse();
        assertThat(caches.statistics(CacheName.KEY_EXCHANGE_KEYS)).isEqualTo(new CacheStatistics(0, 2, 0, 1));
    }

    @Test
    @DisplayName("Settings without room, or with an age before the beginning, are refused")
    void settings() {
        assertThatIllegalArgumentException().isThrownBy(() -> CacheSettings.entries(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CacheSettings.entries(1).expiringAfterWrite(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CacheSettings.entries(1).expiringAfterAccess(Duration.ofSeconds(-1)));
        assertThat(Stream.of(CacheName.values()).map(CaffeineCaches::defaultSettings))
                .allMatch(CacheSettings::enabled)
                .noneMatch(defaults -> defaults.expireAfterAccess().isZero()
                        && defaults.expireAfterWrite().isZero());
    }
}
