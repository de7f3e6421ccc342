package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {

    private static final double SMALL = 0.02;

    @TempDir
    Path directory;

    @Test
    @DisplayName("The demonstration keeps its promises, with a small load")
    void keepsItsPromises() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);

        boolean good = Main.run(7, SMALL, 1, directory, screen);

        String text = shown.toString(StandardCharsets.UTF_8);
        assertThat(good).as(text).isTrue();
        assertThat(text).contains("Everything as promised").doesNotContain("BAD");
    }
}
