package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SessionsIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @MethodSource("io.dialogsecurity.integration.client.MessageKindsIT#pairs")
    void requestsAreAnsweredAtATemporaryQueue(Provider sender, Provider receiver) throws Exception {
        String name = world.name("orders");
        try (Connection asking = world.orderEntry(sender).createConnection();
                Connection answering = world.shipping(receiver).createConnection()) {
            asking.start();
            answering.start();
            Session service = answering.createSession();
            MessageProducer replies = service.createProducer(null);
            service.createConsumer(service.createQueue(name)).setMessageListener(request -> {
                try {
                    TextMessage reply = service.createTextMessage("re: " + request.getBody(String.class));
                    reply.setJMSCorrelationID(request.getJMSMessageID());
                    replies.send(request.getJMSReplyTo(), reply);
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            Session session = asking.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            TemporaryQueue replyTo = session.createTemporaryQueue();
            MessageConsumer consumer = session.createConsumer(replyTo);
            CryptoCounters.Snapshot before = null;
            for (int i = 0; i < 5; i++) {
                TextMessage request = session.createTextMessage("question " + i);
                request.setJMSReplyTo(replyTo);
                producer.send(request);
                TextMessage reply = (TextMessage) consumer.receive(PATIENCE_MILLIS);
                assertThat(reply.getText()).isEqualTo("re: question " + i);
                if (sender == receiver) { // between protocols the broker gives messages other ids
                    assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
                }
                if (i == 0) {
                    before = world.shipping().cryptoCounters();
                }
            }
            assertThat(world.shipping().cryptoCounters().since(before).publicKeyOperations())
                    .isZero();
        }
        assertThat(world.search("re: question")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void competingConsumersAnswerAtAFixedQueue(Provider provider) throws Exception {
        String name = world.name("orders");
        String replyName = world.name("replies");
        try (Connection asking = world.orderEntry(provider).createConnection();
                Connection answering = world.shipping(provider).createConnection()) {
            asking.start();
            answering.start();
            for (int i = 0; i < 2; i++) {
                Session service = answering.createSession();
                service.createConsumer(service.createQueue(name)).setMessageListener(request -> {
                    try {
                        TextMessage reply = service.createTextMessage(request.getBody(String.class));
                        reply.setJMSCorrelationID(request.getJMSCorrelationID());
                        service.createProducer(request.getJMSReplyTo()).send(reply);
                    } catch (JMSException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            Session session = asking.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            MessageConsumer consumer = session.createConsumer(session.createQueue(replyName));
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                TextMessage request = session.createTextMessage("n" + i);
                request.setJMSReplyTo(session.createQueue(replyName));
                request.setJMSCorrelationID("c" + i);
                producer.send(request);
            }
            for (int i = 0; i < 20; i++) {
                Message reply = consumer.receive(PATIENCE_MILLIS);
                assertThat(reply.getJMSCorrelationID())
                        .isEqualTo("c" + reply.getBody(String.class).substring(1));
                answers.add(reply.getBody(String.class));
            }
            assertThat(answers)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 20).mapToObj(i -> "n" + i).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void transactionsCommitAndRollBack(Provider provider) throws Exception {
        // Messages after a gap would be refused here.
        String name = world.name("strict");
        try (Connection out = world.orderEntry(provider).createConnection();
                Connection in = world.shipping(provider).createConnection()) {
            in.start();
            Session sending = out.createSession(Session.SESSION_TRANSACTED);
            MessageProducer producer = sending.createProducer(sending.createQueue(name));
            Session receiving = in.createSession(Session.SESSION_TRANSACTED);
            MessageConsumer consumer = receiving.createConsumer(receiving.createQueue(name));

            producer.send(sending.createTextMessage("one"));
            sending.commit();
            producer.send(sending.createTextMessage("never"));
            sending.rollback();
            producer.send(sending.createTextMessage("two"));
            sending.commit();

            assertThat(consumer.receive(PATIENCE_MILLIS).getBody(String.class)).isEqualTo("one");
            assertThat(consumer.receive(PATIENCE_MILLIS).getBody(String.class)).isEqualTo("two");
            receiving.rollback();
            Message again = consumer.receive(PATIENCE_MILLIS);
            assertThat(again.getBody(String.class)).isEqualTo("one");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(consumer.receive(PATIENCE_MILLIS).getBody(String.class)).isEqualTo("two");
            receiving.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
        Await.until(
                PATIENCE, "an empty queue", () -> world.broker().management().messageCount(name) == 0);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void whatIsNotAcknowledgedComesAgain(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext()) {
            out.createProducer().send(out.createQueue(name), "a").send(out.createQueue(name), "b");
        }
        try (JMSContext in = world.shipping(provider).createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("a");
            in.recover();
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("a");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("b");
        }
        try (JMSContext in = world.shipping(provider).createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("a");
            Message last = consumer.receive(PATIENCE_MILLIS);
            assertThat(last.getBody(String.class)).isEqualTo("b");
            last.acknowledge();
        }
        Await.until(
                PATIENCE, "an empty queue", () -> world.broker().management().messageCount(name) == 0);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aFailingListenerGetsTheMessageAgain(Provider provider) throws Exception {
        String name = world.name("orders");
        AtomicInteger calls = new AtomicInteger();
        BlockingQueue<Message> taken = new LinkedBlockingQueue<>();
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            in.createConsumer(in.createQueue(name)).setMessageListener(message -> {
                if (calls.getAndIncrement() == 0) {
                    throw new IllegalStateException("the first time always fails");
                }
                taken.add(message);
            });
            out.createProducer().send(out.createQueue(name), "try twice");
            Message message = taken.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(message).isNotNull();
            assertThat(message.getBody(String.class)).isEqualTo("try twice");
            assertThat(message.getJMSRedelivered()).isTrue();
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void asynchronousSendsCompleteInOrder(Provider provider) throws Exception {
        String name = world.name("strict");
        List<String> completed = new CopyOnWriteArrayList<>();
        List<Exception> failures = new CopyOnWriteArrayList<>();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    completed.add(message.getBody(String.class) + (message.getJMSMessageID() != null));
                } catch (JMSException e) {
                    failures.add(e);
                }
            }

            @Override
            public void onException(Message message, Exception failure) {
                failures.add(failure);
            }
        };
        try (Connection out = world.orderEntry(provider).createConnection();
                JMSContext in = world.shipping(provider).createContext()) {
            Session session = out.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            for (int i = 0; i < 50; i++) {
                producer.send(session.createTextMessage("m" + i), listener);
            }
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            for (int i = 0; i < 50; i++) {
                assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("m" + i);
            }
            Await.until(PATIENCE, "all completions", () -> completed.size() == 50);
            assertThat(completed)
                    .isEqualTo(
                            IntStream.range(0, 50).mapToObj(i -> "m" + i + true).toList());
            assertThat(failures).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void everyTargetOfATopicOpensAndAnswers(Provider provider) throws Exception {
        String name = world.name("news");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext shipping = world.shipping(provider).createContext();
                JMSContext billing = world.billing(provider).createContext()) {
            Topic topic = out.createTopic(name);
            JMSConsumer atShipping = shipping.createSharedDurableConsumer(shipping.createTopic(name), "s-" + name);
            JMSConsumer atBilling = billing.createConsumer(billing.createTopic(name));
            TemporaryQueue replyTo = out.createTemporaryQueue();
            JMSConsumer replies = out.createConsumer(replyTo);
            for (int i = 0; i < 3; i++) {
                out.createProducer().setJMSReplyTo(replyTo).send(topic, "news " + i);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(atShipping.receiveBody(String.class, PATIENCE_MILLIS))
                        .isEqualTo("news " + i);
                Message news = atBilling.receive(PATIENCE_MILLIS);
                assertThat(news.getBody(String.class)).isEqualTo("news " + i);
                billing.createProducer()
                        .setJMSCorrelationID(news.getJMSMessageID())
                        .send(news.getJMSReplyTo(), "heard " + i);
                assertThat(replies.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("heard " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void everySubscriptionInAProcessGetsItsCopy(Provider provider) {
        String name = world.name("news");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext();
                JMSContext other = world.shipping(provider).createContext()) {
            Topic topic = in.createTopic(name);
            List<JMSConsumer> consumers = List.of(
                    in.createConsumer(topic),
                    in.createConsumer(topic),
                    in.createSharedConsumer(topic, "a-" + name),
                    other.createSharedDurableConsumer(topic, "b-" + name),
                    other.createConsumer(topic));
            for (int i = 0; i < 3; i++) {
                out.createProducer().send(out.createTopic(name), "news " + i);
            }
            for (JMSConsumer consumer : consumers) {
                for (int i = 0; i < 3; i++) {
                    assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS))
                            .isEqualTo("news " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void browsersShowWhatConsumersWouldGet(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext plain = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            out.createProducer().send(out.createQueue(name), "sealed 1");
            plain.createProducer().send(plain.createQueue(name), "forged");
            out.createProducer().send(out.createQueue(name), "sealed 2");
            List<String> seen = new ArrayList<>();
            try (QueueBrowser browser = in.createBrowser(in.createQueue(name))) {
                Enumeration<?> messages = browser.getEnumeration();
                while (messages.hasMoreElements()) {
                    seen.add(((Message) messages.nextElement()).getBody(String.class));
                }
            }
            assertThat(seen).containsExactly("sealed 1", "sealed 2");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("sealed 1");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("sealed 2");
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void whatMayNotBeSentIsRefusedToTheSender(Provider provider) throws Exception {
        try (Connection out = world.shipping(provider).createConnection()) {
            Session session = out.createSession();
            Queue notOurs = session.createQueue(world.name("orders"));
            assertThatThrownBy(() -> session.createProducer(notOurs).send(session.createTextMessage("x")))
                    .isInstanceOfSatisfying(
                            JMSSecurityException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo("SENDER_NOT_AUTHORISED"));
            Queue dropped = session.createQueue(world.name("legacy"));
            assertThatThrownBy(() -> session.createProducer(null).send(dropped, session.createTextMessage("x")))
                    .isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("drops");
            assertThatThrownBy(() -> world.shipping(provider).createXAConnection())
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("XA");
        }
    }
}
