package io.dialogsecurity.dialog;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.wire.PartyIdentity;

/** Certificates in the words of the wire format and of the rejection codes. */
final class Parties {

    private Parties() {}

    /** How a service-pair header names the owner of a certificate. */
    static PartyIdentity identityOf(ServiceCertificate certificate) {
        return new PartyIdentity(
                certificate.serviceName(),
                certificate.issuer(),
                certificate.serial(),
                certificate.notBefore().toEpochMilli(),
                Bytes.copyOf(certificate.fingerprint()));
    }

    static Rejection rejectionOf(CertificateProblem problem) {
        return switch (problem) {
            case UNTRUSTED -> Rejection.CERTIFICATE_UNTRUSTED;
            case EXPIRED, NOT_YET_VALID -> Rejection.CERTIFICATE_EXPIRED;
            case REVOKED -> Rejection.CERTIFICATE_REVOKED;
            case WEAK_KEY, WRONG_USAGE -> Rejection.CERTIFICATE_UNSUITABLE;
        };
    }

    /** When the last certificate of the chain becomes valid, milliseconds since the epoch. */
    static long validFromMillis(ServiceCertificate certificate) {
        return certificate.chain().stream()
                .mapToLong(each -> each.getNotBefore().getTime())
                .max()
                .orElseThrow();
    }

    /** When the first certificate of the chain ends, milliseconds since the epoch. */
    static long validUntilMillis(ServiceCertificate certificate) {
        return certificate.chain().stream()
                .mapToLong(each -> each.getNotAfter().getTime())
                .min()
                .orElseThrow();
    }
}
