package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static io.dialogsecurity.integration.client.ClientWorld.QUARANTINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalsIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final long SOON_MILLIS = 300;

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @EnumSource(Provider.class)
    void refusedMessagesGoToTheQuarantineAndBlockNobody(Provider provider) throws Exception {
        String name = world.name("orders");
        String elsewhere = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            Queue queue = attacker.createQueue(name);
            byte[] envelope = captured(out, attacker, name, "honest 1");
            byte[] tampered = envelope.clone();
            tampered[tampered.length - 1] ^= 1;
            byte[] moved = captured(out, attacker, elsewhere, "for another address");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            attacker.createProducer()
                    .send(queue, tampered)
                    .send(queue, "plain text, forged")
                    .send(queue, moved)
                    .send(queue, envelope);
            out.createProducer().send(out.createQueue(name), "honest 2");

            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest 1");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest 2");

            assertThat(((BytesMessage) quarantined(attacker, name, Rejection.MIC_INVALID)).getBody(byte[].class))
                    .isEqualTo(tampered);
            assertThat(((TextMessage) quarantined(attacker, name, Rejection.PLAINTEXT_REFUSED)).getText())
                    .isEqualTo("plain text, forged");
            assertThat(((BytesMessage) quarantined(attacker, name, Rejection.WRONG_DESTINATION)).getBody(byte[].class))
                    .isEqualTo(moved);
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
    }

    /** An envelope as somebody with access to the broker sees it. */
    private static byte[] captured(JMSContext out, JMSContext attacker, String name, String text) throws Exception {
        out.createProducer().send(out.createQueue(name), text);
        try (JMSConsumer stolen = attacker.createConsumer(attacker.createQueue(name))) {
            return stolen.receive(PATIENCE_MILLIS).getBody(byte[].class);
        }
    }

    private static Message quarantined(JMSContext context, String name, Rejection reason) throws Exception {
        String selector = "DS_ORIGINAL_DESTINATION = '" + name + "' AND DS_REJECTION = '" + reason + "'";
        try (JMSConsumer quarantine = context.createConsumer(context.createQueue(QUARANTINE), selector)) {
            Message message = quarantine.receive(PATIENCE_MILLIS);
            assertThat(message).as("quarantined as %s", reason).isNotNull();
            assertThat(message.getStringProperty("DS_REJECTION_CODE")).isEqualTo(String.valueOf(reason.code()));
            return message;
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aReplayedMessageIsDeliveredOnce(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            Queue queue = attacker.createQueue(name);
            byte[] envelope = captured(out, attacker, name, "pay 100");
            attacker.createProducer()
                    .send(queue, envelope)
                    .send(queue, envelope)
                    .send(queue, envelope);
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("pay 100");
            out.createProducer().send(out.createQueue(name), "the next one");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("the next one");
            assertThat(consumer.receive(SOON_MILLIS)).isNull();
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void inATransactionTheyAreQuarantinedWithItsCommit(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext(JMSContext.SESSION_TRANSACTED)) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            out.createProducer().send(out.createQueue(name), "first");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("first");
            attacker.createProducer().send(attacker.createQueue(name), "forged");
            out.createProducer().send(out.createQueue(name), "second");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("second");
            in.rollback();
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("first");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("second");
            in.commit();
            quarantined(attacker, name, Rejection.PLAINTEXT_REFUSED);
            String selector = "DS_ORIGINAL_DESTINATION = '" + name + "'";
            try (JMSConsumer more = attacker.createConsumer(attacker.createQueue(QUARANTINE), selector)) {
                assertThat(more.receive(SOON_MILLIS)).as("quarantined once").isNull();
            }
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aTransactionThatSeesNothingElseEndsByItself(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext(JMSContext.SESSION_TRANSACTED)) {
            attacker.createProducer().send(attacker.createQueue(name), "forged");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            Await.until(PATIENCE, "an empty queue", () -> {
                assertThat(consumer.receive(SOON_MILLIS)).isNull();
                return world.broker().management().messageCount(name) == 0;
            });
            quarantined(attacker, name, Rejection.PLAINTEXT_REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aPlainReplyToASealedRequestIsRefused(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext attacker = world.plain(provider).createContext()) {
            TemporaryQueue replyTo = out.createTemporaryQueue();
            JMSConsumer replies = out.createConsumer(replyTo);
            out.createProducer().setJMSReplyTo(replyTo).send(out.createQueue(name), "question");
            Message request =
                    attacker.createConsumer(attacker.createQueue(name)).receive(PATIENCE_MILLIS);
            attacker.createProducer().send(request.getJMSReplyTo(), "forged answer");
            assertThat(replies.receive(SOON_MILLIS)).isNull();
            quarantined(attacker, replyTo.getQueueName(), Rejection.PLAINTEXT_REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void otherAddressesAreLeftAlone(Provider provider) throws Exception {
        String name = world.name("open");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.plain(provider).createContext()) {
            out.createProducer().setProperty("n", 7).send(out.createQueue(name), "hello");
            try (JMSConsumer consumer = in.createConsumer(in.createQueue(name))) {
                TextMessage message = (TextMessage) consumer.receive(PATIENCE_MILLIS);
                assertThat(message.getText()).isEqualTo("hello");
                assertThat(message.getIntProperty("n")).isEqualTo(7);
            }
            in.createProducer().send(in.createQueue(name), "and back");
            assertThat(out.createConsumer(out.createQueue(name)).receiveBody(String.class, PATIENCE_MILLIS))
                    .isEqualTo("and back");
        }
    }
}
