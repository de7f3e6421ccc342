package io.dialogsecurity.artemis.management;

import io.dialogsecurity.artemis.endpoint.BrokerEndpoint;
import io.dialogsecurity.artemis.endpoint.OpeningGate;
import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.failover.Health;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.metrics.MetricsManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows one guard in one broker: the MBean, the meters, and warnings of what ends soon. What cannot be shown is logged and
 * keeps nobody from anything. Thread-safe.
 */
public final class GuardManagement {

    private static final Logger LOG = LoggerFactory.getLogger(GuardManagement.class);
    private static final Duration BETWEEN_WARNINGS = Duration.ofHours(12);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    private final ActiveMQServer server;
    private final DialogSecurityControl control;
    private final GuardMonitor monitor;
    private final MessageGuard guard;
    private final BrokerEndpoint endpoint;
    private final OpeningGate gate;
    private final StateStatus state;
    private final InstantSource clock;
    private GuardMeters meters;
    private ScheduledFuture<?> warnings;
    private ScheduledFuture<?> looks;
    private String stateProblem = "";

    /** Management of a guard; nothing is shown before {@link #show}. */
    public GuardManagement(
            ActiveMQServer server,
            GuardMonitor monitor,
            MessageGuard guard,
            BrokerEndpoint endpoint,
            OpeningGate gate,
            PolicyStatus status,
            StateStatus state,
            InstantSource clock) {
        this.server = server;
        this.monitor = monitor;
        this.guard = guard;
        this.endpoint = endpoint;
        this.gate = gate;
        this.state = state;
        this.clock = clock;
        this.control = new DialogSecurityControl(monitor, guard, endpoint, gate, status, state, clock);
    }

    /** Shows it. To be called again whenever the broker has started again; what is shown already is replaced. */
    public synchronized void show() {
        hide();
        tellExtent();
        showBean();
        MetricsManager metrics = server.getMetricsManager();
        MeterRegistry registry = metrics == null ? null : metrics.getMeterRegistry();
        if (registry != null) {
            meters = new GuardMeters(registry, monitor, guard, endpoint, gate, state, clock);
            meters.register();
        }
        warnings = server.getScheduledPool()
                .scheduleWithFixedDelay(this::warn, 0, BETWEEN_WARNINGS.toSeconds(), TimeUnit.SECONDS);
        looks = server.getScheduledPool()
                .scheduleWithFixedDelay(
                        this::lookAtState, BETWEEN_LOOKS.toSeconds(), BETWEEN_LOOKS.toSeconds(), TimeUnit.SECONDS);
    }

    /** Shows another policy's certificates. */
    public synchronized void policyChanged() {
        if (meters != null) {
            meters.registerCertificates();
        }
        tellExtent();
        warn();
    }

    /** Takes everything away. */
    public synchronized void hide() {
        if (warnings != null) {
            warnings.cancel(false);
            warnings = null;
            looks.cancel(false);
            looks = null;
        }
        if (meters != null) {
            meters.remove();
            meters = null;
        }
        MBeanServer beans = server.getMBeanServer();
        try {
            if (beans != null && beans.isRegistered(name())) {
                beans.unregisterMBean(name());
            }
        } catch (JMException e) {
            LOG.warn("The MBean of the guard cannot be removed", e);
        }
    }

    private void tellExtent() {
        LOG.info(
                "Read {}: {}",
                GuardMonitor.text(guard.policy().file().toString()),
                guard.policy().extent());
    }

    private void showBean() {
        MBeanServer beans = server.getMBeanServer();
        if (beans == null || !server.getConfiguration().isJMXManagementEnabled()) {
            return;
        }
        try {
            beans.registerMBean(control, name());
        } catch (JMException e) {
            LOG.warn("The guard has no MBean", e);
        }
    }

    private ObjectName name() throws JMException {
        return new ObjectName(server.getConfiguration().getJMXDomain() + ":broker="
                + ObjectName.quote(server.getConfiguration().getName()) + ",component=dialog-security");
    }

    private synchronized void warn() {
        try {
            for (String warning : guard.policy().warnings(clock.instant())) {
                LOG.warn("{}", GuardMonitor.text(warning));
            }
        } catch (RuntimeException e) {
            LOG.warn("Certificates cannot be looked through", e);
        }
    }

    /** Says once when state stops reaching the database, and once when it does again. */
    private synchronized void lookAtState() {
        monitor.tellRepeated();
        String problem = state.health().map(Health::problem).orElse("");
        if (problem.equals(stateProblem)) {
            return;
        }
        if (problem.isEmpty()) {
            LOG.info("Endpoint state reaches the database again");
        } else {
            LOG.error("Endpoint state does not reach the database. {}", problem);
        }
        stateProblem = problem;
    }
}
