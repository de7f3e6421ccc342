package io.dialogsecurity.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WriterTest {

    @Test
    void theSameSeedGivesTheSameProgram() {
        for (long seed = 0; seed < 200; seed++) {
            assertThat(Writer.write(seed, Feature.parse("all"))).isEqualTo(Writer.write(seed, Feature.parse("all")));
        }
    }

    @Test
    void programsDiffer() {
        assertThat(LongStream.range(0, 200)
                        .mapToObj(seed -> Step.text(
                                Writer.write(seed, Feature.parse("none")).steps()))
                        .distinct())
                .hasSizeGreaterThan(190);
    }

    @Test
    void whatIsNotNeededIsLeftOut() {
        Program program = Writer.write(7, Feature.parse("none"));
        Step needed = program.steps().get(program.steps().size() / 2);

        Program small = Shrinker.shrink(program, fewer -> fewer.steps().contains(needed));

        assertThat(small.steps()).isEqualTo(List.of(needed));
    }
}
