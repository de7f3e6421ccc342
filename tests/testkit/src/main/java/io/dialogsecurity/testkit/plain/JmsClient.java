package io.dialogsecurity.testkit.plain;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A client whose library offers JMS. */
final class JmsClient implements PlainClient {

    private final PlainKind kind;
    private final Connection connection;
    private Session autoCommit;
    private MessageProducer producer;

    private JmsClient(PlainKind kind, Connection connection) {
        this.kind = kind;
        this.connection = connection;
    }

    static JmsClient connect(PlainKind kind, Login login) {
        try {
            Connection connection = factory(kind, login).createConnection(login.user(), login.password());
            try {
                if (login.clientId() != null) {
                    connection.setClientID(login.clientId());
                }
                connection.start();
                return new JmsClient(kind, connection);
            } catch (JMSException e) {
                connection.close();
                throw e;
            }
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    private static ConnectionFactory factory(PlainKind kind, Login login) {
        String place = "127.0.0.1:" + login.port();
        return switch (kind) {
            case CORE -> new ActiveMQConnectionFactory("tcp://" + place);
            case AMQP -> new JmsConnectionFactory("amqp://" + place);
            case OPENWIRE -> {
                org.apache.activemq.ActiveMQConnectionFactory openWire =
                        new org.apache.activemq.ActiveMQConnectionFactory("tcp://" + place);
                openWire.setTrustAllPackages(true);
                openWire.setWatchTopicAdvisories(false);
                yield openWire;
            }
            case MQTT_3, MQTT_5, STOMP -> throw new IllegalArgumentException(kind + " has no JMS library here");
        };
    }

    @Override
    public PlainKind kind() {
        return kind;
    }

    @Override
    public void send(Outgoing message) {
        try {
            if (autoCommit == null) {
                autoCommit = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                producer = autoCommit.createProducer(null);
            }
            send(autoCommit, producer, message);
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public void sendTogether(List<Outgoing> messages, boolean commit) {
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer together = session.createProducer(null)) {
            for (Outgoing message : messages) {
                send(session, together, message);
            }
            if (commit) {
                session.commit();
            } else {
                session.rollback();
            }
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    private void send(Session session, MessageProducer through, Outgoing outgoing) throws JMSException {
        Message message = message(session, outgoing.body);
        for (Map.Entry<String, Object> property : outgoing.properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        if (outgoing.correlationId != null) {
            message.setJMSCorrelationID(outgoing.correlationId);
        }
        if (outgoing.replyTo != null) {
            message.setJMSReplyTo(session.createQueue(outgoing.replyTo));
        }
        if (outgoing.type != null) {
            message.setJMSType(outgoing.type);
        }
        if (kind == PlainKind.OPENWIRE) {
            if (!outgoing.delay.isZero()) {
                message.setLongProperty("AMQ_SCHEDULED_DELAY", outgoing.delay.toMillis());
            }
        } else {
            through.setDeliveryDelay(outgoing.delay.toMillis());
        }
        through.send(
                destination(session, outgoing.routing, outgoing.address),
                message,
                outgoing.persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
                outgoing.priority,
                outgoing.lifetime.toMillis());
    }

    private static Message message(Session session, Body body) throws JMSException {
        if (body instanceof Body.Text text) {
            return session.createTextMessage(text.text());
        }
        if (body instanceof Body.Binary binary) {
            var message = session.createBytesMessage();
            message.writeBytes(binary.bytes());
            return message;
        }
        if (body instanceof Body.Fields fields) {
            MapMessage message = session.createMapMessage();
            for (Map.Entry<String, Object> field : fields.values().entrySet()) {
                message.setObject(field.getKey(), field.getValue());
            }
            return message;
        }
        if (body instanceof Body.Items items) {
            StreamMessage message = session.createStreamMessage();
            for (Object item : items.values()) {
                message.writeObject(item);
            }
            return message;
        }
        if (body instanceof Body.Thing thing) {
            return session.createObjectMessage(thing.object());
        }
        return session.createMessage();
    }

    private Destination destination(Session session, Routing routing, String address) throws JMSException {
        return routing == Routing.QUEUE ? session.createQueue(address) : topic(session, address);
    }

    private Topic topic(Session session, String address) throws JMSException {
        return session.createTopic(kind == PlainKind.OPENWIRE ? address.replace('#', '>') : address);
    }

    @Override
    public PlainConsumer consume(Intake intake) {
        try {
            boolean transacted = intake.acknowledging() == Acknowledging.TRANSACTED;
            Session session = connection.createSession(
                    transacted,
                    switch (intake.acknowledging()) {
                        case AUTO -> Session.AUTO_ACKNOWLEDGE;
                        case CLIENT -> Session.CLIENT_ACKNOWLEDGE;
                        case TRANSACTED -> Session.SESSION_TRANSACTED;
                    });
            return new Consumer(session, consumer(session, intake));
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    private MessageConsumer consumer(Session session, Intake intake) throws JMSException {
        String selector = intake.selector();
        if (intake.routing() == Routing.QUEUE) {
            return session.createConsumer(session.createQueue(intake.address()), selector);
        }
        Topic topic = topic(session, intake.address());
        String name = intake.subscription();
        if (name == null) {
            return session.createConsumer(topic, selector);
        }
        if (!intake.shared()) {
            return session.createDurableSubscriber(topic, name, selector, false);
        }
        return intake.lasting()
                ? session.createSharedDurableConsumer(topic, name, selector)
                : session.createSharedConsumer(topic, name, selector);
    }

    @Override
    public List<Received> browse(String queue, String selectorOrNull) {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(session.createQueue(queue), selectorOrNull)) {
            List<Received> messages = new ArrayList<>();
            Iterator<?> seen = browser.getEnumeration().asIterator();
            while (seen.hasNext()) {
                messages.add(JmsReading.read((Message) seen.next()));
            }
            return messages;
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public void unsubscribe(Intake intake) {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            session.unsubscribe(intake.subscription());
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    /** The broker is told all the same: no library offers a way not to. */
    @Override
    public void breakOff() {
        close();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            throw new PlainFailure(e);
        }
    }

    /** A session with its one consumer. */
    private static final class Consumer implements PlainConsumer {

        private final Session session;
        private final MessageConsumer consumer;
        private Message last;

        private Consumer(Session session, MessageConsumer consumer) {
            this.session = session;
            this.consumer = consumer;
        }

        @Override
        public Optional<Received> receive(Duration patience) {
            try {
                Message message = consumer.receive(patience.toMillis());
                if (message == null) {
                    return Optional.empty();
                }
                last = message;
                return Optional.of(JmsReading.read(message));
            } catch (JMSException e) {
                throw new PlainFailure(e);
            }
        }

        @Override
        public void acknowledge() {
            try {
                if (session.getTransacted()) {
                    session.commit();
                } else if (last != null) {
                    last.acknowledge();
                }
            } catch (JMSException e) {
                throw new PlainFailure(e);
            }
        }

        @Override
        public void giveBack() {
            try {
                if (session.getTransacted()) {
                    session.rollback();
                } else {
                    session.recover();
                }
            } catch (JMSException e) {
                throw new PlainFailure(e);
            }
        }

        @Override
        public void close() {
            try {
                consumer.close();
                session.close();
            } catch (JMSException e) {
                throw new PlainFailure(e);
            }
        }
    }
}
