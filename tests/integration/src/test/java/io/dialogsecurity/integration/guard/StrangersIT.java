package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers send costs little: no memory they only speak of, and no room that others need. */
class StrangersIT {

    private static final int JUNK = 10_050;
    private static final int JUNK_BYTES = 28;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;
    private static DialogEndpoint orderEntry;

    @BeforeAll
    static void start() throws Exception {
        orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("strangers"))
                        .jvmOptions("-Xmx512m")
                        .user("nobody", GuardedBroker.PASSWORD, "nobodies")
                        .queue("sensors")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> {
                    Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
                    SERVICES.orderEntry.writePem(keys.resolve("order-entry.pem"));
                    Files.writeString(
                            process.etcDirectory().resolve(GuardedBroker.POLICY_FILE),
                            GuardedBroker.policy("")
                                    .replace(
                                            "<services>",
                                            "<identity service=\"order-entry\" key-store=\"keys/order-entry.pem\"/><services>")
                                    .replace(
                                            "<addresses default=\"bypass\">",
                                            "<addresses default=\"bypass\"><address match=\"sensors\" action=\"apply\""
                                                    + " receivers=\"shipping\"><seal service=\"order-entry\"/></address>"));
                });
    }

    @AfterAll
    static void stop() {
        orderEntry.close();
        broker.close();
    }

    private static byte[] junk() {
        byte[] junk = new byte[JUNK_BYTES];
        System.arraycopy(seal(), 0, junk, 0, 4);
        return junk;
    }

    private static byte[] seal() {
        return orderEntry.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("an order"), "orders");
    }

    private static long quarantined() {
        return broker.messageCount(GuardedBroker.QUARANTINE);
    }

    private static void sendTamperedOrder() {
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            byte[] tampered = seal();
            tampered[600] ^= 1;
            assertThatThrownBy(() -> sales.send("orders", tampered)).isInstanceOf(JMSSecurityException.class);
        }
    }

    @Test
    void whoMaySendNowhereIsAnsweredByTheBrokerAndKeepsNothing() throws Exception {
        long before = quarantined();
        int lines = broker.refusals();
        try (RawClient nobody = broker.client("nobody");
                RawClient amqpNobody = broker.amqpClient("nobody")) {
            assertThatThrownBy(() -> nobody.send("orders", junk()))
                    .isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("AMQ229032");
            assertThatThrownBy(() -> nobody.sendText("legacy.old", "plain")).hasMessageContaining("AMQ229032");
            assertThatThrownBy(() -> amqpNobody.send("orders", junk())).isInstanceOf(JMSException.class);
        }
        assertThat(quarantined()).isEqualTo(before);
        assertThat(broker.refusals()).isEqualTo(lines);
    }

    @Test
    void junkOfOneUserLeavesRoomForWhatIsRefusedToAnother() throws Exception {
        int lines = broker.refusals();
        try (RawClient mallory = RawClient.amqp(broker.process, GuardedBroker.MALLORY, "?jms.forceAsyncSend=true")) {
            MessageProducer producer = mallory.session().createProducer(mallory.queue("orders"));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < JUNK; i++) {
                try {
                    producer.send(RawClient.bytes(mallory.session(), junk()));
                } catch (JMSException refused) {
                    continue;
                }
            }
            mallory.session()
                    .createBrowser(mallory.session().createQueue("free"))
                    .close();
        }
        Await.until(GuardedBroker.PATIENCE, "all to be refused", () -> (long) broker.attribute("RefusedCount") >= JUNK);
        assertThat(quarantined()).isBetween(1_000L, 5_000L);
        assertThat(broker.refusals() - lines).as("lines in the audit log").isLessThan(JUNK / 2);
        long before = quarantined();
        sendTamperedOrder();
        assertThat(quarantined()).isEqualTo(before + 1);
    }

    @Test
    void aCompressedMessageIsNotBelievedAboutItsSize() throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator(broker.process.coreUrl());
                ClientSession session = locator.createSessionFactory()
                        .createSession(GuardedBroker.SALES, GuardedBroker.PASSWORD, false, true, true, false, 0)) {
            for (long size : new long[] {2_000_000_000L, 250_000_000L, -1}) {
                int before = broker.refusals();
                ClientMessage message = session.createMessage(Message.BYTES_TYPE, true);
                message.getBodyBuffer().writeBytes(new byte[300]);
                message.putBooleanProperty(Message.HDR_LARGE_COMPRESSED, true);
                message.putLongProperty(Message.HDR_LARGE_BODY_SIZE, size);
                try (ClientProducer producer = session.createProducer("sensors")) {
                    assertThatThrownBy(() -> producer.send(message)).isInstanceOf(ActiveMQException.class);
                }
                assertThat(broker.nextRefusal(before)).isEqualTo(size < 0 ? "CONTENT_INVALID" : "TOO_LARGE");
            }
        }
        assertThat(Files.readString(broker.process.consoleLog())).doesNotContain("OutOfMemoryError");
    }

    @Test
    void noPropertyKeepsARefusedMessageOutOfTheQuarantine() throws Exception {
        try (RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            if (quarantined() > 0) {
                mallory.drain(GuardedBroker.QUARANTINE);
            }
            long before = quarantined();
            BytesMessage message = RawClient.bytes(mallory.session(), seal());
            message.setObjectProperty("_AMQ_ROUTE_TO", new byte[8]);
            message.setObjectProperty("_AMQ_SCALEDOWN_TO", new byte[8]);
            message.setObjectProperty("_AMQ_ACK_ROUTE_TO", new byte[8]);
            message.setStringProperty("_AMQ_LVQ_NAME", "one");
            message.setStringProperty("_AMQ_DUPL_ID", "one");
            message.setStringProperty("JMSXGroupID", "one");
            message.setLongProperty("_AMQ_SCHED_DELIVERY", System.currentTimeMillis() + 1_000_000_000L);
            for (int i = 1; i <= 2; i++) {
                assertThatThrownBy(() -> mallory.send("orders", message)).isInstanceOf(JMSException.class);
                assertThat(quarantined()).isEqualTo(before + i);
            }
            RawClient.Received kept = mallory.receive(GuardedBroker.QUARANTINE);
            assertThat(kept).isNotNull();
            assertThat(kept.message().getStringProperty("DS_REJECTION")).isEqualTo("CONNECTION_NOT_ENTITLED");
        }
    }
}
