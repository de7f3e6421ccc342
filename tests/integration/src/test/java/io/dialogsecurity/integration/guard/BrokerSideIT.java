package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker seals and opens for plain applications: who is given what, and what is not stored. */
class BrokerSideIT {

    private static final String SECRET = "what the broker itself cannot be asked for";
    private static final long SOON = 1_000;
    private static final long LATE = 15_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("endpoint"))
                        .queue("sensors")
                        .queue("sensors.private")
                        .queue("sensors.open")
                        .queue("sensors.silent")
                        .queue("sensors.trial")
                        .queue("sensors.moving")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> {
                    Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
                    SERVICES.orderEntry.writePem(keys.resolve("order-entry.pem"));
                    SERVICES.shipping.writePem(keys.resolve("shipping.pem"));
                    Files.writeString(process.etcDirectory().resolve(GuardedBroker.POLICY_FILE), policy());
                });
    }

    @AfterAll
    static void stop() throws Exception {
        broker.process.stop();
        assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.process.directory()))
                .isEmpty();
    }

    /** Sales send as order-entry, the store reads as shipping; both do so without knowing. */
    private static String policy() {
        return """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="pki/root.pem"/></trust>
              <identity service="order-entry" key-store="keys/order-entry.pem"/>
              <identity service="shipping" key-store="keys/shipping.pem"/>
              <services>
                <service name="order-entry" certificate="pki/order-entry.pem" users="sales" roles="sellers"/>
                <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                <service name="billing" certificate="pki/billing.pem" users="store"/>
              </services>
              <suites accept="1 2"/>
              <addresses default="bypass">
                <address match="sensors" action="apply" senders="order-entry" receivers="shipping">
                  <seal service="order-entry"/>
                  <open service="shipping"/>
                </address>
                <address match="sensors.private" action="apply" receivers="billing">
                  <seal service="order-entry"/>
                </address>
                <address match="sensors.open" action="apply" receivers="shipping" others="envelope">
                  <seal service="order-entry" users="*"/>
                  <open service="shipping" roles="fulfilment"/>
                </address>
                <address match="sensors.silent" action="apply" receivers="shipping" outgoing="drop">
                  <seal service="order-entry"/>
                </address>
                <address match="sensors.trial" action="apply" receivers="shipping" dry-run="true">
                  <seal service="order-entry"/>
                  <open service="shipping"/>
                </address>
                <address match="sensors.moving" action="apply" receivers="shipping" plaintext-until="%s">
                  <open service="shipping"/>
                </address>
              </addresses>
            </dialog-security>
            """.formatted(Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS));
    }

    private static void sendText(RawClient client, String queue, String text) throws JMSException {
        Session session = client.session();
        TextMessage message = session.createTextMessage(text);
        message.setStringProperty("place", "hall of " + text);
        session.createProducer(session.createQueue(queue)).send(message);
    }

    private static Message receive(RawClient client, String queue, long millis) throws JMSException {
        Session session = client.session();
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            return consumer.receive(millis);
        }
    }

    @Test
    void plainInAndPlainOutAndSealedBetween() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient amqpSales = broker.amqpClient("sales");
                RawClient store = broker.client("store");
                RawClient amqpStore = broker.amqpClient("store")) {
            for (RawClient from : new RawClient[] {sales, amqpSales}) {
                for (RawClient to : new RawClient[] {store, amqpStore}) {
                    sendText(from, "sensors", SECRET);
                    Message received = receive(to, "sensors", LATE);
                    assertThat(received).isInstanceOf(TextMessage.class);
                    assertThat(((TextMessage) received).getText()).isEqualTo(SECRET);
                    assertThat(received.getStringProperty("place")).isEqualTo("hall of " + SECRET);
                }
            }
        }
        assertThat((long) broker.attribute("SealedCount")).isGreaterThanOrEqualTo(4);
        assertThat((long) broker.attribute("OpenedCount")).isGreaterThanOrEqualTo(4);
    }

    @Test
    void whoIsNotNamedGetsNothingAndBlocksNobody() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient mallory = broker.client("mallory");
                RawClient store = broker.client("store")) {
            try (MessageConsumer eager =
                    mallory.session().createConsumer(mallory.session().createQueue("sensors"))) {
                sendText(sales, "sensors", SECRET);
                assertThat(eager.receive(SOON)).isNull();
                QueueBrowser browser =
                        mallory.session().createBrowser(mallory.session().createQueue("sensors"));
                assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
                browser.close();
                assertThat(((TextMessage) receive(store, "sensors", LATE)).getText())
                        .isEqualTo(SECRET);
            }
        }
    }

    @Test
    void othersGetTheEnvelopeWherePolicySaysSo() throws Exception {
        try (RawClient mallory = broker.client("mallory");
                RawClient store = broker.client("store")) {
            sendText(mallory, "sensors.open", SECRET); // every user is sealed for
            Message envelope = receive(mallory, "sensors.open", LATE);
            assertThat(envelope).isInstanceOf(BytesMessage.class);
            assertThat(envelope.getStringProperty("place")).isNull();

            sendText(mallory, "sensors.open", SECRET);
            assertThat(((TextMessage) receive(store, "sensors.open", LATE)).getText())
                    .isEqualTo(SECRET);
        }
    }

    @Test
    void whatTheBrokerHasNoKeyForStaysAnEnvelope() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient store = broker.client("store")) {
            sendText(sales, "sensors.private", SECRET);
            assertThat(receive(store, "sensors.private", LATE)).isInstanceOf(BytesMessage.class);
        }
    }

    @Test
    void droppedOnTheWayOutMeansThatNobodyGetsIt() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient store = broker.client("store")) {
            sendText(sales, "sensors.silent", SECRET);
            assertThat(receive(store, "sensors.silent", SOON)).isNull();
            assertThat(broker.messageCount("sensors.silent")).isEqualTo(1);
        }
    }

    @Test
    void whoMayNotSpeakForAServiceIsNotSealedFor() throws Exception {
        int before = broker.refusals();
        try (RawClient mallory = broker.client("mallory")) {
            assertThatThrownBy(() -> sendText(mallory, "sensors", SECRET)).isInstanceOf(JMSException.class);
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
        assertThat(broker.messageCount("sensors")).isZero();
    }

    @Test
    void sealedInTheClientIsOpenedForPlainConsumersToo() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient sales = broker.client("sales");
                RawClient store = broker.amqpClient("store")) {
            sales.send(
                    "sensors", endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text(SECRET), "sensors"));
            assertThat(((TextMessage) receive(store, "sensors", LATE)).getText())
                    .isEqualTo(SECRET);
        }
    }

    @Test
    void whatDoesNotOpenIsTakenToTheQuarantineAndBlocksNobody() throws Exception {
        long before = broker.messageCount(GuardedBroker.QUARANTINE);
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient sales = broker.client("sales");
                RawClient store = broker.client("store")) {
            byte[] broken = endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text(SECRET), "sensors");
            broken[broken.length - 1] ^= 1; // the guard has no key, so that only the way out can tell
            sales.send("sensors", broken);
            sendText(sales, "sensors", SECRET);
            assertThat(((TextMessage) receive(store, "sensors", LATE)).getText())
                    .isEqualTo(SECRET);
            Await.until(
                    GuardedBroker.PATIENCE,
                    "the broken message in quarantine",
                    () -> broker.messageCount(GuardedBroker.QUARANTINE) == before + 1);
            Await.until(GuardedBroker.PATIENCE, "an empty queue", () -> broker.messageCount("sensors") == 0);
            try (RawClient administrator = broker.client("store")) {
                BytesMessage kept = (BytesMessage) receive(administrator, GuardedBroker.QUARANTINE, LATE);
                assertThat(kept.getStringProperty("DS_REJECTION")).isEqualTo("MIC_INVALID");
                byte[] body = new byte[(int) kept.getBodyLength()];
                kept.readBytes(body);
                assertThat(body).isEqualTo(broken);
            }
        }
    }

    @Test
    void aTrialChangesNothingAndTellsWhatItWouldRefuse() throws Exception {
        long before = (long) broker.attribute("WouldRefuseCount");
        try (RawClient sales = broker.client("sales");
                RawClient mallory = broker.client("mallory")) {
            sendText(sales, "sensors.trial", "not secret");
            assertThat((long) broker.attribute("WouldRefuseCount")).isEqualTo(before); // it would be sealed
            sendText(mallory, "sensors.trial", "not secret");
            assertThat((long) broker.attribute("WouldRefuseCount")).isEqualTo(before + 1);
            for (int i = 0; i < 2; i++) {
                Message received = receive(mallory, "sensors.trial", LATE);
                assertThat(received).isInstanceOf(TextMessage.class);
            }
        }
    }

    @Test
    void plaintextIsToleratedForAWhile() throws Exception {
        long before = (long) broker.attribute("ToleratedCount");
        try (RawClient mallory = broker.client("mallory");
                RawClient store = broker.client("store")) {
            sendText(mallory, "sensors.moving", "not secret");
            assertThat(((TextMessage) receive(store, "sensors.moving", LATE)).getText())
                    .isEqualTo("not secret");
        }
        assertThat((long) broker.attribute("ToleratedCount")).isEqualTo(before + 1);
        assertThat(broker.audit()).anyMatch(line -> line.contains("tolerated unsealed user=mallory"));
    }

    @Test
    void aSealedMessageOfARolledBackTransactionIsGone() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient store = broker.client("store")) {
            Session transacted = sales.transacted();
            var producer = transacted.createProducer(transacted.createQueue("sensors"));
            producer.send(transacted.createTextMessage(SECRET + " 1"));
            transacted.rollback();
            producer.send(transacted.createTextMessage(SECRET + " 2"));
            transacted.commit();
            assertThat(((TextMessage) receive(store, "sensors", LATE)).getText())
                    .isEqualTo(SECRET + " 2");
            transacted.close();
        }
        assertThat(broker.messageCount("sensors")).isZero();
    }

    @Test
    void redeliveredMessagesAreOpenedAgain() throws Exception {
        try (RawClient sales = broker.client("sales");
                RawClient store = broker.client("store")) {
            sendText(sales, "sensors", SECRET);
            Session transacted = store.transacted();
            try (MessageConsumer consumer = transacted.createConsumer(transacted.createQueue("sensors"))) {
                assertThat(((TextMessage) consumer.receive(LATE)).getText()).isEqualTo(SECRET);
                transacted.rollback();
                Message again = consumer.receive(LATE);
                assertThat(((TextMessage) again).getText()).isEqualTo(SECRET);
                assertThat(again.getJMSRedelivered()).isTrue();
                transacted.commit();
            }
            transacted.close();
        }
    }

    @Test
    void aWrongPolicyNamesTheMissingKeyAndLeavesTheOldOneInForce() throws IOException {
        String wrong = policy().replace("<identity service=\"shipping\" key-store=\"keys/shipping.pem\"/>", "");
        long before = (long) broker.attribute("FailedReloadCount");
        broker.replacePolicy(wrong);
        Await.until(
                GuardedBroker.PATIENCE,
                "a refused policy",
                () -> (long) broker.attribute("FailedReloadCount") > before);
        assertThat((String) broker.attribute("PolicyProblem"))
                .contains("dialog-security.xml")
                .contains("shipping")
                .contains("add an <identity> of shipping");
        broker.replacePolicy(policy());
    }
}
