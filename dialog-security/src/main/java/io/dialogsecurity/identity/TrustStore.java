package io.dialogsecurity.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;

/**
 * Whom to trust: anchors, revocation lists, revoked fingerprints. An immutable, thread-safe
 * snapshot; a reload makes a new one.
 *
 * <p><b>Anchors.</b> A CA's certificate (basicConstraints cA) vouches for the certificates it
 * issued. Any other anchor is pinned: it vouches for itself alone, so that the owner of a pinned
 * self-signed certificate cannot issue one for somebody else.
 *
 * <p><b>Revocation wins</b> over everything and reaches back: a revoked certificate is refused for
 * every time, also for one before its revocation, because whoever holds a stolen key chooses the
 * times it writes. A revocation list must be signed by the authority it speaks for. One past its
 * nextUpdate goes on revoking what it lists and lets pass what it does not; {@link
 * #outdatedCrls(Instant)} tells, because an unattended list should warn and not stop every dialog.
 * Nothing is ever downloaded.
 *
 * <p>Path, validity, constraints and extensions are the business of the JDK's {@code PKIX}
 * validator. Extended key usage is not looked at.
 */
public final class TrustStore {
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_CERT_SIGN = 5;

    private final Set<X509Certificate> authorities;
    private final Set<X509Certificate> pinned;
    private final Set<TrustAnchor> pkixAnchors;
    private final Map<X500Principal, List<X509CRL>> crls;
    private final Set<String> revokedFingerprints;

    private TrustStore(
            Collection<X509Certificate> anchors, Collection<X509CRL> crls, Collection<String> revokedFingerprints) {
        for (X509Certificate anchor : anchors) {
            if (!KeyStrength.strongForAuthority(anchor.getPublicKey())) {
                throw new IllegalArgumentException("the key of trust anchor "
                        + anchor.getSubjectX500Principal().getName() + " is too weak");
            }
        }
        this.authorities = anchors.stream().filter(TrustStore::isAuthority).collect(Collectors.toUnmodifiableSet());
        this.pinned = anchors.stream().filter(anchor -> !isAuthority(anchor)).collect(Collectors.toUnmodifiableSet());
        this.pkixAnchors = authorities.stream()
                .map(anchor -> new TrustAnchor(anchor, null))
                .collect(Collectors.toUnmodifiableSet());
        this.revokedFingerprints =
                revokedFingerprints.stream().map(TrustStore::normalise).collect(Collectors.toUnmodifiableSet());
        Map<X500Principal, List<X509CRL>> byIssuer = new HashMap<>();
        for (X509CRL crl : crls) {
            checkCrl(crl);
            byIssuer.computeIfAbsent(crl.getIssuerX500Principal(), issuer -> new ArrayList<>())
                    .add(crl);
        }
        byIssuer.replaceAll((issuer, list) -> List.copyOf(list));
        this.crls = Map.copyOf(byIssuer);
    }

    /**
     * A snapshot of these anchors, revocation lists and revoked certificates.
     *
     * @param revokedFingerprints SHA-256 of revoked certificates, services' or intermediates', as 64
     *     hexadecimal digits, with or without colons
     * @throws IllegalArgumentException if an anchor's key is too weak, a fingerprint is none, or a
     *     revocation list is indirect, weakly signed, or names an anchor that did not sign it
     */
    public static TrustStore of(
            Collection<X509Certificate> anchors, Collection<X509CRL> crls, Set<String> revokedFingerprints) {
        return new TrustStore(anchors, crls, revokedFingerprints);
    }

    /**
     * What keeps the certificate from speaking for its service at {@code at}, empty if nothing does.
     * The validity of the whole path is judged at that time; revocation regardless of it.
     */
    public Optional<CertificateProblem> check(ServiceCertificate certificate, Instant at) {
        List<X509Certificate> path = withoutAnchors(certificate.chain());
        if (isRevoked(certificate.chain())) {
            return Optional.of(CertificateProblem.REVOKED);
        }
        if (isWeak(path)) {
            return Optional.of(CertificateProblem.WEAK_KEY);
        }
        if (pinned.contains(certificate.certificate())) {
            return checkPinned(certificate, at);
        }
        Optional<CertificateProblem> problem = checkPath(path, at);
        if (problem.isPresent()) {
            return problem;
        }
        if (!crlsAreTheirIssuers(path)) {
            return Optional.of(CertificateProblem.UNTRUSTED);
        }
        return checkUsage(certificate);
    }

    /** The issuers whose revocation lists are past their nextUpdate, or never say when it is due. */
    public List<String> outdatedCrls(Instant at) {
        return crls.values().stream()
                .flatMap(List::stream)
                .filter(crl -> crl.getNextUpdate() == null
                        || crl.getNextUpdate().toInstant().isBefore(at))
                .map(crl -> crl.getIssuerX500Principal().getName())
                .distinct()
                .sorted()
                .toList();
    }

    /** All anchors, authorities and pinned certificates: for expiry warnings. */
    public Set<X509Certificate> anchors() {
        Set<X509Certificate> all = new HashSet<>(authorities);
        all.addAll(pinned);
        return Set.copyOf(all);
    }

    /** How many revocation lists there are. */
    public int revocationListCount() {
        return crls.values().stream().mapToInt(List::size).sum();
    }

