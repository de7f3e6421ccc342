package io.dialogsecurity.interaction;

import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of short histories in which everything goes wrong that can. A failure prints its seed; one history is run
 * again with {@code -Ddialogsecurity.fuzz.seed=…}, more of them with {@code -Ddialogsecurity.fuzz.runs=…}.
 */
class InteractionFuzzTest {

    private static final int RUNS = Integer.getInteger("dialogsecurity.fuzz.runs", 1000);
    private static final Long SEED = Long.getLong("dialogsecurity.fuzz.seed");

    private static final Map<String, Supplier<Memory>> MEMORIES = Map.of("kept", Memory::kept, "lost", Memory::lost);

    private static final Pki PKI = new Pki();

    @ParameterizedTest
    @ValueSource(strings = {"kept", "lost"})
    @DisplayName("Whatever network and instances do, the application sees what the model says")
    void agreesWithModel(String memory) {
        LongStream seeds = SEED != null ? LongStream.of(SEED) : new Random().longs(RUNS);
        seeds.parallel().forEach(seed -> history(memory, seed));
    }

    private static void history(String memory, long seed) {
        try {
            new World(seed, PKI, MEMORIES.get(memory)).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("With memory " + memory + ", history " + seed + ": " + e.getMessage(), e);
        }
    }
}
