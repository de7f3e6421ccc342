package io.dialogsecurity.benchmarks;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.failover.StoreSettings;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.WindowKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Endpoint state with many dialogs. Fills it with a receiver's window and a dialog's state each, opens it again, and lets
 * new dialogs come to a guard as fast as they are taken: how long that takes, how many a second, whether one is refused, how
 * long the slowest call waits, how long opening takes and the first message after it, heap and size of the files. A
 * directory that is filled already is only opened.
 *
 * <pre>
 * java -cp ... io.dialogsecurity.benchmarks.ManyStoredDialogs [directory [dialogs [seconds]]]
 * </pre>
 */
public final class ManyStoredDialogs {

    private static final int THREADS = 2;
    private static final int STEP = 100_000;

    private ManyStoredDialogs() {}

    /** Arguments: directory, a new temporary one unless given; dialogs, 1,000,000 unless given; seconds of new ones, 20 unless given. */
    public static void main(String[] arguments) throws Exception {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("stored-dialogs");
        int dialogs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        StoreSettings settings = StoreSettings.in(directory).build();
        if (!Files.exists(directory.resolve("state.mv.db"))) {
            fill(settings, dialogs);
            say("files: %,d bytes", size(directory));
        }
        open(settings, dialogs);
        if (seconds > 0) {
            burst(settings, seconds);
            say("files: %,d bytes", size(directory));
        }
    }

    private static void fill(StoreSettings settings, int dialogs) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system())) {
            Bytes layers = Bytes.copyOf(new byte[1_500]);
            AtomicLong last = new AtomicLong(-1);
            inThreads(() -> {
                for (long dialog = last.incrementAndGet(); dialog < dialogs; dialog = last.incrementAndGet()) {
                    store.windows().window(key(dialog)).arrive(1, dialog, false);
                    store.dialogs().remember(state(dialog, layers));
                    if ((dialog + 1) % STEP == 0) {
                        say("%,9d dialogs after %,d ms", dialog + 1, since(begin));
                    }
                }
            });
        }
        say("filled with %,d dialogs in %,d ms", dialogs, since(begin));
    }

    private static void open(StoreSettings settings, int dialogs) {
        long begin = System.nanoTime();
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system())) {
            say("opened in %,d ms: %s", since(begin), store.health().rows());
            Arrival first = store.windows().window(key(dialogs / 2)).arrive(2, 2, false);
            say("first message of a stored dialog: %s, %,d ms after the beginning", first, since(begin));
            first = store.windows().window(key(System.nanoTime())).arrive(1, 1, false);
            say("first message of a new dialog: %s, %,d ms after the beginning", first, since(begin));
            begin = System.nanoTime();
            for (int dialog = 0; dialog < 1_000; dialog++) {
                store.windows().window(key(dialog * 7_919L % dialogs)).newest();
            }
            say("1,000 more windows read in %,d ms", since(begin));
            heap();
        }
    }

    private static void burst(StoreSettings settings, int seconds) throws InterruptedException, ExecutionException {
        AtomicLong taken = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        AtomicLong slowest = new AtomicLong();
        long run = System.nanoTime(); // dialogs no earlier run has made
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system())) {
            long begin = System.nanoTime();
            AtomicLong last = new AtomicLong();
            inThreads(() -> {
                while (since(begin) < seconds * 1_000L) {
                    long dialog = run + last.incrementAndGet();
                    long before = System.nanoTime();
                    try {
                        var window = store.claims().window(claimKey(dialog));
                        window.take(1, dialog, false);
                        window.stored(1, dialog);
                    } catch (StoreException e) {
                        refused.incrementAndGet();
                        say("refused: %s", e.getMessage());
                    }
                    slowest.accumulateAndGet(System.nanoTime() - before, Math::max);
                    if (taken.incrementAndGet() % STEP == 0) {
                        say(
                                "%,9d new dialogs after %,d ms, tail %.0f %% full",
                                taken.get(), since(begin), 100 * store.health().tailFill());
                    }
                }
            });
            say(
                    "%,d new dialogs at a guard in %,d ms: %,d a second, %,d refused, slowest call %,d ms",
                    taken.get(),
                    since(begin),
                    taken.get() * 1_000 / since(begin),
                    refused.get(),
                    TimeUnit.NANOSECONDS.toMillis(slowest.get()));
            heap();
        }
    }

    private static void inThreads(Runnable work) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                all.add(threads.submit(work));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static WindowKey key(long dialog) {
        return new WindowKey(
                Bytes.copyOf(new byte[32]), "orders", new DialogId(1, dialog), Direction.TARGET_TO_INITIATOR, 0, "");
    }

    private static ClaimKey claimKey(long dialog) {
        return new ClaimKey(
                new ServiceName("sensors"),
                Bytes.copyOf(new byte[32]),
                new DialogId(2, dialog),
                Direction.INITIATOR_TO_TARGET,
                0);
    }

    private static DialogState state(long dialog, Bytes layers) {
        return new DialogState(
                "orders", new DialogId(1, dialog), 0, 1, layers, DialogStatus.OPEN, System.currentTimeMillis());
    }

    private static void heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        say("heap in use: %,d bytes", runtime.totalMemory() - runtime.freeMemory());
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> {
                        try {
                            return Files.size(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sum();
        }
    }

    private static long since(long beginNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
