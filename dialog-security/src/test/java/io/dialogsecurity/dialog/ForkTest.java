package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.ForkReport.Cause;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.SendSequence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two messages with one number. */
class ForkTest {

    private static final Reception AT_ORDERS = Reception.at("orders");

    private final List<ForkReport> reports = new ArrayList<>();
    private final DialogEndpoint orderEntry = TestServices.endpoint(
                    ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
            .build();
    private final DialogSealer one = orderEntry.begin(Set.of(SHIPPING));

    private DialogEndpoint shipping(long recentBytes) {
        return TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .recentEnvelopes(recentBytes)
                .onFork(reports::add)
                .build();
    }

    /** Another instance of the initiator that does not know of the first. */
    private DialogSealer twin() {
        DialogEndpoint twin = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .build();
        return new DialogSealer(
                twin.contextFor(Set.of(SHIPPING)),
                one.dialogId(),
                Direction.INITIATOR_TO_TARGET,
                orderEntry.pairFor(Set.of(SHIPPING)));
    }

    private static byte[] sealed(DialogSealer sealer, String text) {
        return sealer.seal(MessageContent.text(text), "orders");
    }

    @Test
    @DisplayName("Two instances of an initiator are told, with both envelopes as they arrived")
    void splitBrain() {
        DialogEndpoint shipping = shipping(1 << 20);
        byte[] first = sealed(one, "left");
        byte[] second = sealed(twin(), "right");
        shipping.open(first, AT_ORDERS);
        for (int i = 0; i < 100; i++) {
            shipping.open(sealed(one, "and on"), AT_ORDERS);
        }
        Rejected refused = (Rejected) shipping.open(second, AT_ORDERS);
        assertThat(refused.reason()).isEqualTo(Rejection.SEQUENCE_CONFLICT);
        assertThat(refused.detail()).contains("two of its instances");
        ForkReport report = reports.get(0);
        assertThat(reports).hasSize(1);
        assertThat(report.cause()).isEqualTo(Cause.TWO_INSTANCES);
        assertThat(report.dialogId()).isEqualTo(one.dialogId());
        assertThat(report.sender()).isEqualTo(ORDER_ENTRY);
        assertThat(report.sequence()).isEqualTo(1);
        assertThat(report.first().orElseThrow().envelope()).isEqualTo(Bytes.copyOf(first));
        assertThat(report.first().orElseThrow().whole()).isTrue();
        assertThat(report.second().envelope()).isEqualTo(Bytes.copyOf(second));
    }

    @Test
    @DisplayName("Where policy flags, both are delivered, the second with a mark, each once")
    void flagged() {
        DialogEndpoint shipping = shipping(1 << 20);
        Reception flagging = AT_ORDERS.flaggingForks();
        byte[] first = sealed(one, "left");
        byte[] second = sealed(twin(), "right");
        Opened left = (Opened) shipping.open(first, flagging);
        left.acknowledge();
        Opened right = (Opened) shipping.open(second, flagging);
        assertThat(right.arrival()).isEqualTo(Arrival.FORKED);
        Opened again = (Opened) shipping.open(second, flagging);
        assertThat(again.arrival()).isEqualTo(Arrival.FORKED);
        assertThat(again.isCopyOf(right)).isTrue();
        assertThat(again.isCopyOf(left)).isFalse();
        right.acknowledge();
        assertThat(((Opened) shipping.open(second, flagging)).arrival()).isEqualTo(Arrival.DUPLICATE);
        assertThat(((Opened) shipping.open(first, flagging)).arrival()).isEqualTo(Arrival.DUPLICATE);
        assertThat(((Opened) shipping.open(sealed(one, "2"), flagging)).arrival())
                .isEqualTo(Arrival.NEXT);
    }

    @Test
    @DisplayName("Where replays are allowed a forked message keeps its mark however often it is given")
    void flaggedAgain() {
        DialogEndpoint shipping = shipping(1 << 20);
        Reception kept = AT_ORDERS.flaggingForks().allowingReplays();
        byte[] first = sealed(one, "left");
        byte[] second = sealed(twin(), "right");
        Opened left = (Opened) shipping.open(first, kept);
        for (int i = 0; i < 3; i++) {
            Opened right = (Opened) shipping.open(second, kept);
            assertThat(right.arrival()).isEqualTo(Arrival.FORKED);
            assertThat(right.isCopyOf(left)).isFalse();
            right.acknowledge();
        }
        assertThat(((Opened) shipping.open(first, kept)).arrival()).isEqualTo(Arrival.REDELIVERED);
        assertThat(reports).hasSize(1);
    }

    @Test
    @DisplayName("Without a memory, or beyond it, the second envelope is the proof")
    void firstForgotten() {
        for (long bytes : new long[] {0, 64 * 1024}) {
            reports.clear();
            DialogEndpoint shipping = shipping(bytes);
            DialogSealer left = orderEntry.begin(Set.of(SHIPPING));
            byte[] first = sealed(left, "left");
            shipping.open(first, AT_ORDERS);
            for (int i = 0; i < 200; i++) {
                shipping.open(sealed(left, "and on ".repeat(20)), AT_ORDERS);
            }
            DialogEndpoint twin = TestServices.endpoint(
                            ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                    .build();
            DialogSealer right = new DialogSealer(
                    twin.contextFor(Set.of(SHIPPING)),
                    left.dialogId(),
                    Direction.INITIATOR_TO_TARGET,
                    orderEntry.pairFor(Set.of(SHIPPING)));
            byte[] second = sealed(right, "right");
            assertThat(shipping.open(second, AT_ORDERS)).isInstanceOf(Rejected.class);
            assertThat(reports.get(0).cause()).isEqualTo(Cause.UNKNOWN);
            assertThat(reports.get(0).first()).isEmpty();
            assertThat(reports.get(0).second().envelope()).isEqualTo(Bytes.copyOf(second));
        }
    }

    @Test
    @DisplayName("Of large and streamed envelopes the head is kept: who, where, and the MIC")
    void heads() throws IOException {
        DialogEndpoint shipping = shipping(1 << 20);
        byte[] large = one.seal(MessageContent.bytes(new byte[100_000]), "orders");
        shipping.open(large, AT_ORDERS);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream plaintext = twin().sealStream(MessageContent.bytes(new byte[0]), "orders", out)) {
            plaintext.write(new byte[100_000]);
        }
        Rejected refused = (Rejected) shipping.openStream(new ByteArrayInputStream(out.toByteArray()), AT_ORDERS);
        assertThat(refused.reason()).isEqualTo(Rejection.SEQUENCE_CONFLICT);
        ForkReport report = reports.get(0);
        assertThat(report.cause()).isEqualTo(Cause.TWO_INSTANCES);
        assertThat(report.first().orElseThrow().whole()).isFalse();
        byte[] head = report.first().orElseThrow().envelope().toArray();
        assertThat(large).startsWith(head);
        assertThat(report.second().whole()).isFalse();
        assertThat(out.toByteArray()).startsWith(report.second().envelope().toArray());
    }

    @Test
    @DisplayName("One dialog key for both: somebody else has it")
    void stolenKey() throws Exception {
        DialogEndpoint shipping = shipping(1 << 20);
        DialogSealer sealer = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .dialogs(new Forgetful())
                .build()
                .begin(Set.of(SHIPPING));
        shipping.open(sealed(sealer, "left"), AT_ORDERS);
        rewind(sealer);
        Rejected refused = (Rejected) shipping.open(sealed(sealer, "right"), AT_ORDERS);
        assertThat(refused.detail()).contains("one and the same dialog key");
        assertThat(reports.get(0).cause()).isEqualTo(Cause.ONE_KEY);
    }

    /** A clone that goes on from an earlier moment. */
    private static void rewind(DialogSealer sealer) throws ReflectiveOperationException {
        for (String name : List.of("sequence", "reserved")) {
            Field field = DialogSealer.class.getDeclaredField(name);
            field.setAccessible(true);
            field.setLong(sealer, 0);
        }
    }

    /** Remembers no dialog. */
    private static final class Forgetful implements DialogStates {

        @Override
        public void remember(DialogState state) {
            // forgets
        }

        @Override
        public Optional<DialogState> find(String service, DialogId dialogId) {
            return Optional.empty();
        }

        @Override
        public SendSequence sending(String service, DialogId dialogId, long instance) {
            return new SendSequence() {
                @Override
                public long last() {
                    return 0;
                }

                @Override
                public void use(long sequence) {
                    // forgets
                }
            };
        }

        @Override
        public long open() {
            return 0;
        }

        @Override
        public long tombstones() {
            return 0;
        }
    }
}
