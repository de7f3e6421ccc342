package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection whose sessions seal and open. */
final class SecureConnection implements QueueConnection, TopicConnection {

    private static final Logger LOG = LoggerFactory.getLogger(SecureConnection.class);

    /** Artemis's own client, where it can be told what no standard has; a pool around it is another provider. */
    private static final String CORE_CLIENT = "org.apache.activemq.artemis.jms.client.";

    private final ConnectionFactory factory;
    private final Connection delegate;
    private final ClientEndpoint endpoint;
    private final TrustedObjects objects;
    private final Set<SecureSession> sessions = ConcurrentHashMap.newKeySet();

    /** @param factory which made the connection, or null: it is then any provider's */
    SecureConnection(ConnectionFactory factory, Connection delegate, ClientEndpoint endpoint, TrustedObjects objects) {
        this.factory = factory;
        this.delegate = delegate;
        this.endpoint = endpoint;
        this.objects = objects;
    }

    ClientEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public Session createSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return secureSession(transacted ? Session.SESSION_TRANSACTED : modeWithoutTransaction(acknowledgeMode));
    }

    /** What the provider makes of the mode of transactions where there is to be none: some refuse it, some have another. */
    private int modeWithoutTransaction(int acknowledgeMode) throws JMSException {
        if (acknowledgeMode != Session.SESSION_TRANSACTED) {
            return acknowledgeMode;
        }
        Session session = delegate.createSession(false, acknowledgeMode);
        try {
            return session.getAcknowledgeMode();
        } finally {
            session.close();
        }
    }

    @Override
    public Session createSession(int sessionMode) throws JMSException {
        return secureSession(sessionMode);
    }

    @Override
    public Session createSession() throws JMSException {
        return secureSession(Session.AUTO_ACKNOWLEDGE);
    }

    @Override
    public QueueSession createQueueSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return (QueueSession) createSession(transacted, acknowledgeMode);
    }

    @Override
    public TopicSession createTopicSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return (TopicSession) createSession(transacted, acknowledgeMode);
    }

    SecureSession secureSession(int mode) throws JMSException {
        SecureSession session = switch (mode) {
            case Session.SESSION_TRANSACTED -> secure(delegate.createSession(true, Session.SESSION_TRANSACTED), mode);
            // The provider must not acknowledge before the message has been opened, or put into the quarantine.
            case Session.CLIENT_ACKNOWLEDGE -> secure(delegate.createSession(false, Session.CLIENT_ACKNOWLEDGE), mode);
            case Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE -> messageByMessage(mode);
            case SecureSession.INDIVIDUAL_ACKNOWLEDGE -> secure(requireIndividual(), mode);
            default ->
                throw new JMSException("Acknowledge mode " + mode + " is the provider's own; sealed dialogs support"
                        + " the modes of Jakarta Messaging, and individual acknowledgement ("
                        + SecureSession.INDIVIDUAL_ACKNOWLEDGE + ") where the provider has it");
        };
        sessions.add(session);
        return session;
    }

    private SecureSession secure(Session session, int mode) {
        return new SecureSession(this, session, mode, Message::acknowledge, objects);
    }

    /**
     * A session in which this decorator acknowledges each message. Artemis and Qpid know a mode for that, which nobody
     * waits for; in the standard's, Artemis commits, and waits, each time.
     */
    private SecureSession messageByMessage(int mode) throws JMSException {
        if (isCoreClients(delegate) && isCoreClients(factory)) {
            CoreSession session = CoreSession.of(factory, delegate);
            if (session != null) {
                return new SecureSession(this, session, mode, session, objects);
            }
        }
        return secure(individual(), mode);
    }

    private static boolean isCoreClients(Object object) {
        return object.getClass().getName().startsWith(CORE_CLIENT);
    }

    private Session individual() throws JMSException {
        try {
            return requireIndividual();
        } catch (JMSException | RuntimeException e) {
            LOG.debug("This provider has no individual acknowledgement: {}", e.toString());
        }
        return delegate.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    }

    private Session requireIndividual() throws JMSException {
        Session session = delegate.createSession(false, SecureSession.INDIVIDUAL_ACKNOWLEDGE);
        int mode = session.getAcknowledgeMode();
        if (mode == SecureSession.INDIVIDUAL_ACKNOWLEDGE) {
            return session;
        }
        session.close();
        throw new JMSException("Instead of acknowledging messages individually this provider has mode " + mode);
    }

    void closed(SecureSession session) {
        sessions.remove(session);
    }

    @Override
    public void close() throws JMSException {
        try {
            delegate.close();
        } catch (jakarta.jms.IllegalStateException e) {
            throw e; // in a listener of its own: it stays open
        } catch (JMSException e) {
            ended();
            throw e;
        }
        ended();
    }

    private void ended() {
        sessions.forEach(SecureSession::connectionClosed);
        sessions.clear();
    }

    @Override
    public String getClientID() throws JMSException {
        return delegate.getClientID();
    }

    @Override
    public void setClientID(String clientId) throws JMSException {
        delegate.setClientID(clientId);
    }

    @Override
    public ConnectionMetaData getMetaData() throws JMSException {
        return delegate.getMetaData();
    }

    @Override
    public ExceptionListener getExceptionListener() throws JMSException {
        return delegate.getExceptionListener();
    }

    @Override
    public void setExceptionListener(ExceptionListener listener) throws JMSException {
        delegate.setExceptionListener(listener);
    }

    @Override
    public void start() throws JMSException {
        delegate.start();
    }

    @Override
    public void stop() throws JMSException {
        delegate.stop();
    }

    // --- Application servers' own way to consume would go around the sessions

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Destination destination, String selector, ServerSessionPool pool, int most) throws JMSException {
        throw noConnectionConsumers();
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(Queue queue, String selector, ServerSessionPool pool, int most)
            throws JMSException {
        throw noConnectionConsumers();
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(Topic topic, String selector, ServerSessionPool pool, int most)
            throws JMSException {
        throw noConnectionConsumers();
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            Topic topic, String name, String selector, ServerSessionPool pool, int most) throws JMSException {
        throw noConnectionConsumers();
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            Topic topic, String name, String selector, ServerSessionPool pool, int most) throws JMSException {
        throw noConnectionConsumers();
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            Topic topic, String name, String selector, ServerSessionPool pool, int most) throws JMSException {
        throw noConnectionConsumers();
    }

    private static JMSException noConnectionConsumers() {
        return new JMSException("Connection consumers are not supported for sealed dialogs; use a message listener");
    }
}
