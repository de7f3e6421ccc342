package io.dialogsecurity.interaction;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thousands of short histories in which everything goes wrong that can. Each run prints the seed that its histories' seeds
 * come from, and a failure prints its history's: {@code -Ddialogsecurity.fuzz.seed=…} runs that one history again, over
 * every memory. {@code -Ddialogsecurity.fuzz.runs=…} runs more, or fewer, than 1000.
 */
class InteractionFuzzTest {

    private static final int RUNS = Integer.getInteger("dialogsecurity.fuzz.runs", 1000);
    private static final Long SEED = Long.getLong("dialogsecurity.fuzz.seed");

    /** Histories over one open database. */
    private static final int SHARING = 250;

    private static final Pki PKI = new Pki();

    /** Where services remember, and in how many of 1000 histories: opening a database takes longer than a history. */
    private enum Where {
        IN_A_PROCESS_THAT_LIVES_ON(1000),
        IN_THEMSELVES(1000),
        IN_ONE_DATABASE_THAT_STAYS_OPEN(1000),
        IN_A_DATABASE_THAT_IS_CLOSED(25),
        IN_A_DATABASE_THAT_IS_KILLED(40);

        private final int share;

        Where(int share) {
            this.share = share;
        }

        private int runs() {
            return (int) Math.max(1, (long) RUNS * share / 1000);
        }

        private void histories(long[] seeds) {
            switch (this) {
                case IN_A_PROCESS_THAT_LIVES_ON -> histories(seeds, Memory::kept);
                case IN_THEMSELVES -> histories(seeds, Memory::lost);
                case IN_A_DATABASE_THAT_IS_CLOSED -> histories(seeds, StoredMemory::closed);
                case IN_A_DATABASE_THAT_IS_KILLED -> histories(seeds, StoredMemory::killed);
                case IN_ONE_DATABASE_THAT_STAYS_OPEN -> {
                    for (int from = 0; from < seeds.length; from += SHARING) {
                        try (StoredMemory.Shared shared = StoredMemory.shared()) {
                            histories(
                                    LongStream.of(seeds)
                                            .skip(from)
                                            .limit(SHARING)
                                            .toArray(),
                                    shared::memory);
                        }
                    }
                }
            }
        }

        private void histories(long[] seeds, Supplier<Memory> memories) {
            LongStream.of(seeds).parallel().forEach(seed -> history(seed, memories));
        }

        private void history(long seed, Supplier<Memory> memories) {
            try {
                new World(seed, PKI, memories).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("With memory " + this + ", history " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    @DisplayName("Whatever network and instances do, the application sees what the model says")
    void agreesWithModel(Where memory) {
        if (SEED != null) {
            memory.histories(new long[] {SEED});
            return;
        }
        long seeds = new Random().nextLong();
        System.out.printf("%d histories with memory %s, their seeds from %d%n", memory.runs(), memory, seeds);
        memory.histories(new Random(seeds).longs(memory.runs()).toArray());
    }
}
