package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.BILLING;
import static io.dialogsecurity.dialog.TestServices.MALLORY;
import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.DialogError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Begin, end and error of dialogs, with both sides in one process. */
class LifeCycleTest {

    private static final Reception AT_ORDERS = Reception.at("orders");
    private static final Reception AT_REPLIES = Reception.at("replies");

    private final DialogStates orderEntryStates = DialogStates.inMemory(100);
    private final DialogStates shippingStates = DialogStates.inMemory(100);
    private final DialogEndpoint orderEntry = endpoint(ORDER_ENTRY, orderEntryStates);
    private final DialogEndpoint shipping = endpoint(SHIPPING, shippingStates);

    private static DialogEndpoint endpoint(ServiceName name, DialogStates states) {
        return TestServices.endpoint(name, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .dialogs(states)
                .build();
    }

    private static Opened opened(DialogEndpoint receiver, byte[] envelope, Reception reception) {
        return (Opened) receiver.open(envelope, reception);
    }

    private static Rejected rejected(DialogEndpoint receiver, byte[] envelope, Reception reception) {
        return (Rejected) receiver.open(envelope, reception);
    }

    private static void refusesToSeal(DialogSealer sealer) {
        assertThatThrownBy(() -> sealer.seal(MessageContent.text("more"), "orders"))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.DIALOG_ENDED));
    }

    @Test
    @DisplayName("After its last message a side seals nothing more; the other side may go on")
    void end() {
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        byte[] last = orders.seal(MessageContent.text("all").endingDialog(), "orders");
        refusesToSeal(orders);
        Opened heard = opened(shipping, last, AT_ORDERS);
        assertThat(heard.endsDialog()).isTrue();
        assertThat(orderEntryStates.open()).isEqualTo(1);
        DialogSealer replies = shipping.reply(heard);
        Opened answer = opened(orderEntry, replies.seal(MessageContent.end(), "replies"), AT_REPLIES);
        assertThat(answer.kind()).isEqualTo(ContentKind.NONE);
        assertThat(answer.endsDialog()).isTrue();
        refusesToSeal(replies);
        assertThat(orderEntryStates.open()).isZero();
        assertThat(orderEntryStates.tombstones()).isEqualTo(1);
        assertThat(shippingStates.tombstones()).isEqualTo(1);
    }

    @Test
    @DisplayName("Nothing new is taken after the last message; what was late, and copies, are")
    void afterTheEnd() {
        DialogStates forgetful = DialogStates.inMemory(1);
        DialogEndpoint sender = endpoint(ORDER_ENTRY, forgetful);
        DialogSealer orders = sender.begin(Set.of(SHIPPING));
        byte[] late = orders.seal(MessageContent.text("late"), "orders");
        byte[] second = orders.seal(MessageContent.text("second"), "orders");
        DialogSealer otherInstance = sender.resume(orders.dialogId(), ORDER_ENTRY);
        byte[] end = orders.seal(MessageContent.end(), "orders");
        byte[] beyond = otherInstance.seal(MessageContent.text("beyond"), "orders");
        opened(shipping, second, AT_ORDERS);
        opened(shipping, end, AT_ORDERS);
        Rejected refused = rejected(shipping, beyond, AT_ORDERS);
        assertThat(refused.reason()).isEqualTo(Rejection.DIALOG_ENDED);
        assertThat(opened(shipping, late, AT_ORDERS).arrival()).isEqualTo(Arrival.LATE);
        assertThat(opened(shipping, end, AT_ORDERS).arrival()).isEqualTo(Arrival.REDELIVERED);
        assertThat(rejected(shipping, beyond, AT_ORDERS).reason()).isEqualTo(Rejection.DIALOG_ENDED);
    }

    @Test
    @DisplayName("An error has a code and a text, and stops the sealers of both sides")
    void error() {
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        Opened heard = opened(shipping, orders.seal(MessageContent.text("go"), "orders"), AT_ORDERS);
        DialogSealer replies = shipping.reply(heard);
        DialogSealer another = shipping.reply(heard);
        DialogSealer elsewhere = shipping.begin(Set.of(BILLING));
        byte[] error = replies.seal(MessageContent.error(new DialogError(42, "out of boxes ✗")), "replies");
        refusesToSeal(replies);
        refusesToSeal(another);
        Opened told = opened(orderEntry, error, AT_REPLIES);
        assertThat(told.error()).contains(new DialogError(42, "out of boxes ✗"));
        assertThat(told.endsDialog()).isTrue();
        refusesToSeal(orders);
        assertThat(elsewhere.seal(MessageContent.text("unharmed"), "bills")).isNotEmpty();
        assertThat(orderEntryStates.tombstones()).isEqualTo(1);
    }

    @Test
    @DisplayName("An error breaks off the dialog of its initiator, not one of somebody who took its id")
    void errorInADialogOfTheSameName() {
        DialogEndpoint mallory = endpoint(MALLORY, DialogStates.inMemory(100));
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        Opened heard = opened(shipping, orders.seal(MessageContent.text("go"), "orders"), AT_ORDERS);
        DialogSealer replies = shipping.reply(heard);
        DialogSealer sameName = new DialogSealer(
                mallory.contextFor(Set.of(SHIPPING)),
                orders.dialogId(),
                heard.direction(),
                mallory.pairFor(Set.of(SHIPPING)));
        byte[] error = sameName.seal(MessageContent.error(new DialogError(1, "")), "orders");
        assertThat(opened(shipping, error, AT_ORDERS).sender()).isEqualTo(MALLORY);
        assertThat(replies.seal(MessageContent.text("still here"), "replies")).isNotEmpty();
        assertThat(shipping.resume(orders.dialogId(), ORDER_ENTRY)).isNotNull();
    }

    @Test
    @DisplayName("Of several targets one speaks for itself: its end and its error are not the dialog's")
    void oneOfSeveralTargets() {
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING, BILLING));
        Opened heard = opened(shipping, orders.seal(MessageContent.text("go"), "orders"), AT_ORDERS);
        DialogSealer replies = shipping.reply(heard);
        byte[] error = replies.seal(MessageContent.error(new DialogError(1, "not me")), "replies");
        assertThat(opened(orderEntry, error, AT_REPLIES).error()).isPresent();
        assertThat(orders.seal(MessageContent.text("to billing"), "orders")).isNotEmpty();
        refusesToSeal(replies);
    }

    @Test
    @DisplayName("A stream may be the last message too")
    void endOfAStream() throws IOException {
        DialogSealer orders = orderEntry.begin(Set.of(SHIPPING));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream plaintext =
                orders.sealStream(MessageContent.bytes(new byte[0]).endingDialog(), "orders", out)) {
            plaintext.write(new byte[100_000]);
        }
        refusesToSeal(orders);
        OpenedStream stream =
                (OpenedStream) shipping.openStream(new ByteArrayInputStream(out.toByteArray()), AT_ORDERS);
        assertThat(stream.message().endsDialog()).isTrue();
        assertThat(stream.payload().readAllBytes()).hasSize(100_000);
    }

    @Test
    @DisplayName("Code and text of an error have limits")
    void limits() {
        assertThatThrownBy(() -> new DialogError(0x10000, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DialogError(-1, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DialogError(0, "é".repeat(513))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DialogError(0, "\uD800")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new DialogError(0xFFFF, "é".repeat(512)).text()).hasSize(512);
    }
}
