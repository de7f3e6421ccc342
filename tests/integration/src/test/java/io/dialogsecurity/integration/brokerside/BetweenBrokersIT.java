package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.BRIDGE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PASSWORD;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.QUARANTINE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.awaitQueues;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.guard;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Octets;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import io.dialogsecurity.testkit.plain.Routing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two brokers, and every way in which Artemis hands messages from one to the other. Policy at the first one opens for every
 * user, the one included as whom the second one logs in: all the same envelopes travel, and are opened where they arrive.
 */
class BetweenBrokersIT {

    private static final String SECRET = "forty crates of oranges to the harbour";

    /** How a message gets from the first broker to the second, at the address of the same name. */
    enum Link {
        CORE_BRIDGE,
        AMQP_SENDER,
        AMQP_BRIDGE_TO_QUEUE,
        AMQP_BRIDGE_TO_ADDRESS(Routing.TOPIC),
        AMQP_RECEIVER,
        AMQP_BRIDGE_FROM_QUEUE,
        AMQP_BRIDGE_FROM_ADDRESS(Routing.TOPIC),
        AMQP_FEDERATED_QUEUE,
        AMQP_FEDERATED_ADDRESS(Routing.TOPIC),
        AMQP_REMOTE_FEDERATED_QUEUE,
        CORE_FEDERATED_QUEUE,
        CORE_FEDERATED_ADDRESS(Routing.TOPIC),
        CORE_DOWNSTREAM_QUEUE;

        final Routing routing;

        Link() {
            this(Routing.QUEUE);
        }

        Link(Routing routing) {
            this.routing = routing;
        }

        String address() {
            return "link." + name();
        }
    }

    @TempDir
    static Path directory;

    private static BrokerProcess first;
    private static BrokerProcess second;

    @BeforeAll
    static void start() throws Exception {
        int firstPort = FreePort.choose();
        int secondPort = FreePort.choose();
        LinkedBrokers brokers = new LinkedBrokers();
        first = withAddresses("first", firstPort)
                .coreElements(linksOfFirst(firstPort, secondPort))
                .create();
        second = withAddresses("second", secondPort)
                .coreElements(linksOfSecond(firstPort))
                .create();
        brokers.writePolicy(first, """
                <address match="link.#" action="apply" senders="order-entry" receivers="shipping">
                  <seal service="order-entry" users="sales"/>
                  <open service="shipping" users="*"/>
                </address>
                <address match="abroad.#" action="apply" senders="order-entry" receivers="billing">
                  <seal service="order-entry" users="sales"/>
                </address>
                """, "order-entry", "shipping");
        brokers.writePolicy(second, """
                <address match="link.#" action="apply" senders="order-entry" receivers="shipping">
                  <open service="shipping"/>
                </address>
                <address match="abroad.#" action="apply" senders="order-entry" receivers="billing">
                  <open service="billing"/>
                </address>
                """, "shipping", "billing");
        CompletableFuture.allOf(CompletableFuture.runAsync(first::start), CompletableFuture.runAsync(second::start))
                .join();
    }

    private static BrokerProcess.Builder withAddresses(String name, int port) {
        BrokerProcess.Builder builder =
                LinkedBrokers.builder(directory.resolve(name)).port(port);
        for (Link link : Link.values()) {
            if (link.routing == Routing.QUEUE) {
                builder.queue(link.address());
            } else {
                builder.topic(link.address());
            }
        }
        return builder.topic("abroad.events");
    }

    private static String linksOfFirst(int firstPort, int secondPort) {
        return """
                <connectors>
                  <connector name="first">tcp://127.0.0.1:%1$d</connector>
                  <connector name="second">tcp://127.0.0.1:%2$d</connector>
                </connectors>
                <addresses>
                  <address name="abroad.events"><multicast><queue name="abroad.waiting"/></multicast></address>
                </addresses>
                <bridges>
                  <bridge name="orders">
                    <queue-name>link.CORE_BRIDGE</queue-name>
                    <forwarding-address>link.CORE_BRIDGE</forwarding-address>
                    <retry-interval>200</retry-interval>
                    <user>%3$s</user><password>%4$s</password>
                    <static-connectors><connector-ref>second</connector-ref></static-connectors>
                  </bridge>
                  <bridge name="abroad">
                    <queue-name>abroad.waiting</queue-name>
                    <forwarding-address>abroad.events</forwarding-address>
                    <retry-interval>200</retry-interval>
                    <user>%3$s</user><password>%4$s</password>
                    <static-connectors><connector-ref>second</connector-ref></static-connectors>
                  </bridge>
                </bridges>
                <broker-connections>
                  <amqp-connection uri="tcp://127.0.0.1:%2$d" name="out" user="%3$s" password="%4$s" retry-interval="200">
                    <sender queue-name="link.AMQP_SENDER"/>
                  </amqp-connection>
                  <amqp-connection uri="tcp://127.0.0.1:%2$d" name="bridge-out" user="%3$s" password="%4$s"
                      retry-interval="200">
                    <bridge name="out">
                      <bridge-to-queue name="to-queue">
                        <include address-match="#" queue-match="link.AMQP_BRIDGE_TO_QUEUE"/>
                      </bridge-to-queue>
                      <bridge-to-address name="to-address">
                        <include address-match="link.AMQP_BRIDGE_TO_ADDRESS"/>
                      </bridge-to-address>
                    </bridge>
                  </amqp-connection>
                  <amqp-connection uri="tcp://127.0.0.1:%2$d" name="federation-out" user="%3$s" password="%4$s"
                      retry-interval="200">
                    <federation>
                      <remote-queue-policy name="remote-queue">
                        <include address-match="#" queue-match="link.AMQP_REMOTE_FEDERATED_QUEUE"/>
                      </remote-queue-policy>
                    </federation>
                  </amqp-connection>
                </broker-connections>
                <federations>
                  <federation name="down" user="%3$s" password="%4$s">
                    <downstream name="second">
                      <static-connectors><connector-ref>second</connector-ref></static-connectors>
                      <policy ref="down-queue"/>
                      <upstream-connector-ref>first</upstream-connector-ref>
                    </downstream>
                    <queue-policy name="down-queue">
                      <include queue-match="link.CORE_DOWNSTREAM_QUEUE" address-match="#"/>
                    </queue-policy>
                  </federation>
                </federations>
                """.formatted(firstPort, secondPort, BRIDGE, PASSWORD);
    }

