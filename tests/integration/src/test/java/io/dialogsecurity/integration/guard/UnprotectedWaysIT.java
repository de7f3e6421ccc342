package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes to a protected address out of one where nobody looks: a plain consumer for whom the broker opens is given nothing
 * twice, and nothing that its sender was not entitled to send.
 */
class UnprotectedWaysIT {

    private static final String ORDER = "pay 100 to bob";
    private static final long SOON = 1_500;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;
    private static BrokerProcess stranger;
    private static DialogEndpoint orderEntry;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePort.choose();
        int strangersPort = FreePort.choose();
        stranger = stranger(port, strangersPort);
        orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("ways"))
                        .queue("sensors.in")
                        .queue("sensors.late")
                        .queue("tapped")
                        .queue("expiring")
                        .queue("failing")
                        .queue("heap")
                        .queue("core.fetched")
                        .queue("amqp.fetched")
                        .queue("bridged")
                        .port(port)
                        .coreElements(fetching(strangersPort))
                        .divert("tapped", "sensors.in")
                        .addressSetting("expiring", "expiry-address", "sensors.in")
                        .addressSetting("failing", "dead-letter-address", "sensors.in")
                        .addressSetting("failing", "max-delivery-attempts", "1")
                        .coreElement("message-expiry-scan-period", "200")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> {
                    Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
                    SERVICES.shipping.writePem(keys.resolve("shipping.pem"));
                    Files.writeString(process.etcDirectory().resolve(GuardedBroker.POLICY_FILE), """
                            <dialog-security xmlns="urn:dialog-security:1">
                              <trust><anchor file="pki/root.pem"/></trust>
                              <identity service="shipping" key-store="keys/shipping.pem"/>
                              <services>
                                <service name="order-entry" certificate="pki/order-entry.pem" users="sales"/>
                                <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                              </services>
                              <suites accept="1 2"/>
                              <quarantine address="dialog-security.quarantine"/>
                              <addresses default="bypass">
                                <address match="sensors.#" action="apply" senders="order-entry" receivers="shipping">
                                  <open service="shipping"/>
                                </address>
                              </addresses>
                            </dialog-security>
                            """);
                });
    }

    /** A broker without a guard, with whatever properties somebody has set there. */
    private static BrokerProcess stranger(int port, int strangersPort) {
        BrokerProcess process = BrokerProcess.in(directory.resolve("stranger"))
                .port(strangersPort)
                .queue("core.fetched")
                .queue("amqp.fetched")
                .queue("bridged")
                .user(GuardedBroker.MALLORY, GuardedBroker.PASSWORD, "all")
                .allow("#", "send", "all")
                .allow("#", "consume", "all")
                .allow("#", "browse", "all")
                .allow("#", "createNonDurableQueue", "all")
                .allow("#", "deleteNonDurableQueue", "all")
                .allow("#", "createAddress", "all")
                .allow("#", "deleteAddress", "all")
                .coreElements("""
                        <connectors><connector name="other">tcp://127.0.0.1:%d</connector></connectors>
                        <bridges>
                          <bridge name="out">
                            <queue-name>bridged</queue-name><forwarding-address>bridged</forwarding-address>
                            <retry-interval>200</retry-interval>
                            <user>%s</user><password>%s</password>
                            <static-connectors><connector-ref>other</connector-ref></static-connectors>
                          </bridge>
                        </bridges>
                        """.formatted(port, GuardedBroker.MALLORY, GuardedBroker.PASSWORD))
                .create();
        process.start();
        return process;
    }

    private static String fetching(int strangersPort) {
        return """
                <connectors><connector name="stranger">tcp://127.0.0.1:%1$d</connector></connectors>
                <broker-connections>
                  <amqp-connection uri="tcp://127.0.0.1:%1$d" name="in" user="%2$s" password="%3$s" retry-interval="200">
                    <federation>
                      <local-queue-policy name="fetched"><include address-match="#" queue-match="amqp.fetched"/></local-queue-policy>
                    </federation>
                  </amqp-connection>
                </broker-connections>
                <federations>
                  <federation name="up" user="%2$s" password="%3$s">
                    <upstream name="stranger">
                      <static-connectors><connector-ref>stranger</connector-ref></static-connectors>
                      <policy ref="queues"/>
                    </upstream>
                    <queue-policy name="queues"><include queue-match="core.fetched" address-match="#"/></queue-policy>
                  </federation>
                </federations>
                """.formatted(strangersPort, GuardedBroker.MALLORY, GuardedBroker.PASSWORD);
    }

    @AfterAll
    static void stop() {
        stranger.close();
        broker.close();
        orderEntry.close();
    }

    @AfterEach
    void empty() throws Exception {
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            for (String queue : new String[] {
                "sensors.in", "tapped", "expiring", "failing", "heap", "core.fetched", "amqp.fetched", "bridged"
            }) {
                store.drain(queue);
            }
        }
    }

    private static byte[] seal(String text) {
        return orderEntry.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text(text), "sensors.in");
    }

    /** An envelope that was delivered, as somebody on the network has seen it. */
    private static byte[] captured() throws Exception {
        byte[] envelope = seal(ORDER);
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.send("sensors.in", envelope);
        }
        assertThat(received()).isEqualTo(ORDER);
        return envelope;
    }

    /** What the plain store is given next, or null. */
    private static String received() throws JMSException {
        try (RawClient store = broker.client(GuardedBroker.STORE);
                MessageConsumer consumer = store.session().createConsumer(store.queue("sensors.in"))) {
            Message message = consumer.receive(SOON);
            return message == null ? null : message.getBody(String.class);
        }
    }

    private static long quarantined() {
        return broker.messageCount(GuardedBroker.QUARANTINE);
    }

    @Test
    void aDivertJudgesWhatNobodyHasJudged() throws Exception {
        byte[] envelope = captured();
        try (RawClient mallory = broker.client(GuardedBroker.MALLORY);
                RawClient amqpMallory = broker.amqpClient(GuardedBroker.MALLORY);
                RawClient sales = broker.client(GuardedBroker.SALES)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> mallory.send("tapped", envelope)).isInstanceOf(JMSSecurityException.class);
                assertThatThrownBy(() -> amqpMallory.send("tapped", envelope)).isInstanceOf(JMSException.class);
                sales.send("tapped", envelope); // he may; as a copy it reaches nobody
            }
            assertThat(received()).isNull();
            assertThat(broker.messageCount("tapped")).isEqualTo(3);

            sales.send("tapped", seal("a new order"));
            assertThat(received()).isEqualTo("a new order");
            assertThat(received()).isNull();
        }
    }

    @Test
    void anEnvelopeOfAnUnprotectedAddressIsTakenOnceInATransaction() throws Exception {
        byte[] envelope = seal("an order in a transaction");
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            Session session = sales.transacted();
            MessageProducer producer = session.createProducer(session.createQueue("tapped"));
            producer.send(RawClient.bytes(session, envelope));
            session.rollback();
            assertThat(received()).isNull();
            producer.send(RawClient.bytes(session, envelope));
            producer.send(RawClient.bytes(session, envelope));
            try {
                session.commit();
            } catch (JMSException refused) {
                session.rollback(); // two of one number in a transaction may be refused, too
                producer.send(RawClient.bytes(session, envelope));
                session.commit();
            }
            sales.send("tapped", envelope);
        }
        assertThat(received()).isEqualTo("an order in a transaction");
        assertThat(received()).isNull();
    }

    @Test
    void expiryJudgesWhatNobodyHasJudged() throws Exception {
        byte[] envelope = captured();
        long before = quarantined();
        try (RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            MessageProducer producer = mallory.session().createProducer(mallory.queue("expiring"));
            producer.setTimeToLive(1);
            producer.send(RawClient.bytes(mallory.session(), envelope));
            Await.until(GuardedBroker.PATIENCE, "it to be in quarantine", () -> quarantined() == before + 1);
            Await.until(GuardedBroker.PATIENCE, "it to be gone", () -> broker.messageCount("expiring") == 0);
            assertThat(received()).isNull();

            producer.send(RawClient.bytes(mallory.session(), seal("an order that took its time")));
        }
        Await.until(GuardedBroker.PATIENCE, "it to come", () -> broker.messageCount("sensors.in") == 1);
        assertThat(received()).isEqualTo("an order that took its time");
    }

    @Test
    void deadLettersAreJudgedWhereNobodyHasJudgedThem() throws Exception {
        byte[] envelope = captured();
        long before = quarantined();
        try (RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            mallory.send("failing", envelope);
            Session session = mallory.transacted();
            assertThat(session.createConsumer(session.createQueue("failing")).receive(SOON * 4))
                    .isNotNull();
            session.rollback();
            Await.until(GuardedBroker.PATIENCE, "it to be in quarantine", () -> quarantined() == before + 1);
            Await.until(GuardedBroker.PATIENCE, "it to be gone", () -> broker.messageCount("failing") == 0);
            assertThat(received()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"move", "copy"})
    void anAdministratorMovesNothingThatWasDeliveredBefore(String how) throws Exception {
        byte[] envelope = captured();
        try (RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            Message message = RawClient.bytes(mallory.session(), envelope);
            claimOrigin(message);
            mallory.send("heap", message);
            assertThat(claimsOrigin(mallory, "heap")).isFalse();
            assertThatThrownBy(() -> {
                        if (how.equals("move")) {
                            invoke("heap", "moveMessages", new Object[] {"", "sensors.in"}, String.class, String.class);
                        } else {
                            invoke(
                                    "heap",
                                    "copyMessage",
                                    new Object[] {firstId(), "sensors.in"},
                                    long.class,
                                    String.class);
                        }
                    })
                    .hasStackTraceContaining("may not go to sensors.in: REPLAYED")
                    .hasRootCauseMessage("The message was refused");
        }
        assertThat(received()).isNull();
    }

    /** Writes on a message what the broker writes when it has moved one from where it was judged. */
    private static void claimOrigin(Message message) throws JMSException {
        message.setStringProperty("_AMQ_ORIG_ADDRESS", "sensors.late");
        message.setStringProperty("_AMQ_ORIG_QUEUE", "sensors.late");
        message.setLongProperty("_AMQ_ORIG_MESSAGE_ID", 1);
    }

    private static boolean claimsOrigin(RawClient client, String queue) throws JMSException {
        try (QueueBrowser browser =
                client.session().createBrowser(client.session().createQueue(queue))) {
            return ((Message) browser.getEnumeration().nextElement()).propertyExists("_AMQ_ORIG_ADDRESS");
        }
    }

    /** What another broker says of where a message has been is nobody's word here, by whatever way it comes. */
    @ParameterizedTest
    @ValueSource(strings = {"core.fetched", "amqp.fetched", "bridged"})
    void anotherBrokerDoesNotSayWhereAMessageWasJudged(String queue) throws Exception {
        byte[] envelope = captured();
        try (RawClient there = RawClient.core(stranger, GuardedBroker.MALLORY);
                RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            Message message = RawClient.bytes(there.session(), envelope);
            claimOrigin(message);
            there.send(queue, message);
            Session session = mallory.transacted();
            // federations fetch when somebody wants it
            try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
                assertThat(consumer.receive(GuardedBroker.PATIENCE.toMillis())).isNotNull();
                session.rollback();
            }
            assertThat(claimsOrigin(mallory, queue)).isFalse();
        }
        assertThatThrownBy(() ->
                        invoke(queue, "moveMessages", new Object[] {"", "sensors.in"}, String.class, String.class))
                .hasRootCauseMessage("The message was refused");
        assertThat(received()).isNull();
    }

    private static long firstId() {
        return Long.parseLong(
                String.valueOf(broker.process.management().browse("heap").get(0).get("messageID")));
    }

    private static void invoke(String name, String operation, Object[] arguments, Class<?>... types) {
        String[] signature = new String[types.length];
        for (int i = 0; i < types.length; i++) {
            signature[i] = types[i].getName();
        }
        ObjectName queue = broker.process
                .management()
                .query("org.apache.activemq.artemis:component=addresses,subcomponent=queues,queue="
                        + ObjectName.quote(name) + ",*")
                .iterator()
                .next();
        broker.process.management().invoke(queue, operation, arguments, signature);
    }
}
