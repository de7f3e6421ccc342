package io.dialogsecurity.artemis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ToleratedPlaintextTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private final ToleratedPlaintext warnings = new ToleratedPlaintext(now::get);

    @Test
    void warnsOncePerAddressAndHour() {
        assertThat(warnings.warnOf("orders")).isTrue();
        assertThat(warnings.warnOf("orders")).isFalse();
        assertThat(warnings.warnOf("news")).isTrue();
        now.set(now.get().plus(ToleratedPlaintext.BETWEEN_WARNINGS).minusNanos(1));
        assertThat(warnings.warnOf("orders")).isFalse();
        now.set(now.get().plusNanos(1));
        assertThat(warnings.warnOf("orders")).isTrue();
        assertThat(warnings.warnOf("orders")).isFalse();
    }

    @Test
    void addressesThatSomebodyMakesUpDoNotFillTheMemory() {
        for (int i = 0; i < 2 * ToleratedPlaintext.MOST_ADDRESSES; i++) {
            assertThat(warnings.warnOf("a." + i)).isTrue();
            assertThat(warnings.remembered()).isLessThanOrEqualTo(ToleratedPlaintext.MOST_ADDRESSES);
        }
    }
}
