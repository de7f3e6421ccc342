package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.MALLORY;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PASSWORD;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.awaitCount;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.guard;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.plain.Acknowledging;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainKind;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one broker does with envelopes it has sealed, and by which ways somebody could try to read what is not for him. */
class MovedEnvelopesIT {

    private static final String SECRET = "nine barrels of olives for the bishop";
    private static final long SOON = 700;
    private static final int PAGED = 30;
    private static final int EXPORT_MINUTES = 2;

    @TempDir
    static Path directory;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws IOException {
        broker = LinkedBrokers.builder(directory.resolve("broker"))
                .queue("stock.in")
                .queue("stock.taken")
                .queue("stock.watched")
                .queue("stock.copy")
                .queue("stock.bad")
                .queue("stock.short")
                .queue("stock.paged")
                .queue("stock.kept")
                .topic("stock.news")
                .queue("dead.letters")
                .queue("dead.expired")
                .addressSetting("stock.#", "dead-letter-address", "dead.letters")
                .addressSetting("stock.#", "expiry-address", "dead.expired")
                .addressSetting("stock.bad", "max-delivery-attempts", "1")
                .addressSetting("stock.paged", "max-size-bytes", "20000")
                .addressSetting("stock.paged", "page-size-bytes", "10000")
                .addressSetting("stock.paged", "address-full-policy", "PAGE")
                .coreElement("message-expiry-scan-period", "200")
                .coreElements("""
                        <addresses>
                          <address name="stock.pair">
                            <multicast><queue name="pair.one"/><queue name="pair.two"/></multicast>
                          </address>
                          <address name="stock.last">
                            <anycast><queue name="stock.last" last-value-key="shelf" non-destructive="true"/></anycast>
                          </address>
                        </addresses>
                        <diverts>
                          <divert name="taken">
                            <address>stock.in</address><forwarding-address>stock.taken</forwarding-address>
                            <exclusive>true</exclusive>
                          </divert>
                          <divert name="watched">
                            <address>stock.watched</address><forwarding-address>stock.copy</forwarding-address>
                            <exclusive>false</exclusive>
                          </divert>
                        </diverts>
                        """)
                .create();
        new LinkedBrokers().writePolicy(broker, """
                <address match="stock.#" action="apply" senders="order-entry" receivers="shipping"
                         clear-properties="shelf">
                  <seal service="order-entry"/>
                  <open service="shipping"/>
                </address>
                <address match="dead.#" action="apply" receivers="shipping">
                  <open service="shipping"/>
                </address>
                """, "order-entry", "shipping");
        broker.start();
    }

    @AfterAll
    static void stop() throws Exception {
        try (BrokerProcess last = broker) {
            if (last == null || !last.isAlive()) {
                return;
            }
            try (PlainClient sales = PlainKind.CORE.connect(login(last, SALES));
                    PlainClient amqpSales = PlainKind.AMQP.connect(login(last, SALES))) {
                sales.send(Outgoing.toQueue("stock.kept", new Body.Text(SECRET)));
                amqpSales.send(Outgoing.toQueue("stock.kept", new Body.Text(SECRET)));
            }
            assertThat(guard(last, "RefusedCount")).isZero();
            last.stop();
            assertThat(exported(last)).isNotEmpty().noneMatch(MovedEnvelopesIT::containsSecret);
            assertThat(PlaintextSearch.forMarkers(SECRET).in(last.directory())).isEmpty();
        }
    }

