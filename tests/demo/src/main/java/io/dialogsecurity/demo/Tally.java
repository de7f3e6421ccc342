package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;

/** What one receiver got of one dialog, compared with what it had to get. Safe for use by several threads. */
final class Tally {

    private final int[] expectedDigests;
    private final boolean[] seen;
    private int received;
    private int highest;
    private int disordered;
    private int doubled;
    private int altered;
    private int unexpected;
    private long bytes;
    private long firstNanos;
    private long lastNanos;

    /**
     * A tally of nothing.
     *
     * @param expectedDigests of the documents, the first message's first
     */
    Tally(int... expectedDigests) {
        this.expectedDigests = expectedDigests.clone();
        this.seen = new boolean[expectedDigests.length];
    }

    /** Counts a message that came. */
    synchronized void add(int number, int digest, int length) {
        lastNanos = System.nanoTime();
        if (received == 0) {
            firstNanos = lastNanos;
        }
        bytes += length;
        if (number < 1 || number > seen.length) {
            unexpected++;
            return;
        }
        if (seen[number - 1]) {
            doubled++;
            return;
        }
        seen[number - 1] = true;
        received++;
        if (number < highest) {
            disordered++;
        }
        highest = Math.max(highest, number);
        if (expectedDigests[number - 1] != digest) {
            altered++;
        }
    }

    synchronized int received() {
        return received;
    }

    synchronized boolean complete() {
        return received == seen.length;
    }

    /** As the other processes are told. */
    synchronized Line describe(Line line) {
        return line.with("count", received)
                .with("missing", seen.length - received)
                .with("disordered", disordered)
                .with("doubled", doubled)
                .with("altered", altered + unexpected)
                .with("bytes", bytes)
                .with("nanos", lastNanos - firstNanos);
    }
}
