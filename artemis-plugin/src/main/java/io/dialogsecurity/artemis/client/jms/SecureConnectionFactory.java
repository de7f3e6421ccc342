package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.XAConnection;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import java.io.ObjectInputFilter;
import java.util.Objects;

/**
 * A connection factory whose applications hold sealed dialogs without knowing: put it around the provider's own. Works
 * with any Jakarta Messaging provider. Thread-safe. Applications of the older interfaces for queues or topics alone get
 * connections that do both.
 *
 * <p>What is sent is sealed or refused, and what is received is opened or put into the quarantine, as {@code
 * dialog-security.xml} says. Distributed transactions are not supported: rather than go around the security, the methods
 * of {@link XAConnectionFactory} throw.
 */
public final class SecureConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, XAConnectionFactory {

    private final ConnectionFactory delegate;
    private final ClientEndpoint endpoint;
    private final TrustedObjects objects;

    /** With the configuration of this process, where {@link ClientEndpoint#locate} finds it. */
    public SecureConnectionFactory(ConnectionFactory delegate) {
        this(delegate, ClientEndpoint.shared(null));
    }

    /** With the configuration in a file; all who name the same file share an endpoint. */
    public SecureConnectionFactory(ConnectionFactory delegate, String configuration) {
        this(delegate, ClientEndpoint.shared(configuration));
    }

    /** With an endpoint, which stays the caller's. */
    public SecureConnectionFactory(ConnectionFactory delegate, ClientEndpoint endpoint) {
        this(delegate, endpoint, null);
    }

    /** @param objects null for the default */
    private SecureConnectionFactory(ConnectionFactory delegate, ClientEndpoint endpoint, TrustedObjects objects) {
        this.delegate = Objects.requireNonNull(delegate);
        this.endpoint = Objects.requireNonNull(endpoint);
        this.objects = objects;
    }

    /**
     * The same factory with another filter for the objects of object messages. By default only classes of {@code
     * java.lang}, {@code java.util}, {@code java.math} and {@code java.time} are made, those of the packages in the
     * system property {@code dialogsecurity.trustedPackages}, and those the provider was told to allow: Artemis by {@code
     * deserializationAllowList}, Qpid by {@code jms.deserializationPolicy.allowList}. Their deny lists count too.
     */
    public SecureConnectionFactory withObjectFilter(ObjectInputFilter filter) {
        return new SecureConnectionFactory(delegate, endpoint, new TrustedObjects(filter));
    }

    /** What seals and opens. */
    public ClientEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public Connection createConnection() throws JMSException {
        return secure(delegate::createConnection);
    }

    @Override
    public Connection createConnection(String user, String password) throws JMSException {
        return secure(() -> delegate.createConnection(user, password));
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return secure(delegate::createConnection);
    }

    @Override
    public QueueConnection createQueueConnection(String user, String password) throws JMSException {
        return secure(() -> delegate.createConnection(user, password));
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return secure(delegate::createConnection);
    }

    @Override
    public TopicConnection createTopicConnection(String user, String password) throws JMSException {
        return secure(() -> delegate.createConnection(user, password));
    }

    private interface Connecting {
        Connection connect() throws JMSException;
    }

    private SecureConnection secure(Connecting how) throws JMSException {
        ProviderSettings.requireUncompressed(delegate);
        TrustedObjects trusted =
                objects != null ? objects : TrustedObjects.byDefault(ProviderSettings.objectLists(delegate));
        return new SecureConnection(delegate, how.connect(), endpoint, trusted);
    }

    @Override
    public JMSContext createContext() {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(String user, String password) {
        return createContext(user, password, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(String user, String password, int sessionMode) {
        return context(() -> delegate.createConnection(user, password), sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return context(delegate::createConnection, sessionMode);
    }

    private JMSContext context(Connecting how, int sessionMode) {
        SecureContext.requireMode(sessionMode);
        try {
            return new SecureContext(secure(how), sessionMode);
        } catch (JMSException e) {
            throw Failures.unchecked(e);
        }
    }

    @Override
    public XAConnection createXAConnection() throws JMSException {
        throw new JMSException(NO_XA);
    }

    @Override
    public XAConnection createXAConnection(String user, String password) throws JMSException {
        throw new JMSException(NO_XA);
    }

    @Override
    public XAJMSContext createXAContext() {
        throw new JMSRuntimeException(NO_XA);
    }

    @Override
    public XAJMSContext createXAContext(String user, String password) {
        throw new JMSRuntimeException(NO_XA);
    }

    private static final String NO_XA =
            "Distributed (XA) transactions are not supported for sealed dialogs; use a transacted session";
}
