package io.dialogsecurity.takeover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A file for whoever wants to know afterwards why something took so long. Safe for use by several threads. */
final class RunLog {

    static final String NAME = "run.log";

    private final Path file;

    RunLog(Path directory) {
        this.file = directory.resolve(NAME);
    }

    synchronized void line(String text) {
        try {
            Files.writeString(
                    file, Instant.now() + " " + text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
