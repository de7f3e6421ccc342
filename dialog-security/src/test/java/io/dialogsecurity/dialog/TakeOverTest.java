package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.BILLING;
import static io.dialogsecurity.dialog.TestServices.MALLORY;
import static io.dialogsecurity.dialog.TestServices.NOW;
import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.wire.DialogError;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another instance of a service goes on sending in a dialog, with nothing but the key pair and what was remembered. */
class TakeOverTest {

    private static final Reception AT_ORDERS = Reception.at("orders");
    private static final Reception AT_REPLIES = Reception.at("replies");

    private final DialogStates states = DialogStates.inMemory(100);
    private Instant now = NOW;

    private DialogEndpoint instance(ServiceName name, Suite suite, DialogStates remembered) {
        return TestServices.endpoint(name, suite, TestServices.everybody(suite))
                .dialogs(remembered)
                .clock(() -> now)
                .build();
    }

    private static KeyId dialogKeyId(byte[] envelope) {
        try {
            return EnvelopeCodec.parse(envelope).dialogSessionKey().keyId();
        } catch (EnvelopeFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sealed(DialogSealer sealer, String to) {
        return sealer.seal(MessageContent.text("goes on"), to);
    }

    private static void assertRefused(Rejection reason, DialogEndpoint endpoint, DialogId dialog, ServiceName of) {
        assertThatThrownBy(() -> endpoint.resume(dialog, of))
                .isInstanceOfSatisfying(SealingRefusedException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.getMessage()).isNotBlank();
                });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("An initiator's numbers go on, under the same pair and a new dialog key: one verification, one unwrap")
    void initiator(Suite suite) {
        DialogEndpoint shipping = instance(SHIPPING, suite, DialogStates.inMemory(100));
        DialogSealer orders = instance(ORDER_ENTRY, suite, states).begin(Set.of(SHIPPING));
        byte[] first = sealed(orders, "orders");
        shipping.open(first, AT_ORDERS);
        shipping.open(sealed(orders, "orders"), AT_ORDERS);

        DialogEndpoint survivor = instance(ORDER_ENTRY, suite, states);
        DialogSealer resumed = survivor.resume(orders.dialogId(), ORDER_ENTRY);
        assertThat(resumed.sequence()).isEqualTo(2);
        byte[] third = sealed(resumed, "orders");
        CryptoCounters.Snapshot done = survivor.counters();
        assertThat(done.verifications()).isEqualTo(1);
        assertThat(done.publicKeyUnwraps()).isEqualTo(1);
        assertThat(done.publicKeyOperations()).isEqualTo(2);
        Opened opened = (Opened) shipping.open(third, AT_ORDERS);
        assertThat(opened.sequence()).isEqualTo(3);
        assertThat(opened.arrival()).isEqualTo(Arrival.NEXT);
        assertThat(dialogKeyId(third)).isNotEqualTo(dialogKeyId(first));
    }

    @Test
    @DisplayName("On a warm survivor nothing public is computed, not for its other dialogs either")
    void warm() {
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_1, DialogStates.inMemory(100));
        DialogEndpoint dead = instance(ORDER_ENTRY, Suite.SUITE_1, states);
        DialogSealer one = dead.begin(Set.of(SHIPPING));
        DialogSealer other = dead.begin(Set.of(SHIPPING));
        sealed(one, "orders");
        sealed(other, "orders");
        DialogEndpoint survivor = TestServices.endpoint(
                        ORDER_ENTRY, Suite.SUITE_1, TestServices.everybody(Suite.SUITE_1))
                .dialogs(states)
                .caches(new UnboundedCaches())
                .build();
        sealed(survivor.resume(one.dialogId(), ORDER_ENTRY), "orders");
        CryptoCounters.Snapshot warm = survivor.counters();
        byte[] envelope = sealed(survivor.resume(other.dialogId(), ORDER_ENTRY), "orders");
        sealed(survivor.begin(Set.of(SHIPPING)), "orders");
        assertThat(survivor.counters().since(warm).publicKeyOperations()).isZero();
        assertThat(shipping.open(envelope, AT_ORDERS)).isInstanceOf(Opened.class);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A target replies without a message at hand: one verification, one unwrap")
    void target(Suite suite) {
        DialogEndpoint orderEntry = instance(ORDER_ENTRY, suite, DialogStates.inMemory(100));
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        DialogEndpoint dead = instance(SHIPPING, suite, states);
        Opened request = (Opened) dead.open(sealed(orders, "orders"), AT_ORDERS);
        orderEntry.open(sealed(dead.reply(request), "replies"), AT_REPLIES);

        DialogEndpoint survivor = instance(SHIPPING, suite, states);
        byte[] reply = sealed(survivor.resume(orders.dialogId(), ORDER_ENTRY), "replies");
        assertThat(survivor.counters().verifications()).isEqualTo(1);
        assertThat(survivor.counters().publicKeyUnwraps()).isEqualTo(1);
        assertThat(survivor.counters().publicKeyOperations()).isEqualTo(2);
        Opened opened = (Opened) orderEntry.open(reply, AT_REPLIES);
        assertThat(opened.dialogId()).isEqualTo(orders.dialogId());
        assertThat(opened.sequence()).isEqualTo(1);
        assertThat(opened.arrival()).isEqualTo(Arrival.NEXT);
    }

    @Test
    @DisplayName("A number that was taken and not sent leaves a gap, and is not used twice")
    void gapAtTheTakeOver() {
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_2, DialogStates.inMemory(100));
        DialogSealer orders = instance(ORDER_ENTRY, Suite.SUITE_2, states).begin(Set.of(SHIPPING));
        shipping.open(sealed(orders, "orders"), AT_ORDERS);
        sealed(orders, "orders"); // dies with its sender
        DialogSealer resumed = instance(ORDER_ENTRY, Suite.SUITE_2, states).resume(orders.dialogId(), ORDER_ENTRY);
        Opened third = (Opened) shipping.open(sealed(resumed, "orders"), AT_ORDERS);
        assertThat(third.sequence()).isEqualTo(3);
        assertThat(third.arrival()).isEqualTo(Arrival.AFTER_GAP);
    }

