package io.dialogsecurity.crypto;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A secret with a life: it starts with one lease, its owner's, and is erased when the last lease is released. So an
 * evicted key is erased at once if nobody uses it, and otherwise by whoever uses it last.
 */
public abstract class Leased implements Leasable {

    private final AtomicInteger leases = new AtomicInteger(1);
    private volatile boolean retired;

    /** With the owner's lease. */
    protected Leased() {}

    @Override
    public final boolean tryLease() {
        int current = leases.get();
        while (current > 0 && !retired) {
            if (leases.compareAndSet(current, current + 1)) {
                return true;
            }
            current = leases.get();
        }
        return false;
    }

    @Override
    public final void retire() {
        retired = true;
        release();
    }

    @Override
    public final void release() {
        int remaining = leases.decrementAndGet();
        if (remaining == 0) {
            erase();
        } else if (remaining < 0) {
            throw new IllegalStateException("A lease was released twice");
        }
    }

    /** Whether the secret is gone. */
    public final boolean isErased() {
        return leases.get() <= 0;
    }

    /** Overwrites the secret with zeros. Called once, when nobody holds a lease. */
    protected abstract void erase();
}
