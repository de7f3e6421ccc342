package io.dialogsecurity.benchmarks;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A warm dialog, message by message: sealed into a buffer that is used again, and opened from there into another, without a
 * copy of a large body. {@link #bothInNewArrays} makes a new array for each envelope and each plaintext. {@link #opened} opens one envelope again and again, as a
 * redelivery; {@link #both} and {@link #reply} open each message once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WarmDialog {

    @Param({"100", "1024", "16384", "1048576"})
    int size;

    /** Makes the headers longer (1) or shorter (2), and nothing else. */
    @Param("SUITE_2")
    Suite suite;

    private final Reception reception = Reception.at(Services.ADDRESS);
    private Services services;
    private MessageContent content;
    private DialogSealer sealer;
    private DialogSealer replies;
    private byte[] buffer;
    private byte[] replyBuffer;
    private byte[] once;
    private byte[] plaintext;
    private int onceLength;

    @Setup
    public void prepare() {
        services = new Services(suite);
        byte[] payload = new byte[size];
        new Random(7).nextBytes(payload);
        content = MessageContent.bytes(payload);
        sealer = services.initiator.begin(Services.TARGETS);
        buffer = new byte[sealer.roomFor(content, Services.ADDRESS) + 16];
        replyBuffer = new byte[buffer.length];
        once = new byte[buffer.length];
        plaintext = new byte[buffer.length];
        onceLength = sealer.seal(content, Services.ADDRESS, once, 0);
        replies = services.target.reply(opened());
    }

    /** Each benchmark runs in a process of its own, which has seen nothing but itself. */
    @State(Scope.Benchmark)
    public static class PrimedForBoth {
        @Setup
        public void prime(WarmDialog dialog) {
            Primed.run(dialog.size, dialog::both);
        }
    }

    /** As {@link PrimedForBoth}. */
    @State(Scope.Benchmark)
    public static class PrimedForOpened {
        @Setup
        public void prime(WarmDialog dialog) {
            Primed.run(dialog.size, dialog::opened);
        }
    }

    /** As {@link PrimedForBoth}. */
    @State(Scope.Benchmark)
    public static class PrimedForNewArrays {
        @Setup
        public void prime(WarmDialog dialog) {
            Primed.run(dialog.size, dialog::bothInNewArrays);
        }
    }

    /** As {@link PrimedForBoth}. */
    @State(Scope.Benchmark)
    public static class PrimedForReply {
        @Setup
        public void prime(WarmDialog dialog) {
            Primed.run(dialog.size, dialog::reply);
        }
    }

    @Benchmark
    public int sealed(PrimedForBoth primed) {
        return sealed();
    }

    @Benchmark
    public Opened opened(PrimedForOpened primed) {
        return opened();
    }

    @Benchmark
    public Opened both(PrimedForBoth primed) {
        return both();
    }

    @Benchmark
    public Opened bothInNewArrays(PrimedForNewArrays primed) {
        return bothInNewArrays();
    }

    @Benchmark
    public Opened reply(PrimedForReply primed) {
        return reply();
    }

    private int sealed() {
        return sealer.seal(content, Services.ADDRESS, buffer, 0);
    }

    private Opened opened() {
        return Services.opened(services.target.open(once, 0, onceLength, reception, plaintext, 0));
    }

    private Opened both() {
        int length = sealed();
        return Services.taken(services.target.open(buffer, 0, length, reception, plaintext, 0));
    }

    private Opened bothInNewArrays() {
        return Services.taken(services.target.open(sealer.seal(content, Services.ADDRESS), reception));
    }

    private Opened reply() {
        int length = replies.seal(content, Services.ADDRESS, replyBuffer, 0);
        return Services.taken(services.initiator.open(replyBuffer, 0, length, reception, plaintext, 0));
    }
}
