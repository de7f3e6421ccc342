package io.dialogsecurity.benchmarks;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing and opening in many dialogs of one pair, each message in another dialog than the one before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ManyDialogs {

    @Param({"100", "1024", "16384", "1048576"})
    int size;

    @Param({"1000"})
    int dialogs;

    private final Reception reception = Reception.at(Services.ADDRESS);
    private final List<DialogSealer> sealers = new ArrayList<>();
    private Services services;
    private MessageContent content;
    private byte[] buffer;
    private byte[] plaintext;
    private int next;

    @Setup
    public void prepare() {
        services = new Services(Suite.SUITE_2);
        content = MessageContent.bytes(new byte[size]);
        for (int i = 0; i < dialogs; i++) {
            sealers.add(services.initiator.begin(Services.TARGETS));
        }
        buffer = new byte[sealers.get(0).roomFor(content, Services.ADDRESS) + 16];
        plaintext = new byte[buffer.length];
        Primed.run(size, this::alternating);
    }

    @Benchmark
    public Opened alternating() {
        DialogSealer sealer = sealers.get(next);
        next = next + 1 < dialogs ? next + 1 : 0;
        int length = sealer.seal(content, Services.ADDRESS, buffer, 0);
        return Services.taken(services.target.open(buffer, 0, length, reception, plaintext, 0));
    }
}
