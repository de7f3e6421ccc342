package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.MALLORY;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.QUARANTINE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.awaitCount;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.guard;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Login;
import io.dialogsecurity.testkit.plain.Octets;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two nodes of one cluster, with the same policy and keys, which applies to every address. Producers are at the first one,
 * and who may read only at the second: whatever way a message takes to it, it travels as an envelope, and the first node
 * opens nothing at all.
 */
class ClusterIT {

    private static final String SECRET = "seven bales of wool to the weavers";
    private static final String NODE = "node-of-the-pair";
    private static final String NODE_PASSWORD = "known to nodes only";
    private static final Duration SOON = Duration.ofMillis(700);
    private static final int MESSAGES = 5;

    @TempDir
    static Path directory;

    private static BrokerProcess first;
    private static BrokerProcess second;

    @BeforeAll
    static void start() throws Exception {
        int firstPort = FreePort.choose();
        int secondPort = FreePort.choose();
        LinkedBrokers brokers = new LinkedBrokers();
        CompletableFuture<BrokerProcess> made =
                CompletableFuture.supplyAsync(() -> node("first", firstPort, secondPort));
        second = node("second", secondPort, firstPort);
        first = made.join();
        for (BrokerProcess node : List.of(first, second)) {
            brokers.writePolicy(node, """
                    <address match="#" action="apply" senders="order-entry" receivers="shipping">
                      <seal service="order-entry" users="sales"/>
                      <open service="shipping"/>
                    </address>
                    <address match="open.#" action="apply" senders="order-entry" receivers="shipping">
                      <seal service="order-entry" users="sales"/>
                      <open service="shipping" users="*"/>
                    </address>
                    """, "order-entry", "shipping");
        }
        CompletableFuture.allOf(CompletableFuture.runAsync(first::start), CompletableFuture.runAsync(second::start))
                .join();
        awaitOtherNode(first);
        awaitOtherNode(second);
    }

    private static BrokerProcess node(String name, int port, int otherPort) {
        BrokerProcess.Builder builder = LinkedBrokers.builder(directory.resolve(name))
                .port(port)
                .queue("open.cloth")
                .queue("open.wool")
                .coreElement("cluster-user", NODE)
                .coreElement("cluster-password", NODE_PASSWORD)
                .addressSetting("cloth.#", "redistribution-delay", "0")
                .addressSetting("open.wool", "redistribution-delay", "0")
                .coreElements("""
                        <connectors>
                          <connector name="self">tcp://127.0.0.1:%d</connector>
                          <connector name="other">tcp://127.0.0.1:%d</connector>
                        </connectors>
                        <cluster-connections>
                          <cluster-connection name="pair">
                            <connector-ref>self</connector-ref>
                            <retry-interval>200</retry-interval>
                            <message-load-balancing>ON_DEMAND</message-load-balancing>
                            <max-hops>1</max-hops>
                            <static-connectors><connector-ref>other</connector-ref></static-connectors>
                          </cluster-connection>
                        </cluster-connections>
                        """.formatted(port, otherPort));
        List<PlainKind> kinds = List.of(PlainKind.CORE, PlainKind.AMQP);
        for (PlainKind from : kinds) {
            for (PlainKind to : kinds) {
                builder.queue(name("waiting", from, to))
                        .queue(name("wanted", from, to))
                        .topic(name("news", from, to));
            }
        }
        return builder.create();
    }

    private static String name(String what, PlainKind from, PlainKind to) {
        return "cloth." + what + "." + from.text() + "." + to.text();
    }

    private static void awaitOtherNode(BrokerProcess broker) {
        BrokerManagement management = broker.management();
        ObjectName pair = management
                .query(management.server() + ",component=cluster-connections,name=" + ObjectName.quote("pair"))
                .iterator()
                .next();
        Await.until(PATIENCE, "the other node", () -> ((Map<?, ?>) management.attribute(pair, "Nodes")).size() == 1);
    }

