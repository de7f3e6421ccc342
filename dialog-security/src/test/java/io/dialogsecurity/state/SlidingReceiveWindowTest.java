package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingReceiveWindowTest {

    private final SlidingReceiveWindow window = new SlidingReceiveWindow();

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
        assertThat(window.arrive(1_000_000 - SequenceRing.SIZE, 3, false)).isEqualTo(Arrival.BEFORE_WINDOW);
        assertThat(window.arrive(1_000_001 - SequenceRing.SIZE, 3, false)).isEqualTo(Arrival.LATE);
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
        assertThat(window.arrive(1, 3, false)).isEqualTo(Arrival.BEFORE_WINDOW);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("Against a model that remembers everything, shuffled, jumping, repeated, forged")
    void agreesWithModel(long seed) {
        Random random = new Random(seed);
        Map<Long, Long> seen = new HashMap<>();
        Set<Long> acknowledged = new HashSet<>();
        long newest = 0;
        for (int step = 0; step < 50_000; step++) {
            long sequence = Math.max(
                    1,
                    switch (random.nextInt(10)) {
                        case 0 -> newest + 1 + random.nextInt(40);
                        case 1 -> newest - random.nextInt(1200);
                        case 2 -> random.nextInt(200) == 0 ? newest + random.nextInt(3000) : newest;
                        case 3 -> newest - random.nextInt(20);
                        default -> newest + 1;
                    });
            long mic = random.nextInt(8) == 0 ? random.nextLong() : seen.getOrDefault(sequence, random.nextLong());
            Arrival expected;
            if (newest == 0 || sequence > newest) {
                expected = newest == 0 || sequence == newest + 1 ? Arrival.NEXT : Arrival.AFTER_GAP;
            } else if (newest - sequence >= SequenceRing.SIZE) {
                expected = Arrival.BEFORE_WINDOW;
            } else if (!seen.containsKey(sequence)) {
                expected = Arrival.LATE;
            } else if (seen.get(sequence) != mic) {
                expected = Arrival.CONFLICT;
            } else {
                expected = acknowledged.contains(sequence) ? Arrival.DUPLICATE : Arrival.REDELIVERED;
            }
            assertThat(window.arrive(sequence, mic, false))
                    .as("seed %d, step %d, sequence %d, newest %d", seed, step, sequence, newest)
                    .isEqualTo(expected);
            if (expected != Arrival.BEFORE_WINDOW) {
                seen.putIfAbsent(sequence, mic);
            }
            newest = Math.max(newest, sequence);
            if (random.nextBoolean()) {
                window.acknowledge(sequence);
                if (seen.containsKey(sequence) && newest - sequence < SequenceRing.SIZE) {
                    acknowledged.add(sequence);
                }
            }
        }
    }
}
