package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.Delivery;
import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.artemis.message.CoreBody;
import io.dialogsecurity.artemis.message.CoreHeaders;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import java.util.Map;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQIllegalStateException;
import org.apache.activemq.artemis.api.core.ActiveMQInternalErrorException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.CreateSessionMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendLargeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals what an application sends, without the application knowing: an outgoing interceptor of the Artemis core client,
 * switched on by the connection URL together with {@link OpeningInterceptor}:
 *
 * <pre>{@code
 * tcp://host:61616?outgoingInterceptorList=io.dialogsecurity.artemis.client.interceptor.SealingInterceptor
 *     &incomingInterceptorList=io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor
 *     &dialogSecurity=%2Fetc%2Fdialog-security.xml
 * }</pre>
 *
 * <p>Without the last parameter the configuration is where {@link ClientEndpoint#locate} finds it. What cannot be sealed,
 * above all a large message, is not sent: the application's {@code send} fails and says why. A connection with only one of
 * the two interceptors, or without a usable configuration, makes no sessions.
 *
 * <p>Thread-safe.
 */
public final class SealingInterceptor implements Interceptor {

    /** The URL parameter with the path of the configuration. */
    public static final String URL_PARAMETER = "dialogSecurity";

    /** What goes there asks the broker itself. No other address is left out because of how its name begins. */
    private static final String MANAGEMENT = "activemq.management";

    private static final Logger LOG = LoggerFactory.getLogger(SealingInterceptor.class);

    /** The configuration the URL named, for connections to brokers whose address comes from the cluster. */
    private volatile String configuration;

    /** Called by the Artemis client, once per connection factory. */
    public SealingInterceptor() {
        // the configuration is known with the first connection
    }

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        if (packet instanceof SessionSendMessage send) {
            seal(send, connection);
        } else if (packet instanceof SessionSendLargeMessage large) {
            refuseToSealLarge(large, connection);
        } else if (packet instanceof CreateSessionMessage create) {
            return isPrepared(create, connection);
        } else if (packet.getType() == PacketImpl.SUBSCRIBE_TOPOLOGY_V2
                || packet.getType() == PacketImpl.SUBSCRIBE_TOPOLOGY) {
            return join(connection); // the first packet of every connection
        }
        return true;
    }

    // --- Sessions

    private boolean join(RemotingConnection connection) {
        try {
            CreationChannel.install((CoreRemotingConnection) connection, this);
            return true;
        } catch (Throwable e) {
            LOG.error("A connection cannot be protected: {}", e.getMessage(), e);
            return false;
        }
    }

    /** Refusing fails the creation. */
    private boolean isPrepared(CreateSessionMessage request, RemotingConnection connection) {
        try {
            prepareSession(request, connection);
            return true;
        } catch (Throwable e) {
            LOG.error("No session without protection: {}", e.getMessage(), e);
            return false;
        }
    }

    /**
     * Puts our channel where Artemis is going to look for the channel of a new session. Doing it twice does no harm.
     *
     * @throws ActiveMQException if the URL names only one interceptor
     * @throws io.dialogsecurity.policy.PolicyException if the configuration cannot be used
     */
    void prepareSession(CreateSessionMessage request, RemotingConnection connection) throws ActiveMQException {
        Pairing.requireIncoming(connection);
        CoreRemotingConnection core = (CoreRemotingConnection) connection;
        Channel channel = core.getChannel(request.getSessionChannelID(), request.getWindowSize());
        if (channel instanceof SessionChannel session) {
            session.restarted(request);
        } else {
            ClientEndpoint endpoint = ClientEndpoint.shared(configuration(connection));
            core.putChannel(request.getSessionChannelID(), new SessionChannel(channel, request, endpoint));
        }
    }

    private String configuration(RemotingConnection connection) {
        TransportConfiguration transport = connection.getTransportConnection().getConnectorConfig();
        if (transport != null) {
            Map<String, Object> parameters = transport.getParams();
            if (parameters.get(URL_PARAMETER) instanceof String named && !named.isBlank()) {
                configuration = named;
            }
        }
        return configuration;
    }

    // --- Messages

    private static void seal(SessionSendMessage packet, RemotingConnection connection) {
        ICoreMessage message = packet.getMessage();
        if (message instanceof QuarantineCopy copy && copy.leaves()) {
            return;
        }
        try {
            String address = requireAddress(CoreHeaders.address(message));
            if (address.equals(MANAGEMENT)) {
                return;
            }
            SessionChannel session = session(packet, connection);
            Optional<SealingDialog> dialog = session.outgoing()
                    .dialogFor(address, CoreHeaders.correlationId(message), CoreHeaders.replyAddress(message));
            if (dialog.isPresent()) {
                session.sealedIn(dialog.get());
                dialog.get()
                        .prepare(delivery(message, session.endpoint().clock().millis()));
                packet.replaceMessage(sealed(message, dialog.get(), session.endpoint(), address));
            }
        } catch (Throwable e) {
            packet.replaceMessage(new RefusedMessage(refusal(e)));
        }
    }

    private static Delivery delivery(ICoreMessage message, long nowMillis) {
        Long due = message.getScheduledDeliveryTime();
        return new Delivery(
                due == null ? 0 : due - nowMillis,
                message.getExpiration() > 0 || message.getDuplicateProperty() != null);
    }

    private static ICoreMessage sealed(
            ICoreMessage message, SealingDialog dialog, ClientEndpoint endpoint, String address) {
        byte[] envelope;
        try {
            envelope = dialog.seal(
                    CoreBody.read(message, endpoint.maxEnvelopeBytes()).with("", CoreHeaders.toProtect(message)));
        } catch (IllegalArgumentException e) {
            endpoint.refusedOutgoing(address, Rejection.CONTENT_INVALID, String.valueOf(e.getMessage()));
            throw new SealingRefusedException(Rejection.CONTENT_INVALID, String.valueOf(e.getMessage()));
        }
        ICoreMessage sealed = new SealedMessage(message, envelope);
        CoreHeaders.strip(sealed, dialog.clearProperties());
        return sealed;
    }

    private static SessionChannel session(Packet packet, RemotingConnection connection) {
        CoreRemotingConnection core = (CoreRemotingConnection) connection;
        if (packet.getChannelID() > 0 && core.getChannel(packet.getChannelID(), -1) instanceof SessionChannel session) {
            return session;
        }
        throw new IllegalStateException("The session was made without " + SealingInterceptor.class.getSimpleName());
    }

    private static String requireAddress(String address) {
        if (address == null || address.isEmpty()) {
            throw new IllegalStateException("A message without an address cannot be judged");
        }
        return address;
    }

    /** The first packet of a large message; if it is not sent, the rest is not either. */
    private void refuseToSealLarge(SessionSendLargeMessage packet, RemotingConnection connection) {
        try {
            String address = requireAddress(CoreHeaders.address(packet.getLargeMessage()));
            if (address.equals(MANAGEMENT)) {
                return;
            }
            SessionChannel session = session(packet, connection);
            Optional<SealingDialog> dialog =
                    session.outgoing().dialogFor(address, CoreHeaders.correlationId(packet.getLargeMessage()), null);
            if (dialog.isPresent()) {
                String what = "A large message to " + address + " cannot be sealed by an interceptor and was not sent;"
                        + " use the Jakarta Messaging connection factory of Dialog Security, or raise"
                        + " minLargeMessageSize in the URL if the message is below 400 KiB";
                session.endpoint().refusedOutgoing(address, Rejection.LARGE_MESSAGE_NOT_SEALABLE, what);
                packet.replaceMessage(new RefusedMessage(new ActiveMQIllegalStateException(what)));
            }
        } catch (Throwable e) {
            packet.replaceMessage(new RefusedMessage(refusal(e)));
        }
    }

    private static ActiveMQException refusal(Throwable e) {
        if (e instanceof SealingRefusedException) {
            ActiveMQSecurityException refusal = new ActiveMQSecurityException(e.getMessage());
            refusal.initCause(e);
            return refusal;
        }
        LOG.error("A message was not sent because it could not be sealed", e);
        ActiveMQInternalErrorException refusal =
                new ActiveMQInternalErrorException("The message could not be sealed and was not sent");
        refusal.initCause(e);
        return refusal;
    }
}
