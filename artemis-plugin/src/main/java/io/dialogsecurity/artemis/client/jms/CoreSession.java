package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;

/**
 * A session of Artemis's own client in which whoever receives a message acknowledges it, when he likes, and the broker
 * takes the acknowledgement at once. The client's individual mode needs a commit and its answer besides; its automatic mode
 * acknowledges before anybody has looked at the message. This is the automatic mode's session of the broker under the
 * individual mode's consumers: an acknowledgement is one packet, as in the automatic mode.
 *
 * <p>The one class of this package that knows the client; loaded only where that is there.
 */
final class CoreSession extends ActiveMQSession implements Acknowledger {

    private final ActiveMQSession automatic;

    private CoreSession(ActiveMQConnectionFactory options, ActiveMQConnection connection, ActiveMQSession automatic) {
        super(
                options,
                connection,
                false,
                false,
                ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE,
                options.isCacheDestinations(),
                automatic.isEnable1xPrefixes(),
                automatic.getCoreSession(),
                TYPE_GENERIC_SESSION);
        this.automatic = automatic;
    }

    /**
     * Such a session.
     *
     * @param factory the client's, which made the connection
     * @param connection the client's
     * @return null if the connection's settings let the broker take messages for acknowledged before they are received
     */
    static CoreSession of(ConnectionFactory factory, Connection connection) throws JMSException {
        ActiveMQConnectionFactory options = (ActiveMQConnectionFactory) factory;
        ActiveMQConnection core = (ActiveMQConnection) connection;
        if (core.getSessionFactory().getServerLocator().isPreAcknowledge()) {
            return null;
        }
        ActiveMQSession automatic = (ActiveMQSession) core.createSession(false, AUTO_ACKNOWLEDGE);
        return new CoreSession(options, core, automatic);
    }

    @Override
    public void acknowledge(Message outer) throws JMSException {
        try {
            ((ActiveMQMessage) outer).getCoreMessage().individualAcknowledge();
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }

    /** The connection knows only the automatic one. */
    @Override
    public void close() throws JMSException {
        super.close();
        automatic.close();
    }
}
