package io.dialogsecurity.artemis.client.interceptor;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveContinuationMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveLargeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what an application receives, without the application knowing: the incoming counterpart of {@link
 * SealingInterceptor}, where the URL is shown. A message that is refused does not reach the application: it goes to the
 * quarantine, and a copy of one that was taken before is removed; both within the session's own transaction.
 *
 * <p>Called on the thread that reads the connection, and never waits there. Thread-safe.
 */
public final class OpeningInterceptor implements Interceptor {

    private static final Logger LOG = LoggerFactory.getLogger(OpeningInterceptor.class);

    /** Called by the Artemis client, once per connection factory. */
    public OpeningInterceptor() {
        // all it needs comes with the session
    }

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        try {
            return switch (packet.getType()) {
                case PacketImpl.SESS_RECEIVE_MSG ->
                    new Opening(session(packet, connection)).receive((SessionReceiveMessage) packet);
                case PacketImpl.SESS_RECEIVE_LARGE_MSG ->
                    new Opening(session(packet, connection)).receiveLarge((SessionReceiveLargeMessage) packet);
                case PacketImpl.SESS_RECEIVE_CONTINUATION ->
                    new Opening(session(packet, connection)).receivePiece((SessionReceiveContinuationMessage) packet);
                case PacketImpl.CREATESESSION_RESP -> {
                    Pairing.requireOutgoing(connection);
                    yield true;
                }
                default -> true;
            };
        } catch (Throwable e) {
            // Nothing is known of the session. Its acknowledgements cannot be held back one by one, so all are.
            LOG.error("The connection is closed, because what it receives cannot be judged: {}", e.getMessage(), e);
            connection.asyncFail(reason(e));
            return false;
        }
    }

    private static ActiveMQException reason(Throwable e) {
        return e instanceof ActiveMQSecurityException security
                ? security
                : new ActiveMQSecurityException("A received message could not be judged");
    }

    private static SessionChannel session(Packet packet, RemotingConnection connection)
            throws ActiveMQSecurityException {
        if (((CoreRemotingConnection) connection).getChannel(packet.getChannelID(), -1)
                instanceof SessionChannel session) {
            return session;
        }
        throw new ActiveMQSecurityException("the session was made without " + SealingInterceptor.class.getSimpleName());
    }
}
