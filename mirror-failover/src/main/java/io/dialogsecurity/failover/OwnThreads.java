package io.dialogsecurity.failover;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Threads that nobody interrupts. A file channel is closed, under everybody who uses it, when a thread that reads or writes
 * through it is interrupted; threads of a broker are. So whatever touches a file is done here, and the caller waits until it
 * is; that he was interrupted he finds afterwards. Thread-safe.
 */
final class OwnThreads implements AutoCloseable {

    private final ThreadPoolExecutor threads;

    /** @param most how many calls are carried out at the same time; the others wait */
    OwnThreads(int most) {
        threads = new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "dialog-security-state-files");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Does something once, on a thread made for it. */
    static <T> T callOnce(Supplier<T> work) {
        try (OwnThreads one = new OwnThreads(1)) {
            return one.call(work);
        }
    }

    /**
     * Does the work on one of these threads. What it throws is thrown here.
     *
     * @throws StoreException if they are closed
     */
    <T> T call(Supplier<T> work) {
        Future<T> result;
        try {
            result = threads.submit(work::get);
        } catch (RejectedExecutionException e) {
            throw new StoreException("The endpoint state is closed.", e);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What was asked for before is still done. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
