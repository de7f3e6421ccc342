package io.dialogsecurity.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Time to the half second, which is enough for ages of minutes and hours, and a tenth of the cost of asking the system for
 * every message. It is told by a thread the JDK has for such things, until nobody holds the ticker any more.
 */
final class CoarseTicker implements Ticker {

    private static final long PERIOD_MILLIS = 500;

    private volatile long nanos = System.nanoTime();

    private CoarseTicker() {}

    static CoarseTicker start() {
        CoarseTicker ticker = new CoarseTicker();
        tick(new WeakReference<>(ticker));
        return ticker;
    }

    private static void tick(WeakReference<CoarseTicker> reference) {
        CoarseTicker ticker = reference.get();
        if (ticker != null) {
            ticker.nanos = System.nanoTime();
            CompletableFuture.delayedExecutor(PERIOD_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> tick(reference));
        }
    }

    @Override
    public long read() {
        return nanos;
    }
}
