package io.dialogsecurity.artemis;

import io.dialogsecurity.artemis.endpoint.BrokerEndpoint;
import io.dialogsecurity.artemis.endpoint.ConsumerTap;
import io.dialogsecurity.artemis.endpoint.OpeningGate;
import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.artemis.management.GuardManagement;
import io.dialogsecurity.artemis.management.GuardMonitor;
import io.dialogsecurity.artemis.management.PolicyStatus;
import io.dialogsecurity.policy.SecurityPolicy;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.reload.ReloadManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guard in its broker: watches the policy's files, and replaces the policy when a new one is good. Thread-safe.
 */
final class GuardedServer implements PolicyStatus {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedServer.class);

    private final ActiveMQServer server;
    private final MessageGuard guard;
    private final BrokerEndpoint endpoint;
    private final OpeningGate gate;
    private final PolicyFile file;
    private final GuardMonitor monitor;
    private final InstantSource clock;
    private final BrokerState state;
    private final GuardManagement management;
    private final Set<Path> watched = new LinkedHashSet<>();
    private ReloadManager watcher;
    private volatile Instant loadedAt;
    private volatile String problem = "";

    GuardedServer(
            ActiveMQServer server,
            MessageGuard guard,
            BrokerEndpoint endpoint,
            OpeningGate gate,
            PolicyFile file,
            GuardMonitor monitor,
            InstantSource clock) {
        this.server = server;
        this.guard = guard;
        this.endpoint = endpoint;
        this.gate = gate;
        this.file = file;
        this.monitor = monitor;
        this.clock = clock;
        this.loadedAt = clock.instant();
        this.state = new BrokerState(server, guard, guard.policy(), clock);
        this.management = new GuardManagement(server, monitor, guard, endpoint, gate, this, state, clock);
        server.registerActivateCallback(state);
    }

    boolean isOf(ActiveMQServer other) {
        return server == other;
    }

    /** Idempotent: a broker that becomes active again has new acceptors and a new reload manager. */
    synchronized void start() {
        guard.attach();
        ReloadManager current = server.getReloadManager();
        if (current != watcher) {
            watched.clear();
            watcher = current;
        }
        watch(guard.policy());
        management.show();
    }

    synchronized void stop() {
        if (watcher != null) {
            watched.forEach(path -> url(path, watcher::removeCallbacks));
        }
        watched.clear();
        management.hide();
        server.unregisterActivateCallback(state);
        state.close();
        endpoint.close();
    }

    private void watch(SecurityPolicy policy) {
        if (watcher == null) {
            LOG.warn("broker.xml: configuration-file-refresh-period is off, so that {} is not watched", file);
            return;
        }
        for (Path path : policy.files()) {
            if (watched.add(path)) {
                // On another thread: the watcher calls with its lock held, and is called here with ours.
                url(
                        path,
                        url -> watcher.addCallback(
                                url, uri -> server.getScheduledPool().execute(() -> reload("a change of " + path))));
            }
        }
    }

    private static void url(Path path, Consumer<URL> use) {
        try {
            use.accept(path.toUri().toURL());
        } catch (MalformedURLException e) {
            LOG.warn("{} cannot be watched", path, e);
        }
    }

    @Override
    public Instant loadedAt() {
        return loadedAt;
    }

    @Override
    public String problem() {
        return problem;
    }

    @Override
    public String reload() {
        return reload("management");
    }

    private synchronized String reload(String by) {
        try {
            SecurityPolicy policy = file.reread();
            ConsumerTap tap = OpeningGate.tapFor(server, policy);
            endpoint.reconfigure(policy);
            guard.reconfigure(policy);
            gate.reconfigure(policy, tap);
            loadedAt = clock.instant();
            problem = "";
            watch(policy);
            monitor.reloaded(file.toString(), by);
            management.policyChanged();
            return "reloaded " + file;
        } catch (RuntimeException e) {
            problem = String.valueOf(e.getMessage());
            monitor.reloadFailed(problem);
            return "not reloaded: " + problem;
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
