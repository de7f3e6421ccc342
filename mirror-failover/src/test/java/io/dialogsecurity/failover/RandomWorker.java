package io.dialogsecurity.failover;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.SendSequence;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * A process that works on a store until it is killed. Each line it writes says what has been done, after it was done:
 * {@code arrived|acknowledged|taken|withdrawn|used|remembered dialog sequence mic}.
 */
final class RandomWorker {

    static final int THREADS = 3;
    static final int DIALOGS = 12;

    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private RandomWorker() {}

    /** Arguments: directory, seed, whether to force each change. */
    public static void main(String[] arguments) {
        long seed = Long.parseLong(arguments[1]);
        StoreSettings settings = StoreSettings.in(Path.of(arguments[0]))
                .commitInterval(Duration.ofMillis(2))
                .tailRecords(4_096)
                .sync(Boolean.parseBoolean(arguments[2]))
                .maxWindowsInMemory(16)
                .build();
        EndpointStore store = EndpointStore.open(settings, TestStores.CLOCK);
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            new Thread(() -> work(store, first, new Random(seed + first))).start();
        }
    }

    /** Works on dialogs of its own, so that the lines of each dialog are in order. */
    private static void work(EndpointStore store, int first, Random random) {
        while (true) {
            long dialog = first + (long) THREADS * random.nextInt(DIALOGS / THREADS);
            switch (random.nextInt(4)) {
                case 0 -> receive(store.windows().window(TestStores.windowKey(dialog)), dialog, random);
                case 1 -> claim(store.claims().window(TestStores.claimKey(dialog)), dialog, random);
                case 2 -> send(store.dialogs().sending("orders", new DialogId(7, dialog), 0), dialog);
                default -> {
                    if (random.nextInt(10) == 0) {
                        store.dialogs().remember(TestStores.dialog(dialog, DialogStatus.OPEN));
                        say("remembered", dialog, 0, 0);
                    }
                }
            }
        }
    }

    private static void receive(ReceiveWindow window, long dialog, Random random) {
        long sequence = window.newest() + 1;
        long mic = random.nextLong();
        if (window.arrive(sequence, mic, true) != Arrival.NEXT) {
            throw new IllegalStateException("not the next: " + sequence);
        }
        say("arrived", dialog, sequence, mic);
        if (random.nextBoolean()) {
            window.acknowledge(sequence);
            say("acknowledged", dialog, sequence, mic);
        }
    }

    private static void claim(ClaimWindow window, long dialog, Random random) {
        long mic = random.nextLong();
        long sequence = Math.floorMod(random.nextLong(), 1_000L) + 1;
        if (window.take(sequence, mic, false) != Claim.TAKEN) {
            return;
        }
        say("taken", dialog, sequence, mic);
        if (random.nextInt(3) == 0) {
            window.withdraw(sequence, mic);
            say("withdrawn", dialog, sequence, mic);
        }
    }

    private static void send(SendSequence sequence, long dialog) {
        long next = sequence.last() + 1;
        sequence.use(next);
        say("used", dialog, next, 0);
    }

    /** In one write, so that a line is whole or not there. */
    private static void say(String what, long dialog, long sequence, long mic) {
        try {
            OUT.write((what + ' ' + dialog + ' ' + sequence + ' ' + mic + '\n').getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
