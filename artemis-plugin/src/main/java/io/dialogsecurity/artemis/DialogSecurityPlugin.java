package io.dialogsecurity.artemis;

import io.dialogsecurity.artemis.endpoint.BrokerEndpoint;
import io.dialogsecurity.artemis.endpoint.OpeningGate;
import io.dialogsecurity.artemis.guard.FederatedMessages;
import io.dialogsecurity.artemis.guard.GuardHooks;
import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.artemis.guard.PluginBoundary;
import io.dialogsecurity.artemis.management.GuardMonitor;
import io.dialogsecurity.policy.SecurityPolicy;
import java.time.InstantSource;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.WildcardConfiguration;
import org.apache.activemq.artemis.core.config.amqpBrokerConnectivity.AMQPFederationBrokerPlugin;
import org.apache.activemq.artemis.core.persistence.OperationContext;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerPlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugin to name in {@code broker.xml}:
 *
 * <pre>{@code
 * <broker-plugins>
 *   <broker-plugin class-name="io.dialogsecurity.artemis.DialogSecurityPlugin">
 *     <property key="config" value="dialog-security.xml"/>
 *   </broker-plugin>
 * </broker-plugins>
 * }</pre>
 *
 * <p>{@code config} is a path, relative to the instance's {@code etc}. If it or what it names is wrong, the broker does not
 * start; one line in its log says what to do. The file is watched while the broker runs.
 *
 * <p>Every hook passes the {@link PluginBoundary}: what goes wrong in one refuses the message. Thread-safe.
 */
public class DialogSecurityPlugin implements ActiveMQServerPlugin {

    private static final Logger LOG = LoggerFactory.getLogger(DialogSecurityPlugin.class);

    private final InstantSource clock;
    private final GuardMonitor monitor = new GuardMonitor();
    private final PluginBoundary boundary = new PluginBoundary(monitor);
    private final GuardHooks hooks = new GuardHooks(boundary);
    private Map<String, String> properties;
    private GuardedServer guarded;
    private AMQPFederationBrokerPlugin federation;

    /** For the broker. */
    public DialogSecurityPlugin() {
        this(InstantSource.system());
    }

