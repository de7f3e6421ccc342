package io.dialogsecurity.dialog;

import io.dialogsecurity.identity.CertificateDirectory;
import io.dialogsecurity.identity.TrustStore;

/**
 * Whom an endpoint trusts, and whose certificates it knows. Replaced as a whole when configuration changes; whatever
 * was believed under an older one is checked again.
 *
 * @param trust trust anchors and revocations
 * @param directory certificates of services to seal to, or to look up by fingerprint
 */
public record TrustContext(TrustStore trust, CertificateDirectory directory) {}
