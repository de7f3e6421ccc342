package io.dialogsecurity.dialog;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The system's time, up to a quarter of a second late: enough to see that a message is nowhere near its limits of days and
 * minutes, without asking the system for each. It is told by a thread the JDK has for such things, until nobody holds the
 * clock any more.
 */
final class CoarseClock implements InstantSource {

    private static final long PERIOD_MILLIS = 250;

    private volatile long millis = System.currentTimeMillis();

    private CoarseClock() {}

    static CoarseClock start() {
        CoarseClock clock = new CoarseClock();
        tick(new WeakReference<>(clock));
        return clock;
    }

    private static void tick(WeakReference<CoarseClock> reference) {
        CoarseClock clock = reference.get();
        if (clock != null) {
            clock.millis = System.currentTimeMillis();
            CompletableFuture.delayedExecutor(PERIOD_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> tick(reference));
        }
    }

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
