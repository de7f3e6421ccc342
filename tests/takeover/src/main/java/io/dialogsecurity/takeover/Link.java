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

    MessageProducer producer(Lane to) throws JMSException {
        return session().createProducer(session().createQueue(to.address()));
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

    /** The next call connects again. */
    @Override
    public void close() {
        Connection old = connection;
        connection = null;
        session = null;
        consumer = null;
        if (old != null) {
            try {
                old.close();
            } catch (JMSException | RuntimeException e) {
                return; // it was beyond repair
            }
        }
    }
}
