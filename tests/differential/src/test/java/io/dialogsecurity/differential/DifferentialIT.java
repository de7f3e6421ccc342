package io.dialogsecurity.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferentialIT {

    /** In each of five lanes. */
    private static final int PROGRAMS = 24;

    private static final long SEED = 6_000;

    @TempDir
    Path directory;

    @Test
    @DisplayName("What an application gets through a sealed address equals what it gets through an unsealed one")
    void sealedEqualsUnsealed() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);

        boolean good =
                Main.run(new Main.Options(PROGRAMS, SEED, Lane.parse("all"), Feature.parse("all")), directory, screen);

        assertThat(good).as(shown.toString(StandardCharsets.UTF_8)).isTrue();
    }
}
