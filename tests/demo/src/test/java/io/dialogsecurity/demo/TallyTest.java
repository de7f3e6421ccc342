package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Line;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TallyTest {

    private final Tally tally = new Tally(11, 22, 33);

    @Test
    @DisplayName("Everything once, in order and as expected is flawless")
    void flawless() {
        tally.add(1, 11, 100);
        tally.add(2, 22, 100);
        assertThat(tally.complete()).isFalse();
        tally.add(3, 33, 100);
        assertThat(tally.complete()).isTrue();
        assertTold(3, 0, 0, 0, 0);
    }

    @Test
    @DisplayName("What is missing is told")
    void missing() {
        tally.add(1, 11, 100);
        tally.add(3, 33, 100);
        assertThat(tally.complete()).isFalse();
        assertTold(2, 1, 0, 0, 0);
    }

    @Test
    @DisplayName("What comes too late is told")
    void disordered() {
        tally.add(2, 22, 100);
        tally.add(1, 11, 100);
        tally.add(3, 33, 100);
        assertTold(3, 0, 1, 0, 0);
    }

    @Test
    @DisplayName("What comes twice is told, and does not stand for another")
    void doubled() {
        tally.add(1, 11, 100);
        tally.add(1, 11, 100);
        tally.add(2, 22, 100);
        assertTold(2, 1, 0, 1, 0);
    }

    @Test
    @DisplayName("What is another document, or a number that was never sent, is told")
    void altered() {
        tally.add(1, 11, 100);
        tally.add(2, 99, 100);
        tally.add(7, 77, 100);
        assertTold(2, 1, 0, 0, 2);
    }

    private void assertTold(int count, int missing, int disordered, int doubled, int altered) {
        Line line = Line.parse(tally.describe(Line.of("received")).toString()).orElseThrow();
        assertThat(line.number("count")).isEqualTo(count);
        assertThat(line.number("missing")).isEqualTo(missing);
        assertThat(line.number("disordered")).isEqualTo(disordered);
        assertThat(line.number("doubled")).isEqualTo(doubled);
        assertThat(line.number("altered")).isEqualTo(altered);
    }
}
