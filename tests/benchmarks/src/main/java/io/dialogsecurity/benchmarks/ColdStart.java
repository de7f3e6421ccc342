package io.dialogsecurity.benchmarks;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The first message of a dialog, sealed and opened: of a pair that never met, and of one that did. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ColdStart {

    @Param({"1024"})
    int size;

    @Param({"SUITE_1", "SUITE_2"})
    Suite suite;

    private final Reception reception = Reception.at(Services.ADDRESS);
    private Services services;
    private MessageContent content;

    @Setup
    public void prepare() {
        services = new Services(suite);
        content = MessageContent.bytes(new byte[size]);
        for (int i = 0; i < 200; i++) {
            coldPair();
        }
        for (int i = 0; i < 5_000; i++) {
            newDialog();
        }
    }

    @Benchmark
    public Opened coldPair() {
        services.forget();
        return newDialog();
    }

    @Benchmark
    public Opened newDialog() {
        try (DialogSealer sealer = services.initiator.begin(Services.TARGETS)) {
            return Services.opened(services.target.open(sealer.seal(content, Services.ADDRESS), reception));
        }
    }
}
