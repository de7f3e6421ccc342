package io.dialogsecurity.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition with a deadline; the only way tests wait for something asynchronous. */
public final class Await {

    private static final long PAUSE_NANOS = 10_000_000L;

    private Await() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param what completes the sentence "waited 5s for ..."
     * @throws AssertionError when the condition does not hold before the deadline
     */
    public static void until(Duration patience, String what, Callable<Boolean> condition) {
        until(patience, () -> what, condition);
    }

    /** Like {@link #until(Duration, String, Callable)}; the text is made only when time is up. */
    public static void until(Duration patience, Supplier<String> what, Callable<Boolean> condition) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            if (holds(condition)) {
                return;
            }
            if (System.nanoTime() - deadlineNanos >= 0) {
                throw new AssertionError("waited " + patience.toMillis() + " ms for " + what.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for " + what.get());
            }
        }
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
