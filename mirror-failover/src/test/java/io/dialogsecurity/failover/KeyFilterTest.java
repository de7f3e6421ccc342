package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyFilterTest {

    private static final int KEYS = 300_000;

    @Test
    @DisplayName("What was added is never missing, however large it grows; of the rest it knows nearly all")
    void neverForgets() {
        KeyFilter filter = new KeyFilter();
        Random keys = new Random(1);
        for (int key = 0; key < KEYS; key++) {
            filter.add(keys.nextLong(), keys.nextLong());
        }
        Random again = new Random(1);
        for (int key = 0; key < KEYS; key++) {
            assertThat(filter.mayContain(again.nextLong(), again.nextLong())).isTrue();
        }
        int mistaken = 0;
        for (int key = 0; key < KEYS; key++) {
            mistaken += filter.mayContain(keys.nextLong(), keys.nextLong()) ? 1 : 0;
        }
        assertThat(mistaken).isLessThan(KEYS / 100);
        assertThat(filter.bytes()).isLessThan(KEYS * 8L);
    }
}
