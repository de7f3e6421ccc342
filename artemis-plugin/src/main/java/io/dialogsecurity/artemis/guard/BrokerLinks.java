package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.api.config.ActiveMQDefaultConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyServerConnection;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.federation.FederatedQueueConsumer;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Which sessions are another broker's. Some prove it, others only say so; what is only said may take something from a session,
 * never give it anything. Immutable.
 */
public final class BrokerLinks {

    private final Configuration broker;

    /** For a broker with this configuration. */
    public BrokerLinks(Configuration broker) {
        this.broker = broker;
    }

    /**
     * Whether the session belongs to another node of the cluster. The broker lets in whoever knows the cluster's password,
     * clustered or not; one that everybody knows proves nothing.
     */
    public boolean isOtherNode(ServerSession session) {
        return hasLoggedInAsNode(session)
                && !broker.getClusterConfigurations().isEmpty()
                && !ActiveMQDefaultConfiguration.getDefaultClusterPassword().equals(broker.getClusterPassword());
    }

    /**
     * Whether the session is this broker's own, over a connection it has made itself, as its configuration says: to another
     * broker, for an AMQP bridge, sender, receiver or federation. Such a session has no user. Nobody who connects from outside
     * can have one.
     */
    public boolean isOwn(ServerSession session) {
        RemotingConnection connection = session.getRemotingConnection();
        return session.getUsername() == null
                && session.getValidatedUser() == null
                && connection != null
                && connection.getTransportConnection() instanceof NettyConnection transport
                && !(transport instanceof NettyServerConnection);
    }

    /** Whether the session says that it is a broker's, as federations do, or has logged in as one, whatever that proves. */
    public boolean claimsToBeBroker(ServerSession session) {
        return hasLoggedInAsNode(session) || session.getMetaData(FederatedQueueConsumer.FEDERATION_NAME) != null;
    }

    /** Whether the session has logged in with the cluster's user and password, clustered or not. */
    boolean hasLoggedInAsNode(ServerSession session) {
        return broker.getClusterUser() != null && broker.getClusterUser().equals(session.getUsername());
    }
}
