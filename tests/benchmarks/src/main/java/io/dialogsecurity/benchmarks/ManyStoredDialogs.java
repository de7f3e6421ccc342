package io.dialogsecurity.benchmarks;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.StoreSettings;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.WindowKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Fills endpoint state with many dialogs, a window and a state each, and opens it again: how long that takes, until the
 * first window is there, and how much memory is used then. A directory that is filled already is only opened.
 *
 * <pre>
 * java -cp ... io.dialogsecurity.benchmarks.ManyStoredDialogs [directory [dialogs]]
 * </pre>
 */
public final class ManyStoredDialogs {

    private ManyStoredDialogs() {}

    /** Arguments: directory, a new temporary one unless given; number of dialogs, 1,000,000 unless given. */
    public static void main(String[] arguments) throws Exception {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("stored-dialogs");
        int dialogs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        StoreSettings settings = StoreSettings.in(directory).build();
        Path database = directory.resolve("state.mv.db");
        if (!Files.exists(database)) {
            fill(settings, dialogs);
        }
        say("database: %,d bytes", Files.size(database));
        long begin = System.nanoTime();
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system())) {
            say("opened in %,d ms: %s", since(begin), store.health().rows());
            begin = System.nanoTime();
            store.windows().window(key(dialogs / 2)).newest();
            say("first window after another %,d ms", since(begin));
            begin = System.nanoTime();
            for (int dialog = 0; dialog < 1_000; dialog++) {
                store.windows().window(key((int) (dialog * 7_919L % dialogs))).newest();
            }
            say("1,000 more windows in %,d ms", since(begin));
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            say("heap in use: %,d bytes", runtime.totalMemory() - runtime.freeMemory());
        }
    }

    private static void fill(StoreSettings settings, int dialogs) {
        long begin = System.nanoTime();
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system())) {
            Bytes layers = Bytes.copyOf(new byte[1_500]);
            for (int dialog = 0; dialog < dialogs; dialog++) {
                store.windows().window(key(dialog)).arrive(1, dialog, false);
                store.dialogs()
                        .remember(new DialogState(
                                "orders",
                                new DialogId(1, dialog),
                                0,
                                1,
                                layers,
                                DialogStatus.OPEN,
                                System.currentTimeMillis()));
            }
        }
        say("filled with %,d dialogs in %,d ms", dialogs, since(begin));
    }

    private static WindowKey key(int dialog) {
        return new WindowKey(
                Bytes.copyOf(new byte[32]), "orders", new DialogId(1, dialog), Direction.TARGET_TO_INITIATOR, 0, "");
    }

    private static long since(long beginNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