    @AfterAll
    static void stop() throws Exception {
        try (BrokerProcess a = first;
                BrokerProcess b = second) {
            if (b == null || !b.isAlive()) {
                return;
            }
            assertThat(guard(a, "OpenedCount")).isZero();
            assertThat(guard(b, "OpenedCount")).isPositive();
            assertThat(guard(b, "SealedCount")).isZero();
            for (BrokerProcess broker : List.of(a, b)) {
                assertThat(refusals(broker)).isEmpty();
                assertThat(guard(broker, "RefusedCount")).isZero();
                assertThat(broker.management().messageCount(QUARANTINE)).isZero();
                broker.stop();
                assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.directory()))
                        .isEmpty();
            }
        }
    }

    private static List<String> refusals(BrokerProcess broker) throws IOException {
        return Files.readAllLines(broker.consoleLog()).stream()
                .filter(line -> line.contains("refused reason="))
                .toList();
    }

    private static void send(PlainClient from, Outgoing... messages) {
        for (Outgoing message : messages) {
            message.property("mill", "mill of " + SECRET);
            for (int i = 0; i < MESSAGES; i++) {
                from.send(message);
            }
        }
    }

    private static void assertReads(PlainConsumer consumer) {
        for (int i = 0; i < MESSAGES; i++) {
            Received received = consumer.receive(PATIENCE).orElseThrow();
            assertThat(received.body()).isEqualTo(SECRET);
            assertThat(received.properties()).containsEntry("mill", "mill of " + SECRET);
        }
    }

    /** Waits until the first node knows subscriptions of the second one, and so all consumers that were there before the last. */
    private static void awaitSubscriptions(String topic, int number) {
        BrokerManagement management = first.management();
        ObjectName address = management
                .query(management.server() + ",component=addresses,address=" + ObjectName.quote(topic))
                .iterator()
                .next();
        Await.until(
                PATIENCE,
                number + " subscriptions of " + topic,
                () -> ((String[]) management.attribute(address, "RemoteQueueNames")).length == number);
    }

    @ParameterizedTest
    @CsvSource({"CORE, CORE", "CORE, AMQP", "AMQP, CORE", "AMQP, AMQP"})
    void whatWaitsAtANodeIsRedistributedSealedAndOpenedForWhoMayReadAtTheOther(PlainKind from, PlainKind to) {
        String queue = name("waiting", from, to);
        try (PlainClient sales = from.connect(login(first, SALES))) {
            send(sales, Outgoing.toQueue(queue, new Body.Text(SECRET)));
        }
        awaitCount(first, queue, MESSAGES);
        try (PlainClient mallory = to.connect(login(second, MALLORY));
                PlainConsumer eavesdropper = mallory.consume(Intake.queue(queue))) {
            awaitCount(second, queue, MESSAGES);
            assertThat(eavesdropper.receive(SOON)).isEmpty();
        }
        try (PlainClient store = to.connect(login(second, STORE));
                PlainConsumer consumer = store.consume(Intake.queue(queue))) {
            assertReads(consumer);
        }
    }

    @ParameterizedTest
    @CsvSource({"CORE, AMQP", "AMQP, CORE"})
    void whatIsWantedAtTheOtherNodeGoesThereSealed(PlainKind from, PlainKind to) {
        String queue = name("wanted", from, to);
        String topic = name("news", from, to);
        try (PlainClient store = to.connect(login(second, STORE));
                PlainConsumer consumer = store.consume(Intake.queue(queue));
                PlainConsumer subscriber = store.consume(Intake.topic(topic));
                PlainClient mallory = to.connect(login(second, MALLORY));
                PlainConsumer eavesdropper = mallory.consume(Intake.topic(topic));
                PlainClient sales = from.connect(login(first, SALES))) {
            awaitSubscriptions(topic, 2);
            send(sales, Outgoing.toQueue(queue, new Body.Text(SECRET)), Outgoing.toTopic(topic, new Body.Text(SECRET)));
            assertReads(consumer);
            assertReads(subscriber);
            assertThat(eavesdropper.receive(SOON)).isEmpty();
        }
    }

    /** Whoever knows the cluster's password is a node to the broker, and to policy, which here opens for every user. */
    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP"})
    void whoLogsInAsANodeGetsTheEnvelope(PlainKind kind) {
        try (PlainClient sales = PlainKind.CORE.connect(login(first, SALES));
                PlainClient node = kind.connect(Login.to(first, NODE, NODE_PASSWORD));
                PlainConsumer consumer = node.consume(Intake.queue("open.cloth"))) {
            sales.send(Outgoing.toQueue("open.cloth", new Body.Text(SECRET)));
            assertThat(consumer.receive(PATIENCE).orElseThrow().body())
                    .isInstanceOfSatisfying(
                            Octets.class,
                            octets -> assertThat(octets.hex()).startsWith(Integer.toHexString(WireFormat.MAGIC)));
        }
    }

    /** The same policy, so that the test above can fail. */
    @Test
    void anOpenWireClientIsToldOfOthersThoughPolicyProtectsEveryAddress() {
        // The broker sends each of them an advisory of its own, in the clear, before it lets them in.
        try (PlainClient sales = PlainKind.OPENWIRE.connect(login(second, SALES));
                PlainClient store = PlainKind.OPENWIRE.connect(login(second, STORE));
                PlainConsumer consumer = store.consume(Intake.queue("cloth.advised"))) {
            assertThat(consumer.receive(SOON)).isEmpty();
            assertThat(sales).isNotNull();
        }
    }

    @Test
    void everyUserWhoIsNoNodeReadsWhereTheNodeDoesNot() {
        try (PlainClient sales = PlainKind.CORE.connect(login(first, SALES));
                PlainClient mallory = PlainKind.CORE.connect(login(second, MALLORY));
                PlainConsumer consumer = mallory.consume(Intake.queue("open.wool"))) {
            sales.send(Outgoing.toQueue("open.wool", new Body.Text(SECRET)));
            assertThat(consumer.receive(PATIENCE).orElseThrow().body()).isEqualTo(SECRET);
        }
    }
}