    /** A leaf is never shortened away: an authority as a service is refused by its usage. */
    private List<X509Certificate> withoutAnchors(List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (authorities.contains(chain.get(i))) {
                return chain.subList(0, i);
            }
        }
        return chain;
    }

    /**
     * Whether a certificate that is not at hand is revoked, as far as its names tell.
     *
     * @param fingerprint SHA-256 of its DER, 32 bytes
     * @param issuer its issuer, RFC 2253, as {@link ServiceCertificate#issuer()} gives it
     * @param serial its serial number
     */
    public boolean isRevoked(byte[] fingerprint, String issuer, BigInteger serial) {
        return revokedFingerprints.contains(HexFormat.of().formatHex(fingerprint))
                || crls.entrySet().stream()
                        .anyMatch(
                                lists -> lists.getKey().getName().equals(issuer) && isListed(lists.getValue(), serial));
    }

    private boolean isRevoked(List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            if ((!revokedFingerprints.isEmpty() && revokedFingerprints.contains(fingerprint(certificate)))
                    || isListed(
                            crls.getOrDefault(certificate.getIssuerX500Principal(), List.of()),
                            certificate.getSerialNumber())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isListed(List<X509CRL> lists, BigInteger serial) {
        for (X509CRL crl : lists) {
            X509CRLEntry entry = crl.getRevokedCertificate(serial);
            if (entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWeak(List<X509Certificate> path) {
        for (int i = 0; i < path.size(); i++) {
            X509Certificate certificate = path.get(i);
            PublicKey key = certificate.getPublicKey();
            boolean strong = i == 0 ? KeyStrength.strongForService(key) : KeyStrength.strongForAuthority(key);
            if (!strong || !KeyStrength.stronglySigned(certificate)) {
                return true;
            }
        }
        return false;
    }

    private Optional<CertificateProblem> checkPinned(ServiceCertificate certificate, Instant at) {
        if (at.isBefore(certificate.notBefore())) {
            return Optional.of(CertificateProblem.NOT_YET_VALID);
        }
        if (at.isAfter(certificate.notAfter())) {
            return Optional.of(CertificateProblem.EXPIRED);
        }
        return checkUsage(certificate);
    }

    private Optional<CertificateProblem> checkPath(List<X509Certificate> path, Instant at) {
        if (pkixAnchors.isEmpty()) {
            return Optional.of(CertificateProblem.UNTRUSTED);
        }
        try {
            PKIXParameters parameters = new PKIXParameters(pkixAnchors);
            // Revocation is judged above: the JDK would ignore an outdated list altogether.
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
            CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
            return Optional.empty();
        } catch (CertPathValidatorException e) {
            return Optional.of(problemOf(e.getReason()));
        } catch (CertificateException e) {
            return Optional.of(CertificateProblem.UNTRUSTED);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has a PKIX validator", e);
        }
    }

    private static CertificateProblem problemOf(CertPathValidatorException.Reason reason) {
        if (reason == BasicReason.EXPIRED) {
            return CertificateProblem.EXPIRED;
        }
        if (reason == BasicReason.NOT_YET_VALID) {
            return CertificateProblem.NOT_YET_VALID;
        }
        if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
            return CertificateProblem.WEAK_KEY;
        }
        return CertificateProblem.UNTRUSTED;
    }

    /**
     * A list for an intermediate can only be verified here, where the intermediate is known. If none
     * of the lists given for it is its own, they may hide a revocation.
     */
    private boolean crlsAreTheirIssuers(List<X509Certificate> path) {
        for (int i = 1; i < path.size(); i++) {
            X509Certificate issuer = path.get(i);
            List<X509CRL> lists = crls.getOrDefault(issuer.getSubjectX500Principal(), List.of());
            if (!lists.isEmpty() && lists.stream().noneMatch(crl -> signedBy(crl, issuer))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<CertificateProblem> checkUsage(ServiceCertificate certificate) {
        X509Certificate leaf = certificate.certificate();
        boolean[] usage = leaf.getKeyUsage();
        boolean fits = leaf.getBasicConstraints() < 0
                && !certificate.suites().isEmpty()
                // RFC 5280: no key usage extension means no restriction.
                && (usage == null || (usage[DIGITAL_SIGNATURE] && (!certificate.isRsa() || usage[KEY_ENCIPHERMENT])));
        return fits ? Optional.empty() : Optional.of(CertificateProblem.WRONG_USAGE);
    }

    private static boolean isAuthority(X509Certificate anchor) {
        boolean[] usage = anchor.getKeyUsage();
        return anchor.getBasicConstraints() >= 0 && (usage == null || usage[KEY_CERT_SIGN]);
    }

    private void checkCrl(X509CRL crl) {
        String issuer = crl.getIssuerX500Principal().getName();
        if (!KeyStrength.strongSignature(crl.getSigAlgOID(), crl.getSigAlgParams())) {
            throw new IllegalArgumentException("the revocation list of " + issuer + " is weakly signed");
        }
        byte[] scope = crl.getExtensionValue(ISSUING_DISTRIBUTION_POINT);
        if (scope != null
                && IssuingDistributionPoint.getInstance(
                                ASN1OctetString.getInstance(scope).getOctets())
                        .isIndirectCRL()) {
            throw new IllegalArgumentException(
                    "the revocation list of " + issuer + " is indirect: it speaks for other authorities");
        }
        List<X509Certificate> issuers = authorities.stream()
                .filter(anchor -> anchor.getSubjectX500Principal().equals(crl.getIssuerX500Principal()))
                .toList();
        if (!issuers.isEmpty() && issuers.stream().noneMatch(anchor -> signedBy(crl, anchor))) {
            throw new IllegalArgumentException(
                    "the revocation list of " + issuer + " is not signed by the trust anchor of that name");
        }
    }

    private static boolean signedBy(X509CRL crl, X509Certificate issuer) {
        try {
            crl.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(ServiceCertificate.sha256(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has an encoding", e);
        }
    }

    private static String normalise(String fingerprint) {
        String digits = fingerprint.replace(":", "").strip().toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "'" + fingerprint + "' is not a SHA-256 fingerprint of 64 hexadecimal digits");
        }
        return digits;
    }
}
