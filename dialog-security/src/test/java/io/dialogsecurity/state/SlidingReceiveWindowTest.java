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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingReceiveWindowTest {

    private final SlidingReceiveWindow window = new SlidingReceiveWindow(IdentityKey.random());

    @Test
    @DisplayName("Messages in order are next; one ahead leaves a gap; the missing one is late, and fits")
    void orderAndGaps() {
        assertThat(window.arrive(1, 10, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(2, 20, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(5, 50, false)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(window.arrive(4, 40, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(6, 60, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.newest()).isEqualTo(6);
    }

    @Test
    @DisplayName("A refused gap is not remembered")
    void refusedGap() {
        window.arrive(1, 10, true);
        assertThat(window.arrive(3, 30, true)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(window.newest()).isEqualTo(1);
        assertThat(window.arrive(2, 20, true)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(3, 30, true)).isEqualTo(Arrival.NEXT);
    }

    @Test
    @DisplayName("A late message that is refused is not remembered, so it is refused again when it is redelivered")
    void refusedLate() {
        window.arrive(10, 100, true);
        assertThat(window.arrive(9, 90, true)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(9, 90, true)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(11, 110, true)).isEqualTo(Arrival.NEXT);
    }

    @Test
    @DisplayName("After the last message nothing new comes; what is missing before it, and copies of it, do")
    void end() {
        window.arrive(1, 10, false);
        window.arrive(3, 30, false);
        window.end(3);
        assertThat(window.arrive(4, 40, false)).isEqualTo(Arrival.AFTER_END);
        assertThat(window.arrive(4, 40, false)).isEqualTo(Arrival.AFTER_END);
        assertThat(window.arrive(2, 20, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(3, 30, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.arrive(3, 31, false)).isEqualTo(Arrival.CONFLICT);
        assertThat(window.newest()).isEqualTo(3);
    }

    @Test
    @DisplayName("The end that is said first counts, also when it comes late")
    void endThatComesLate() {
        window.arrive(5, 50, false);
        window.arrive(3, 30, false);
        window.end(3);
        window.end(9);
        assertThat(window.arrive(4, 40, false)).isEqualTo(Arrival.AFTER_END);
        assertThat(window.arrive(5, 50, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.arrive(6, 60, false)).isEqualTo(Arrival.AFTER_END);
    }

    @Test
    @DisplayName("A receiver that starts in the middle accepts what is older, once")
    void startInTheMiddle() {
        assertThat(window.arrive(1_000_000, 1, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(999_990, 2, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(999_990, 2, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.arrive(1_000_000 - SequenceRing.SIZE, 3, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(1_000_001 - SequenceRing.SIZE, 3, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(1, 4, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(1, 4, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.arrive(1, 5, false)).isEqualTo(Arrival.CONFLICT);
        assertThat(window.arrive(1_000_000, 1, false)).isEqualTo(Arrival.REDELIVERED);
    }

    @Test
    @DisplayName("Acknowledging what never came is ignored")
    void acknowledgeUnseen() {
        window.acknowledge(7);
        window.arrive(5, 1, false);
        window.acknowledge(4);
        assertThat(window.arrive(4, 1, false)).isEqualTo(Arrival.LATE);
    }

    @Test
    @DisplayName("The largest sequence numbers do not overflow")
    void extremes() {
        assertThat(window.arrive(Long.MAX_VALUE - 1, 1, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(Long.MAX_VALUE, 2, false)).isEqualTo(Arrival.NEXT);
        assertThat(window.arrive(1, 3, false)).isEqualTo(Arrival.LATE);
        window.acknowledge(1);
        assertThat(window.arrive(1, 3, false)).isEqualTo(Arrival.DUPLICATE);
        assertThat(window.arrive(Long.MAX_VALUE - 5_000_000_000L, 4, false)).isEqualTo(Arrival.LATE);
        assertThat(window.arrive(Long.MAX_VALUE, 2, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.newest()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @DisplayName("A jump to the largest number ends")
    void jumps() {
        window.arrive(1, 1, false);
        assertThat(window.arrive(Long.MAX_VALUE - 100, 2, false)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(window.arrive(Long.MAX_VALUE - 20, 3, false)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(window.arrive(Long.MAX_VALUE, 4, false)).isEqualTo(Arrival.AFTER_GAP);
        assertThat(window.arrive(2, 5, false)).isEqualTo(Arrival.LATE);
    }

    @Test
    @DisplayName("What was held back comes late, and is redelivered until it is acknowledged, however many have passed")
    void heldBack() {
        for (long sequence = 1; sequence <= 100_000; sequence++) {
            if (sequence % 10 != 5) {
                assertThat(window.arrive(sequence, sequence, false))
                        .isEqualTo(sequence % 10 == 6 ? Arrival.AFTER_GAP : Arrival.NEXT);
            }
            if (sequence % 10 != 5 && sequence % 10 != 7) {
                window.acknowledge(sequence);
            }
        }
        for (long sequence = 5; sequence <= 100_000; sequence += 10) {
            assertThat(window.arrive(sequence, sequence, false)).isEqualTo(Arrival.LATE);
            assertThat(window.arrive(sequence, sequence, false)).isEqualTo(Arrival.REDELIVERED);
            window.acknowledge(sequence);
            assertThat(window.arrive(sequence, sequence, false)).isEqualTo(Arrival.DUPLICATE);
            assertThat(window.arrive(sequence + 2, sequence, false)).isEqualTo(Arrival.CONFLICT);
            assertThat(window.arrive(sequence + 2, sequence + 2, false)).isEqualTo(Arrival.REDELIVERED);
        }
        assertThat(window.arrive(1, 1, false)).isEqualTo(Arrival.BEFORE_WINDOW);
        assertThat(window.arrive(5, 5, false)).isEqualTo(Arrival.BEFORE_WINDOW);
        assertThat(window.arrive(99_995, 99_995, false)).isEqualTo(Arrival.DUPLICATE);
    }

    @Test
    @DisplayName("Whoever leaves gaps without end makes the oldest count as acknowledged, and takes little memory")
    void gapsWithoutEnd() {
        long step = 5_000;
        for (long sequence = 1; sequence < 20_000 * step; sequence += step) {
            window.arrive(sequence, sequence, false);
        }
        assertThat(window.arrive(2, 2, false)).isEqualTo(Arrival.BEFORE_WINDOW);
        assertThat(window.arrive(1, 1, false)).isEqualTo(Arrival.BEFORE_WINDOW);
        long recent = window.newest() - 4_000 * step;
        assertThat(window.arrive(recent, recent, false)).isEqualTo(Arrival.REDELIVERED);
        assertThat(window.arrive(recent + 1, 2, false)).isEqualTo(Arrival.LATE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("Against a model that remembers everything: shuffled, jumping, held back, repeated, forged")
    void agreesWithModel(long seed) {
        Random random = new Random(seed);
        Map<Long, Long> seen = new HashMap<>();
        Set<Long> acknowledged = new HashSet<>();
        Set<Long> acknowledgedLate = new LinkedHashSet<>();
        long newest = 0;
        for (int step = 0; step < 100_000; step++) {
            long sequence = Math.max(
                    1,
                    switch (random.nextInt(10)) {
                        case 0 -> newest + 1 + random.nextInt(40);
                        case 1 -> newest - random.nextInt(1200);
                        case 2 -> random.nextInt(200) == 0 ? newest + random.nextInt(9000) : newest;
                        case 3 -> newest - random.nextInt(20);
                        case 4 -> newest - random.nextInt(1 + (int) newest);
                        default -> newest + 1;
                    });
            long mic = random.nextInt(8) == 0 ? random.nextLong() : seen.getOrDefault(sequence, random.nextLong());
            boolean isKnown = newest - sequence < SequenceRing.SIZE
                    || acknowledgedLate.contains(sequence)
                    || !acknowledged.contains(sequence);
            Arrival expected;
            if (newest == 0 || sequence > newest) {
                expected = newest == 0 || sequence == newest + 1 ? Arrival.NEXT : Arrival.AFTER_GAP;
            } else if (!seen.containsKey(sequence)) {
                expected = Arrival.LATE;
            } else if (!isKnown) {
                expected = Arrival.BEFORE_WINDOW;
            } else if (seen.get(sequence) != mic) {
                expected = Arrival.CONFLICT;
            } else {
                expected = acknowledged.contains(sequence) ? Arrival.DUPLICATE : Arrival.REDELIVERED;
            }
            assertThat(window.arrive(sequence, mic, false))
                    .as("seed %d, step %d, sequence %d, newest %d", seed, step, sequence, newest)
                    .isEqualTo(expected);
            seen.putIfAbsent(sequence, mic);
            newest = Math.max(newest, sequence);
            if (random.nextInt(3) > 0) {
                window.acknowledge(sequence);
                if (acknowledged.add(sequence) && newest - sequence >= SequenceRing.SIZE) {
                    acknowledgedLate.add(sequence);
                    if (acknowledgedLate.size() > OlderNumbers.MOST_LATE) {
                        acknowledgedLate.remove(acknowledgedLate.iterator().next());
                    }
                }
            }
        }
    }
}
