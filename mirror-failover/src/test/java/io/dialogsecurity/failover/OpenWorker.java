package io.dialogsecurity.failover;

import java.nio.file.Path;

/** A process that opens a store, and would set damaged files aside. */
final class OpenWorker {

    private OpenWorker() {}

    /** Argument: directory. Says how it went. */
    public static void main(String[] arguments) {
        StoreSettings settings = StoreSettings.in(Path.of(arguments[0]))
                .onDamage(OnDamage.REBUILD)
                .build();
        try (EndpointStore store = EndpointStore.open(settings, TestStores.CLOCK)) {
            System.out.println("opened " + store.needsRebuild());
        } catch (StoreException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
