package io.dialogsecurity.takeover;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;

/** A connection with one session for one lane, made anew when it is beyond repair. For one thread. */
final class Link implements AutoCloseable {

    private final Connections connections;
    private final Lane lane;
    private final Way way;
    private final boolean transacted;
    private Connection connection;
    private Session session;
    private MessageConsumer consumer;
    private MessageProducer producer;

    Link(Connections connections, Lane lane, Way way, boolean transacted) {
        this.connections = connections;
        this.lane = lane;
        this.way = way;
        this.transacted = transacted;
    }

    Session session() throws JMSException {
        if (connection == null) {
            connection = connections.connect(lane, way);
            session = connection.createSession(
                    transacted, transacted ? Session.SESSION_TRANSACTED : Session.CLIENT_ACKNOWLEDGE);
            connection.start();
        }
        return session;
    }

    /** The session's one producer. */
    MessageProducer producer(Lane to) throws JMSException {
        if (producer == null) {
            producer = session().createProducer(session().createQueue(to.address()));
        }
        return producer;
    }

    Message receive(long timeoutMillis) throws JMSException {
        if (consumer == null) {
            consumer = session().createConsumer(session().createQueue(lane.address()));
        }
        return consumer.receive(timeoutMillis);
    }

    void rollback() throws JMSException {
        if (session != null) {
            session.rollback();
        }
    }

    /** What was received and not acknowledged comes again. */
    void recover() throws JMSException {
        if (session != null) {
            session.recover();
        }
    }

    /** The next call connects again. */
    @Override
    public void close() {
        Connection old = connection;
        connection = null;
        session = null;
        consumer = null;
        producer = null;
        if (old != null) {
            try {
                old.close();
            } catch (JMSException | RuntimeException e) {
                return; // it was beyond repair
            }
        }
    }
}
