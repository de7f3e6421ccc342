package io.dialogsecurity.testkit.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.testkit.BrokerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlainClientsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration NOTHING_COMES = Duration.ofMillis(300);

    @TempDir
    static Path directory;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.in(directory.resolve("plain")).start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Login login() {
        return Login.to(broker, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindHearsItselfOnATopic(PlainKind kind) {
        String topic = "topics." + kind.text();
        try (PlainClient out = kind.connect(login());
                PlainClient in = kind.connect(login());
                PlainConsumer consumer = in.consume(Intake.topic("topics.*"))) {
            out.send(Outgoing.toTopic(topic, new Body.Text("Grüße: 🙂\n"))
                    .property("region", "EU")
                    .correlationId("c:1"));
            Received text = consumer.receive(PATIENCE).orElseThrow();
            assertThat(text.body()).isIn("Grüße: 🙂\n", Octets.of("Grüße: 🙂\n".getBytes(StandardCharsets.UTF_8)));
            if (kind.can(Ability.PROPERTIES)) {
                assertThat(text.properties()).containsEntry("region", "EU");
                assertThat(text.headers())
                        .containsAnyOf(
                                Map.entry("correlation id", "c:1"),
                                Map.entry("correlation-id", "c:1"),
                                Map.entry("correlation data", Octets.of("c:1".getBytes(StandardCharsets.UTF_8))));
            }
            byte[] all = new byte[256];
            IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);
            out.send(Outgoing.toTopic(topic, new Body.Binary(all)));
            assertThat(consumer.receive(PATIENCE).orElseThrow().body()).isEqualTo(Octets.of(all));
            out.send(Outgoing.toTopic(topic, new Body.None()).notPersistent());
            assertThat(consumer.receive(PATIENCE)).isPresent();
            assertThat(consumer.receive(NOTHING_COMES)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP", "OPENWIRE", "STOMP"})
    void whoHasQueuesSendsTogetherSelectsAndLeavesWhatIsNotAcknowledged(PlainKind kind) {
        String queue = "queues." + kind.text();
        try (PlainClient client = kind.connect(login())) {
            client.sendTogether(
                    List.of(
                            Outgoing.toQueue(queue, new Body.Text("eins")).property("n", "1"),
                            Outgoing.toQueue(queue, new Body.Text("zwei")).property("n", "2")),
                    true);
            client.sendTogether(List.of(Outgoing.toQueue(queue, new Body.Text("drei"))), false);
            try (PlainConsumer selecting =
                    client.consume(Intake.queue(queue).selector("n = '2'").acknowledging(Acknowledging.CLIENT))) {
                assertThat(selecting.receive(PATIENCE).orElseThrow().body()).isEqualTo("zwei");
                assertThat(selecting.receive(NOTHING_COMES)).isEmpty();
                if (kind.can(Ability.GIVES_BACK)) {
                    selecting.giveBack();
                    assertThat(selecting.receive(PATIENCE).orElseThrow().headers())
                            .containsEntry("redelivered", true);
                }
                selecting.acknowledge();
            }
            if (kind.can(Ability.BROWSES)) {
                assertThat(client.browse(queue, null))
                        .extracting(Received::body)
                        .containsExactly("eins");
            }
            try (PlainConsumer rest = client.consume(Intake.queue(queue))) {
                assertThat(rest.receive(PATIENCE).orElseThrow().body()).isEqualTo("eins");
                assertThat(rest.receive(NOTHING_COMES)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLastingSubscriptionKeepsWhatComesMeanwhile(PlainKind kind) {
        String topic = "lasting." + kind.text();
        Login lasting = login().lastingAs("lasting-" + kind.text());
        Intake intake = Intake.topic(topic).lasting("mine");
        try (PlainClient in = kind.connect(lasting)) {
            in.consume(intake).close();
        }
        try (PlainClient out = kind.connect(login())) {
            out.send(Outgoing.toTopic(topic, new Body.Text("kept")));
        }
        try (PlainClient in = kind.connect(lasting)) {
            try (PlainConsumer consumer = in.consume(intake)) {
                assertThat(consumer.receive(PATIENCE)).isPresent();
            }
            in.unsubscribe(intake);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MQTT_3", "MQTT_5"})
    void retainedMessagesAndWills(PlainKind kind) {
        String topic = "wills." + kind.text();
        try (PlainClient in = kind.connect(login());
                PlainConsumer consumer = in.consume(Intake.topic(topic))) {
            kind.connect(login().leaving(Outgoing.toTopic(topic, new Body.Text("gone"))
                            .retained()))
                    .breakOff();
            assertThat(consumer.receive(PATIENCE).orElseThrow().headers()).containsEntry("retained", false);
        }
        try (PlainClient in = kind.connect(login());
                PlainConsumer consumer = in.consume(Intake.topic(topic))) {
            assertThat(consumer.receive(PATIENCE).orElseThrow().headers()).containsEntry("retained", true);
        }
    }

    @Test
    void whatTheBrokerRefusesIsAFailure() {
        for (PlainKind kind : PlainKind.values()) {
            assertThatThrownBy(() -> kind.connect(Login.to(broker, BrokerProcess.ADMIN, "wrong")))
                    .as(kind.name())
                    .isInstanceOf(PlainFailure.class);
        }
    }
}