    @Test
    @DisplayName("After the end of the key exchange key an initiator signs a new one, and a target waits for it")
    void keyExchangeKeyEnded() {
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_2, states);
        DialogSealer orders = instance(ORDER_ENTRY, Suite.SUITE_2, states).begin(Set.of(SHIPPING));
        shipping.open(sealed(orders, "orders"), AT_ORDERS);
        now = NOW.plus(EndpointPolicy.defaults().keyExchangeKey().maxAge());
        assertRefused(Rejection.KEY_EXPIRED, instance(SHIPPING, Suite.SUITE_2, states), orders.dialogId(), ORDER_ENTRY);
        DialogEndpoint survivor = instance(ORDER_ENTRY, Suite.SUITE_2, states);
        byte[] next = sealed(survivor.resume(orders.dialogId(), ORDER_ENTRY), "orders");
        assertThat(survivor.counters().signatures()).isEqualTo(1);
        assertThat(((Opened) shipping.open(next, AT_ORDERS)).sequence()).isEqualTo(2);
        byte[] reply =
                sealed(instance(SHIPPING, Suite.SUITE_2, states).resume(orders.dialogId(), ORDER_ENTRY), "replies");
        assertThat(survivor.open(reply, AT_REPLIES)).isInstanceOf(Opened.class);
    }

    @Test
    @DisplayName("What ended, was broken off, or is not known is not resumed; what the other side ended is")
    void endedOrUnknown() {
        DialogEndpoint orderEntry = instance(ORDER_ENTRY, Suite.SUITE_2, states);
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_2, states);
        DialogSealer ended = orderEntry.begin(Set.of(SHIPPING));
        Opened last = (Opened) shipping.open(ended.seal(MessageContent.end(), "orders"), AT_ORDERS);
        assertRefused(Rejection.DIALOG_ENDED, orderEntry, ended.dialogId(), ORDER_ENTRY);
        assertThat(shipping.resume(last.dialogId(), ORDER_ENTRY)).isNotNull();
        shipping.reply(last).seal(MessageContent.end(), "replies");
        assertRefused(Rejection.DIALOG_ENDED, shipping, last.dialogId(), ORDER_ENTRY);

        DialogSealer broken = orderEntry.begin(Set.of(SHIPPING));
        shipping.open(broken.seal(MessageContent.error(new DialogError(7, "no")), "orders"), AT_ORDERS);
        assertRefused(Rejection.DIALOG_ENDED, orderEntry, broken.dialogId(), ORDER_ENTRY);
        assertRefused(Rejection.DIALOG_ENDED, shipping, broken.dialogId(), ORDER_ENTRY);

        assertRefused(Rejection.DIALOG_UNKNOWN, orderEntry, new DialogId(1, 2), ORDER_ENTRY);
        assertRefused(Rejection.DIALOG_UNKNOWN, shipping, broken.dialogId(), BILLING);
    }

    @Test
    @DisplayName("An initiator that has forgotten how far it had come does not go on because of an answer")
    void numbersForgotten() {
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_2, DialogStates.inMemory(100));
        DialogSealer orders = instance(ORDER_ENTRY, Suite.SUITE_2, states).begin(Set.of(SHIPPING));
        Opened request = (Opened) shipping.open(sealed(orders, "orders"), AT_ORDERS);
        DialogEndpoint forgetful = instance(ORDER_ENTRY, Suite.SUITE_2, DialogStates.inMemory(100));
        assertThat(forgetful.open(sealed(shipping.reply(request), "replies"), AT_REPLIES))
                .isInstanceOf(Opened.class);
        assertRefused(Rejection.DIALOG_UNKNOWN, forgetful, orders.dialogId(), ORDER_ENTRY);
    }

    @Test
    @DisplayName("A dialog is resumed with the initiator who was named, not with one who took its id")
    void sameNameOfAnother() {
        DialogEndpoint orderEntry = instance(ORDER_ENTRY, Suite.SUITE_2, DialogStates.inMemory(100));
        DialogEndpoint mallory = instance(MALLORY, Suite.SUITE_2, DialogStates.inMemory(100));
        DialogEndpoint shipping = instance(SHIPPING, Suite.SUITE_2, states);
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        Opened request = (Opened) shipping.open(sealed(orders, "orders"), AT_ORDERS);
        DialogSealer sameName = new DialogSealer(
                mallory.contextFor(Set.of(SHIPPING)),
                orders.dialogId(),
                request.direction(),
                mallory.pairFor(Set.of(SHIPPING)));
        assertThat(shipping.open(sealed(sameName, "orders"), AT_ORDERS)).isInstanceOf(Opened.class);
        byte[] reply =
                sealed(instance(SHIPPING, Suite.SUITE_2, states).resume(orders.dialogId(), ORDER_ENTRY), "replies");
        assertThat(orderEntry.open(reply, AT_REPLIES)).isInstanceOf(Opened.class);
        assertThat(mallory.open(reply, AT_REPLIES)).isInstanceOf(Rejected.class);
    }

    @Test
    @DisplayName("A dialog with a service whose certificate is gone is not resumed")
    void notTrustedAnyMore() {
        DialogSealer orders = instance(ORDER_ENTRY, Suite.SUITE_2, states).begin(Set.of(SHIPPING));
        sealed(orders, "orders");
        TrustContext withoutShipping = new TrustContext(
                TestServices.trustStore(),
                ListedCertificates.of(
                        List.of(TestServices.issued(ORDER_ENTRY, Suite.SUITE_2).certificate())));
        DialogEndpoint survivor = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, withoutShipping)
                .dialogs(states)
                .build();
        assertRefused(Rejection.CERTIFICATE_UNTRUSTED, survivor, orders.dialogId(), ORDER_ENTRY);

        now = NOW.plus(Duration.ofDays(400));
        assertRefused(
                Rejection.CERTIFICATE_EXPIRED,
                instance(ORDER_ENTRY, Suite.SUITE_2, states),
                orders.dialogId(),
                ORDER_ENTRY);
    }

    @Test
    @DisplayName("A pair that somebody wrote into the state is not sealed under")
    void forgedState() {
        DialogEndpoint mallory = instance(MALLORY, Suite.SUITE_2, DialogStates.inMemory(100));
        DialogEndpoint orderEntry = instance(ORDER_ENTRY, Suite.SUITE_2, states);
        DialogId dialog = new DialogId(3, 4);
        states.sending("order-entry", dialog, 0).use(5);
        Bytes foreign = mallory.pairFor(Set.of(SHIPPING)).sharedLayers;
        states.remember(new DialogState("order-entry", dialog, 0, 2, foreign, DialogStatus.OPEN, 0));
        byte[] envelope = sealed(orderEntry.resume(dialog, ORDER_ENTRY), "orders");
        assertThat(orderEntry.counters().signatures()).isEqualTo(1); // a pair of its own
        assertThat(((Opened) instance(SHIPPING, Suite.SUITE_2, states).open(envelope, AT_ORDERS)).sender())
                .isEqualTo(ORDER_ENTRY);
        byte[] bytes = orderEntry.pairFor(Set.of(SHIPPING)).layers.clone();
        bytes[bytes.length - 1] ^= 1;
        states.remember(new DialogState("order-entry", dialog, 0, 2, Bytes.copyOf(bytes), DialogStatus.OPEN, 0));
        assertThat(sealed(orderEntry.resume(dialog, ORDER_ENTRY), "orders")).isNotEmpty();
        states.remember(new DialogState("order-entry", dialog, 0, 2, Bytes.copyOf(new byte[20]), DialogStatus.OPEN, 0));
        assertRefused(Rejection.DIALOG_UNKNOWN, orderEntry, dialog, ORDER_ENTRY);
    }
}
