package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.wire.EnvelopeFrame;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendContinuationMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendLargeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.utils.PrefixUtil;

/**
 * Watches the packets of core clients for two things no hook of the broker tells.
 *
 * <p>Who waits for an answer: a refusal without an answer would be a silent loss, so the connection of a sender who does
 * not wait is failed instead.
 *
 * <p>What large messages begin with: the broker writes a large message to disk as it comes, before it asks any hook. Where
 * the first bytes of one for a protected address are not those of an envelope, all of its bytes become zeros here, before
 * they are written; the message is then refused in the ordinary way when it is complete.
 */
final class AnswerWatch implements Interceptor {

    /** On a message that nobody waits to hear about. */
    private static final Object UNANSWERED = new Object();

    private record Stream(Object connection, long channel) {}

    private final Predicate<SimpleString> refusesPlaintext;
    private final PluginBoundary boundary;
    /** Large messages that began for a protected address, and whether they are being blanked. */
    private final Map<Stream, Boolean> streams = new ConcurrentHashMap<>();

    private final Set<Object> unansweredLarge = ConcurrentHashMap.newKeySet();
    /** What the acceptors of connections let names of addresses begin with. */
    private final Map<Object, Map<SimpleString, RoutingType>> prefixes = new ConcurrentHashMap<>();

    /** @param refusesPlaintext of an address without prefix, maybe with the name of a queue */
    AnswerWatch(Predicate<SimpleString> refusesPlaintext, PluginBoundary boundary) {
        this.refusesPlaintext = refusesPlaintext;
        this.boundary = boundary;
    }

    /** Whether the sender of a message that is refused will never hear of it. */
    boolean isUnanswered(Message message, RemotingConnection connection) {
        return message.getUserContext(UNANSWERED) != null
                || (message.isLargeMessage() && unansweredLarge.contains(connection.getID()));
    }

    /** A connection begins to send; all of its sessions have the prefixes of its acceptor. */
    void prefixes(RemotingConnection connection, Map<SimpleString, RoutingType> ofAcceptor) {
        if (connection != null && ofAcceptor != null && !ofAcceptor.isEmpty()) {
            prefixes.put(connection.getID(), ofAcceptor);
        }
    }

    void forget(RemotingConnection connection) {
        prefixes.remove(connection.getID());
        unansweredLarge.remove(connection.getID());
        streams.keySet().removeIf(stream -> stream.connection().equals(connection.getID()));
    }

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        // Always true: what fails here is refused later, when the message reaches a hook that can say so.
        boundary.observe("packet", () -> watch(packet, connection));
        return true;
    }

    private void watch(Packet packet, RemotingConnection connection) {
        if (packet instanceof SessionSendMessage send) {
            if (!send.isRequiresResponse()) {
                send.getMessage().setUserContext(UNANSWERED, Boolean.TRUE);
            }
        } else if (packet instanceof SessionSendLargeMessage large) {
            begin(large, connection);
        } else if (packet instanceof SessionSendContinuationMessage continuation) {
            continueLarge(continuation, connection);
        }
    }

    private void begin(SessionSendLargeMessage large, RemotingConnection connection) {
        if (large.getLargeMessage() instanceof ICoreMessage core && core.getType() == Message.LARGE_EMBEDDED_TYPE) {
            return; // another protocol's message, from another broker
        }
        SimpleString address = large.getLargeMessage().getAddressSimpleString();
        if (address == null
                || refusesPlaintext.test(
                        PrefixUtil.getAddress(address, prefixes.getOrDefault(connection.getID(), Map.of())))) {
            streams.put(new Stream(connection.getID(), large.getChannelID()), Boolean.FALSE);
        }
    }

    private void continueLarge(SessionSendContinuationMessage continuation, RemotingConnection connection) {
        if (!continuation.isContinues() && !continuation.isRequiresResponse()) {
            unansweredLarge.add(connection.getID());
        }
        Stream stream = new Stream(connection.getID(), continuation.getChannelID());
        Boolean blanking = streams.get(stream);
        if (blanking == null) {
            return;
        }
        byte[] body = continuation.getBody();
        if (!blanking && EnvelopeFrame.looksSealed(body, 0, body.length)) {
            streams.remove(stream);
            return;
        }
        Arrays.fill(body, (byte) 0);
        if (continuation.isContinues()) {
            streams.put(stream, Boolean.TRUE);
        } else {
            streams.remove(stream);
        }
    }
}
