package io.dialogsecurity.dialog;

import io.dialogsecurity.identity.CertificateDirectory;
import io.dialogsecurity.identity.TrustStore;
import java.util.Objects;

/**
 * Whom an endpoint trusts, and whose certificates it knows. Replaced as a whole when configuration changes; whatever
 * was believed under an older one is checked again.
 *
 * @param trust trust anchors and revocations
 * @param directory certificates of services to seal to, or to look up by fingerprint
 */
public record TrustContext(TrustStore trust, CertificateDirectory directory) {

    /** Every message asks, and nearly always of the very same context. */
    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof TrustContext context
                        && trust.equals(context.trust)
                        && directory.equals(context.directory));
    }

    @Override
    public int hashCode() {
        return Objects.hash(trust, directory);
    }
}
