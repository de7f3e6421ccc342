package io.dialogsecurity.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeOverIT {

    private static final long SEED = 7;
    private static final double RATE = 10;

    @TempDir
    Path directory;

    @Test
    @DisplayName("A broker, a consumer and a producer killed: nothing lost, doubled, reordered, refused, readable")
    void survives() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);
        List<Victim> victims = List.of(Victim.ACTIVE, Victim.CONSUMER, Victim.PRODUCER);

        boolean good = Main.run(new Main.Options(victims, SEED, true, true, RATE, true), directory, screen);

        String text = shown.toString(StandardCharsets.UTF_8);
        assertThat(good).as(text).isTrue();
        assertThat(text).contains("PASSED");
    }
}
