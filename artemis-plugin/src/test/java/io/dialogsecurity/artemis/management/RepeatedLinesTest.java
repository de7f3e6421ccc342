package io.dialogsecurity.artemis.management;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {

    private static final long MINUTE = 60_000;

    private final RepeatedLines lines = new RepeatedLines(2);

    @Test
    @DisplayName("What was left out is told once, when the minute is over")
    void told() {
        long now = 5 * MINUTE;
        for (int i = 0; i < 10; i++) {
            assertThat(lines.admits("junk", now + i)).isEqualTo(i < 2);
        }
        assertThat(lines.admits("order", now + 20)).isTrue();
        assertThat(lines.takeLeftOut(now + 30)).isEmpty();
        assertThat(lines.takeLeftOut(now + MINUTE)).containsExactly(new RepeatedLines.LeftOut("junk", 8));
        assertThat(lines.takeLeftOut(now + 2 * MINUTE)).isEmpty();
        assertThat(lines.admits("junk", now + 2 * MINUTE)).isTrue();
    }

    @Test
    @DisplayName("Nobody grows it without bounds by doing ever different things")
    void bounded() {
        for (int i = 0; i < 30_000; i++) {
            assertThat(lines.admits("junk " + i, MINUTE)).isTrue();
        }
        lines.takeLeftOut(MINUTE);
        assertThat(lines.admits("junk 0", MINUTE + 1)).isTrue();
    }
}
