package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a broker delays, prefers others to, gives back or hands to a slow consumer arrives, however many younger ones have passed. */
class HeldBackIT {

    private static final Duration PATIENCE = Duration.ofMillis(6 * PATIENCE_MILLIS);

    private final ClientWorld world = ClientWorld.get();
    private long quarantined;

    @BeforeEach
    void count() {
        quarantined = world.broker().management().messageCount(ClientWorld.QUARANTINE);
    }

    @AfterEach
    void nothingIsRefused() {
        assertThat(world.broker().management().messageCount(ClientWorld.QUARANTINE))
                .isEqualTo(quarantined);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aSlowConsumer(Provider provider) throws Exception {
        int messages = 2_600;
        String name = world.name("orders");
        send(provider, name, messages, (session, producer) -> {});
        Set<String> received = ConcurrentHashMap.newKeySet();
        CountDownLatch othersHadTheirs = new CountDownLatch(1);
        try (Connection connection = world.shipping(provider).createConnection()) {
            Session slow = connection.createSession();
            slow.createConsumer(slow.createQueue(name)).setMessageListener(message -> {
                await(othersHadTheirs);
                received.add(text(message));
            });
            Session quick = connection.createSession();
            quick.createConsumer(quick.createQueue(name)).setMessageListener(message -> received.add(text(message)));
            connection.start();
            Await.until(PATIENCE, "the quick one to have more than a thousand", () -> received.size() > 1_200);
            othersHadTheirs.countDown();
            Await.until(PATIENCE, "all messages", () -> received.size() == messages);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void rolledBackAndRedeliveredLater(Provider provider) throws Exception {
        int messages = 1_500;
        String name = world.name("orders.later");
        send(provider, name, messages, (session, producer) -> {});
        Set<String> received = ConcurrentHashMap.newKeySet();
        try (Connection connection = world.shipping(provider).createConnection()) {
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            connection.start();
            assertThat(consumer.receive(PATIENCE_MILLIS)).isNotNull();
            session.rollback();
            while (received.size() < messages) {
                Message message = consumer.receive(PATIENCE_MILLIS);
                assertThat(message).as("after %d messages", received.size()).isNotNull();
                received.add(text(message));
                session.commit();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void delayed(Provider provider) throws Exception {
        String name = world.name("orders");
        send(provider, name, 1_100, (session, producer) -> {
            producer.setDeliveryDelay(3_000);
            producer.send(session.createTextMessage("delayed"));
            producer.setDeliveryDelay(0);
        });
        receive(provider, name, 1_101);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void ofLowPriority(Provider provider) throws Exception {
        String name = world.name("orders");
        send(provider, name, 1_100, (session, producer) -> {
            producer.setPriority(1);
            producer.send(session.createTextMessage("of low priority"));
            producer.setPriority(9);
        });
        receive(provider, name, 1_101);
    }

    private interface Before {
        void send(Session session, MessageProducer producer) throws JMSException;
    }

    private void send(Provider provider, String name, int messages, Before before) throws JMSException {
        try (Connection connection = world.orderEntry(provider).createConnection()) {
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            MessageProducer producer = session.createProducer(session.createQueue(name));
            before.send(session, producer);
            for (int i = 0; i < messages; i++) {
                producer.send(session.createTextMessage("message " + i));
            }
            session.commit();
        }
    }

    private void receive(Provider provider, String name, int messages) throws JMSException {
        Set<String> received = ConcurrentHashMap.newKeySet();
        try (Connection connection = world.shipping(provider).createConnection()) {
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            connection.start();
            while (received.size() < messages) {
                Message message = consumer.receive(PATIENCE_MILLIS);
                assertThat(message).as("after %d messages", received.size()).isNotNull();
                received.add(text(message));
            }
        }
        assertThat(received)
                .containsAll(IntStream.range(0, messages - 1)
                        .mapToObj(i -> "message " + i)
                        .collect(Collectors.toSet()));
    }

    private static String text(Message message) {
        try {
            return ((TextMessage) message).getText();
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody said go on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
