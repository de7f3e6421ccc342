package io.dialogsecurity.artemis.management;

import io.dialogsecurity.artemis.endpoint.BrokerEndpoint;
import io.dialogsecurity.artemis.endpoint.OpeningGate;
import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.artemis.guard.RedriveReport;
import io.dialogsecurity.cache.CacheStatistics;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.failover.Health;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.state.CacheName;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guard's MBean. Thread-safe. */
final class DialogSecurityControl implements DialogSecurityMXBean {

    private static final Logger AUDIT = LoggerFactory.getLogger(GuardMonitor.AUDIT_LOGGER);
    private static final List<CacheName> CACHES = List.of(CacheName.VERIFIED_HEADERS, CacheName.DIALOG_KEYS);

    private final GuardMonitor monitor;
    private final MessageGuard guard;
    private final BrokerEndpoint endpoint;
    private final OpeningGate gate;
    private final PolicyStatus status;
    private final StateStatus state;
    private final InstantSource clock;

    DialogSecurityControl(
            GuardMonitor monitor,
            MessageGuard guard,
            BrokerEndpoint endpoint,
            OpeningGate gate,
            PolicyStatus status,
            StateStatus state,
            InstantSource clock) {
        this.monitor = monitor;
        this.guard = guard;
        this.endpoint = endpoint;
        this.gate = gate;
        this.status = status;
        this.state = state;
        this.clock = clock;
    }

    @Override
    public String getPolicyFile() {
        return guard.policy().file().toString();
    }

    @Override
    public String getPolicyLoadedAt() {
        return status.loadedAt().toString();
    }

    @Override
    public String getPolicyProblem() {
        return status.problem();
    }

    @Override
    public long getReloadCount() {
        return monitor.reloadCount();
    }

    @Override
    public long getFailedReloadCount() {
        return monitor.failedReloadCount();
    }

    @Override
    public long getAcceptedCount() {
        return monitor.acceptedCount();
    }

    @Override
    public long getAbsorbedCount() {
        return monitor.absorbedCount();
    }

    @Override
    public long getForkCount() {
        return monitor.forkedCount();
    }

    @Override
    public long getSealedCount() {
        return endpoint.sealedCount();
    }

    @Override
    public long getOpenedCount() {
        return gate.openedCount();
    }

    @Override
    public long getToleratedCount() {
        return monitor.toleratedCount();
    }

    @Override
    public long getWouldRefuseCount() {
        return monitor.wouldRefuseCount();
    }

    @Override
    public long getWithheldCount() {
        return monitor.withheldCount();
    }

    @Override
    public long getRefusedCount() {
        long count = 0;
        for (Rejection reason : Rejection.values()) {
            count += monitor.refusedCount(reason);
        }
        return count;
    }

    @Override
    public Map<String, Long> getRefusedByReason() {
        Map<String, Long> counts = new TreeMap<>();
        for (Rejection reason : Rejection.values()) {
            if (monitor.refusedCount(reason) > 0) {
                counts.put(reason.name(), monitor.refusedCount(reason));
            }
        }
        return counts;
    }

    @Override
    public long getQuarantinedCount() {
        return monitor.quarantinedCount();
    }

    @Override
    public long getQuarantineFailureCount() {
        return monitor.quarantineFailureCount();
    }

    @Override
    public long getHookFailureCount() {
        return monitor.hookFailureCount();
    }

    @Override
    public String getQuarantineAddress() {
        return guard.policy().quarantineAddress();
    }

    @Override
    public long getVerificationCount() {
        return guard.cryptoCounters().verifications();
    }

    @Override
    public long getDialogsRemembered() {
        return guard.dialogsRemembered();
    }

    @Override
    public boolean isStateOpen() {
        return state.health().isPresent();
    }

    @Override
    public String getStateProblem() {
        return state.health().map(Health::problem).orElse("");
    }

    @Override
    public long getStateUncommitted() {
        return state.health().map(Health::dirty).orElse(0L);
    }

    @Override
    public double getStateTailFill() {
        return state.health().map(Health::tailFill).orElse(0.0);
    }

    @Override
    public Map<String, Long> getStateRows() {
        return state.health().map(health -> health.rows().byKind()).orElse(Map.of());
    }

    @Override
    public Map<String, Long> getConnectedState() {
        return Map.of(
                "sealing-sessions", (long) endpoint.sessionCount(),
                "transacted-sessions", (long) guard.transactedSessionCount(),
                "consumers", (long) gate.consumerCount(),
                "leaving-for-quarantine", (long) gate.condemnedCount());
    }

    @Override
    public Map<String, Long> getCacheSizes() {
        Map<String, Long> sizes = new TreeMap<>();
        for (CacheName name : CACHES) {
            sizes.put(name.label(), guard.cacheStatistics(name).size());
        }
        return sizes;
    }

    @Override
    public Map<String, Double> getCacheHitRatios() {
        Map<String, Double> ratios = new TreeMap<>();
        for (CacheName name : CACHES) {
            CacheStatistics statistics = guard.cacheStatistics(name);
            long lookUps = statistics.hits() + statistics.misses();
            ratios.put(name.label(), lookUps == 0 ? 0.0 : (double) statistics.hits() / lookUps);
        }
        return ratios;
    }

    @Override
    public int getTrustAnchorCount() {
        return guard.policy().trust().anchors().size();
    }

    @Override
    public int getRevocationListCount() {
        return guard.policy().trust().revocationListCount();
    }

    @Override
    public int getCertificateCount() {
        return guard.policy().certificateCount();
    }

    @Override
    public List<String> getServices() {
        List<String> services = new ArrayList<>();
        guard.policy().services().forEach((name, service) -> {
            if (service.certificates().isEmpty()) {
                services.add(name + " without certificate");
            }
            service.certificates()
                    .forEach(certificate -> services.add(
                            name + " until " + certificate.notAfter() + " " + certificate.fingerprintHex()));
        });
        return services;
    }

    @Override
    public List<String> getAddresses() {
        List<String> addresses = new ArrayList<>();
        guard.policy()
                .addresses()
                .forEach(rule -> addresses.add(rule.match()
                        + " "
                        + rule.action()
                        + (rule.action() == Action.APPLY
                                ? " senders=" + rule.senders() + " receivers=" + rule.receivers()
                                : "")));
        return addresses;
    }

    @Override
    public List<String> getWarnings() {
        return guard.policy().warnings(clock.instant());
    }

    @Override
    public String reload() {
        return status.reload();
    }

    @Override
    public List<String> redrive(String queue, String filter) {
        return told(queue, guard.redrive().all(queue, filter));
    }

    @Override
    public List<String> redriveMessage(String queue, long messageId) {
        return told(queue, guard.redrive().one(queue, messageId));
    }

    private static List<String> told(String queue, RedriveReport report) {
        AUDIT.info(
                "redriven queue={} count={} stayed={} reasons={} by=management",
                GuardMonitor.text(queue),
                report.drivenCount(),
                report.stayedCount(),
                GuardMonitor.text(report.reasons().toString().replace('=', ':')));
        return report.lines();
    }

    @Override
    public void flushCaches() {
        guard.flushCaches();
        AUDIT.info("caches flushed by=management");
    }
}
