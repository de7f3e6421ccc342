package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.MALLORY;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.awaitQueues;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.login;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody without any right at a protected address tries every name and way to it, of generated addresses, prefixes, protocols,
 * retained messages, diverts and federations: no consumer is given a byte of it, and no file has one. What others send as they should
 * arrives all the while. {@code -Ddialogsecurity.ways.cases} has more of them, {@code -Ddialogsecurity.ways.seed} the same again.
 */
class WaysInPropertyIT {

    private static final int CASES = Integer.getInteger("dialogsecurity.ways.cases", 100);
    private static final long SEED = Long.getLong("dialogsecurity.ways.seed", System.nanoTime());
    private static final String FORGED = "forged beyond all doubt";
    private static final String HONEST = "honest as the day is long";
    private static final String SENTINEL = "all is said";
    private static final int HONEST_EVERY = 10;
    private static final List<String> WORDS =
            List.of("t1", "in", "a b", "", "\u00e4", "T1", "wild", "filtered", "$sys");

    @TempDir
    static Path directory;

    private final Random random = new Random(SEED);
    private WaysInWorld world;

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Always one that the broker would route to a subscription of {@code sensors.#} or {@code events.#}. */
    private String protectedAddress() {
        StringBuilder address = new StringBuilder(any(List.of("sensors", "events")));
        for (int i = random.nextInt(4); i > 0; i--) {
            address.append('.').append(any(WORDS));
        }
        return address.toString();
    }

    private String disguised(PlainKind kind, String address) {
        String name = address;
        boolean mqtt = kind == PlainKind.MQTT_3 || kind == PlainKind.MQTT_5;
        if (random.nextInt(3) == 0) {
            name = "$sys.mqtt.retain.".repeat(1 + random.nextInt(2)) + name;
        }
        if (!mqtt && random.nextInt(4) == 0) {
            name = name + "::" + (random.nextBoolean() ? name : any(WORDS));
        }
        if (random.nextInt(3) == 0) {
            name = any(List.of("one-of:", "all-of:", "one-of:queue:")) + name;
        }
        return name;
    }

    private String attack() {
        PlainKind kind = any(List.of(PlainKind.values()));
        int way = random.nextInt(8);
        String name;
        if (way == 0) {
            name = "free";
        } else if (way == 1) {
            name = any(List.of("events.wild.one", "events.wild.", "events.filtered"));
            kind = random.nextBoolean() ? PlainKind.CORE : PlainKind.AMQP;
        } else {
            name = disguised(kind, protectedAddress());
        }
        Outgoing outgoing = random.nextBoolean()
                ? Outgoing.toTopic(name, new Body.Text(FORGED))
                : Outgoing.toQueue(name, new Body.Text(FORGED));
        if (random.nextInt(3) == 0) {
            outgoing.retained();
        }
        if (random.nextInt(3) == 0) {
            outgoing.property("note", FORGED);
        }
        if (random.nextInt(4) == 0) {
            outgoing.qualityOfService(random.nextInt(3));
        }
        String told;
        try (PlainClient mallory = kind.connect(way == 1 ? login(world.remote, SALES) : login(world.broker, MALLORY))) {
            mallory.send(outgoing);
            told = "taken";
        } catch (PlainFailure | UnsupportedOperationException e) {
            told = "refused";
        }
        return kind + " to '" + name + "' by way " + way + ": " + told;
    }

    @Test
    void nothingUnsealedGetsToAConsumerOrAFile() throws Exception {
        System.out.println("Seed " + SEED + ", cases " + CASES);
        List<String> attacks = new ArrayList<>();
        try (WaysInWorld started = WaysInWorld.start(directory)) {
            world = started;
            try (PlainClient core = PlainKind.CORE.connect(login(world.broker, STORE));
                    PlainClient others = PlainKind.AMQP.connect(login(world.broker, STORE));
                    PlainConsumer sensors = core.consume(Intake.topic("sensors.#"));
                    PlainConsumer oneWord = others.consume(Intake.topic("sensors.*"));
                    PlainConsumer events = core.consume(Intake.topic("events.#"));
                    PlainConsumer wild = core.consume(Intake.topic("events.wild.#"));
                    PlainConsumer filtered = others.consume(Intake.topic("events.filtered"))) {
                awaitQueues(world.remote, "events.wild.#", 1);
                awaitQueues(world.remote, "events.filtered", 1);
                for (int i = 0; i < CASES; i++) {
                    attacks.add(attack());
                    if (i % HONEST_EVERY == 0) {
                        honest(HONEST);
                    }
                }
                honest(SENTINEL);
                for (PlainConsumer consumer : List.of(sensors, oneWord)) {
                    drain(consumer, attacks, true);
                }
                for (PlainConsumer consumer : List.of(events, wild, filtered)) {
                    drain(consumer, attacks, false);
                }
            }
            for (String filter : List.of("sensors.#", "events.#", "sensors.*", "sensors.t1")) {
                try (PlainClient late = PlainKind.MQTT_5.connect(login(world.broker, STORE));
                        PlainConsumer consumer = late.consume(Intake.topic(filter))) {
                    drain(consumer, attacks, false);
                }
            }
            // What was sent to 'free', where nothing is protected, had no queue of its own.
            world.stopAndSearch(List.of(FORGED, HONEST, SENTINEL));
        }
    }

    private void honest(String text) {
        try (PlainClient sales =
                any(List.of(PlainKind.CORE, PlainKind.AMQP, PlainKind.STOMP)).connect(login(world.broker, SALES))) {
            sales.send(Outgoing.toTopic("sensors.t1", new Body.Text(text)));
        }
    }

    /** Until the last honest message is there, or nothing more comes. */
    private static void drain(PlainConsumer consumer, List<String> attacks, boolean untilSentinel) {
        int honest = 0;
        while (true) {
            Optional<Received> next = consumer.receive(untilSentinel ? PATIENCE : Duration.ofSeconds(1));
            if (next.isEmpty()) {
                assertThat(untilSentinel)
                        .as("honest messages arrive, seed %s", SEED)
                        .isFalse();
                return;
            }
            String text = next.get().body() instanceof Octets octets
                    ? new String(java.util.HexFormat.of().parseHex(octets.hex()), StandardCharsets.UTF_8)
                    : String.valueOf(next.get().body());
            assertThat(text + next.get().properties())
                    .as("seed %s, after%n%s", SEED, String.join("\n", attacks))
                    .doesNotContain(FORGED);
            if (text.contains(SENTINEL)) {
                assertThat(honest).isEqualTo((CASES + HONEST_EVERY - 1) / HONEST_EVERY);
                return;
            }
            honest++;
        }
    }
}
