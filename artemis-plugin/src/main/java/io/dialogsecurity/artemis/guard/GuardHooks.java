package io.dialogsecurity.artemis.guard;

import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * The broker's hooks, each through the {@link PluginBoundary}. Before there is a guard, as when its configuration is
 * wrong, every message is refused.
 */
public final class GuardHooks {

    private final PluginBoundary boundary;
    private volatile MessageGuard guard;
    private volatile OutgoingGate gate;

    /** Hooks that refuse everything until they {@linkplain #use have a guard}. */
    public GuardHooks(PluginBoundary boundary) {
        this.boundary = boundary;
    }

    /** Lets these decide from now on; with null for both, everything is refused. */
    public void use(MessageGuard newGuard, OutgoingGate newGate) {
        this.guard = newGuard;
        this.gate = newGate;
    }

    private MessageGuard guard() {
        MessageGuard current = guard;
        if (current == null) {
            throw new IllegalStateException("There is no guard");
        }
        return current;
    }

    /** @throws ActiveMQSecurityException if the message is refused */
    public void beforeSend(ServerSession session, Transaction transaction, Message message)
            throws ActiveMQSecurityException {
        boundary.decide(
                "beforeSend",
                () -> guard().beforeSend(session, transaction, message),
                (cause, e) -> guard().refuseSend(session, transaction, message, cause, e));
    }

    /** @throws ActiveMQSecurityException if the message is refused */
    public void beforeMessageRoute(Message message, RoutingContext context) throws ActiveMQSecurityException {
        boundary.decide(
                "beforeMessageRoute",
                () -> guard().beforeRoute(message, context),
                (cause, e) -> guard().refuseRoute(message, context, cause, e));
    }

    /**
     * AMQP federation is going to put a message into queues itself. It would not take a no: what is refused becomes a {@link Husk}.
     *
     * @param target the address whose queues they are
     */
    void beforeFederated(Callable<String> target, Message message) {
        try {
            boundary.decide(
                    "beforeFederationConsumerMessageHandled",
                    () -> guard().beforeFederated(target.call(), message),
                    (cause, e) -> refuseFederated(target, message, cause));
        } catch (ActiveMQSecurityException e) {
            // its sender is another broker's queue, where it was taken from
        }
    }

    private void refuseFederated(Callable<String> target, Message message, Throwable cause) throws Exception {
        try {
            guard().refuseFederated(target.call(), message, cause);
        } finally {
            Husk.of(message);
        }
    }

    /** A send went through; {@code transactionOrNull} is one that has still to be committed. */
    public void afterSend(ServerSession session, Transaction transactionOrNull, Message message, RoutingStatus status) {
        boundary.observe("afterSend", () -> guard().afterSend(session, transactionOrNull, message, status));
    }

    /** A send failed. */
    public void onSendException(ServerSession session, Message message) {
        boundary.observe("onSendException", () -> guard().onSendException(session, message));
    }

    /** A message was routed. */
    public void afterMessageRoute(Message message, RoutingContext context, RoutingStatus status) {
        boundary.observe("afterMessageRoute", () -> guard().afterRoute(message, context, status));
    }

    /** A message could not be routed. */
    public void onMessageRouteException(Message message) {
        boundary.observe("onMessageRouteException", () -> guard().onRouteException(message));
    }

    /** A message leaves its queue; {@code transactionOrNull} is one that has still to be committed. */
    public void messageAcknowledged(Transaction transactionOrNull, MessageReference reference, AckReason reason) {
        if (reason == AckReason.KILLED || reason == AckReason.EXPIRED) {
            boundary.observe("messageAcknowledged", () -> guard().lost(transactionOrNull, reference));
        } else if (transactionOrNull != null) {
            boundary.observe("messageAcknowledged", () -> guard().consumed(transactionOrNull, reference.getMessage()));
        }
    }

    /** A message was moved; that it left its queue was told before where it was not by an administrator. */
    public void messageMoved(Transaction transaction, MessageReference reference, AckReason reason) {
        boundary.observe("messageMoved", () -> {
            if (reason == AckReason.NORMAL) {
                guard().lost(transaction, reference);
            }
            guard().moved(transaction, reference);
        });
    }

    /**
     * A session is about to be made.
     *
     * @throws ActiveMQSecurityException if it must not be
     */
    public void beforeCreateSession(
            boolean autoCommitSends, RemotingConnection connection, Map<SimpleString, RoutingType> prefixes)
            throws ActiveMQSecurityException {
        boundary.decide(
                "beforeCreateSession",
                () -> guard().beforeCreateSession(autoCommitSends, connection, prefixes),
                (cause, e) -> {});
    }

    /** A session has been made. */
    public void afterCreateSession(ServerSession session) {
        boundary.observe("afterCreateSession", () -> guard().afterCreateSession(session));
    }

    /** A session has been closed. */
    public void afterCloseSession(ServerSession session) {
        boundary.observe("afterCloseSession", () -> guard().afterCloseSession(session));
    }

    /** Whether a message may be delivered to a consumer now; one that may not stays queued. */
    public boolean canAccept(ServerConsumer consumer, MessageReference reference) {
        return boundary.admit("canAccept", () -> {
            OutgoingGate current = gate;
            return current != null && current.admits(consumer, reference);
        });
    }

    /** A consumer has been closed. */
    public void afterCloseConsumer(ServerConsumer consumer) {
        boundary.observe("afterCloseConsumer", () -> {
            OutgoingGate current = gate;
            if (current != null) {
                current.consumerClosed(consumer);
            }
        });
    }

    /** A connection is gone. */
    public void afterDestroyConnection(RemotingConnection connection) {
        boundary.observe("afterDestroyConnection", () -> guard().afterDestroyConnection(connection));
    }
}
