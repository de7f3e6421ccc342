package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.BrokerSideWorld.CLEAR_PROPERTY;
import static io.dialogsecurity.integration.brokerside.BrokerSideWorld.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.Acknowledging;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Login;
import io.dialogsecurity.testkit.plain.Octets;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever brokers do with messages between producer and consumer, plain applications notice no difference between a
 * broker that seals and opens and one that does neither.
 */
class PlainDeliveryIT {

    private static final String SECRET = "what no file may hold, 5f1b";
    private static final Duration NOTHING_COMES = Duration.ofMillis(250);
    private static final String DEAD_OPENED = "graves.opened";
    private static final String DEAD_ENVELOPES = "plain.graves";
    private static final String SHORT_LIVED = "sealed.shortlived.";
    /** One for each kind: a client that goes may not have acknowledged, and the next would find its message. */
    private static final String EXPIRED = "graves.expired.";

    private static final int BATCHES = 4;
    private static final int DEEP = 20 * BATCHES;
    private static final int LARGE_TEXT = 4_000;

    @TempDir
    static Path directory;

    private static BrokerSideWorld world;

    /** What an application notices at one broker: messages, and texts about other things. */
    private static final class Notes {

        private final List<Object> all = new ArrayList<>();

        /** The next message, which has to come. */
        Received next(PlainConsumer consumer) {
            Received received =
                    consumer.receive(PATIENCE).orElseThrow(() -> new AssertionError("nothing came after " + all));
            all.add(received);
            return received;
        }

        void nothingMore(PlainConsumer consumer) {
            all.add("then " + consumer.receive(NOTHING_COMES));
        }
    }

    @FunctionalInterface
    private interface Scene {
        void play(BrokerProcess broker, Notes notes) throws Exception;
    }

    @BeforeAll
    static void start() {
        world = BrokerSideWorld.start(directory, PlainDeliveryIT::settings, """
                <address match="graves.#" action="apply" senders="devices" receivers="office">
                  <open service="office" users="*"/>
                </address>
                """);
    }

