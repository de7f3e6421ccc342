package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.ReceiveWindows;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One message twice, before anything is acknowledged. */
class CopyTest {

    /** As a store whose windows leave memory as soon as they can: the same memory, and each time another object. */
    private record Reloaded(ReceiveWindow memory) implements ReceiveWindow {

        @Override
        public Arrival arrive(long sequence, EnvelopeIdentity identity, boolean refuseGaps) {
            return memory.arrive(sequence, identity, refuseGaps);
        }

        @Override
        public Arrival arrive(long sequence, long micPrefix, boolean refuseGaps) {
            return memory.arrive(sequence, micPrefix, refuseGaps);
        }

        @Override
        public void acknowledge(long sequence) {
            memory.acknowledge(sequence);
        }

        @Override
        public void end(long sequence) {
            memory.end(sequence);
        }

        @Override
        public long newest() {
            return memory.newest();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @Test
    @DisplayName("A copy is known as one though the window left memory in between, and only where it was received")
    void windowsThatAreReadAgain() {
        ReceiveWindows windows = ReceiveWindows.inMemory(100);
        DialogEndpoint shipping = TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .windows(key -> new Reloaded(windows.window(key)))
                .build();
        DialogSealer orderEntry = TestServices.endpoint(
                        ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .build()
                .begin(Set.of(SHIPPING));
        byte[] envelope = orderEntry.seal(MessageContent.text("once"), "orders");
        byte[] next = orderEntry.seal(MessageContent.text("then"), "orders");
        Reception atOrders = Reception.at("orders");

        Opened first = (Opened) shipping.open(envelope, atOrders);
        Opened copy = (Opened) shipping.open(envelope, atOrders);

        assertThat(copy.arrival()).isEqualTo(Arrival.REDELIVERED);
        assertThat(copy.isCopyOf(first)).isTrue();
        assertThat(first.isCopyOf((Opened) shipping.open(next, atOrders))).isFalse();
        assertThat(first.isCopyOf((Opened) shipping.open(envelope, atOrders.through("another queue"))))
                .isFalse();
        first.acknowledge();
        assertThat(((Opened) shipping.open(envelope, atOrders)).arrival()).isEqualTo(Arrival.DUPLICATE);
    }
}
