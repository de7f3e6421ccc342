package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.IdentityKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimWindowTest {

    private final ClaimWindow window = new InMemoryClaimWindow(IdentityKey.random());

    @Test
    @DisplayName("A number is taken once, by one message, and can be given back by it alone")
    void takeAndWithdraw() {
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.PENDING);
        assertThat(window.take(1, 11, false)).isEqualTo(Claim.CONFLICT);
        window.withdraw(1, 11);
        assertThat(window.take(1, 11, false)).isEqualTo(Claim.CONFLICT);
        window.withdraw(1, 10);
        assertThat(window.take(1, 11, false)).isEqualTo(Claim.TAKEN);
    }

    @Test
    @DisplayName("A message that is stored keeps its number, whatever comes of its copies")
    void storedStays() {
        window.take(1, 10, false);
        window.stored(1, 11);
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.PENDING);
        window.stored(1, 10);
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.REPLAYED);
        assertThat(window.take(1, 11, false)).isEqualTo(Claim.CONFLICT);
        window.withdraw(1, 10);
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.REPLAYED);
        window.stored(2, 20);
        assertThat(window.take(2, 20, false)).isEqualTo(Claim.TAKEN);
    }

    @Test
    @DisplayName("A message that is stored no more gives its number back, and a copy of it takes it once")
    void released() {
        window.take(1, 10, false);
        window.release(1, 10);
        assertThat(window.take(1, 10, false)).as("not stored yet").isEqualTo(Claim.PENDING);
        window.stored(1, 10);
        window.release(1, 11);
        assertThat(window.take(1, 10, false)).as("another message's").isEqualTo(Claim.REPLAYED);
        window.release(1, 10);
        assertThat(window.take(1, 10, true)).isEqualTo(Claim.TAKEN);
        window.stored(1, 10);
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.REPLAYED);
    }

    @Test
    @DisplayName(
            "A message that is stored no more gives its number back however many younger ones have passed, each time it is")
    void releasedHoweverOld() {
        for (long sequence = 1; sequence <= 20_000; sequence++) {
            window.take(sequence, sequence, true);
            window.stored(sequence, sequence);
        }
        for (long old : new long[] {1, 5_000, 8_191, 8_192, 18_000}) {
            assertThat(window.take(old, old, false)).isEqualTo(Claim.TOO_OLD);
            for (int redrive = 0; redrive < 3; redrive++) {
                window.release(old, old);
                assertThat(window.take(old, old, true)).as("%d", old).isEqualTo(Claim.TAKEN);
                assertThat(window.take(old, old, true)).isEqualTo(Claim.PENDING);
                window.stored(old, old);
                assertThat(window.take(old, old, true)).isEqualTo(Claim.REPLAYED);
            }
            window.release(old, -1);
            assertThat(window.take(old, old, true)).as("another message's").isEqualTo(Claim.REPLAYED);
        }
        assertThat(window.take(4_999, 4_999, false)).isEqualTo(Claim.TOO_OLD);
        assertThat(window.take(5_001, 5_001, false)).isEqualTo(Claim.TOO_OLD);
    }

    @Test
    @DisplayName("Where gaps are refused, only the next number or a withdrawn one is good")
    void gaps() {
        window.take(1, 1, true);
        assertThat(window.take(3, 3, true)).isEqualTo(Claim.AFTER_GAP);
        assertThat(window.take(2, 2, true)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(3, 3, true)).isEqualTo(Claim.TAKEN);
        window.withdraw(2, 2);
        assertThat(window.take(2, 9, true)).isEqualTo(Claim.TAKEN);
    }

    @Test
    @Timeout(10)
    @DisplayName("Whoever claims the largest number of all holds nobody up")
    void extremes() {
        assertThat(window.take(Long.MAX_VALUE - 1, 1, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(Long.MAX_VALUE, 2, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(Long.MAX_VALUE - 100, 3, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(Long.MAX_VALUE, 2, false)).isEqualTo(Claim.PENDING);
        assertThat(window.take(1, 3, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(1, 4, false)).isEqualTo(Claim.CONFLICT);
    }

    @Test
    @DisplayName(
            "Who was held up claims his number, however many younger ones have passed; a stored one is nobody else's")
    void heldUp() {
        for (long sequence = 1; sequence <= 50_000; sequence++) {
            if (sequence % 100 != 50) {
                assertThat(window.take(sequence, sequence, false)).isEqualTo(Claim.TAKEN);
                if (sequence % 100 != 51) {
                    window.stored(sequence, sequence);
                }
            }
        }
        assertThat(window.take(50, 50, false)).isEqualTo(Claim.TAKEN);
        window.withdraw(50, 50);
        assertThat(window.take(50, 7, true)).isEqualTo(Claim.TAKEN);
        window.stored(50, 7);
        assertThat(window.take(50, 7, false)).isEqualTo(Claim.REPLAYED);
        assertThat(window.take(50, 50, false)).isEqualTo(Claim.CONFLICT);
        assertThat(window.take(51, 51, false)).isEqualTo(Claim.PENDING);
        assertThat(window.take(51, 52, false)).isEqualTo(Claim.CONFLICT);
        window.withdraw(51, 51);
        assertThat(window.take(51, 52, false)).isEqualTo(Claim.TAKEN);
        assertThat(window.take(1, 1, false)).isEqualTo(Claim.TOO_OLD);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("Against a model that remembers everything, jumping, repeated, forged, withdrawn")
    void agreesWithModel(long seed) {
        Random random = new Random(seed);
        Map<Long, Long> taken = new HashMap<>();
        Set<Long> stored = new HashSet<>();
        Set<Long> storedLate = new LinkedHashSet<>();
        long newest = 0;
        for (int step = 0; step < 50_000; step++) {
            long sequence = Math.max(
                    1,
                    switch (random.nextInt(8)) {
                        case 0 -> newest + 1 + random.nextInt(40);
                        case 1 -> newest - random.nextInt(1200);
                        case 3 -> newest - random.nextInt(1 + (int) newest);
                        case 2 -> random.nextInt(300) == 0 ? newest + random.nextInt(9000) : newest;
                        default -> newest + 1;
                    });
            long mic = random.nextInt(8) == 0 ? random.nextLong() : taken.getOrDefault(sequence, random.nextLong());
            Claim expected;
            if (newest - sequence >= SequenceRing.SIZE && stored.contains(sequence) && !storedLate.contains(sequence)) {
                expected = Claim.TOO_OLD;
            } else if (taken.containsKey(sequence)) {
                Claim identical = stored.contains(sequence) ? Claim.REPLAYED : Claim.PENDING;
                expected = taken.get(sequence) == mic ? identical : Claim.CONFLICT;
            } else {
                expected = Claim.TAKEN;
            }
            assertThat(window.take(sequence, mic, false))
                    .as("seed %d, step %d, sequence %d, newest %d", seed, step, sequence, newest)
                    .isEqualTo(expected);
            if (expected == Claim.TAKEN) {
                taken.put(sequence, mic);
                newest = Math.max(newest, sequence);
                switch (random.nextInt(10)) {
                    case 0 -> {
                        window.withdraw(sequence, mic);
                        taken.remove(sequence);
                    }
                    case 1 -> {
                        // still on its way
                    }
                    default -> {
                        window.stored(sequence, mic);
                        stored.add(sequence);
                        if (newest - sequence >= SequenceRing.SIZE) {
                            storedLate.add(sequence);
                            if (storedLate.size() > OlderNumbers.MOST_LATE) {
                                storedLate.remove(storedLate.iterator().next());
                            }
                        }
                    }
                }
            }
        }
    }
}
