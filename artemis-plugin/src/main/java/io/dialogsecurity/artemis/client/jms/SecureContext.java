package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/** The simplified API over a connection and a session of this package. */
final class SecureContext implements JMSContext {

    private final SecureConnection connection;
    /** Contexts on the connection, the last of which closes it. */
    private final AtomicInteger contexts;

    private final int mode;
    private SecureSession session;
    private SecureProducer anonymous;
    private boolean autoStart = true;
    private boolean closed;

    SecureContext(SecureConnection connection, int mode) {
        this(connection, mode, new AtomicInteger(1));
    }

    private SecureContext(SecureConnection connection, int mode, AtomicInteger contexts) {
        this.connection = connection;
        this.mode = mode;
        this.contexts = contexts;
    }

    static void requireMode(int sessionMode) {
        if (sessionMode < SESSION_TRANSACTED || sessionMode > DUPS_OK_ACKNOWLEDGE) {
            throw new JMSRuntimeException("There is no session mode " + sessionMode);
        }
    }

    /** What the classic API does, with its checked exceptions. */
    interface Work<T> {
        T run() throws JMSException;
    }

    interface Action {
        void run() throws JMSException;
    }

    static <T> T unchecked(Work<T> work) {
        try {
            return work.run();
        } catch (JMSException e) {
            throw Failures.unchecked(e);
        }
    }

    static void uncheckedly(Action action) {
        try {
            action.run();
        } catch (JMSException e) {
            throw Failures.unchecked(e);
        }
    }

    /** Made late, because a client id can only be set before. */
    synchronized SecureSession session() throws JMSException {
        if (closed) {
            throw new jakarta.jms.IllegalStateException("This context has been closed");
        }
        if (session == null) {
            session = connection.secureSession(mode);
        }
        return session;
    }

    private <T> T inSession(SessionWork<T> work) {
        return unchecked(() -> work.run(session()));
    }

    private interface SessionWork<T> {
        T run(SecureSession session) throws JMSException;
    }

    synchronized SecureProducer anonymousProducer() throws JMSException {
        if (anonymous == null) {
            anonymous = session().secureProducer(null);
        }
        return anonymous;
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        requireMode(sessionMode);
        synchronized (this) {
            if (closed) {
                throw new jakarta.jms.IllegalStateRuntimeException("This context has been closed");
            }
            contexts.incrementAndGet();
        }
        return new SecureContext(connection, sessionMode, contexts);
    }

    @Override
    public JMSProducer createProducer() {
        uncheckedly(this::session);
        return new ContextProducer(this);
    }

    @Override
    public String getClientID() {
        return unchecked(connection::getClientID);
    }

    @Override
    public void setClientID(String clientId) {
        uncheckedly(() -> connection.setClientID(clientId));
    }

    @Override
    public ConnectionMetaData getMetaData() {
        return unchecked(connection::getMetaData);
    }

    @Override
    public ExceptionListener getExceptionListener() {
        return unchecked(connection::getExceptionListener);
    }

    @Override
    public void setExceptionListener(ExceptionListener listener) {
        uncheckedly(() -> connection.setExceptionListener(listener));
    }

    @Override
    public void start() {
        uncheckedly(connection::start);
    }

    @Override
    public void stop() {
        uncheckedly(connection::stop);
    }

    @Override
    public void setAutoStart(boolean value) {
        this.autoStart = value;
    }

    @Override
    public boolean getAutoStart() {
        return autoStart;
    }

    /** A provider refuses it to the context's own listeners, and then the context is as it was. */
    @Override
    public void close() {
        SecureSession ended;
        synchronized (this) {
            if (closed) {
                return;
            }
            ended = session;
        }
        uncheckedly(() -> {
            try {
                if (ended != null) {
                    ended.close();
                }
            } catch (jakarta.jms.IllegalStateException e) {
                throw e;
            } catch (JMSException e) {
                closeAfter(e);
                throw e;
            }
            closeConnection();
        });
    }

