package io.dialogsecurity.integration;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.StoreSettings;
import java.nio.file.Path;
import java.time.InstantSource;

/** A process that opens endpoint state as a thread of a broker might: without a context class loader. */
final class OpensState {

    private OpensState() {}

    /** Argument: the directory. */
    public static void main(String[] arguments) {
        Thread.currentThread().setContextClassLoader(null);
        try (EndpointStore store =
                EndpointStore.open(StoreSettings.in(Path.of(arguments[0])).build(), InstantSource.system())) {
            System.out.println("empty " + store.openedEmpty());
        }
    }
}
