package io.dialogsecurity.failover;

import io.dialogsecurity.state.Arrival;
import java.nio.file.Path;
import java.time.Duration;

/** A process whose files may not grow: it works until it is refused, then until it is served again. */
final class FullDiskWorker {

    private FullDiskWorker() {}

    /** Argument: directory. Writes how many dialogs were remembered at each turn. */
    public static void main(String[] arguments) {
        StoreSettings settings = StoreSettings.in(Path.of(arguments[0]))
                .commitInterval(Duration.ofMillis(5))
                .tailRecords(1_024)
                .build();
        try (EndpointStore store = EndpointStore.open(settings, TestStores.CLOCK)) {
            int dialog = 0;
            String refusal = null;
            while (refusal == null) {
                try {
                    arrive(store, dialog);
                    dialog++;
                } catch (StoreException e) {
                    refusal = e.getMessage();
                }
            }
            System.out.println("refused " + dialog + " " + store.health().good() + " " + refusal);
            int refusedAt = dialog;
            while (dialog < refusedAt + 500) {
                try {
                    arrive(store, dialog);
                    dialog++;
                } catch (StoreException e) {
                    Thread.onSpinWait();
                }
            }
            Await.until(() -> store.health().good());
            System.out.println("served " + dialog);
        }
        System.out.println("closed");
    }

    private static void arrive(EndpointStore store, int dialog) {
        Arrival arrival = store.windows().window(TestStores.windowKey(dialog)).arrive(1, dialog, true);
        if (arrival != Arrival.NEXT) {
            throw new IllegalStateException("dialog " + dialog + ": " + arrival);
        }
    }
}
