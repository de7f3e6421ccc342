package io.dialogsecurity.takeover;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Begins messages of one lane at the plan's rate, first those its predecessor was not sure of. */
final class Sender implements Runnable {

    private final Sending sending;
    private final int transaction;
    private final long intervalNanos;
    private int next;
    private volatile boolean stopping;
    private volatile boolean stopped;

    /** @param lastSent number of the last message that a predecessor has sent, 0 for none */
    Sender(Connections connections, Plan plan, Lane lane, int lastSent, Ledger ledger, Troubles troubles) {
        this.sending = new Sending(connections, lane, ledger, troubles);
        this.transaction = lane.flow().transaction();
        this.intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) * transaction / plan.rate());
        this.next = lastSent + 1;
    }

    @Override
    public void run() {
        long due = System.nanoTime();
        while (!stopping) {
            for (long left = due - System.nanoTime(); left > 0 && !stopping; left = due - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
            }
            // The rest of a transaction of which a part is certain.
            int count = transaction - (next - 1) % transaction;
            sending.send(next, count);
            next += count;
            // What was held up is not made up for: that would be another load than before.
            due = Math.max(due + intervalNanos, System.nanoTime());
        }
        sending.close();
        stopped = true;
    }

    void stop() {
        stopping = true;
    }

    boolean hasStopped() {
        return stopped;
    }
}
