package io.dialogsecurity.identity;

/** Why a service certificate may not speak for its service; the first one found, worst first. */
public enum CertificateProblem {
    /** No path of valid signatures leads to a trust anchor, or the path breaks an X.509 rule. */
    UNTRUSTED("leads to no trust anchor"),
    /** A certificate of the path had expired at the time asked for. */
    EXPIRED("has expired"),
    /** A certificate of the path was not valid yet at the time asked for. */
    NOT_YET_VALID("is not valid yet"),
    /** A revocation list or an explicitly revoked fingerprint names a certificate of the path. */
    REVOKED("is revoked"),
    /** A key or a signature of the path is too weak: RSA below the minimum, MD5, SHA-1. */
    WEAK_KEY("has a weak key or signature"),
    /** The certificate is a CA's, fits no suite, or its key usage forbids what services do. */
    WRONG_USAGE("is not meant for a service");

    private final String description;

    CertificateProblem(String description) {
        this.description = description;
    }

    /** The predicate of a sentence whose subject is the certificate, for logs and error lines. */
    public String description() {
        return description;
    }
}
