package io.dialogsecurity.failover;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that happens on another thread. */
final class Await {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Await() {}

    static void until(Callable<Boolean> condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("It did not happen within " + LONGEST);
                }
                LockSupport.parkNanos(1_000_000);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
