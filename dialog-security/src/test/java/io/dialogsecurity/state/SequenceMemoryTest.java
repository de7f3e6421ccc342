package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.IdentityKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceMemoryTest {

    private static final byte OPEN = 1;
    private static final byte BACK = 2;
    private static final byte DONE = 3;

    /** The part with the page of the number 5,000: those of the newest numbers and the runs come first. */
    private static final long PART = 16 + 1 + 1;

    private final IdentityKey key = IdentityKey.random();
    private final Map<Long, byte[]> stored = new TreeMap<>();
    private SequenceMemory memory = new SequenceMemory(DONE, key);

    /** What is known of a number. */
    private record Known(byte mark, long identity) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName(
            "Against a plain map: old numbers marked, given back, forgotten, merged, stored, lost by a commit, loaded")
    void agreesWithModel(long seed) {
        Random random = new Random(seed);
        Map<Long, Known> model = new HashMap<>();
        // All numbers of the test are older than the ring, some of them too large for an int.
        long first = random.nextBoolean() ? 1 : Long.MAX_VALUE / 2;
        memory.mark(first + (1 << 20), DONE, SequenceMemory.BY_DIGEST, 1);
        for (int step = 0; step < 6_000; step++) {
            long from = first + random.nextInt(5 * OlderNumbers.PAGE);
            int count = random.nextInt(20) == 0 ? OlderNumbers.PAGE : random.nextInt(6);
            int kind = random.nextInt(12);
            for (long number = from; number < from + count; number++) {
                Known before = model.get(number);
                boolean done = before != null && before.mark == DONE;
                if (kind < 6) {
                    boolean known = kind < 2;
                    memory.mark(
                            number,
                            DONE,
                            known ? SequenceMemory.BY_DIGEST : SequenceMemory.NOTHING,
                            known ? number : 0);
                    model.put(number, new Known(DONE, number));
                } else if (kind < 8) {
                    memory.mark(number, OPEN, SequenceMemory.BY_DIGEST, number);
                    model.put(number, done ? before : new Known(OPEN, number));
                } else if (kind == 8 && count < 6 && done) {
                    memory.reopen(number, BACK, number);
                    model.put(number, new Known(BACK, number));
                }
            }
            switch (kind) {
                case 9 -> store();
                case 10 -> {
                    memory.takeChanges(stored.keySet()); // of a commit that fails
                    memory.everythingChanged();
                }
                case 11 -> {
                    store();
                    memory = SequenceMemory.load(DONE, key, memory.newest(), memory.last(), stored);
                    if (random.nextBoolean()) {
                        SequenceMemory mine = memory;
                        memory = SequenceMemory.load(DONE, key, memory.newest(), memory.last(), stored);
                        memory.add(mine, (number, own, theirs, same) -> false);
                    }
                }
                default -> {
                    // nothing
                }
            }
            if (step % 500 == 499) {
                for (long number = first; number < first + 7L * OlderNumbers.PAGE; number++) {
                    check(number, model.get(number), "seed " + seed + ", step " + step + ", number " + number);
                }
            }
        }
    }

    private void check(long number, Known expectedOrNull, String where) {
        assertThat(memory.mark(number))
                .as(where)
                .isEqualTo(expectedOrNull == null ? SequenceMemory.UNMARKED : expectedOrNull.mark);
        if (expectedOrNull != null && expectedOrNull.mark != DONE) {
            assertThat(memory.knownBy(number)).as(where).isEqualTo(SequenceMemory.BY_DIGEST);
        }
        if (memory.knownBy(number) != SequenceMemory.NOTHING) {
            assertThat(memory.identity(number)).as(where).isEqualTo(expectedOrNull.identity);
        }
    }

    private void store() {
        memory.takeChanges(stored.keySet()).forEach((part, bytes) -> {
            if (bytes.length == 0) {
                stored.remove(part);
            } else {
                stored.put(part, bytes);
            }
        });
    }

    @Test
    @DisplayName("A page that was folded into a run while a commit failed leaves no part behind")
    void foldedInFailedCommit() {
        allButOne();
        store();
        assertThat(stored).containsKey(PART);
        memory.mark(5_000, DONE);
        forgetLate();
        memory.takeChanges(stored.keySet()); // of a commit that fails
        memory.everythingChanged();
        store();
        assertThat(stored.containsKey(PART)).isFalse();
    }

    @Test
    @DisplayName(
            "A part that was left behind by a commit takes nothing back of what is done with, and goes with the next")
    void pageInsideRun() {
        allButOne();
        store();
        byte[] before = stored.get(PART);
        memory.mark(5_000, DONE);
        forgetLate();
        store();
        assertThat(stored.put(PART, before)).isNull();
        memory = SequenceMemory.load(DONE, key, memory.newest(), memory.last(), stored);
        assertThat(memory.mark(5_000)).isEqualTo(DONE);
        assertThat(memory.mark(4_999)).isEqualTo(DONE);
        store();
        assertThat(stored.containsKey(PART)).isFalse();
    }

    @Test
    @DisplayName("A number that is marked once more when its envelope is about to be forgotten is remembered anew")
    void markedAgainWhenForgotten() {
        allButOne();
        memory.mark(memory.newest() + OlderNumbers.PAGE, DONE, SequenceMemory.BY_DIGEST, 1);
        memory.mark(5_000, DONE);
        long others = memory.newest() + 1;
        memory.mark(others + 100_000, DONE, SequenceMemory.BY_DIGEST, 1);
        for (long number = others; number < others + OlderNumbers.MOST_LATE - 1; number++) {
            memory.mark(number, DONE, SequenceMemory.BY_DIGEST, number);
        }
        memory.mark(5_000, DONE, SequenceMemory.BY_DIGEST, 5_000);
        assertThat(memory.mark(5_000)).isEqualTo(DONE);
        assertThat(memory.identity(5_000)).isEqualTo(5_000);
    }

    /** Of three pages all is done with but one number. */
    private void allButOne() {
        for (long number = 1; number <= 3L * OlderNumbers.PAGE; number++) {
            memory.mark(number, number == 5_000 ? OPEN : DONE, SequenceMemory.BY_DIGEST, number);
        }
    }

    /** So many come late that the envelopes of the first are forgotten. */
    private void forgetLate() {
        long newest = memory.newest();
        memory.mark(newest + 100_000, DONE, SequenceMemory.BY_DIGEST, 1);
        for (long number = newest + 1; number <= newest + OlderNumbers.MOST_LATE + 1; number++) {
            memory.mark(number, DONE, SequenceMemory.BY_DIGEST, number);
        }
    }
}
