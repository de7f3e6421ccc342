package io.dialogsecurity.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerSideLoadIT {

    private static final int CLIENTS = 60;
    private static final int SECONDS = 25;
    private static final long SEED = 4;
    private static final double RATE = 60;

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "Plain applications of all kinds, cut off and killed, policy replaced: nothing lost, shown wrongly or kept")
    void holds() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);

        boolean good = Main.run(new Main.Options(CLIENTS, SECONDS, SEED, RATE), directory, screen);

        assertThat(good).as(shown.toString(StandardCharsets.UTF_8)).isTrue();
    }
}
