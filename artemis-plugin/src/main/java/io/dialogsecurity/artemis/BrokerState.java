package io.dialogsecurity.artemis;

import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.artemis.management.StateStatus;
import io.dialogsecurity.artemis.state.PolicyStore;
import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.Health;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.StatePolicy;
import io.dialogsecurity.state.ClaimWindows;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.activemq.artemis.core.server.ActivateCallback;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.cluster.ha.PrimaryOnlyPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's endpoint state. It is open while the broker is active, and only then: of two brokers with a shared store the
 * passive one has the same files before it. While it is not open, the guard refuses every envelope. Thread-safe.
 */
final class BrokerState implements ActivateCallback, StateStatus {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerState.class);

    /** Directory in the broker's data directory, beside its journal. */
    private static final String DIRECTORY = "dialog-security";

    /** Of how many dialogs of one service windows are kept where there is no state. */
    private static final int DIALOGS_PER_SERVICE = 10_000;

    private final ActiveMQServer server;
    private final MessageGuard guard;
    private final SecurityPolicy policy;
    private final InstantSource clock;
    private EndpointStore store;

    BrokerState(ActiveMQServer server, MessageGuard guard, SecurityPolicy policy, InstantSource clock) {
        this.server = server;
        this.guard = guard;
        this.policy = policy;
        this.clock = clock;
    }

    /** Opens the state: the broker has read its journal, so that the files are its own, and lets nobody in yet. */
    @Override
    public synchronized void activated() {
        close();
        StatePolicy wanted = policy.state().orElseGet(StatePolicy::defaults);
        if (!wanted.enabled() || isForgetful()) {
            guard.remember(ClaimWindows.inMemory(DIALOGS_PER_SERVICE), false, () -> {});
            LOG.warn(
                    "{}: no endpoint state is kept; after a restart, copies of older messages pass the guard",
                    policy.file());
            return;
        }
        try {
            store = PolicyStore.open(
                    wanted, beside(), policy.limits().withMessageMaxAge(policy.longestMessageAge()), clock);
        } catch (StoreException e) {
            LOG.error("The broker does not become active without its endpoint state. {}", e.getMessage());
            LOG.debug("Why", e);
            // Without its cause: the broker prints all of what it is given, and the remedy should not drown in it.
            throw new IllegalStateException(e.getMessage());
        }
        EndpointStore opened = store;
        guard.remember(opened.claims(), opened.isComplete() && !isReplicated(), () -> learned(opened));
    }

    /** Whether another broker may have taken messages into this journal, which remembers them in a place of its own. */
    private boolean isReplicated() {
        return !(server.getHAPolicy() instanceof PrimaryOnlyPolicy)
                && !server.getHAPolicy().isSharedStore();
    }

    /** A broker that keeps no messages over a restart needs no state either, unless policy asks for it. */
    private boolean isForgetful() {
        return policy.state().isEmpty() && !server.getConfiguration().isPersistenceEnabled();
    }

    /** What was lost with damaged files, or a loss of power, is known again, as far as messages are queued. */
    private static void learned(EndpointStore opened) {
        try {
            if (opened.needsRebuild()) {
                LOG.warn("Endpoint state was begun anew from the headers of queued messages; see the files set aside");
            }
            if (!opened.isComplete()) {
                opened.learned();
            }
        } catch (StoreException e) {
            LOG.warn("Queued messages will be read once more at the next start. {}", e.getMessage());
        }
    }

    private Path beside() {
        return server.getConfiguration()
                .getJournalLocation()
                .toPath()
                .resolveSibling(DIRECTORY)
                .toAbsolutePath();
    }

    /** Closes the state: clients are gone, and the files may be somebody else's next. */
    @Override
    public synchronized void deActivate() {
        close();
    }

    synchronized void close() {
        guard.forget();
        if (store != null) {
            store.close();
            store = null;
        }
    }

    @Override
    public synchronized Optional<Health> health() {
        return Optional.ofNullable(store).map(EndpointStore::health);
    }
}