    /** A plugin that asks another clock how late it is. */
    protected DialogSecurityPlugin(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Takes the properties. The broker makes and initialises another plugin, which it never registers, whenever it reads its
     * own configuration again; so nothing is read and nothing refused here.
     */
    @Override
    public synchronized void init(Map<String, String> newProperties) {
        properties = newProperties == null ? Map.of() : Map.copyOf(newProperties);
    }

    /**
     * Reads the policy and guards the broker, which is about to start. Called again on the same instance when the broker
     * becomes active once more.
     *
     * @throws IllegalArgumentException with one line, if there is no policy or it is wrong: the broker does not start
     */
    @Override
    public synchronized void registered(ActiveMQServer server) {
        try {
            guard(server);
        } catch (RuntimeException e) {
            LOG.error("The broker does not start unprotected. {}", e.getMessage());
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void guard(ActiveMQServer server) {
        if (!server.getConfiguration().isSecurityEnabled()) {
            throw new IllegalArgumentException("broker.xml: <security-enabled> is false, so that nobody can know who"
                    + " sends; set it to true, or remove the plugin " + DialogSecurityPlugin.class.getName());
        }
        requireKnownWildcards(server.getConfiguration().getWildcardConfiguration());
        if (guarded == null || !guarded.isOf(server)) {
            PolicyFile file =
                    PolicyFile.named(properties, server.getConfiguration().getPasswordCodec());
            SecurityPolicy policy = file.read();
            BrokerEndpoint endpoint = new BrokerEndpoint(server, policy, clock);
            MessageGuard guard = new MessageGuard(server, policy, monitor, boundary, endpoint, clock);
            OpeningGate gate = new OpeningGate(server, policy, endpoint, guard.refusals(), monitor, clock);
            guarded = new GuardedServer(server, guard, endpoint, gate, file, monitor, clock);
            hooks.use(guard, gate);
        }
        if (federation == null) {
            federation = FederatedMessages.join(server, hooks);
        }
        guarded.start();
        LOG.info("Messages are guarded after {}", guarded);
    }

    /** Policy, here and in clients, is written with the usual ones; with others it would be about no address. */
    private static void requireKnownWildcards(WildcardConfiguration wildcards) {
        WildcardConfiguration known = WildcardConfiguration.DEFAULT_WILDCARD_CONFIGURATION;
        if (wildcards.getDelimiter() != known.getDelimiter()
                || wildcards.getAnyWords() != known.getAnyWords()
                || wildcards.getSingleWord() != known.getSingleWord()) {
            throw new IllegalArgumentException(
                    ("broker.xml: <wildcard-addresses> has delimiter '%s', any-words '%s' and single-word '%s', and policies of"
                                    + " brokers and clients know '.', '#' and '*' only; remove these three elements")
                            .formatted(wildcards.getDelimiter(), wildcards.getAnyWords(), wildcards.getSingleWord()));
        }
    }

    @Override
    public synchronized void unregistered(ActiveMQServer server) {
        if (guarded != null && guarded.isOf(server)) {
            guarded.stop();
            guarded = null;
            FederatedMessages.leave(server, federation);
            federation = null;
            // What is still on its way is refused.
            hooks.use(null, null);
        }
    }

    @Override
    public void beforeCreateSession(
            String name,
            String username,
            int minLargeMessageSize,
            RemotingConnection connection,
            boolean autoCommitSends,
            boolean autoCommitAcks,
            boolean preAcknowledge,
            boolean xa,
            String defaultAddress,
            SessionCallback callback,
            boolean autoCreateQueues,
            OperationContext context,
            Map<SimpleString, RoutingType> prefixes)
            throws ActiveMQException {
        hooks.beforeCreateSession(autoCommitSends, connection, prefixes);
    }

    @Override
    public void afterCreateSession(ServerSession session) {
        hooks.afterCreateSession(session);
    }

    @Override
    public void afterCloseSession(ServerSession session, boolean failed) {
        hooks.afterCloseSession(session);
    }

    @Override
    public void afterDestroyConnection(RemotingConnection connection) {
        hooks.afterDestroyConnection(connection);
    }

    @Override
    public void beforeSend(
            ServerSession session, Transaction tx, Message message, boolean direct, boolean noAutoCreateQueue)
            throws ActiveMQException {
        hooks.beforeSend(session, tx, message);
    }

    @Override
    public void afterSend(
            ServerSession session,
            Transaction tx,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue,
            RoutingStatus result) {
        hooks.afterSend(session, tx, message, result);
    }

    @Override
    public void onSendException(
            ServerSession session,
            Transaction tx,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue,
            Exception e) {
        hooks.onSendException(session, message);
    }

    @Override
    public boolean canAccept(ServerConsumer consumer, MessageReference reference) {
        return hooks.canAccept(consumer, reference);
    }

    @Override
    public void afterCloseConsumer(ServerConsumer consumer, boolean failed) {
        hooks.afterCloseConsumer(consumer);
    }

    @Override
    public void beforeMessageRoute(Message message, RoutingContext context, boolean direct, boolean rejectDuplicates)
            throws ActiveMQException {
        hooks.beforeMessageRoute(message, context);
    }

    @Override
    public void afterMessageRoute(
            Message message, RoutingContext context, boolean direct, boolean rejectDuplicates, RoutingStatus result) {
        hooks.afterMessageRoute(message, context, result);
    }

    @Override
    public void onMessageRouteException(
            Message message, RoutingContext context, boolean direct, boolean rejectDuplicates, Exception e) {
        hooks.onMessageRouteException(message);
    }

    @Override
    public void messageAcknowledged(
            Transaction tx, MessageReference reference, AckReason reason, ServerConsumer consumer) {
        hooks.messageAcknowledged(tx, reference, reason);
    }

    @Override
    public void messageMoved(
            Transaction tx,
            MessageReference reference,
            AckReason reason,
            SimpleString destAddress,
            Long destQueueId,
            ServerConsumer consumer,
            Message newMessage,
            RoutingStatus result) {
        hooks.messageMoved(tx, reference, reason);
    }
}
