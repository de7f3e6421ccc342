package io.dialogsecurity.integration.guard;

import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A JMS client without any protection, that sends the bytes it is given. Not for use by several threads. */
final class RawClient implements AutoCloseable {

    private static final long RECEIVE_MILLIS = 10_000;

    private final Connection connection;
    private final Session session;
    private final CompletableFuture<JMSException> failure = new CompletableFuture<>();

    private RawClient(ConnectionFactory factory, String user) {
        try {
            connection = factory.createConnection(user, GuardedBroker.PASSWORD);
            connection.setExceptionListener(failure::complete);
            connection.start();
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    static RawClient core(BrokerProcess broker, String user) {
        return core(broker, user, "");
    }

    static RawClient core(BrokerProcess broker, String user, String parameters) {
        return new RawClient(
                new ActiveMQConnectionFactory(broker.coreUrl() + "?reconnectAttempts=0" + parameters), user);
    }

    static RawClient amqp(BrokerProcess broker, String user) {
        return new RawClient(new JmsConnectionFactory(broker.amqpUrl()), user);
    }

    static RawClient amqp(BrokerProcess broker, String user, String parameters) {
        return new RawClient(new JmsConnectionFactory(broker.amqpUrl() + parameters), user);
    }

    Session session() {
        return session;
    }

    /** A session that sends in transactions. */
    Session transacted() throws JMSException {
        return connection.createSession(true, Session.SESSION_TRANSACTED);
    }

    /** A session whose messages are acknowledged by hand. */
    Session clientAcknowledge() throws JMSException {
        return connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    }

    Destination queue(String name) throws JMSException {
        return session.createQueue(name);
    }

    /** Sends bytes, durable, and waits for the answer. */
    void send(String queue, byte[] body) throws JMSException {
        send(queue(queue), body);
    }

    void send(Destination destination, byte[] body) throws JMSException {
        try (MessageProducer producer = session.createProducer(destination)) {
            producer.send(bytes(session, body));
        }
    }

    void send(String queue, Message message) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue(queue))) {
            producer.send(message);
        }
    }

    /** Sends a text, durable, and waits for the answer. */
    void sendText(String queue, String text) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue(queue))) {
            producer.send(session.createTextMessage(text));
        }
    }

    /** Sends a text without waiting for anything. */
    void sendAndForget(String queue, String text) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue(queue))) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(session.createTextMessage(text));
        }
    }

    /** Sends a text and says later what became of it. */
    void sendText(String queue, String text, CompletionListener listener) throws JMSException {
        MessageProducer producer = session.createProducer(queue(queue));
        producer.send(session.createTextMessage(text), listener);
    }

    /** Sends what comes out of a stream as a large message. */
    void sendStream(String queue, InputStream body) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue(queue))) {
            BytesMessage message = session.createBytesMessage();
            message.setObjectProperty("JMS_AMQ_InputStream", body);
            producer.send(message);
        }
    }

    static BytesMessage bytes(Session session, byte[] body) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        return message;
    }

    /**
     * A message, and its body where that is bytes; a large one has to be read before its consumer is closed.
     *
     * @param body the bytes, or null
     */
    record Received(Message message, byte[] body) {}

    /** Takes everything. */
    void drain(String queue) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue(queue))) {
            while (consumer.receiveNoWait() != null) {
                continue;
            }
        }
    }

    /** Takes the next message, or null. */
    Received receive(String queue) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue(queue))) {
            Message message = consumer.receive(RECEIVE_MILLIS);
            if (message == null) {
                return null;
            }
            return new Received(message, message instanceof BytesMessage ? body(message) : null);
        }
    }

    static byte[] body(Message message) throws JMSException {
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
        bytes.readBytes(body);
        return body;
    }

    /** Waits until the broker has ended the connection. */
    JMSException awaitFailure() throws Exception {
        return failure.get(GuardedBroker.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            // it may have been ended by the broker, which is what the test is about
            return;
        }
    }
}
