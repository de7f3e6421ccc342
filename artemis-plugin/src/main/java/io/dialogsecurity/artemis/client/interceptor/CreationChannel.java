package io.dialogsecurity.artemis.client.interceptor;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.ChannelImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.CreateSessionMessage;

/**
 * The channel on which a connection asks for sessions. An interceptor could only refuse a session; from here the
 * application is told why it gets none.
 */
final class CreationChannel extends ForwardingChannel {

    private final SealingInterceptor sealing;

    private CreationChannel(Channel delegate, SealingInterceptor sealing) {
        super(delegate);
        this.sealing = sealing;
    }

    /** Takes the place of a connection's channel, if it has not yet. */
    static void install(CoreRemotingConnection connection, SealingInterceptor sealing) {
        Channel channel = connection.getChannel(ChannelImpl.CHANNEL_ID.SESSION.id, -1);
        if (!(channel instanceof CreationChannel)) {
            connection.putChannel(ChannelImpl.CHANNEL_ID.SESSION.id, new CreationChannel(channel, sealing));
        }
    }

    @Override
    public Packet sendBlocking(Packet packet, byte expectedPacket) throws ActiveMQException {
        if (packet instanceof CreateSessionMessage request) {
            try {
                sealing.prepareSession(request, getConnection());
            } catch (Throwable e) {
                ActiveMQSecurityException refusal =
                        new ActiveMQSecurityException("No session without protection: " + e.getMessage());
                refusal.initCause(e);
                throw refusal;
            }
        }
        return delegate.sendBlocking(packet, expectedPacket);
    }
}
