package io.dialogsecurity.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LeasedTest {

    private final AtomicInteger erasures = new AtomicInteger();
    private final Leased secret = new Leased() {
        @Override
        protected void erase() {
            erasures.incrementAndGet();
        }
    };

    @Test
    @DisplayName("What its owner has retired gives no more leases, and is erased when the last one is released")
    void retired() {
        assertThat(secret.tryLease()).isTrue();
        secret.retire();
        assertThat(secret.tryLease()).isFalse();
        assertThat(erasures).hasValue(0);
        secret.release();
        assertThat(erasures).hasValue(1);
        assertThat(secret.isErased()).isTrue();
        assertThat(secret.tryLease()).isFalse();
    }
}
