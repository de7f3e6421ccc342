package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What applications do with their provider's client in the corners of its interfaces they do with the decorated one too. */
class AlikeIT {

    /** How long to wait for a message that should not come. */
    private static final long A_MOMENT = 300;

    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private final ClientWorld world = ClientWorld.get();

    /** The mode of transactions in a session without: Artemis takes it for automatic acknowledgement, Qpid refuses it. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void aSessionWithoutTransactionIsNeverTransacted(Provider provider) throws Exception {
        String name = world.name("orders");
        try (Connection out = world.orderEntry(provider).createConnection();
                Connection plain = world.plain(provider).createConnection();
                JMSContext in = world.shipping(provider).createContext()) {
            if (provider == Provider.AMQP) {
                assertThatThrownBy(() -> plain.createSession(false, Session.SESSION_TRANSACTED))
                        .isInstanceOf(JMSException.class);
                assertThatThrownBy(() -> out.createSession(false, Session.SESSION_TRANSACTED))
                        .isInstanceOf(JMSException.class);
                return;
            }
            Session session = out.createSession(false, Session.SESSION_TRANSACTED);
            assertThat(session.getTransacted()).isFalse();
            assertThat(session.getAcknowledgeMode())
                    .isEqualTo(plain.createSession(false, Session.SESSION_TRANSACTED)
                            .getAcknowledgeMode());
            session.createProducer(session.createQueue(name)).send(session.createTextMessage("at once"));
            assertThat(in.createConsumer(in.createQueue(name)).receiveBody(String.class, PATIENCE_MILLIS))
                    .isEqualTo("at once");
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aContextThatIsNotToBeClosedByItsListenerGoesOn(Provider provider) throws Exception {
        String name = world.name("orders");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (JMSContext out = world.orderEntry(provider).createContext()) {
            JMSProducer producer = out.createProducer();
            Queue queue = out.createQueue(name);
            JMSContext in = world.shipping(provider).createContext();
            in.createConsumer(in.createQueue(name)).setMessageListener(message -> {
                try {
                    in.close();
                    seen.add("closed");
                } catch (IllegalStateRuntimeException expected) {
                    seen.add("refused");
                }
                Message made = in.createTextMessage();
                seen.add(made instanceof TextMessage ? "usable" : "odd");
            });
            for (int i = 0; i < 2; i++) {
                producer.send(queue, "close yourself");
                assertThat(seen.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("refused");
                assertThat(seen.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("usable");
            }
            in.close();
            producer.send(queue, "for nobody");
            assertThat(seen.poll(A_MOMENT, TimeUnit.MILLISECONDS)).isNull();
            assertThatThrownBy(in::createTextMessage).isInstanceOf(IllegalStateRuntimeException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aContextThatIsNotToBeClosedByItsCompletionListenerGoesOn(Provider provider) throws Exception {
        String name = world.name("orders");
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            Queue queue = out.createQueue(name);
            out.createProducer()
                    .setAsync(completion(message -> {
                        try {
                            out.close();
                            refused.complete(null);
                        } catch (IllegalStateRuntimeException expected) {
                            refused.complete(expected);
                        }
                    }))
                    .send(queue, "one");
            assertThat(refused.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
            out.createProducer().send(queue, "two");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("one");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("two");
        }
    }

    private interface Told {
        void of(Message message) throws Exception;
    }

    private static CompletionListener completion(Told told) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    told.of(message);
                } catch (Exception e) {
                    throw new java.lang.IllegalStateException(e);
                }
            }

            @Override
            public void onException(Message message, Exception failure) {
                throw new java.lang.IllegalStateException(failure);
            }
        };
    }

    /** In the automatic modes it is there again, in the others it is with the application, as the specification says. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void aBodyOfAnotherTypeThanAskedForIsNotLost(Provider provider) {
        for (int mode :
                new int[] {JMSContext.AUTO_ACKNOWLEDGE, JMSContext.CLIENT_ACKNOWLEDGE, JMSContext.SESSION_TRANSACTED}) {
            String name = world.name("orders");
            try (JMSContext out = world.orderEntry(provider).createContext();
                    JMSContext in = world.shipping(provider).createContext(mode)) {
                out.createProducer().send(out.createQueue(name), "one").send(out.createQueue(name), "two");
                JMSConsumer consumer = in.createConsumer(in.createQueue(name));
                assertThatThrownBy(() -> consumer.receiveBody(byte[].class, PATIENCE_MILLIS))
                        .isInstanceOf(MessageFormatRuntimeException.class);
                String next = consumer.receiveBody(String.class, PATIENCE_MILLIS);
                if (mode == JMSContext.AUTO_ACKNOWLEDGE) {
                    assertThat(next).isEqualTo("one");
                    continue;
                }
                assertThat(next).isEqualTo("two");
                if (mode == JMSContext.CLIENT_ACKNOWLEDGE) {
                    in.recover();
                } else {
                    in.rollback();
                }
                assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("one");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void messagesAreAcknowledgedOneByOne(Provider provider) throws Exception {
        String name = world.name("orders");
        try (Connection out = world.orderEntry(provider).createConnection();
                Connection in = world.shipping(provider).createConnection()) {
            in.start();
            Session sending = out.createSession();
            MessageProducer producer = sending.createProducer(sending.createQueue(name));
            for (int i = 0; i < 3; i++) {
                producer.send(sending.createTextMessage("n" + i));
            }
            Session session = in.createSession(false, INDIVIDUAL_ACKNOWLEDGE);
            assertThat(session.getAcknowledgeMode()).isEqualTo(INDIVIDUAL_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            consumer.receive(PATIENCE_MILLIS);
            Message second = consumer.receive(PATIENCE_MILLIS);
            consumer.receive(PATIENCE_MILLIS);
            second.acknowledge();
            session.close();
            try (JMSContext rest = world.shipping(provider).createContext()) {
                JMSConsumer left = rest.createConsumer(rest.createQueue(name));
                assertThat(left.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("n0");
                assertThat(left.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("n2");
                assertThat(left.receive(A_MOMENT)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 102})
    void otherModesOfProvidersAreRefused(int mode) throws Exception {
        try (Connection connection = world.shipping(Provider.CORE).createConnection()) {
            assertThatThrownBy(() -> connection.createSession(false, mode))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("mode " + mode);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void applicationsOfTheOlderInterfaces(Provider provider) throws Exception {
        String queueName = world.name("orders");
        String topicName = world.name("orders");
        SecureConnectionFactory sender = world.orderEntry(provider);
        SecureConnectionFactory receiver = world.shipping(provider);
        try (QueueConnection out = sender.createQueueConnection();
                QueueConnection in = receiver.createQueueConnection()) {
            in.start();
            QueueSession sending = out.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
            QueueSession receiving = in.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
            QueueSender queueSender = sending.createSender(sending.createQueue(queueName));
            QueueReceiver queueReceiver = receiving.createReceiver(receiving.createQueue(queueName));
            assertThat(queueReceiver.getQueue().getQueueName()).isEqualTo(queueName);
            assertThat(queueSender.getQueue().getQueueName()).isEqualTo(queueName);
            queueSender.send(sending.createTextMessage("to the queue"));
            assertThat(queueReceiver.receive(PATIENCE_MILLIS).getBody(String.class))
                    .isEqualTo("to the queue");
        }
        try (TopicConnection out = sender.createTopicConnection();
                TopicConnection in = receiver.createTopicConnection()) {
            in.start();
            TopicSession sending = out.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
            TopicSession receiving = in.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
            Topic topic = sending.createTopic(topicName);
            TopicSubscriber subscriber = receiving.createSubscriber(receiving.createTopic(topicName), null, true);
            assertThat(subscriber.getNoLocal()).isTrue();
            TopicPublisher publisher = sending.createPublisher(topic);
            publisher.publish(sending.createTextMessage("to the topic"));
            assertThat(subscriber.receive(PATIENCE_MILLIS).getBody(String.class))
                    .isEqualTo("to the topic");
            assertThat(publisher.getTopic().getTopicName()).isEqualTo(topicName);
            assertThat(subscriber.getTopic().getTopicName()).isEqualTo(topicName);
        }
        assertThat(world.search("to the queue", "to the topic")).isEmpty();
    }

    /** Sending turns them round, so that a listener may read what has been sent. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void sentBytesAndStreamsAreRead(Provider provider) throws Exception {
        String name = world.name("orders");
        try (Connection out = world.orderEntry(provider).createConnection()) {
            Session session = out.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeInt(7);
            CompletableFuture<Integer> read = new CompletableFuture<>();
            producer.send(bytes, completion(message -> read.complete(((BytesMessage) message).readInt())));
            assertThat(read.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(7);
            assertThat(bytes.getBodyLength()).isEqualTo(4);
            assertThatThrownBy(() -> bytes.writeInt(8)).isInstanceOf(MessageNotWriteableException.class);
            StreamMessage stream = session.createStreamMessage();
            stream.writeString("seven");
            producer.send(stream);
            assertThat(stream.readString()).isEqualTo("seven");
        }
    }

    /** Those of AMQP are left out: by them brokers tell clients how a message of AMQP was carried. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void propertiesOfVendorsArrive(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            TextMessage message = out.createTextMessage("from a mainframe");
            message.setIntProperty("JMS_IBM_MsgType", 8);
            message.setStringProperty("JMS_IBM_Format", "MQSTR");
            out.createProducer().send(out.createQueue(name), message);
            Message received = in.createConsumer(in.createQueue(name)).receive(PATIENCE_MILLIS);
            assertThat(received.getIntProperty("JMS_IBM_MsgType")).isEqualTo(8);
            assertThat(received.getStringProperty("JMS_IBM_Format")).isEqualTo("MQSTR");
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aClosedSessionMakesNothing(Provider provider) throws Exception {
        try (Connection connection = world.orderEntry(provider).createConnection()) {
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(world.name("replies")));
            session.close();
            assertThatThrownBy(session::createTextMessage).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::createBytesMessage).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::getTransacted).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(consumer::getMessageListener).isInstanceOf(IllegalStateException.class);
        }
    }
}
