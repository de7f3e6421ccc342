package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.Line;
import java.util.function.Consumer;

/** Tells what went wrong and will be tried again, for whoever wants to know why something took so long. */
final class Troubles {

    private final Consumer<Line> out;

    Troubles(Consumer<Line> out) {
        this.out = out;
    }

    void met(Lane lane, Exception trouble) {
        out.accept(Line.of("trouble")
                .with("at", Ledger.nowMicros())
                .with("lane", lane)
                .with("what", String.valueOf(trouble).replaceAll("\\s+", " ")));
    }
}
