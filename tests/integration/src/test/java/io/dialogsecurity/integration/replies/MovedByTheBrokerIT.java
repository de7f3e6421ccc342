package io.dialogsecurity.integration.replies;

import static io.dialogsecurity.integration.replies.ReplyWorld.A_MOMENT_MILLIS;
import static io.dialogsecurity.integration.replies.ReplyWorld.PATIENCE;
import static io.dialogsecurity.integration.replies.ReplyWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A client opens what the broker has moved, where policy names it at both places, and not more often than it would get it unsealed. */
class MovedByTheBrokerIT {

    @TempDir
    static Path directory;

    private static ReplyWorld unguarded;
    private static ReplyWorld guarded;

    @BeforeAll
    static void start() throws IOException {
        unguarded = new ReplyWorld(directory.resolve("unguarded"), false);
        guarded = new ReplyWorld(directory.resolve("guarded"), true);
    }

    @AfterAll
    static void stop() {
        unguarded.close();
        guarded.close();
    }

    static Stream<Arguments> ways() {
        // Who sends and who receives need not speak the same protocol.
        return Stream.of(Way.values())
                .flatMap(in -> Stream.of(Way.DECORATOR_CORE, Way.DECORATOR_AMQP)
                        .flatMap(out -> Stream.of(false, true).map(guard -> Arguments.of(out, in, guard))));
    }

    private static ReplyWorld world(boolean withGuard) {
        return withGuard ? guarded : unguarded;
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aDeadLetterIsRead(Way out, Way in, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", out);
                JMSContext store = world.process("store", in).createContext(JMSContext.SESSION_TRANSACTED);
                JMSContext reader = store.createContext(JMSContext.AUTO_ACKNOWLEDGE)) {
            shop.createProducer().send(shop.createQueue(orders), "poison");
            JMSConsumer consumer = store.createConsumer(store.createQueue(orders));
            for (int i = 0; i < 2; i++) {
                assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("poison");
                store.rollback();
            }
            Queue letters = reader.createQueue("store.dlq");
            Await.until(
                    PATIENCE,
                    "the dead letter",
                    () -> world.broker().management().messageCount("store.dlq") > 0);
            try (QueueBrowser browser = reader.createBrowser(letters)) {
                Message seen = ReplyWorld.seen(browser).get(0);
                assertThat(seen.getBody(String.class)).isEqualTo("poison");
            }
            Message letter = reader.createConsumer(letters).receive(PATIENCE_MILLIS);
            assertThat(letter.getBody(String.class)).isEqualTo("poison");
            assertThat(((Queue) letter.getJMSDestination()).getQueueName()).isEqualTo("store.dlq");
            assertThat(world.stored(ReplyWorld.QUARANTINE)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void twoCopiesUnderOneRuleAreGivenBoth(Way out, Way in, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        try (JMSContext shop = world.context("shop", out);
                JMSContext store = world.context("store", in)) {
            shop.createProducer().send(shop.createQueue("store.split"), "an order");
            for (String place : List.of("store.left", "store.split", "store.right")) {
                try (JMSConsumer consumer = store.createConsumer(store.createQueue(place))) {
                    assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS))
                            .as(place)
                            .isEqualTo("an order");
                }
            }
            assertThat(world.stored(ReplyWorld.QUARANTINE)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theCopyOfADivertIsGivenAsWellAsTheOriginal(Way out, Way in, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        try (JMSContext shop = world.context("shop", out);
                JMSContext store = world.context("store", in)) {
            for (int i = 0; i < 3; i++) {
                shop.createProducer().send(shop.createQueue("store.tapped"), "order " + i);
            }
            for (String place : List.of("store.tapped", "store.audit")) {
                try (JMSConsumer consumer = store.createConsumer(store.createQueue(place))) {
                    for (int i = 0; i < 3; i++) {
                        assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS))
                                .as(place)
                                .isEqualTo("order " + i);
                    }
                    assertThat(consumer.receive(A_MOMENT_MILLIS)).isNull();
                }
            }
            assertThat(world.stored(ReplyWorld.QUARANTINE)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theDeadLetterOfACopyIsRead(Way out, Way in, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        try (JMSContext shop = world.context("shop", out);
                JMSContext store = world.process("store", in).createContext(JMSContext.SESSION_TRANSACTED)) {
            shop.createProducer().send(shop.createQueue("store.tapped"), "moved twice");
            JMSConsumer original = store.createConsumer(store.createQueue("store.tapped"));
            assertThat(original.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("moved twice");
            store.commit();
            JMSConsumer copies = store.createConsumer(store.createQueue("store.audit"));
            for (int i = 0; i < 2; i++) {
                assertThat(copies.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("moved twice");
                store.rollback();
            }
            JMSConsumer letters = store.createConsumer(store.createQueue("store.dlq"));
            assertThat(letters.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("moved twice");
            store.commit();
            assertThat(world.stored(ReplyWorld.QUARANTINE)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whoOnlySaysThatTheBrokerHasMovedItGainsOneMoreCopyAtMost(Way out, Way in, boolean guard) throws Exception {
        if (guard) {
            return; // the guard refuses it at the door
        }
        ReplyWorld world = world(false);
        String from = world.name("store.orders");
        String to = world.name("store.orders");
        try (JMSContext shop = world.context("shop", out);
                JMSContext attacker = world.plain();
                JMSContext store = world.context("store", in)) {
            shop.createProducer().send(shop.createQueue(from), "pay 100");
            byte[] envelope;
            try (JMSConsumer stolen = attacker.createConsumer(attacker.createQueue(from))) {
                envelope = stolen.receiveBody(byte[].class, PATIENCE_MILLIS);
            }
            send(attacker, to, envelope, null);
            for (String place : List.of(from, to)) {
                JMSConsumer consumer = store.createConsumer(store.createQueue(place));
                send(attacker, place, envelope, from);
                assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("pay 100");
                send(attacker, place, envelope, "store.elsewhere");
                shop.createProducer().send(shop.createQueue(place), "the end");
                assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("the end");
            }
            try (JMSConsumer quarantine = attacker.createConsumer(attacker.createQueue(ReplyWorld.QUARANTINE))) {
                assertThat(quarantine.receive(PATIENCE_MILLIS).getStringProperty("DS_REJECTION"))
                        .isEqualTo("WRONG_DESTINATION");
            }
        }
    }

    private static void send(JMSContext attacker, String queue, byte[] envelope, String movedFrom) throws JMSException {
        BytesMessage message = attacker.createBytesMessage();
        message.writeBytes(envelope);
        if (movedFrom != null) {
            message.setStringProperty("_AMQ_ORIG_ADDRESS", movedFrom);
        }
        attacker.createProducer().send(attacker.createQueue(queue), message);
    }
}