    private void closeAfter(JMSException failure) {
        try {
            closeConnection();
        } catch (JMSException e) {
            failure.addSuppressed(e);
        }
    }

    private void closeConnection() throws JMSException {
        synchronized (this) {
            if (closed) {
                return; // by somebody else meanwhile
            }
            closed = true;
        }
        if (contexts.decrementAndGet() == 0) {
            connection.close();
        }
    }

    @Override
    public BytesMessage createBytesMessage() {
        return inSession(SecureSession::createBytesMessage);
    }

    @Override
    public MapMessage createMapMessage() {
        return inSession(SecureSession::createMapMessage);
    }

    @Override
    public Message createMessage() {
        return inSession(SecureSession::createMessage);
    }

    @Override
    public ObjectMessage createObjectMessage() {
        return inSession(SecureSession::createObjectMessage);
    }

    @Override
    public ObjectMessage createObjectMessage(Serializable object) {
        return inSession(s -> s.createObjectMessage(object));
    }

    @Override
    public StreamMessage createStreamMessage() {
        return inSession(SecureSession::createStreamMessage);
    }

    @Override
    public TextMessage createTextMessage() {
        return inSession(SecureSession::createTextMessage);
    }

    @Override
    public TextMessage createTextMessage(String text) {
        return inSession(s -> s.createTextMessage(text));
    }

    @Override
    public boolean getTransacted() {
        return mode == SESSION_TRANSACTED;
    }

    @Override
    public int getSessionMode() {
        return mode;
    }

    @Override
    public void commit() {
        uncheckedly(() -> session().commit());
    }

    @Override
    public void rollback() {
        uncheckedly(() -> session().rollback());
    }

    @Override
    public void recover() {
        uncheckedly(() -> session().recover());
    }

    @Override
    public void acknowledge() {
        if (mode == CLIENT_ACKNOWLEDGE) {
            uncheckedly(() -> session().acknowledgeAll());
        }
    }

    private JMSConsumer consumer(SessionWork<MessageConsumer> making) {
        return unchecked(() -> {
            SecureConsumer consumer = (SecureConsumer) making.run(session());
            if (autoStart) {
                connection.start();
            }
            return new ContextConsumer(consumer);
        });
    }

    @Override
    public JMSConsumer createConsumer(Destination destination) {
        return consumer(s -> s.createConsumer(destination));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, String selector) {
        return consumer(s -> s.createConsumer(destination, selector));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, String selector, boolean noLocal) {
        return consumer(s -> s.createConsumer(destination, selector, noLocal));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name) {
        return consumer(s -> s.createDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name, String selector, boolean noLocal) {
        return consumer(s -> s.createDurableConsumer(topic, name, selector, noLocal));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name) {
        return consumer(s -> s.createSharedDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name, String selector) {
        return consumer(s -> s.createSharedDurableConsumer(topic, name, selector));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name) {
        return consumer(s -> s.createSharedConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name, String selector) {
        return consumer(s -> s.createSharedConsumer(topic, name, selector));
    }

    private QueueBrowser browser(SessionWork<QueueBrowser> making) {
        return unchecked(() -> {
            QueueBrowser browser = making.run(session());
            if (autoStart) {
                connection.start();
            }
            return browser;
        });
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) {
        return browser(s -> s.createBrowser(queue));
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, String selector) {
        return browser(s -> s.createBrowser(queue, selector));
    }

    @Override
    public Queue createQueue(String name) {
        return inSession(s -> s.createQueue(name));
    }

    @Override
    public Topic createTopic(String name) {
        return inSession(s -> s.createTopic(name));
    }

    @Override
    public TemporaryQueue createTemporaryQueue() {
        return inSession(SecureSession::createTemporaryQueue);
    }

    @Override
    public TemporaryTopic createTemporaryTopic() {
        return inSession(SecureSession::createTemporaryTopic);
    }

    @Override
    public void unsubscribe(String name) {
        uncheckedly(() -> session().unsubscribe(name));
    }
}