    /** The bodies and byte properties that the data tool takes out of the files of a broker that does not run. */
    private static List<byte[]> exported(BrokerProcess stopped) throws Exception {
        Path file = stopped.directory().resolve("export.xml");
        ProcessBuilder command = new ProcessBuilder(
                        stopped.shellCommand().replace(" run", ""), "data", "exp", "--output", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(stopped.directory().resolve("export.log").toFile());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process tool = command.start();
        assertThat(tool.waitFor(EXPORT_MINUTES, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(file);
        Matcher bodies =
                Pattern.compile("<body>\\s*<!\\[CDATA\\[([^\\]]*)\\]\\]>").matcher(text);
        return bodies.results()
                .map(result -> Base64.getUrlDecoder().decode(result.group(1).strip()))
                .toList();
    }

    private static boolean containsSecret(byte[] body) {
        String octets = new String(body, StandardCharsets.ISO_8859_1);
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            if (octets.contains(new String(SECRET.getBytes(charset), StandardCharsets.ISO_8859_1))) {
                return true;
            }
        }
        return false;
    }

    private static void send(String queue) {
        try (PlainClient sales = PlainKind.CORE.connect(login(broker, SALES))) {
            sales.send(Outgoing.toQueue(queue, new Body.Text(SECRET)).property("shelf", "top"));
        }
    }

    private static void assertStoreReads(PlainKind kind, String queue) {
        try (PlainClient store = kind.connect(login(broker, STORE));
                PlainConsumer consumer = store.consume(Intake.queue(queue))) {
            assertThat(consumer.receive(PATIENCE).orElseThrow().body()).isEqualTo(SECRET);
        }
    }

    private static ObjectName queue(String name) {
        BrokerManagement management = broker.management();
        return management
                .query(management.server() + ",component=addresses,subcomponent=queues,queue=" + ObjectName.quote(name)
                        + ",*")
                .iterator()
                .next();
    }

    private static Object invoke(String queue, String operation, Object... arguments) {
        String[] signature = new String[arguments.length];
        for (int i = 0; i < signature.length; i++) {
            signature[i] = arguments[i] instanceof Long ? "long" : String.class.getName();
        }
        return broker.management().invoke(queue(queue), operation, arguments, signature);
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP"})
    void divertsHandOnEnvelopes(PlainKind kind) {
        try (PlainClient sales = kind.connect(login(broker, SALES))) {
            sales.send(Outgoing.toQueue("stock.in", new Body.Text(SECRET)));
            sales.send(Outgoing.toQueue("stock.watched", new Body.Text(SECRET)));
        }
        assertStoreReads(kind, "stock.taken");
        assertStoreReads(PlainKind.STOMP, "stock.copy");
        assertStoreReads(kind, "stock.watched");
        assertThat(broker.management().messageCount("stock.in")).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP"})
    void whatAnApplicationGivesBackGoesToTheDeadLettersAndIsRetried(PlainKind kind) {
        send("stock.bad");
        try (PlainClient store = kind.connect(login(broker, STORE));
                PlainConsumer consumer =
                        store.consume(Intake.queue("stock.bad").acknowledging(Acknowledging.TRANSACTED))) {
            assertThat(consumer.receive(PATIENCE).orElseThrow().body()).isEqualTo(SECRET);
            consumer.giveBack();
            awaitCount(broker, "dead.letters", 1);
        }
        try (PlainClient operator = kind.connect(login(broker, STORE))) {
            assertThat(operator.browse("dead.letters", null).get(0).body()).isEqualTo(SECRET);
        }
        invoke("dead.letters", "retryMessages");
        awaitCount(broker, "stock.bad", 1);
        assertStoreReads(kind, "stock.bad");
    }

    @Test
    void whatExpiresIsMovedAsItIsStoredAndOpenedForWhoMayReadThere() {
        try (PlainClient sales = PlainKind.AMQP.connect(login(broker, SALES))) {
            sales.send(Outgoing.toQueue("stock.short", new Body.Text(SECRET)).lifetime(Duration.ofMillis(50)));
        }
        awaitCount(broker, "dead.expired", 1);
        assertStoreReads(PlainKind.CORE, "dead.expired");
    }

    @Test
    void whatExpiresInBothSubscriptionsIsGivenTwice() {
        try (PlainClient sales = PlainKind.CORE.connect(login(broker, SALES))) {
            sales.send(Outgoing.toTopic("stock.pair", new Body.Text(SECRET)).lifetime(Duration.ofMillis(50)));
        }
        awaitCount(broker, "dead.expired", 2);
        assertStoreReads(PlainKind.CORE, "dead.expired");
        assertStoreReads(PlainKind.AMQP, "dead.expired");
    }

    @Test
    void anAdministratorMovesCopiesAndLooksAtEnvelopes() {
        send("stock.kept");
        ObjectName kept = queue("stock.kept");
        Object browsed = broker.management().invoke(kept, "browse");
        Object listed = invoke("stock.kept", "listMessages", "");
        Object asJson = invoke("stock.kept", "listMessagesAsJSON", "");
        for (Object seen : List.of(
                broker.management().browse("stock.kept"),
                List.of((Object[]) browsed),
                List.of((Object[]) listed),
                asJson)) {
            assertThat(seen.toString()).contains("shelf").doesNotContain(SECRET);
        }
        invoke("stock.kept", "moveMessages", "", "stock.taken");
        long id = (Long) ((Map<?, ?>) ((Object[]) invoke("stock.taken", "listMessages", ""))[0]).get("messageID");
        invoke("stock.taken", "copyMessage", id, "stock.copy");
        assertStoreReads(PlainKind.AMQP, "stock.taken");
        assertStoreReads(PlainKind.CORE, "stock.copy");
    }

    @Test
    void theLastValueIsOpenedAsOftenAsItIsReadAndStaysSealed() {
        send("stock.last");
        send("stock.last");
        for (PlainKind kind : List.of(PlainKind.CORE, PlainKind.AMQP, PlainKind.OPENWIRE)) {
            assertStoreReads(kind, "stock.last");
        }
        assertThat(broker.management().browse("stock.last")).hasSize(1);
        assertThat(broker.management().browse("stock.last").toString()).doesNotContain(SECRET);
    }

    @Test
    void pagesHoldEnvelopes() {
        for (int i = 0; i < PAGED; i++) {
            send("stock.paged");
        }
        BrokerManagement management = broker.management();
        ObjectName address = management
                .query(management.server() + ",component=addresses,address=" + ObjectName.quote("stock.paged"))
                .iterator()
                .next();
        assertThat(management.attribute(address, "Paging")).isEqualTo(true);
        for (int i = 0; i < PAGED; i++) {
            assertStoreReads(i % 2 == 0 ? PlainKind.CORE : PlainKind.AMQP, "stock.paged");
        }
    }

    @Test
    void noNameOfAQueueAndNoWildcardOpensForWhoIsNotNamed() throws JMSException {
        try (PlainClient mallory = PlainKind.CORE.connect(login(broker, MALLORY));
                PlainClient store = PlainKind.CORE.connect(login(broker, STORE));
                PlainConsumer wildcard = mallory.consume(Intake.topic("stock.#"));
                PlainConsumer word = mallory.consume(Intake.topic("*.news"));
                PlainConsumer shared =
                        mallory.consume(Intake.topic("stock.news").shared("eavesdropper"));
                PlainConsumer storesWildcard = store.consume(Intake.topic("stock.*"));
                PlainClient sales = PlainKind.CORE.connect(login(broker, SALES))) {
            sales.send(Outgoing.toTopic("stock.news", new Body.Text(SECRET)));
            assertThat(storesWildcard.receive(PATIENCE).orElseThrow().body()).isEqualTo(SECRET);
            for (PlainConsumer eavesdropper : List.of(wildcard, word, shared)) {
                assertThat(eavesdropper.receive(Duration.ofMillis(SOON))).isEmpty();
            }
        }
        try (PlainClient sales = PlainKind.CORE.connect(login(broker, SALES))) {
            sales.send(Outgoing.toQueue("stock.kept::stock.kept", new Body.Text(SECRET)));
        }
        for (PlainKind kind : List.of(PlainKind.CORE, PlainKind.AMQP, PlainKind.STOMP)) {
            try (PlainClient mallory = kind.connect(login(broker, MALLORY));
                    PlainConsumer consumer = mallory.consume(Intake.queue("stock.kept::stock.kept"))) {
                assertThat(consumer.receive(Duration.ofMillis(SOON))).isEmpty();
            }
        }
        try (PlainClient mallory = PlainKind.OPENWIRE.connect(login(broker, MALLORY))) {
            assertThat(mallory.browse("stock.kept", null)).isEmpty();
        }
        assertStoreReads(PlainKind.AMQP, "stock.kept::stock.kept");
    }

    /** What a federation says of itself, everybody can say: it takes from who says so, and gives him nothing. */
    @Test
    void whoSaysThatHeIsABrokerGetsNoMoreForIt() throws Exception {
        long opened = guard(broker, "OpenedCount");
        send("stock.kept");
        for (String user : List.of(MALLORY, STORE)) {
            try (Connection connection =
                    new ActiveMQConnectionFactory(broker.coreUrl()).createConnection(user, PASSWORD)) {
                connection.start();
                assertThat(receiveAsBroker(connection)).isNull();
            }
        }
        assertThat(guard(broker, "OpenedCount")).isEqualTo(opened);
        assertStoreReads(PlainKind.CORE, "stock.kept");
    }

    private static Message receiveAsBroker(Connection connection) throws JMSException, ActiveMQException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        ((ActiveMQSession) session).getCoreSession().addMetaData("federation-name", "trust me");
        try (MessageConsumer consumer = session.createConsumer(session.createQueue("stock.kept"))) {
            return consumer.receive(SOON);
        }
    }
}
