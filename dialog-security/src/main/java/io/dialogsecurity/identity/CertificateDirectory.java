package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The certificates of services: whom one can seal to. A service may have several at once, so that
 * one can be replaced while messages for the old one are still queued. Implementations are
 * thread-safe.
 */
public interface CertificateDirectory {
    /** All certificates of a service, the newest {@code notBefore} first; empty if unknown. */
    List<ServiceCertificate> certificatesOf(ServiceName name);

    /** The certificate with this SHA-256 fingerprint (32 bytes). */
    Optional<ServiceCertificate> byFingerprint(byte[] sha256);

    /**
     * The certificate to seal to at {@code at}: of those that are valid then and fit the suite, the
     * one with the newest {@code notBefore}. So a successor takes over at its own start of validity
     * and not when its predecessor ends, whichever of the two lasts longer. Two that start at the
     * same instant are told apart by their fingerprints, so that every endpoint picks the same one.
     * Trust is not judged here.
     */
    default Optional<ServiceCertificate> current(ServiceName name, Suite suite, Instant at) {
        return certificatesOf(name).stream()
                .filter(certificate -> certificate.suites().contains(suite) && certificate.validAt(at))
                .max(Comparator.comparing(ServiceCertificate::notBefore)
                        .thenComparing(ServiceCertificate::fingerprintHex));
    }
}
