package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.cache.CacheSettings;
import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.policy.CachePolicy;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.ServicePolicy;
import io.dialogsecurity.state.CacheName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One policy, in the shapes the guard works with. Replaced as a whole by a reload. Thread-safe. */
final class GuardConfiguration {

    final SecurityPolicy policy;
    final EndpointPolicy endpointPolicy;
    final TrustContext trust;
    /** Certificates of replying services that were found good; none of the headers' signatures vouches for them. */
    private final Map<Bytes, ServiceCertificate> goodRepliers = new ConcurrentHashMap<>();

    GuardConfiguration(SecurityPolicy policy) {
        this.policy = policy;
        this.trust = new TrustContext(policy.trust(), policy.certificates());
        this.endpointPolicy = EndpointPolicy.of(policy);
    }

    /** The largest envelope taken into memory, in bytes. */
    int maxEnvelopeBytes() {
        return endpointPolicy.limits().maxEnvelopeBytes();
    }

    static CaffeineCaches caches(SecurityPolicy policy) {
        return CaffeineCaches.builder()
                .with(CacheName.VERIFIED_HEADERS, settings(policy.caches().verifiedHeaders()))
                .with(CacheName.DIALOG_KEYS, settings(policy.caches().dialogKeys()))
                .build();
    }

    private static CacheSettings settings(CachePolicy cache) {
        return cache.enabled()
                ? CacheSettings.entries(cache.entries()).expiringAfterWrite(cache.expire())
                : CacheSettings.off();
    }

    /** What is wrong with the certificate a replying service is named with, where the service's certificates are known. */
    Optional<CertificateProblem> problemOfReplier(ServicePolicy service, Bytes fingerprint, Instant at) {
        ServiceCertificate good = goodRepliers.get(fingerprint);
        if (good != null && good.validAt(at)) {
            return Optional.empty();
        }
        if (service.certificates().isEmpty()) {
            return Optional.empty();
        }
        Optional<ServiceCertificate> named = service.certificates().stream()
                .filter(certificate -> fingerprint.contentEquals(certificate.fingerprint()))
                .findFirst();
        if (named.isEmpty()) {
            return Optional.of(CertificateProblem.UNTRUSTED);
        }
        Optional<CertificateProblem> problem = policy.trust().check(named.get(), at);
        if (problem.isEmpty()) {
            goodRepliers.put(fingerprint, named.get());
        }
        return problem;
    }
}
