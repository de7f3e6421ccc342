package io.dialogsecurity.vectors;

import io.dialogsecurity.vectors.ReferenceHeaders.Party;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Whose certificate it is and whether to believe it (step 2), each rule by itself, so that one can be left out. */
final class ReferenceTrust {

    static final String SECOND_KEY = "2.5.29.72";

    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String POLICIES = "2.5.29.32";
    private static final String POLICY_CONSTRAINTS = "2.5.29.36";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
    private static final String ED25519 = "1.3.101.112";
    private static final String X25519 = "1.3.101.110";

    /** Key usage, subject alternative name, basic and name constraints, policies, mappings, extended usage, any policy. */
    private static final Set<String> KNOWN_EXTENSIONS = Set.of(
            "2.5.29.15",
            "2.5.29.17",
            "2.5.29.19",
            NAME_CONSTRAINTS,
            POLICIES,
            "2.5.29.33",
            POLICY_CONSTRAINTS,
            EXTENDED_KEY_USAGE,
            "2.5.29.54");

    private static final Set<String> DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

    private static final Set<String> ALGORITHMS = Set.of(
            "1.2.840.113549.1.1.11",
            "1.2.840.113549.1.1.12",
            "1.2.840.113549.1.1.13",
            "1.2.840.10045.4.3.2",
            "1.2.840.10045.4.3.3",
            "1.2.840.10045.4.3.4",
            ED25519,
            "1.3.101.113");

    private final List<X509Certificate> anchors;
    private final List<X509CRL> lists;
    private final Set<String> revoked;
    private final Map<String, List<X509Certificate>> known;
    private final long now;

    /**
     * @param revoked fingerprints, hexadecimal
     * @param known chains of certificates known beforehand, by fingerprint in hexadecimal
     */
    ReferenceTrust(
            List<X509Certificate> anchors,
            List<X509CRL> lists,
            Set<String> revoked,
            Map<String, List<X509Certificate>> known,
            long now) {
        this.anchors = anchors;
        this.lists = lists;
        this.revoked = revoked;
        this.known = known;
        this.now = now;
    }

    static Map<String, List<X509Certificate>> byFingerprint(List<List<X509Certificate>> chains) {
        Map<String, List<X509Certificate>> known = new HashMap<>();
        chains.forEach(chain -> known.put(fingerprint(chain.get(0)), chain));
        return known;
    }

    private static String fingerprint(X509Certificate certificate) {
        return HexFormat.of().formatHex(ReferenceCrypto.sha256(VectorPki.encoded(certificate)));
    }

    /**
     * The certificate of a party, believed at the time; null if there is none and nobody minds.
     *
     * @param embedded DER, the party's own first; or none, where it is known
     */
    X509Certificate certificateOf(Party party, List<byte[]> embedded, long at, int layer, Checks checks) {
        List<X509Certificate> chain = embedded.isEmpty()
                ? known.get(HexFormat.of().formatHex(party.fingerprint()))
                : read(embedded, layer, checks);
        if (chain == null) {
            checks.require(Check.CERTIFICATE_AT_HAND, !embedded.isEmpty(), layer);
            return null;
        }
        X509Certificate own = chain.get(0);
        List<String> names = commonNames(own);
        checks.require(Check.COMMON_NAME, names.size() == 1, layer);
        checks.require(Check.AGREEMENT_KEY, agreementKey(own) == null || agreementKey(own).length == 32, layer);
        checks.require(Check.NAME_AGREES, names.contains(party.service()), layer);
        checks.require(
                Check.ISSUER_AGREES, own.getIssuerX500Principal().getName().equals(party.issuer()), layer);
        checks.require(Check.SERIAL_AGREES, own.getSerialNumber().equals(party.serial()), layer);
        checks.require(Check.DATE_AGREES, own.getNotBefore().getTime() == party.date(), layer);
        checks.require(
                Check.FINGERPRINT_AGREES,
                fingerprint(own).equals(HexFormat.of().formatHex(party.fingerprint())),
                layer);
        believe(chain, at, layer, checks);
        return own;
    }

