package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A certificate authority and the services of the tests; RSA keys are made once for all of them. */
final class TestServices {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final ServiceName ORDER_ENTRY = new ServiceName("order-entry");
    static final ServiceName SHIPPING = new ServiceName("shipping");
    static final ServiceName BILLING = new ServiceName("billing");
    static final ServiceName MALLORY = new ServiceName("mallory");

    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.root("Test Root", NOW.minus(Duration.ofDays(30)), NOW.plus(Duration.ofDays(3650)));
    private static final Map<String, IssuedIdentity> ISSUED = new ConcurrentHashMap<>();

    private TestServices() {}

    static IssuedIdentity issued(ServiceName name, Suite suite) {
        return ISSUED.computeIfAbsent(
                name + "/" + suite,
                ignored -> AUTHORITY.issue(name, suite, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(365))));
    }

    /** As {@link #issued}, of a life of its own. */
    static IssuedIdentity issuedUntil(ServiceName name, Suite suite, Instant end) {
        return AUTHORITY.issue(name, suite, NOW.minus(Duration.ofDays(1)), end);
    }

    /** As {@link #issued}, valid from then on. */
    static IssuedIdentity issuedFrom(ServiceName name, Suite suite, Instant start) {
        return AUTHORITY.issue(name, suite, start, NOW.plus(Duration.ofDays(365)));
    }

    static TrustStore trustStore() {
        return TrustStore.of(List.of(AUTHORITY.certificate()), List.of(), Set.of());
    }

    /** Trust anchors, and everybody's certificates of the suite. */
    static TrustContext everybody(Suite suite) {
        return new TrustContext(
                trustStore(),
                ListedCertificates.of(List.of(
                        issued(ORDER_ENTRY, suite).certificate(),
                        issued(SHIPPING, suite).certificate(),
                        issued(BILLING, suite).certificate(),
                        issued(MALLORY, suite).certificate())));
    }

    /** Trust anchors alone. */
    static TrustContext anchorsAlone() {
        return new TrustContext(trustStore(), ListedCertificates.of(List.of()));
    }

    static DialogEndpoint.Builder endpoint(ServiceName name, Suite suite, TrustContext trust) {
        return DialogEndpoint.builder(issued(name, suite).identity(), trust)
                .policy(EndpointPolicy.defaults().preferring(suite))
                .clock(() -> NOW);
    }
}