    private static BrokerProcess.Builder settings(BrokerProcess.Builder builder) {
        for (PlainKind kind : PlainKind.values()) {
            builder.queue(EXPIRED + kind.text())
                    .addressSetting(SHORT_LIVED + kind.text(), "expiry-address", EXPIRED + kind.text());
        }
        return builder.coreElement("message-expiry-scan-period", "100")
                .queue(DEAD_OPENED)
                .queue(DEAD_ENVELOPES)
                .addressSetting("sealed.dead.#", "max-delivery-attempts", "2")
                .addressSetting("sealed.dead.#", "dead-letter-address", DEAD_OPENED)
                .addressSetting("sealed.dead.shut.#", "dead-letter-address", DEAD_ENVELOPES)
                .addressSetting("sealed.deep.#", "max-size-bytes", "100000")
                .addressSetting("sealed.deep.#", "page-size-bytes", "50000")
                .addressSetting("sealed.deep.#", "address-full-policy", "PAGE");
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            world.stopAndSearch(Set.of(SECRET));
        } finally {
            world.close();
        }
    }

    /** Plays a scene at both brokers; what is noticed has to be equal. */
    private static List<Object> equalAtBoth(Scene scene) throws Exception {
        Notes unsealed = new Notes();
        Notes sealed = new Notes();
        scene.play(world.unsealed, unsealed);
        scene.play(world.sealed, sealed);
        assertEqual(sealed.all, unsealed.all);
        return unsealed.all;
    }

    private static void assertEqual(List<Object> sealed, List<Object> unsealed) {
        assertThat(sealed).hasSameSizeAs(unsealed);
        for (int i = 0; i < unsealed.size(); i++) {
            if (sealed.get(i) instanceof Received here && unsealed.get(i) instanceof Received there) {
                assertThat(here.differencesTo(there)).as("number " + i).isEmpty();
            } else {
                assertThat(sealed.get(i)).isEqualTo(unsealed.get(i));
            }
        }
    }

    private static PlainClient connect(PlainKind kind, BrokerProcess broker) {
        return kind.connect(BrokerSideWorld.login(broker));
    }

    private static Body text(int number) {
        return new Body.Text(SECRET + " number " + number);
    }

    private static Object textOf(Received received) {
        return received.body() instanceof Octets octets
                ? new String(HexFormat.of().parseHex(octets.hex()), StandardCharsets.UTF_8)
                : received.body();
    }

    static Stream<PlainKind> kinds() {
        return Stream.of(PlainKind.values());
    }

    private static Stream<PlainKind> whoCan(Ability ability) {
        return kinds().filter(kind -> kind.can(ability));
    }

    static Stream<PlainKind> withQueues() {
        return whoCan(Ability.QUEUES);
    }

    static Stream<PlainKind> givingBack() {
        return whoCan(Ability.GIVES_BACK);
    }

    static Stream<PlainKind> browsing() {
        return whoCan(Ability.BROWSES);
    }

    static Stream<PlainKind> sharing() {
        return whoCan(Ability.SHARED_SUBSCRIPTIONS);
    }

    static Stream<PlainKind> delaying() {
        return whoCan(Ability.DELAYS);
    }

    static Stream<PlainKind> retaining() {
        return whoCan(Ability.RETAINS_AND_LEAVES_WILLS);
    }

    @ParameterizedTest
    @MethodSource("withQueues")
    void whatIsCommittedComesAndWhatIsRolledBackDoesNot(PlainKind kind) throws Exception {
        String queue = "sealed.transactions." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker);
                    PlainConsumer consumer = client.consume(Intake.queue(queue))) {
                client.sendTogether(List.of(Outgoing.toQueue(queue, text(1)), Outgoing.toQueue(queue, text(2))), true);
                client.sendTogether(List.of(Outgoing.toQueue(queue, text(3))), false);
                client.sendTogether(List.of(Outgoing.toQueue(queue, text(4))), true);
                for (int i = 0; i < 3; i++) {
                    notes.next(consumer);
                }
                notes.nothingMore(consumer);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("givingBack")
    void whatIsGivenBackComesAgain(PlainKind kind) throws Exception {
        String queue = "sealed.redelivered." + kind.text();
        for (Acknowledging how : List.of(Acknowledging.TRANSACTED, Acknowledging.CLIENT)) {
            List<Object> noticed = equalAtBoth((broker, notes) -> {
                try (PlainClient client = connect(kind, broker);
                        PlainConsumer consumer =
                                client.consume(Intake.queue(queue).acknowledging(how))) {
                    client.send(Outgoing.toQueue(queue, text(1)).property("n", 1));
                    client.send(Outgoing.toQueue(queue, text(2)).property("n", 2));
                    for (int times = 0; times < 2; times++) {
                        notes.next(consumer);
                        notes.next(consumer);
                        consumer.giveBack();
                    }
                    notes.next(consumer);
                    notes.next(consumer);
                    consumer.acknowledge();
                    notes.nothingMore(consumer);
                }
            });
            assertThat(((Received) noticed.get(2)).headers()).containsEntry("redelivered", true);
        }
    }

    /** The broker delivers again what a connection that broke had not acknowledged. */
    @Test
    void whatWasNotAcknowledgedComesAgainAfterTheConnectionBroke() throws Exception {
        for (PlainKind kind : List.of(PlainKind.STOMP, PlainKind.MQTT_3, PlainKind.MQTT_5)) {
            String address = "sealed.broken." + kind.text();
            Intake intake = (kind == PlainKind.STOMP
                            ? Intake.queue(address)
                            : Intake.topic(address).lasting("mine"))
                    .acknowledging(Acknowledging.CLIENT);
            List<Object> noticed = equalAtBoth((broker, notes) -> {
                Login login = kind == PlainKind.STOMP
                        ? BrokerSideWorld.login(broker)
                        : BrokerSideWorld.login(broker).lastingAs("broken-" + kind.text());
                PlainClient first = kind.connect(login);
                PlainConsumer dying = first.consume(intake);
                try (PlainClient other = connect(kind, broker)) {
                    other.send(Outgoing.to(intake.routing(), address, text(1)));
                }
                notes.next(dying);
                first.breakOff();
                try (PlainClient second = kind.connect(login);
                        PlainConsumer consumer = second.consume(intake)) {
                    notes.next(consumer);
                    consumer.acknowledge();
                    notes.nothingMore(consumer);
                }
            });
            assertThat(textOf((Received) noticed.get(1))).as(kind.name()).isEqualTo(SECRET + " number 1");
        }
    }

    @ParameterizedTest
    @MethodSource("browsing")
    void browsersSeeWhatConsumersGetAndTakeNothing(PlainKind kind) throws Exception {
        String queue = "sealed.browsed." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker)) {
                for (int i = 0; i < 4; i++) {
                    client.send(Outgoing.toQueue(queue, text(i)).property(CLEAR_PROPERTY, i % 2 == 0 ? "EU" : "US"));
                }
                notes.all.addAll(client.browse(queue, null));
                notes.all.addAll(client.browse(queue, CLEAR_PROPERTY + " = 'US'"));
                try (PlainConsumer consumer = client.consume(Intake.queue(queue))) {
                    for (int i = 0; i < 4; i++) {
                        notes.next(consumer);
                    }
                    notes.nothingMore(consumer);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("withQueues")
    void selectorsSeeClearProperties(PlainKind kind) throws Exception {
        String queue = "sealed.selected." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker)) {
                for (int i = 0; i < 4; i++) {
                    client.send(Outgoing.toQueue(queue, text(i)).property(CLEAR_PROPERTY, i % 2 == 0 ? "EU" : "US"));
                }
                try (PlainConsumer selecting =
                        client.consume(Intake.queue(queue).selector(CLEAR_PROPERTY + " = 'US'"))) {
                    notes.next(selecting);
                    notes.next(selecting);
                    notes.nothingMore(selecting);
                }
                try (PlainConsumer rest = client.consume(Intake.queue(queue))) {
                    notes.next(rest);
                    notes.next(rest);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void wildcardSubscriptionsGetWhatComesToTheirAddresses(PlainKind kind) throws Exception {
        String all = "sealed.wild." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker);
                    PlainClient other = connect(kind, broker);
                    PlainConsumer one = client.consume(Intake.topic(all + ".*.temperature"));
                    PlainConsumer many = other.consume(Intake.topic(all + ".#"))) {
                client.send(Outgoing.toTopic(all + ".kitchen.temperature", text(1)));
                client.send(Outgoing.toTopic(all + ".kitchen.humidity", text(2)));
                client.send(Outgoing.toTopic(all + ".hall.temperature", text(3)));
                notes.next(one);
                notes.next(one);
                notes.nothingMore(one);
                for (int i = 0; i < 3; i++) {
                    notes.next(many);
                }
                notes.nothingMore(many);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void lastingSubscriptionsKeepWhatComesMeanwhile(PlainKind kind) throws Exception {
        String topic = "sealed.lasting." + kind.text();
        Intake intake = Intake.topic(topic).lasting("mine");
        equalAtBoth((broker, notes) -> {
            Login login = BrokerSideWorld.login(broker).lastingAs("lasting-" + kind.text());
            try (PlainClient client = kind.connect(login)) {
                client.consume(intake).close();
            }
            try (PlainClient other = connect(kind, broker)) {
                other.send(Outgoing.toTopic(topic, text(1)));
                other.send(Outgoing.toTopic(topic, text(2)));
            }
            try (PlainClient client = kind.connect(login)) {
                try (PlainConsumer consumer = client.consume(intake)) {
                    notes.next(consumer);
                    notes.next(consumer);
                    notes.nothingMore(consumer);
                }
                client.unsubscribe(intake);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void whoSharesASubscriptionGetsAMessageOnce(PlainKind kind) throws Exception {
        String topic = "sealed.shared." + kind.text();
        Intake intake = Intake.topic(topic).shared("ours");
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker);
                    PlainClient other = connect(kind, broker);
                    PlainConsumer here = client.consume(intake);
                    PlainConsumer there = other.consume(intake)) {
                for (int i = 0; i < 6; i++) {
                    client.send(Outgoing.toTopic(topic, text(i)));
                }
                List<Received> together = new ArrayList<>();
                Await.until(PATIENCE, "six messages", () -> {
                    here.receive(Duration.ofMillis(20)).ifPresent(together::add);
                    there.receive(Duration.ofMillis(20)).ifPresent(together::add);
                    return together.size() >= 6;
                });
                together.sort(Comparator.comparing(received -> textOf(received).toString()));
                notes.all.addAll(together);
                notes.nothingMore(here);
                notes.nothingMore(there);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("retaining")
    void retainedMessagesAndWillsComeAsEver(PlainKind kind) throws Exception {
        String retained = "sealed.retained." + kind.text();
        String wills = "sealed.wills." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker)) {
                client.send(Outgoing.toTopic(retained, text(1)).retained());
                client.send(Outgoing.toTopic(retained, text(2)).retained());
            }
            for (PlainKind reader : retaining().toList()) {
                try (PlainClient late = connect(reader, broker);
                        PlainConsumer consumer = late.consume(Intake.topic(retained))) {
                    notes.next(consumer);
                    notes.nothingMore(consumer);
                }
            }
            try (PlainClient client = connect(kind, broker)) {
                client.send(Outgoing.toTopic(retained, new Body.None()).retained());
                try (PlainConsumer consumer = client.consume(Intake.topic(retained))) {
                    notes.nothingMore(consumer);
                }
            }
            try (PlainClient client = connect(kind, broker);
                    PlainConsumer consumer = client.consume(Intake.topic(wills))) {
                Outgoing will = Outgoing.toTopic(wills, text(3)).retained();
                kind.connect(BrokerSideWorld.login(broker).leaving(will)).breakOff();
                notes.next(consumer);
            }
            try (PlainClient late = connect(kind, broker);
                    PlainConsumer consumer = late.consume(Intake.topic(wills))) {
                notes.next(consumer);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("delaying")
    void delayedMessagesComeLater(PlainKind kind) throws Exception {
        String queue = "sealed.delayed." + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker);
                    PlainConsumer consumer = client.consume(Intake.queue(queue))) {
                client.send(Outgoing.toQueue(queue, text(1)).delay(Duration.ofMillis(700)));
                client.send(Outgoing.toQueue(queue, text(2)));
                notes.next(consumer);
                notes.next(consumer);
                notes.nothingMore(consumer);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("withQueues")
    void expiredMessagesAreOpenedWherePolicySaysSo(PlainKind kind) throws Exception {
        String queue = SHORT_LIVED + kind.text();
        equalAtBoth((broker, notes) -> {
            try (PlainClient client = connect(kind, broker);
                    PlainConsumer consumer = client.consume(Intake.queue(EXPIRED + kind.text()))) {
                // So that the queue is there.
                client.consume(Intake.queue(queue)).close();
                client.send(Outgoing.toQueue(queue, text(1)).lifetime(Duration.ofMillis(50)));
                notes.next(consumer);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("givingBack")
    void deadLettersAreOpenedWherePolicySaysSo(PlainKind kind) throws Exception {
        String queue = "sealed.dead." + kind.text();
        List<Object> noticed = equalAtBoth((broker, notes) -> die(kind, broker, queue, DEAD_OPENED, notes));
        assertThat(textOf((Received) noticed.get(2))).isEqualTo(SECRET + " number 1");
    }

    @ParameterizedTest
    @MethodSource("givingBack")
    void deadLettersElsewhereAreEnvelopes(PlainKind kind) throws Exception {
        String queue = "sealed.dead.shut." + kind.text();
        Notes notes = new Notes();
        die(kind, world.sealed, queue, DEAD_ENVELOPES, notes);
        assertThat(textOf((Received) notes.all.get(0))).isEqualTo(SECRET + " number 1");
        Received envelope = (Received) notes.all.get(2);
        assertThat(envelope.type()).isEqualTo("bytes");
        assertThat(envelope.properties()).containsKey("DS_ENVELOPE").doesNotContainKey("n");
    }

    private static void die(PlainKind kind, BrokerProcess broker, String queue, String grave, Notes notes) {
        try (PlainClient client = connect(kind, broker)) {
            try (PlainConsumer consumer = client.consume(Intake.queue(queue).acknowledging(Acknowledging.TRANSACTED))) {
                client.send(Outgoing.toQueue(queue, text(1)).property("n", "1"));
                notes.next(consumer);
                consumer.giveBack();
                notes.next(consumer);
                consumer.giveBack();
            }
            try (PlainConsumer consumer = client.consume(Intake.queue(grave))) {
                notes.next(consumer);
            }
        }
    }

    /** Pages, and what is in the journal, over a restart; every kind of producer to every kind that has queues. */
    @Test
    void whatIsPagedAndWhatIsStoredComesAfterARestart() throws Exception {
        Map<PlainKind, String> deep = new EnumMap<>(PlainKind.class);
        withQueues().forEach(kind -> deep.put(kind, "sealed.deep." + kind.text()));
        for (BrokerProcess broker : List.of(world.unsealed, world.sealed)) {
            for (Map.Entry<PlainKind, String> lane : deep.entrySet()) {
                try (PlainClient client = connect(lane.getKey(), broker)) {
                    client.consume(Intake.queue(lane.getValue())).close();
                    for (int from = 0; from < DEEP; from += DEEP / BATCHES) {
                        client.sendTogether(
                                IntStream.range(from, from + DEEP / BATCHES)
                                        .mapToObj(i -> new Body.Text(SECRET + i + "x".repeat(LARGE_TEXT)))
                                        .map(body -> Outgoing.toQueue(lane.getValue(), body))
                                        .toList(),
                                true);
                    }
                    client.send(
                            Outgoing.toQueue("sealed.stored." + lane.getKey().text(), text(7)));
                }
                assertThat(isPaging(broker, lane.getValue()))
                        .as(broker.name() + " pages " + lane.getValue())
                        .isTrue();
            }
            broker.restart();
        }
        equalAtBoth((broker, notes) -> {
            for (Map.Entry<PlainKind, String> lane : deep.entrySet()) {
                PlainKind reader = lane.getKey();
                try (PlainClient client = connect(reader, broker);
                        PlainConsumer stored = client.consume(Intake.queue("sealed.stored." + reader.text()));
                        PlainConsumer paged = client.consume(Intake.queue(lane.getValue()))) {
                    notes.next(stored);
                    for (int i = 0; i < DEEP; i++) {
                        notes.next(paged);
                    }
                    notes.nothingMore(paged);
                }
            }
        });
    }

    private static boolean isPaging(BrokerProcess broker, String address) {
        Optional<ObjectName> bean = broker
                .management()
                .query("org.apache.activemq.artemis:component=addresses,address=\"" + address + "\",*")
                .stream()
                .filter(name -> name.getKeyProperty("queue") == null)
                .findFirst();
        return (Boolean) broker.management().attribute(bean.orElseThrow(), "Paging");
    }
}