    /** A target that replies without a signature of its own (step 5). */
    void believeReplier(Party party, long at, Checks checks) {
        String fingerprint = HexFormat.of().formatHex(party.fingerprint());
        boolean listed = lists.stream()
                .filter(list -> list.getIssuerX500Principal().getName().equals(party.issuer()))
                .anyMatch(list -> counts(list.getRevokedCertificate(party.serial()), at, list, checks));
        checks.require(Check.REPLIER_REVOKED, !listed && !revoked.contains(fingerprint), 2);
        List<X509Certificate> chain = known.get(fingerprint);
        if (chain != null) {
            try {
                believe(chain, at, 2, checks);
            } catch (Checks.Refused e) {
                if (checks.follows(Check.REPLIER_KNOWN)) {
                    throw e;
                }
            }
        }
    }

    private static List<X509Certificate> read(List<byte[]> embedded, int layer, Checks checks) {
        List<X509Certificate> chain = new ArrayList<>();
        for (byte[] der : embedded) {
            X509Certificate certificate = null;
            try {
                certificate = (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            } catch (GeneralSecurityException | RuntimeException e) {
                checks.require(Check.CERTIFICATE_READABLE, false, layer);
                return null;
            }
            checks.require(Check.CERTIFICATE_ALONE, Arrays.equals(der, VectorPki.encoded(certificate)), layer);
            chain.add(certificate);
        }
        return chain;
    }

    private static List<String> commonNames(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        return Arrays.stream(subject.getRDNs(BCStyle.CN))
                .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
                .filter(each -> each.getType().equals(BCStyle.CN))
                .map(each -> each.getValue().toString())
                .toList();
    }

    /** The raw X25519 key, or null. */
    static byte[] agreementKey(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SECOND_KEY);
        if (extension == null) {
            return null;
        }
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(
                ASN1OctetString.getInstance(extension).getOctets());
        return info.getAlgorithm().getAlgorithm().getId().equals(X25519)
                ? info.getPublicKeyData().getOctets()
                : null;
    }

    private void believe(List<X509Certificate> chain, long at, int layer, Checks checks) {
        requireUnrevoked(chain, at, layer, checks);
        List<X509Certificate> path = withoutAnchor(chain);
        requireStrong(path, layer, checks);
        if (anchors.contains(path.get(0)) && !isAuthority(path.get(0))) {
            checks.atLeast(Check.PINNED_FROM, at, from(path.get(0)), layer);
            checks.atMost(Check.PINNED_TO, at, to(path.get(0)), layer);
        } else {
            requirePath(path, at, layer, checks);
            requireListsOfIntermediates(path, layer, checks);
        }
        requireMeantForServices(path.get(0), layer, checks);
    }

    // --- Revocation, judged now

