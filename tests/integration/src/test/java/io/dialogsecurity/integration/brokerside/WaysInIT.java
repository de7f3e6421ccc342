package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.MALLORY;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.awaitQueues;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.guard;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Octets;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ways to a protected address that are named otherwise, or on which the broker asks no hook. A broker that seals and opens, and
 * another one without the plugin, from which it fetches over AMQP federation. Nothing unsealed gets to a consumer or on the disk.
 */
class WaysInIT {

    private static final String FORGED = "forged: ninety-nine degrees in the cold store";
    private static final String HONEST = "honest: four degrees in the cold store";
    private static final Duration SHORT = Duration.ofMillis(700);

    @TempDir
    static Path directory;

    private static WaysInWorld world;
    private static BrokerProcess broker;
    private static BrokerProcess remote;

    @BeforeAll
    static void start() throws Exception {
        world = WaysInWorld.start(directory);
        broker = world.broker;
        remote = world.remote;
    }

    @AfterAll
    static void stop() throws Exception {
        try (WaysInWorld ended = world) {
            if (ended != null) {
                ended.stopAndSearch(List.of(FORGED, HONEST));
            }
        }
    }

    /** Told to the sender's face, except that MQTT 5 has a code for it; where the broker itself lets nobody send, that counts too. */
    private static void assertRefused(PlainKind kind, Outgoing message) {
        long before = guard(broker, "RefusedCount");
        try (PlainClient mallory = kind.connect(login(broker, MALLORY))) {
            mallory.send(message);
            assertThat(kind).isEqualTo(PlainKind.MQTT_5);
        } catch (PlainFailure e) {
            if (kind == PlainKind.CORE) {
                return;
            }
        }
        Await.until(PATIENCE, "a refusal", () -> guard(broker, "RefusedCount") > before);
    }

    // --- Addresses that are named otherwise

    private static boolean isMqtt(PlainKind kind) {
        return kind == PlainKind.MQTT_3 || kind == PlainKind.MQTT_5;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRetainedForAnAddressIsJudgedAsSentToIt(PlainKind kind) {
        for (String address : List.of(
                "$sys.mqtt.retain.sensors.t1",
                "$sys.mqtt.retain.sensors.",
                "$sys.mqtt.retain.$sys.mqtt.retain.sensors.t1")) {
            Outgoing forged = Outgoing.toTopic(address, new Body.Text(FORGED));
            assertRefused(kind, isMqtt(kind) ? forged.retained() : forged);
        }
        if (!isMqtt(kind)) {
            assertRefused(
                    kind,
                    Outgoing.toQueue(
                            "$sys.mqtt.retain.sensors.t1::$sys.mqtt.retain.sensors.t1", new Body.Text(FORGED)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MQTT_3", "MQTT_5"})
    void whatIsRetainedHonestlyIsGivenToLaterSubscribersAndNothingElse(PlainKind kind) {
        String address = "sensors." + kind + ".kept";
        assertRefused(
                kind,
                Outgoing.toTopic("$sys.mqtt.retain." + address, new Body.Text(FORGED))
                        .retained());
        try (PlainClient sales = kind.connect(login(broker, SALES))) {
            sales.send(Outgoing.toTopic(address, new Body.Text(HONEST)).retained());
        }
        for (String filter : List.of(address, "sensors." + kind + ".#", "sensors." + kind + ".*")) {
            try (PlainClient store = kind.connect(login(broker, STORE));
                    PlainConsumer consumer = store.consume(Intake.topic(filter))) {
                Received kept = consumer.receive(PATIENCE).orElseThrow();
                assertThat(kept.body()).isEqualTo(Octets.of(HONEST.getBytes(StandardCharsets.UTF_8)));
                assertThat(consumer.receive(SHORT)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyWordsAndEscapesLeadNowhereElse(PlainKind kind) {
        for (String address : List.of("sensors.", "sensors..", "sensors..t1", "sensors.t1.")) {
            assertRefused(kind, Outgoing.toTopic(address, new Body.Text(FORGED)));
        }
    }

    /** What only the broker sends to is handed on by it, to other brokers and addresses. */
    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP", "MQTT_3", "STOMP"})
    void nobodySendsToTheBrokersOwnAddresses(PlainKind kind) {
        for (String address : List.of(
                "$.artemis.internal.sf.my-cluster.11111111-2222-3333-4444-555555555555",
                "$.artemis.internal.router.sensors",
                "$ACTIVEMQ_ARTEMIS_MIRROR_other",
                "$ACTIVEMQ_ARTEMIS_FEDERATION.commands",
                "$sys.mqtt.sessions")) {
            assertRefused(kind, Outgoing.toTopic(address, new Body.Text(FORGED)));
        }
    }

    // --- Ways that ask no hook

    /** The local subscription is a wildcard, or filters of subscriptions count: the federation puts messages into queues itself. */
    @ParameterizedTest
    @ValueSource(strings = {"events.wild.#", "events.filtered"})
    void federationThatRoutesByItselfBringsNothingUnsealed(String subscription) {
        String sentTo = subscription.replace("#", "one");
        long before = guard(broker, "RefusedCount");
        try (PlainClient store = PlainKind.CORE.connect(login(broker, STORE));
                PlainConsumer consumer = store.consume(Intake.topic(subscription));
                PlainClient core = PlainKind.CORE.connect(login(remote, SALES));
                PlainClient amqp = PlainKind.AMQP.connect(login(remote, SALES))) {
            awaitQueues(remote, subscription, 1);
            core.send(Outgoing.toTopic(sentTo, new Body.Text(FORGED)));
            amqp.send(Outgoing.toTopic(sentTo, new Body.Text(FORGED)).property("note", FORGED));
            Await.until(PATIENCE, "two refusals", () -> guard(broker, "RefusedCount") >= before + 2);
            assertThat(consumer.receive(SHORT)).isEmpty();
        }
    }
}
