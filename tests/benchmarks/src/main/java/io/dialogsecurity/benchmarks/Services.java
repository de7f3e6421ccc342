package io.dialogsecurity.benchmarks;

import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Two services as they are in production: real keys and certificates, default caches and limits, the system's clock. */
final class Services {

    static final ServiceName INITIATOR = new ServiceName("order-entry");
    static final ServiceName TARGET = new ServiceName("shipping");
    static final Set<ServiceName> TARGETS = Set.of(TARGET);
    static final String ADDRESS = "orders.eu.new";

    final CaffeineCaches initiatorCaches = CaffeineCaches.withDefaults();
    final CaffeineCaches targetCaches = CaffeineCaches.withDefaults();
    final DialogEndpoint initiator;
    final DialogEndpoint target;

    private final TrustContext trust;
    private final EndpointPolicy policy;

    Services(Suite suite) {
        Instant now = Instant.now();
        Instant from = now.minus(Duration.ofDays(1));
        Instant to = now.plus(Duration.ofDays(365));
        CertificateAuthority authority = CertificateAuthority.root("Benchmark Root", from, to);
        IssuedIdentity orderEntry = authority.issue(INITIATOR, suite, from, to);
        IssuedIdentity shipping = authority.issue(TARGET, suite, from, to);
        this.policy = EndpointPolicy.defaults().preferring(suite);
        this.trust = new TrustContext(
                TrustStore.of(List.of(authority.certificate()), List.of(), Set.of()),
                ListedCertificates.of(List.of(orderEntry.certificate(), shipping.certificate())));
        this.initiator = endpoint(orderEntry, initiatorCaches);
        this.target = endpoint(shipping, targetCaches);
    }

    private DialogEndpoint endpoint(IssuedIdentity issued, CaffeineCaches caches) {
        return DialogEndpoint.builder(issued.identity(), trust)
                .policy(policy)
                .caches(caches)
                .build();
    }

    /** From now on it is as if the services had never met. */
    void forget() {
        initiatorCaches.clear();
        targetCaches.clear();
    }

    /** As an application takes it that acknowledges each message before the next. */
    static Opened taken(OpenOutcome outcome) {
        Opened opened = opened(outcome);
        opened.acknowledge();
        return opened;
    }

    static Opened opened(OpenOutcome outcome) {
        if (outcome instanceof Opened opened) {
            return opened;
        }
        throw new IllegalStateException("refused: " + outcome);
    }
}