    private void requireUnrevoked(List<X509Certificate> chain, long at, int layer, Checks checks) {
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate each = chain.get(i);
            checks.require(Check.REVOKED_BY_FINGERPRINT, !revoked.contains(fingerprint(each)), layer);
            Check check = i == 0 ? Check.REVOKED : Check.INTERMEDIATE_REVOKED;
            for (X509CRL list : lists) {
                X509CRLEntry entry = list.getRevokedCertificate(each.getSerialNumber());
                boolean itsIssuers = list.getIssuerX500Principal().equals(each.getIssuerX500Principal());
                if (entry != null && (itsIssuers || !checks.follows(Check.LIST_OF_ITS_ISSUER))) {
                    checks.require(check, !counts(entry, at, list, checks), layer);
                }
            }
        }
    }

    private boolean counts(X509CRLEntry entry, long at, X509CRL list, Checks checks) {
        if (entry == null) {
            return false;
        }
        if (entry.getRevocationReason() == CRLReason.REMOVE_FROM_CRL && checks.follows(Check.REMOVED_FROM_LIST)) {
            return false;
        }
        boolean outdated = list.getNextUpdate() != null && list.getNextUpdate().getTime() < now;
        if (outdated && !checks.follows(Check.LIST_OUTDATED)) {
            return false;
        }
        return entry.getRevocationDate().getTime() <= at || checks.follows(Check.REVOKED_LATER);
    }

    private void requireListsOfIntermediates(List<X509Certificate> path, int layer, Checks checks) {
        for (X509Certificate issuer : path.subList(1, path.size())) {
            List<X509CRL> inItsName = lists.stream()
                    .filter(list -> list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()))
                    .toList();
            checks.require(
                    Check.LIST_SIGNED,
                    inItsName.isEmpty() || inItsName.stream().anyMatch(list -> signs(issuer.getPublicKey(), list)),
                    layer);
        }
    }

    private static boolean signs(PublicKey key, X509CRL list) {
        try {
            list.verify(key);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    // --- Strength

    private static void requireStrong(List<X509Certificate> path, int layer, Checks checks) {
        for (int i = 0; i < path.size(); i++) {
            X509Certificate each = path.get(i);
            if (each.getPublicKey() instanceof RSAPublicKey rsa) {
                boolean service = i == 0;
                checks.atLeast(
                        service ? Check.SERVICE_KEY_BITS : Check.AUTHORITY_KEY_BITS,
                        rsa.getModulus().bitLength(),
                        service ? 3072 : 2048,
                        layer);
                BigInteger exponent = rsa.getPublicExponent();
                checks.require(Check.RSA_EXPONENT, exponent.testBit(0) && exponent.bitLength() <= 64, layer);
            }
            checks.require(i == 0 ? Check.SUITE_KEYS : Check.AUTHORITY_KEY_KIND, isOfKnownKind(each), layer);
            checks.require(
                    Check.CERTIFICATE_ALGORITHM,
                    ALGORITHMS.contains(each.getSigAlgOID())
                            || (each.getSigAlgOID().equals(RSASSA_PSS) && strongPss(each)),
                    layer);
        }
    }

    private static boolean isOfKnownKind(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        return key instanceof RSAPublicKey
                || key instanceof EdECPublicKey
                || (key instanceof ECPublicKey ec
                        && ec.getParams().getCurve().getField().getFieldSize() >= 256);
    }

    private static boolean strongPss(X509Certificate certificate) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            PSSParameterSpec pss = parameters.getParameterSpec(PSSParameterSpec.class);
            return DIGESTS.contains(pss.getDigestAlgorithm())
                    && DIGESTS.contains(((MGF1ParameterSpec) pss.getMGFParameters()).getDigestAlgorithm());
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }

    // --- The path: RFC 5280, section 6.1

    private static boolean isAuthority(X509Certificate anchor) {
        boolean[] usage = anchor.getKeyUsage();
        return anchor.getBasicConstraints() >= 0 && (usage == null || usage[5]);
    }

    private List<X509Certificate> withoutAnchor(List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (anchors.contains(chain.get(i)) && isAuthority(chain.get(i))) {
                return chain.subList(0, i);
            }
        }
        return chain;
    }

    private void requirePath(List<X509Certificate> path, long at, int layer, Checks checks) {
        X509Certificate last = path.get(path.size() - 1);
        X509Certificate anchor = anchors.stream()
                .filter(each -> each.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                .filter(each -> signs(each, last))
                .findFirst()
                .orElse(null);
        checks.require(Check.PATH_TO_ANCHOR, anchor != null, layer);
        if (anchor != null) {
            checks.require(Check.PINNED_ISSUES_NOTHING, isAuthority(anchor), layer);
            boolean bounded = at > to(anchor)
                    || (anchor.getBasicConstraints() >= 0 && below(path) > anchor.getBasicConstraints());
            checks.unlessFollowed(Check.ANCHOR_NAME_AND_KEY, bounded, layer);
        }
        for (int i = path.size() - 1; i >= 0; i--) {
            X509Certificate each = path.get(i);
            if (i > 0) {
                requireIssuer(each, path.subList(0, i), at, layer, checks);
            } else {
                checks.atLeast(Check.VALID_FROM, at, from(each), layer);
                checks.atMost(Check.VALID_TO, at, to(each), layer);
            }
            requireExtensions(each, layer, checks);
            if (i + 1 < path.size()) {
                X509Certificate issuer = path.get(i + 1);
                checks.require(
                        Check.PATH_ISSUER,
                        each.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()),
                        layer);
                checks.require(Check.PATH_SIGNATURE, signs(issuer, each), layer);
            }
        }
    }

    /** Intermediates of a path, those that issued themselves left out. */
    private static int below(List<X509Certificate> path) {
        return (int) path.stream()
                .skip(1)
                .filter(each -> !each.getSubjectX500Principal().equals(each.getIssuerX500Principal()))
                .count();
    }

    private static void requireIssuer(
            X509Certificate issuer, List<X509Certificate> issued, long at, int layer, Checks checks) {
        checks.atLeast(Check.INTERMEDIATE_FROM, at, from(issuer), layer);
        checks.atMost(Check.INTERMEDIATE_TO, at, to(issuer), layer);
        boolean authority = issuer.getBasicConstraints() >= 0;
        checks.require(Check.INTERMEDIATE_CA, authority, layer);
        boolean[] usage = issuer.getKeyUsage();
        checks.require(Check.INTERMEDIATE_CERT_SIGN, usage == null || usage[5], layer);
        if (authority) {
            checks.require(Check.PATH_LENGTH, below(issued) <= issuer.getBasicConstraints(), layer);
        }
        byte[] constraints = issuer.getExtensionValue(NAME_CONSTRAINTS);
        if (constraints != null) {
            NameConstraints names = NameConstraints.getInstance(
                    ASN1OctetString.getInstance(constraints).getOctets());
            checks.require(Check.NAME_CONSTRAINTS, issued.stream().noneMatch(each -> isExcluded(each, names)), layer);
        }
        byte[] policies = issuer.getExtensionValue(POLICY_CONSTRAINTS);
        checks.require(
                Check.EXPLICIT_POLICY, policies == null || issued.get(0).getExtensionValue(POLICIES) != null, layer);
    }

    /** Of name constraints the directory names; the vectors have no others. */
    private static boolean isExcluded(X509Certificate certificate, NameConstraints names) {
        GeneralSubtree[] excluded = names.getExcludedSubtrees();
        GeneralSubtree[] permitted = names.getPermittedSubtrees();
        return (excluded != null && Arrays.stream(excluded).anyMatch(tree -> isIn(certificate, tree)))
                || (permitted != null && Arrays.stream(permitted).noneMatch(tree -> isIn(certificate, tree)));
    }

    private static boolean isIn(X509Certificate certificate, GeneralSubtree tree) {
        if (tree.getBase().getTagNo() != GeneralName.directoryName) {
            throw new IllegalStateException("a name constraint of a kind that the vectors do not have");
        }
        List<?> subject = rdns(certificate.getSubjectX500Principal().getEncoded());
        List<?> base = rdns(encoded(X500Name.getInstance(tree.getBase().getName())));
        return subject.size() >= base.size() && subject.subList(0, base.size()).equals(base);
    }

    private static byte[] encoded(X500Name name) {
        try {
            return name.getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<?> rdns(byte[] name) {
        return Arrays.asList(ASN1Sequence.getInstance(name).toArray());
    }

    private static void requireExtensions(X509Certificate certificate, int layer, Checks checks) {
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical == null) {
            return;
        }
        checks.require(Check.CRITICAL_EXTENSION, KNOWN_EXTENSIONS.containsAll(critical), layer);
        checks.unlessFollowed(Check.EXTENDED_KEY_USAGE, critical.contains(EXTENDED_KEY_USAGE), layer);
    }

    private static boolean signs(X509Certificate issuer, X509Certificate issued) {
        try {
            issued.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static long from(X509Certificate certificate) {
        return certificate.getNotBefore().getTime();
    }

    private static long to(X509Certificate certificate) {
        return certificate.getNotAfter().getTime();
    }

    // --- What the certificate is for

    private static void requireMeantForServices(X509Certificate certificate, int layer, Checks checks) {
        checks.require(Check.NO_AUTHORITY, certificate.getBasicConstraints() < 0, layer);
        checks.require(Check.SUITE_KEYS, suiteOf(certificate) != 0, layer);
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null) {
            checks.require(Check.DIGITAL_SIGNATURE, usage[0], layer);
            checks.require(Check.KEY_ENCIPHERMENT, usage[2] || suiteOf(certificate) != 1, layer);
        }
    }

    /** The suite a certificate's keys are for, 0 if for none. */
    static int suiteOf(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        String algorithm = SubjectPublicKeyInfo.getInstance(key.getEncoded())
                .getAlgorithm()
                .getAlgorithm()
                .getId();
        if (algorithm.equals(ED25519) && agreementKey(certificate) != null) {
            return 2;
        }
        return algorithm.equals(RSA) ? 1 : 0;
    }
}
