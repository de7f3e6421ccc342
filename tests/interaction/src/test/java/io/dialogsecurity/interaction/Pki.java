package io.dialogsecurity.interaction;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The services' certificates, made once for all histories. */
final class Pki {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final List<ServiceName> NAMES =
            List.of(new ServiceName("order-entry"), new ServiceName("shipping"), new ServiceName("billing"));

    private final Map<ServiceName, IssuedIdentity> issued = new LinkedHashMap<>();
    private final TrustContext trust;

    Pki() {
        CertificateAuthority authority = CertificateAuthority.root(
                "Interaction Root", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(365)));
        NAMES.forEach(name -> issued.put(
                name,
                authority.issue(name, Suite.SUITE_2, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(300)))));
        trust = new TrustContext(
                TrustStore.of(List.of(authority.certificate()), List.of(), Set.of()),
                ListedCertificates.of(issued.values().stream()
                        .map(IssuedIdentity::certificate)
                        .toList()));
    }

    DialogEndpoint.Builder endpoint(ServiceName name, Supplier<Instant> clock) {
        InstantSource source = clock::get;
        return DialogEndpoint.builder(issued.get(name).identity(), trust)
                .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                .clock(source);
    }
}
