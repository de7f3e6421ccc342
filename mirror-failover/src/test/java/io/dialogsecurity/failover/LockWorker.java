package io.dialogsecurity.failover;

import java.nio.file.Path;

/** A process that wants the directory of a store. */
final class LockWorker {

    private LockWorker() {}

    /** Argument: directory. Says whether it got it. */
    public static void main(String[] arguments) {
        try (StoreFiles files =
                StoreFiles.lock(StoreSettings.in(Path.of(arguments[0])).build(), TestStores.CLOCK)) {
            System.out.println("got it " + files);
        } catch (StoreException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
