package io.dialogsecurity.artemis.management;

import io.dialogsecurity.artemis.endpoint.BrokerEndpoint;
import io.dialogsecurity.artemis.endpoint.OpeningGate;
import io.dialogsecurity.artemis.guard.MessageGuard;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.failover.Health;
import io.dialogsecurity.failover.StoredRows;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.state.CacheName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The guard's meters in the broker's registry. Not thread-safe. */
final class GuardMeters {

    private static final String MESSAGES = "dialog.security.messages";
    private static final double SECONDS_PER_DAY = 86_400;

    private final MeterRegistry registry;
    private final GuardMonitor monitor;
    private final MessageGuard guard;
    private final BrokerEndpoint endpoint;
    private final OpeningGate gate;
    private final StateStatus state;
    private final InstantSource clock;
    private final List<Meter> meters = new ArrayList<>();
    private final List<Meter> certificates = new ArrayList<>();

    GuardMeters(
            MeterRegistry registry,
            GuardMonitor monitor,
            MessageGuard guard,
            BrokerEndpoint endpoint,
            OpeningGate gate,
            StateStatus state,
            InstantSource clock) {
        this.registry = registry;
        this.monitor = monitor;
        this.guard = guard;
        this.endpoint = endpoint;
        this.gate = gate;
        this.state = state;
        this.clock = clock;
    }

    void register() {
        meters.add(FunctionCounter.builder(MESSAGES, monitor, GuardMonitor::acceptedCount)
                .tags("outcome", "accepted", "reason", "none")
                .register(registry));
        meters.add(FunctionCounter.builder(MESSAGES, monitor, GuardMonitor::absorbedCount)
                .tags("outcome", "absorbed", "reason", "none")
                .register(registry));
        for (Rejection reason : Rejection.values()) {
            meters.add(FunctionCounter.builder(MESSAGES, monitor, m -> m.refusedCount(reason))
                    .tags("outcome", "refused", "reason", reason.name().toLowerCase(Locale.ROOT))
                    .register(registry));
        }
        meters.add(FunctionCounter.builder("dialog.security.sealed", endpoint, BrokerEndpoint::sealedCount)
                .register(registry));
        meters.add(FunctionCounter.builder("dialog.security.opened", gate, OpeningGate::openedCount)
                .register(registry));
        counter("dialog.security.tolerated", GuardMonitor::toleratedCount);
        counter("dialog.security.would.refuse", GuardMonitor::wouldRefuseCount);
        counter("dialog.security.withheld", GuardMonitor::withheldCount);
        counter("dialog.security.forks", GuardMonitor::forkedCount);
        counter("dialog.security.quarantined", GuardMonitor::quarantinedCount);
        counter("dialog.security.quarantine.failures", GuardMonitor::quarantineFailureCount);
        counter("dialog.security.hook.failures", GuardMonitor::hookFailureCount);
        counter("dialog.security.reloads", GuardMonitor::reloadCount);
        counter("dialog.security.reloads.failed", GuardMonitor::failedReloadCount);
        meters.add(FunctionCounter.builder(
                        "dialog.security.verifications",
                        guard,
                        g -> g.cryptoCounters().verifications())
                .register(registry));
        meters.add(Gauge.builder("dialog.security.dialogs", guard, MessageGuard::dialogsRemembered)
                .register(registry));
        state("dialog.security.state.healthy", health -> health.good() ? 1.0 : 0.0);
        state("dialog.security.state.uncommitted", Health::dirty);
        state("dialog.security.state.tail.fill", Health::tailFill);
        state(
                "dialog.security.state.commit.seconds",
                health -> health.lastCommitTook().toNanos() / 1e9);
        stateRows();
        for (CacheName name : List.of(CacheName.VERIFIED_HEADERS, CacheName.DIALOG_KEYS)) {
            meters.add(Gauge.builder(
                            "dialog.security.cache.size",
                            guard,
                            g -> g.cacheStatistics(name).size())
                    .tags("cache", name.label())
                    .register(registry));
        }
        registerCertificates();
    }

    private void stateRows() {
        for (String kind : StoredRows.KINDS) {
            meters.add(Gauge.builder(
                            "dialog.security.state.rows",
                            state,
                            s -> s.health()
                                    .map(health ->
                                            health.rows().byKind().get(kind).doubleValue())
                                    .orElse(Double.NaN))
                    .tags("kind", kind)
                    .register(registry));
        }
    }

    /** Of endpoint state, not a number while none is open. */
    private void state(String name, ToDoubleFunction<Health> value) {
        meters.add(Gauge.builder(
                        name, state, s -> s.health().map(value::applyAsDouble).orElse(Double.NaN))
                .register(registry));
    }

    private void counter(String name, ToDoubleFunction<GuardMonitor> value) {
        meters.add(FunctionCounter.builder(name, monitor, value).register(registry));
    }

    /** Days to expiry of the certificates of the policy that is applied now. */
    void registerCertificates() {
        certificates.forEach(registry::remove);
        certificates.clear();
        Set<ServiceCertificate> known = new HashSet<>();
        guard.policy().services().values().forEach(service -> known.addAll(service.certificates()));
        for (ServiceCertificate certificate : known) {
            certificates.add(Gauge.builder("dialog.security.certificate.days.to.expiry", certificate, this::daysLeft)
                    .tags("service", certificate.serviceName().value(), "fingerprint", certificate.fingerprintHex())
                    .register(registry));
        }
    }

    private double daysLeft(ServiceCertificate certificate) {
        return Duration.between(clock.instant(), certificate.notAfter()).toSeconds() / SECONDS_PER_DAY;
    }

    void remove() {
        meters.forEach(registry::remove);
        certificates.forEach(registry::remove);
        meters.clear();
        certificates.clear();
    }
}
