package io.dialogsecurity.cache;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.crypto.Leased;
import java.util.concurrent.atomic.AtomicInteger;

/** A value that knows whether everybody kept the rules of leasing; the real life cycle is that of {@link Leased}. */
final class DerivedValue implements Leasable {

    final String name;
    final AtomicInteger erasures = new AtomicInteger();
    final AtomicInteger releasedTwice = new AtomicInteger();

    private final Leased life = new Leased() {
        @Override
        protected void erase() {
            erasures.incrementAndGet();
        }
    };

    DerivedValue(String name) {
        this.name = name;
    }

    @Override
    public boolean tryLease() {
        return life.tryLease();
    }

    @Override
    public void release() {
        try {
            life.release();
        } catch (IllegalStateException e) {
            releasedTwice.incrementAndGet();
            throw e;
        }
    }

    boolean isErased() {
        return life.isErased();
    }

    @Override
    public String toString() {
        return name;
    }
}
