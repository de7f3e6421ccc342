package io.dialogsecurity.benchmarks;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.StoreSettings;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.ReceiveWindows;
import io.dialogsecurity.state.WindowKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A message arrives and is acknowledged, in a window in memory and in one that outlives the process. The store keeps up with
 * its database here: the tail is as large as it gets, so that a full one does not hide what a change costs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoredWindow {

    @Param({"false", "true"})
    boolean stored;

    private EndpointStore store;
    private ReceiveWindow window;
    private long sequence;

    @Setup
    public void prepare() throws IOException {
        ReceiveWindows windows;
        if (stored) {
            Path directory = Files.createTempDirectory("stored-window");
            store = EndpointStore.open(
                    StoreSettings.in(directory).tailRecords(1 << 24).build(), InstantSource.system());
            windows = store.windows();
        } else {
            windows = ReceiveWindows.inMemory(1_000);
        }
        window = windows.window(new WindowKey(
                Bytes.copyOf(new byte[32]), "orders", new DialogId(1, 1), Direction.TARGET_TO_INITIATOR, 0, ""));
    }

    @TearDown
    public void close() {
        if (store != null) {
            store.close();
        }
    }

    @Benchmark
    public Arrival arriveAndAcknowledge() {
        sequence++;
        Arrival arrival = window.arrive(sequence, sequence * 31, false);
        window.acknowledge(sequence);
        return arrival;
    }
}
