package io.dialogsecurity.integration.guard;

import io.dialogsecurity.artemis.DialogSecurityPlugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The plugin with a clock that breaks when a test wants it to. Runs in the broker. */
public class FaultyPlugin extends DialogSecurityPlugin {

    /** While it is in the broker's {@code etc}, the clock is broken. */
    public static final String FAULT_FILE = "fault";

    /** For the broker. */
    public FaultyPlugin() {
        super(FaultyPlugin::now);
    }

    private static Instant now() {
        Path fault = Path.of(System.getProperty("artemis.instance.etc")).resolve(FAULT_FILE);
        if (!Files.exists(fault)) {
            return Instant.now();
        }
        try {
            if (Files.readString(fault).equals("error")) {
                throw new StackOverflowError("injected");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("injected");
    }
}
