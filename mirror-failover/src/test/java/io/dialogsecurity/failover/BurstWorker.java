package io.dialogsecurity.failover;

import io.dialogsecurity.state.Claim;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** A process in which new dialogs come to a guard without end, until it is killed. Each line it writes names one it has taken. */
final class BurstWorker {

    static final int THREADS = 3;

    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private BurstWorker() {}

    /** Arguments: directory, first dialog. */
    public static void main(String[] arguments) {
        EndpointStore store = EndpointStore.open(
                StoreSettings.in(Path.of(arguments[0]))
                        .tailRecords(BurstTest.TAIL)
                        .build(),
                TestStores.CLOCK);
        AtomicLong last = new AtomicLong(Long.parseLong(arguments[1]) - 1);
        for (int thread = 0; thread < THREADS; thread++) {
            new Thread(() -> work(store, last)).start();
        }
    }

    private static void work(EndpointStore store, AtomicLong last) {
        while (true) {
            long dialog = last.incrementAndGet();
            if (store.claims().window(TestStores.claimKey(dialog)).take(1, dialog, true) != Claim.TAKEN) {
                throw new IllegalStateException("known: " + dialog);
            }
            say(dialog);
        }
    }

    /** In one write, so that a line is whole or not there. */
    private static void say(long dialog) {
        try {
            OUT.write((dialog + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
