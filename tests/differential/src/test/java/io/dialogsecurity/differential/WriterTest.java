package io.dialogsecurity.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WriterTest {

    private static final Set<Feature> ALL = EnumSet.allOf(Feature.class);

    @Test
    void theSameSeedGivesTheSameProgram() {
        for (long seed = 0; seed < 200; seed++) {
            assertThat(Writer.write(seed, ALL)).isEqualTo(Writer.write(seed, ALL));
        }
    }

    @Test
    void programsDiffer() {
        assertThat(LongStream.range(0, 200)
                        .mapToObj(seed -> Step.text(Writer.write(seed, Set.of()).steps()))
                        .distinct())
                .hasSizeGreaterThan(190);
    }

    @Test
    void whatIsNotNeededIsLeftOut() {
        Program program = Writer.write(7, Set.of());
        Step needed = program.steps().get(program.steps().size() / 2);

        Program small = Shrinker.shrink(program, fewer -> fewer.steps().contains(needed));

        assertThat(small.steps()).isEqualTo(List.of(needed));
    }
}
