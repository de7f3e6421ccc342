package io.dialogsecurity.benchmarks;

/**
 * Runs exactly what is to be measured until it is compiled: AES-GCM is interpreted for thousands of messages, and JMH's
 * own warm-up is too short for the large ones.
 */
final class Primed {

    private static final int SMALL = 20_000;
    private static final long ENOUGH_BYTES = 3L << 30;
    private static final int LEAST = 3_000;

    private Primed() {}

    static void run(int bytes, Runnable operation) {
        long times = Math.max(LEAST, Math.min(SMALL, ENOUGH_BYTES / Math.max(1, bytes)));
        for (long i = 0; i < times; i++) {
            operation.run();
        }
    }
}