    private static String linksOfSecond(int firstPort) {
        return """
                <connectors>
                  <connector name="first">tcp://127.0.0.1:%1$d</connector>
                </connectors>
                <broker-connections>
                  <amqp-connection uri="tcp://127.0.0.1:%1$d" name="in" user="%2$s" password="%3$s" retry-interval="200">
                    <receiver queue-name="link.AMQP_RECEIVER"/>
                  </amqp-connection>
                  <amqp-connection uri="tcp://127.0.0.1:%1$d" name="bridge-in" user="%2$s" password="%3$s"
                      retry-interval="200">
                    <bridge name="in">
                      <bridge-from-queue name="from-queue">
                        <include address-match="#" queue-match="link.AMQP_BRIDGE_FROM_QUEUE"/>
                      </bridge-from-queue>
                      <bridge-from-address name="from-address">
                        <include address-match="link.AMQP_BRIDGE_FROM_ADDRESS"/>
                      </bridge-from-address>
                    </bridge>
                  </amqp-connection>
                  <amqp-connection uri="tcp://127.0.0.1:%1$d" name="federation-in" user="%2$s" password="%3$s"
                      retry-interval="200">
                    <federation>
                      <local-queue-policy name="local-queue">
                        <include address-match="#" queue-match="link.AMQP_FEDERATED_QUEUE"/>
                      </local-queue-policy>
                      <local-address-policy name="local-address">
                        <include address-match="link.AMQP_FEDERATED_ADDRESS"/>
                      </local-address-policy>
                    </federation>
                  </amqp-connection>
                </broker-connections>
                <federations downstream-authorization="staff">
                  <federation name="up" user="%2$s" password="%3$s">
                    <upstream name="first">
                      <static-connectors><connector-ref>first</connector-ref></static-connectors>
                      <policy ref="up-queue"/>
                      <policy ref="up-address"/>
                    </upstream>
                    <queue-policy name="up-queue">
                      <include queue-match="link.CORE_FEDERATED_QUEUE" address-match="#"/>
                    </queue-policy>
                    <address-policy name="up-address">
                      <include address-match="link.CORE_FEDERATED_ADDRESS"/>
                    </address-policy>
                  </federation>
                </federations>
                """.formatted(firstPort, BRIDGE, PASSWORD);
    }

    @AfterAll
    static void stop() throws Exception {
        try (BrokerProcess a = first;
                BrokerProcess b = second) {
            if (b == null || !b.isAlive()) {
                return;
            }
            assertThat(guard(a, "OpenedCount")).isZero();
            assertThat(guard(b, "SealedCount")).isZero();
            for (BrokerProcess broker : List.of(a, b)) {
                assertThat(guard(broker, "RefusedCount")).isZero();
                assertThat(broker.management().messageCount(QUARANTINE)).isZero();
                broker.stop();
                assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.directory()))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void envelopesTravelAndAreOpenedWhereTheyArrive(Link link) {
        for (PlainKind kind : List.of(PlainKind.CORE, PlainKind.AMQP)) {
            Intake intake = link.routing == Routing.QUEUE ? Intake.queue(link.address()) : Intake.topic(link.address());
            try (PlainClient store = kind.connect(login(second, STORE));
                    PlainConsumer consumer = store.consume(intake);
                    PlainClient sales = PlainKind.AMQP.connect(login(first, SALES));
                    PlainClient coreSales = PlainKind.CORE.connect(login(first, SALES))) {
                if (link.routing == Routing.TOPIC) {
                    awaitQueues(first, link.address(), 1);
                }
                for (PlainClient from : List.of(sales, coreSales)) {
                    from.send(Outgoing.to(link.routing, link.address(), new Body.Text(SECRET))
                            .property("destination", "pier of " + SECRET));
                    Received received = consumer.receive(PATIENCE).orElseThrow();
                    assertThat(received.body()).isEqualTo(SECRET);
                    assertThat(received.properties()).containsEntry("destination", "pier of " + SECRET);
                }
            }
        }
    }

    @Test
    void anotherCompanysBrokerOpensWithItsOwnKeyForApplicationsOfEveryKind() {
        List<PlainClient> clients = new ArrayList<>();
        List<PlainConsumer> consumers = new ArrayList<>();
        try (PlainClient sales = PlainKind.STOMP.connect(login(first, SALES))) {
            for (PlainKind kind : PlainKind.values()) {
                clients.add(kind.connect(login(second, STORE)));
                consumers.add(clients.get(clients.size() - 1).consume(Intake.topic("abroad.events")));
            }
            sales.send(Outgoing.toTopic("abroad.events", new Body.Text(SECRET)));
            for (PlainConsumer consumer : consumers) {
                assertThat(consumer.receive(PATIENCE).orElseThrow().body())
                        .isIn(SECRET, Octets.of(SECRET.getBytes(StandardCharsets.UTF_8)));
            }
        } finally {
            clients.forEach(PlainClient::close);
        }
    }
}
