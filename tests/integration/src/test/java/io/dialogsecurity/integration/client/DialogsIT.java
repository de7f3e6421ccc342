package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.dialog.Dialog;
import io.dialogsecurity.artemis.client.dialog.Dialogs;
import io.dialogsecurity.artemis.client.dialog.IncomingDialogs;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.wire.DialogError;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DialogsIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final ServiceName SHIPPING = new ServiceName("shipping");

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @MethodSource("io.dialogsecurity.integration.client.MessageKindsIT#pairs")
    void twoServicesTalkAndPart(Provider here, Provider there) throws Exception {
        String name = world.name("orders");
        try (Dialogs sales = Dialogs.over(world.orderEntry(here));
                Dialogs store = Dialogs.over(world.shipping(there));
                IncomingDialogs incoming = store.incoming(name);
                Dialog order = sales.begin(SHIPPING, name)) {
            order.send("ten boxes, please");
            Dialog accepted = incoming.next(PATIENCE).orElseThrow();
            assertThat(accepted.id()).isEqualTo(order.id());
            assertThat(accepted.partner().value()).isEqualTo("order-entry");
            assertThat(text(accepted)).isEqualTo("ten boxes, please");

            accepted.send("large or small?");
            assertThat(text(order)).isEqualTo("large or small?");
            assertThat(order.partner()).isEqualTo(SHIPPING);
            order.send(order.map(Map.of("large", 7, "small", 3)));
            MapMessage answer = (MapMessage) accepted.receive(PATIENCE).orElseThrow();
            assertThat(answer.getInt("large")).isEqualTo(7);

            accepted.sendLast(accepted.text("on their way"));
            assertThat(text(order)).isEqualTo("on their way");
            assertThat(order.endedByPartner()).isTrue();
            assertThat(order.receive(Duration.ZERO)).isEmpty();
            order.end();
            assertThat(accepted.receive(PATIENCE)).isEmpty();
            assertThat(accepted.endedByPartner()).isTrue();
            assertThatThrownBy(() -> order.send("too late")).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dialogsecurity.integration.client.MessageKindsIT#pairs")
    void oneSideBreaksItOff(Provider here, Provider there) {
        String name = world.name("orders");
        try (Dialogs sales = Dialogs.over(world.orderEntry(here));
                Dialogs store = Dialogs.over(world.shipping(there));
                IncomingDialogs incoming = store.incoming(name);
                Dialog order = sales.begin(SHIPPING, name)) {
            order.send("ten boxes, please");
            Dialog accepted = incoming.next(PATIENCE).orElseThrow();
            assertThat(text(accepted)).isEqualTo("ten boxes, please");
            accepted.error(409, "no boxes left");
            assertThatThrownBy(() -> accepted.send("but")).isInstanceOf(IllegalStateException.class);
            assertThat(order.receive(PATIENCE)).isEmpty();
            assertThat(order.endedByPartner()).isTrue();
            assertThat(order.errorOfPartner()).contains(new DialogError(409, "no boxes left"));
            assertThatThrownBy(() -> order.send("too late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("409 no boxes left");
            assertThatThrownBy(() -> sales.resume(SHIPPING, name, order.id()))
                    .isInstanceOfSatisfying(
                            JMSSecurityRuntimeException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("DIALOG_ENDED"));
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aDialogGoesOnOverAnotherConnection(Provider provider) {
        String name = world.name("orders");
        try (Dialogs store = Dialogs.over(world.shipping(provider));
                IncomingDialogs incoming = store.incoming(name)) {
            DialogId id;
            Dialog accepted;
            try (Dialogs sales = Dialogs.over(world.orderEntry(provider))) {
                Dialog order = sales.begin(SHIPPING, name);
                id = order.id();
                order.send("one");
                accepted = incoming.next(PATIENCE).orElseThrow();
                assertThat(text(accepted)).isEqualTo("one");
            }
            try (Dialogs sales = Dialogs.over(world.orderEntry(provider));
                    Dialog order = sales.resume(SHIPPING, name, id)) {
                order.send("two");
                assertThat(text(accepted)).isEqualTo("two");
                accepted.send("heard");
                assertThat(text(order)).isEqualTo("heard");
                order.end();
                assertThatThrownBy(() -> sales.resume(SHIPPING, name, id))
                        .isInstanceOf(JMSSecurityRuntimeException.class)
                        .hasMessageContaining("has ended");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aDialogNobodyRemembersIsNotResumed(Provider provider) {
        try (Dialogs sales = Dialogs.over(world.orderEntry(provider))) {
            assertThatThrownBy(() -> sales.resume(SHIPPING, world.name("orders"), new DialogId(1, 2)))
                    .isInstanceOfSatisfying(
                            JMSSecurityRuntimeException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("DIALOG_UNKNOWN"));
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void manyDialogsOnAWarmPairTakeNoPublicKeyOperations(Provider provider) {
        String name = world.name("orders");
        int count = 100;
        try (Dialogs sales = Dialogs.over(world.orderEntry(provider));
                Dialogs store = Dialogs.over(world.shipping(provider));
                IncomingDialogs incoming = store.incoming(name)) {
            talkOnce(sales, incoming, name, "warm-up");
            CryptoCounters.Snapshot here = world.orderEntry().cryptoCounters();
            CryptoCounters.Snapshot there = world.shipping().cryptoCounters();
            for (int i = 0; i < count; i++) {
                talkOnce(sales, incoming, name, "dialog " + i);
            }
            assertThat(world.orderEntry().cryptoCounters().since(here).publicKeyOperations())
                    .isZero();
            assertThat(world.shipping().cryptoCounters().since(there).publicKeyOperations())
                    .isZero();
        }
    }

    private static void talkOnce(Dialogs sales, IncomingDialogs incoming, String name, String text) {
        try (Dialog order = sales.begin(SHIPPING, name)) {
            order.send(text);
            try (Dialog accepted = incoming.next(PATIENCE).orElseThrow()) {
                assertThat(text(accepted)).isEqualTo(text);
                accepted.send("re: " + text);
            }
            assertThat(text(order)).isEqualTo("re: " + text);
        }
    }

    private static String text(Dialog dialog) {
        Message message = dialog.receive(PATIENCE).orElseThrow();
        try {
            return ((TextMessage) message).getText();
        } catch (jakarta.jms.JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void messagesOfSeveralDialogsAreSorted(Provider provider) {
        String name = world.name("orders");
        try (Dialogs sales = Dialogs.over(world.orderEntry(provider));
                Dialogs store = Dialogs.over(world.shipping(provider));
                IncomingDialogs incoming = store.incoming(name);
                Dialog one = sales.begin(SHIPPING, name);
                Dialog other = sales.begin(SHIPPING, name)) {
            one.send("one 1");
            other.send("other 1");
            one.send("one 2");
            other.send("other 2");
            Dialog first = incoming.next(PATIENCE).orElseThrow();
            Dialog second = incoming.next(PATIENCE).orElseThrow();
            List<String> heard = new ArrayList<>();
            heard.add(text(second));
            heard.add(text(second));
            heard.add(text(first));
            heard.add(text(first));
            assertThat(heard).containsExactly("other 1", "other 2", "one 1", "one 2");
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void theOtherSideMayUseJakartaMessagingAlone(Provider provider) {
        String name = world.name("orders");
        try (Dialogs sales = Dialogs.over(world.orderEntry(provider));
                JMSContext store = world.shipping(provider).createContext();
                Dialog order = sales.begin(SHIPPING, name)) {
            order.send("how much?");
            Message request = store.createConsumer(store.createQueue(name)).receive(PATIENCE_MILLIS);
            try {
                store.createProducer()
                        .setJMSCorrelationID(request.getJMSMessageID())
                        .send(request.getJMSReplyTo(), "twelve");
            } catch (jakarta.jms.JMSException e) {
                throw new IllegalStateException(e);
            }
            assertThat(text(order)).isEqualTo("twelve");
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void whatPolicyDoesNotAllowIsNotBegun(Provider provider) {
        try (Dialogs store = Dialogs.over(world.shipping(provider))) {
            assertThatThrownBy(() -> store.begin(SHIPPING, world.name("orders")))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
            assertThatThrownBy(() -> store.begin(new ServiceName("billing")))
                    .isInstanceOf(JMSRuntimeException.class)
                    .hasMessageContaining("give the address");
        }
    }
}
