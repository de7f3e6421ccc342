package io.dialogsecurity.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Services with real keys, which are made once for all tests, on a clock that stands still until it is told. */
final class TestServices {

    static final ServiceName ORDER_ENTRY = new ServiceName("order-entry");
    static final ServiceName SHIPPING = new ServiceName("shipping");
    static final ServiceName BILLING = new ServiceName("billing");
    static final Reception ORDERS = Reception.at("orders");
    static final Reception REPLIES = Reception.at("replies");

    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.root("Test Root", START.minus(Duration.ofDays(30)), START.plus(Duration.ofDays(3650)));
    private static final Map<String, IssuedIdentity> ISSUED = new ConcurrentHashMap<>();

    private final Suite suite;
    /** What endpoints want done beside the traffic, and is done when a test says so. */
    final Queue<Runnable> background = new ArrayDeque<>();

    private Instant now = START;

    TestServices(Suite suite) {
        this.suite = suite;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    IssuedIdentity issued(ServiceName name) {
        return ISSUED.computeIfAbsent(
                name + "/" + suite,
                ignored -> AUTHORITY.issue(
                        name, suite, START.minus(Duration.ofDays(1)), START.plus(Duration.ofDays(365))));
    }

    EndpointPolicy policy() {
        return EndpointPolicy.defaults().preferring(suite);
    }

    /** Trust in everybody but those whose certificates were revoked. */
    TrustContext trustWithout(ServiceName... revoked) {
        Set<String> fingerprints = Set.copyOf(List.of(revoked).stream()
                .map(name -> issued(name).certificate().fingerprintHex())
                .toList());
        return new TrustContext(
                TrustStore.of(List.of(AUTHORITY.certificate()), List.of(), fingerprints),
                ListedCertificates.of(List.of(
                        issued(ORDER_ENTRY).certificate(),
                        issued(SHIPPING).certificate(),
                        issued(BILLING).certificate())));
    }

    DialogEndpoint endpoint(ServiceName name, DerivedCaches caches, EndpointPolicy policy) {
        return DialogEndpoint.builder(issued(name).identity(), trustWithout())
                .policy(policy)
                .caches(caches)
                .clock(() -> now)
                .background(background::add)
                .build();
    }

    DialogEndpoint endpoint(ServiceName name, DerivedCaches caches) {
        return endpoint(name, caches, policy());
    }

    DialogEndpoint endpoint(ServiceName name) {
        return endpoint(name, CaffeineCaches.withDefaults());
    }

    static Opened opened(OpenOutcome outcome) {
        assertThat(outcome).isInstanceOf(Opened.class);
        return (Opened) outcome;
    }

    static Envelope parsed(byte[] envelope) {
        try {
            return EnvelopeCodec.parse(envelope);
        } catch (EnvelopeFormatException e) {
            throw new AssertionError(e);
        }
    }
}
