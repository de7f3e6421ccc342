package io.dialogsecurity.identity;

import static io.dialogsecurity.identity.TestPki.CURVES;
import static io.dialogsecurity.identity.TestPki.END;
import static io.dialogsecurity.identity.TestPki.ISSUING;
import static io.dialogsecurity.identity.TestPki.NOW;
import static io.dialogsecurity.identity.TestPki.ROOT;
import static io.dialogsecurity.identity.TestPki.RSA;
import static io.dialogsecurity.identity.TestPki.START;
import static io.dialogsecurity.identity.TestPki.WEAK_RSA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class TrustStoreTest {
    private static final IssuedIdentity DEEP = ISSUING.issue(new ServiceName("deep"), Suite.SUITE_2, START, END);

    private static TrustStore trusting(X509Certificate... anchors) {
        return TrustStore.of(List.of(anchors), List.of(), Set.of());
    }

    private static TrustStore trustingRootAnd(X509CRL... crls) {
        return TrustStore.of(List.of(ROOT.certificate()), List.of(crls), Set.of());
    }

    @Test
    void trustsWhatAnAnchorIssued() {
        TrustStore trust = trusting(ROOT.certificate());
        assertThat(trust.check(RSA.certificate(), NOW)).isEmpty();
        assertThat(trust.check(CURVES.certificate(), NOW)).isEmpty();
        assertThat(trust.check(DEEP.certificate(), NOW)).isEmpty();
    }

    @Test
    void trustsWhatAnIntermediateAnchorIssuedWhereverTheChainGoesOn() {
        assertThat(trusting(ISSUING.certificate()).check(DEEP.certificate(), NOW))
                .isEmpty();
        assertThat(trusting(ISSUING.certificate()).check(CURVES.certificate(), NOW))
                .contains(CertificateProblem.UNTRUSTED);
    }

    @Test
    void toleratesTheRootInTheChain() {
        ServiceCertificate withRoot = ServiceCertificate.of(
                List.of(DEEP.certificate().certificate(), ISSUING.certificate(), ROOT.certificate()));
        assertThat(trusting(ROOT.certificate()).check(withRoot, NOW)).isEmpty();
    }

    @Test
    void trustsNobodyElse() {
        CertificateAuthority impostor = CertificateAuthority.root("Test Root", START, END);
        ServiceCertificate forged = impostor.issue(new ServiceName("orders"), Suite.SUITE_2, START, END)
                .certificate();
        assertThat(trusting(ROOT.certificate()).check(forged, NOW)).contains(CertificateProblem.UNTRUSTED);
        assertThat(trusting().check(RSA.certificate(), NOW)).contains(CertificateProblem.UNTRUSTED);
        ServiceCertificate withoutIntermediate =
                ServiceCertificate.of(List.of(DEEP.certificate().certificate()));
        assertThat(trusting(ROOT.certificate()).check(withoutIntermediate, NOW)).contains(CertificateProblem.UNTRUSTED);
    }

    @Test
    void aServiceCannotIssueCertificates() throws Exception {
        KeyPair mallory = ed25519();
        KeyPair victim = ed25519();
        X509Certificate service = issue(rootSigner(), "CN=Own Root", "CN=mallory", mallory, START, END, false);
        X509Certificate forged =
                issue(new SignerOf("Ed25519", mallory), "CN=mallory", "CN=orders", victim, START, END, false);
        TrustStore trust = TrustStore.of(List.of(OWN_ROOT_CERTIFICATE), List.of(), Set.of());
        assertThat(trust.check(ServiceCertificate.of(List.of(forged, service)), NOW))
                .contains(CertificateProblem.UNTRUSTED);
    }

    @Test
    void aPinnedCertificateVouchesForItselfAlone() throws Exception {
        KeyPair pinned = rsa(3072);
        X509Certificate self =
                issue(new SignerOf("SHA256withRSA", pinned), "CN=pinned", "CN=pinned", pinned, START, END, false);
        KeyPair victim = ed25519();
        X509Certificate forged =
                issue(new SignerOf("SHA256withRSA", pinned), "CN=pinned", "CN=orders", victim, START, END, false);
        TrustStore trust = trusting(self);
        assertThat(trust.check(ServiceCertificate.of(List.of(self)), NOW)).isEmpty();
        assertThat(trust.check(ServiceCertificate.of(List.of(self)), END.plusSeconds(1)))
                .contains(CertificateProblem.EXPIRED);
        assertThat(trust.check(ServiceCertificate.of(List.of(self)), START.minusSeconds(1)))
                .contains(CertificateProblem.NOT_YET_VALID);
        assertThat(trust.check(ServiceCertificate.of(List.of(forged)), NOW)).contains(CertificateProblem.UNTRUSTED);
        assertThat(trust.check(ServiceCertificate.of(List.of(forged, self)), NOW))
                .contains(CertificateProblem.UNTRUSTED);
    }

    @Test
    void judgesValidityAtTheTimeAskedFor() {
        TrustStore trust = trusting(ROOT.certificate());
        assertThat(trust.check(CURVES.certificate(), START)).isEmpty();
        assertThat(trust.check(CURVES.certificate(), END)).isEmpty();
        assertThat(trust.check(CURVES.certificate(), END.plusSeconds(1))).contains(CertificateProblem.EXPIRED);
        assertThat(trust.check(CURVES.certificate(), START.minusSeconds(1))).contains(CertificateProblem.NOT_YET_VALID);
    }

    @Test
    void judgesTheValidityOfIntermediatesToo() {
        CertificateAuthority shortLived = ROOT.intermediate("Short", START, NOW.minus(Duration.ofDays(1)));
        ServiceCertificate outlives = shortLived
                .issue(new ServiceName("outlives"), Suite.SUITE_2, START, END)
                .certificate();
        assertThat(trusting(ROOT.certificate()).check(outlives, NOW)).contains(CertificateProblem.EXPIRED);
    }

    @Test
    void revocationByList() {
        X509CRL crl = ROOT.revoke(List.of(CURVES.certificate().serial()), NOW, END);
        TrustStore trust = trustingRootAnd(crl);
        assertThat(trust.check(CURVES.certificate(), NOW)).contains(CertificateProblem.REVOKED);
        assertThat(trust.check(RSA.certificate(), NOW)).isEmpty();
    }

    @Test
    void revocationReachesBackAndOutlivesItsList() {
        X509CRL crl = ROOT.revoke(List.of(CURVES.certificate().serial()), NOW, NOW.plusSeconds(60));
        TrustStore trust = trustingRootAnd(crl);
        assertThat(trust.check(CURVES.certificate(), NOW.minus(Duration.ofDays(10))))
                .contains(CertificateProblem.REVOKED);
        assertThat(trust.check(CURVES.certificate(), NOW.plus(Duration.ofDays(10))))
                .contains(CertificateProblem.REVOKED);
        assertThat(trust.outdatedCrls(NOW)).isEmpty();
        assertThat(trust.outdatedCrls(NOW.plusSeconds(61))).containsExactly("CN=Test Root");
    }

    @Test
    void revocationWinsOverExpiry() {
        TrustStore trust =
                trustingRootAnd(ROOT.revoke(List.of(CURVES.certificate().serial()), NOW, END));
        assertThat(trust.check(CURVES.certificate(), END.plusSeconds(1))).contains(CertificateProblem.REVOKED);
    }

    @Test
    void revocationOfAnIntermediate() {
        TrustStore trust =
                trustingRootAnd(ROOT.revoke(List.of(ISSUING.certificate().getSerialNumber()), NOW, END));
        assertThat(trust.check(DEEP.certificate(), NOW)).contains(CertificateProblem.REVOKED);
    }

    @Test
    void revocationByAnIntermediate() {
        assertThat(trustingRootAnd(ISSUING.revoke(List.of(DEEP.certificate().serial()), NOW, END))
                        .check(DEEP.certificate(), NOW))
                .contains(CertificateProblem.REVOKED);
        assertThat(trustingRootAnd(ISSUING.revoke(List.of(), NOW, END)).check(DEEP.certificate(), NOW))
                .isEmpty();
    }

    @Test
    void aListThatIsNotItsIntermediatesOwnHidesNothing() {
        CertificateAuthority impostor = CertificateAuthority.root("Test Issuing", START, END);
        TrustStore trust = trustingRootAnd(impostor.revoke(List.of(), NOW, END));
        assertThat(trust.check(DEEP.certificate(), NOW)).contains(CertificateProblem.UNTRUSTED);
    }

    @Test
    void aListThatIsNotItsAnchorsOwnIsRefused() {
        CertificateAuthority impostor = CertificateAuthority.root("Test Root", START, END);
        X509CRL forged = impostor.revoke(List.of(), NOW, END);
        assertThatThrownBy(() -> trustingRootAnd(forged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the revocation list of CN=Test Root is not signed by the trust anchor of that name");
    }

    @Test
    void anIndirectListIsRefused() throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name("CN=Own Root"), Date.from(NOW));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, false, false, null, true, false));
        X509CRL indirect = new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(OWN_ROOT.getPrivate())));
        assertThatThrownBy(() -> trustingRootAnd(indirect))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the revocation list of CN=Own Root is indirect: it speaks for other authorities");
    }

    @Test
    void revocationByFingerprint() {
        String hex = CURVES.certificate().fingerprintHex();
        String colons = hex.toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        for (String form : List.of(hex, colons)) {
            TrustStore trust = TrustStore.of(List.of(ROOT.certificate()), List.of(), Set.of(form));
            assertThat(trust.check(CURVES.certificate(), NOW)).contains(CertificateProblem.REVOKED);
            assertThat(trust.check(RSA.certificate(), NOW)).isEmpty();
        }
        assertThatThrownBy(() -> TrustStore.of(List.of(), List.of(), Set.of("abc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'abc' is not a SHA-256 fingerprint of 64 hexadecimal digits");
    }

    @Test
    void weakKeys() throws Exception {
        assertThat(trusting(ROOT.certificate()).check(WEAK_RSA.certificate(), NOW))
                .contains(CertificateProblem.WEAK_KEY);
        KeyPair small = rsa(1024);
        X509Certificate weakAnchor =
                issue(new SignerOf("SHA256withRSA", small), "CN=Small", "CN=Small", small, START, END, true);
        assertThatThrownBy(() -> trusting(weakAnchor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the key of trust anchor CN=Small is too weak");
    }

    @Test
    void exponentsThatAreEvenOrTooLong() throws Exception {
        BigInteger modulus = ((RSAPublicKey) SERVICE_RSA.getPublic()).getModulus();
        for (BigInteger exponent : List.of(
                BigInteger.valueOf(4),
                BigInteger.valueOf(65_536),
                BigInteger.ONE.shiftLeft(64).add(BigInteger.ONE))) {
            KeyPair odd = new KeyPair(
                    KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)),
                    SERVICE_RSA.getPrivate());
            X509Certificate certificate = issue(rootSigner(), "CN=Own Root", "CN=orders", odd, START, END, false);
            assertThat(trusting(OWN_ROOT_CERTIFICATE).check(ServiceCertificate.of(List.of(certificate)), NOW))
                    .as(exponent.toString())
                    .contains(CertificateProblem.WEAK_KEY);
        }
    }

    @Test
    void weakSignatures() throws Exception {
        for (String algorithm : List.of("SHA1withECDSA", "SHA224withECDSA")) {
            X509Certificate certificate = issue(
                    new SignerOf(algorithm, OWN_ROOT), "CN=Own Root", "CN=orders", SERVICE_RSA, START, END, false);
            assertThat(trusting(OWN_ROOT_CERTIFICATE).check(ServiceCertificate.of(List.of(certificate)), NOW))
                    .contains(CertificateProblem.WEAK_KEY);
        }
        for (String algorithm : List.of("SHA256withRSAandMGF1", "SHA256withRSA", "SHA512withRSA")) {
            X509Certificate certificate = issue(
                    new SignerOf(algorithm, SERVICE_RSA), "CN=pinned", "CN=pinned", SERVICE_RSA, START, END, false);
            assertThat(trusting(certificate).check(ServiceCertificate.of(List.of(certificate)), NOW))
                    .isEmpty();
        }
        for (String algorithm : List.of("MD5withRSA", "SHA1withRSA", "SHA1withRSAandMGF1")) {
            X509Certificate certificate = issue(
                    new SignerOf(algorithm, SERVICE_RSA), "CN=pinned", "CN=pinned", SERVICE_RSA, START, END, false);
            assertThat(trusting(certificate).check(ServiceCertificate.of(List.of(certificate)), NOW))
                    .contains(CertificateProblem.WEAK_KEY);
        }
    }

    @Test
    void wrongUsage() throws Exception {
        assertThat(usage(new KeyUsage(KeyUsage.digitalSignature), false)).contains(CertificateProblem.WRONG_USAGE);
        assertThat(usage(new KeyUsage(KeyUsage.keyEncipherment), false)).contains(CertificateProblem.WRONG_USAGE);
        assertThat(usage(new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment), false))
                .isEmpty();
        assertThat(usage(null, false)).isEmpty();
        assertThat(usage(null, true)).contains(CertificateProblem.WRONG_USAGE);
        X509Certificate noSuite = issue(rootSigner(), "CN=Own Root", "CN=half", ed25519(), START, END, false);
        assertThat(trusting(OWN_ROOT_CERTIFICATE).check(ServiceCertificate.of(List.of(noSuite)), NOW))
                .contains(CertificateProblem.WRONG_USAGE);
    }

    @Test
    void anAuthorityIsNoService() {
        assertThat(trusting(ROOT.certificate()).check(ServiceCertificate.of(List.of(ROOT.certificate())), NOW))
                .isPresent();
        assertThat(trusting(ROOT.certificate()).check(ServiceCertificate.of(List.of(ISSUING.certificate())), NOW))
                .contains(CertificateProblem.WRONG_USAGE);
    }

    private static Optional<CertificateProblem> usage(KeyUsage usage, boolean authority) throws Exception {
        X509v3CertificateBuilder builder = builder("CN=Own Root", "CN=orders", SERVICE_RSA, START, END);
        if (usage != null) {
            builder.addExtension(Extension.keyUsage, true, usage);
        }
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        return trusting(OWN_ROOT_CERTIFICATE)
                .check(ServiceCertificate.of(List.of(rootSigner().sign(builder))), NOW);
    }

    // --- certificates that CertificateAuthority rightly does not make ---

    private static final KeyPair OWN_ROOT = ec();
    private static final KeyPair SERVICE_RSA = rsa(3072);
    private static final X509Certificate OWN_ROOT_CERTIFICATE = ownRoot();

    private record SignerOf(String algorithm, KeyPair issuer) {
        X509Certificate sign(X509v3CertificateBuilder builder) throws Exception {
            ContentSigner signer = algorithm.endsWith("andMGF1")
                    ? new PssSigner(algorithm, issuer)
                    : new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        }
    }

    /** Bouncy Castle's JCA signer asks for RSASSA-PSS under names only its own provider has. */
    private record PssSigner(String algorithm, KeyPair issuer, ByteArrayOutputStream content) implements ContentSigner {
        PssSigner(String algorithm, KeyPair issuer) {
            this(algorithm, issuer, new ByteArrayOutputStream());
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            try {
                AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
                parameters.init(getAlgorithmIdentifier()
                        .getParameters()
                        .toASN1Primitive()
                        .getEncoded());
                Signature signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
                signature.initSign(issuer.getPrivate());
                signature.update(content.toByteArray());
                return signature.sign();
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static SignerOf rootSigner() {
        return new SignerOf("SHA256withECDSA", OWN_ROOT);
    }

    private static X509Certificate ownRoot() {
        try {
            return issue(rootSigner(), "CN=Own Root", "CN=Own Root", OWN_ROOT, START, END, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509v3CertificateBuilder builder(
            String issuer, String subject, KeyPair subjectKeys, Instant from, Instant until) {
        return new X509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(7),
                Date.from(from),
                Date.from(until),
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded()));
    }

    private static X509Certificate issue(
            SignerOf signer,
            String issuer,
            String subject,
            KeyPair subjectKeys,
            Instant from,
            Instant until,
            boolean authority)
            throws Exception {
        X509v3CertificateBuilder builder = builder(issuer, subject, subjectKeys, from, until);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        return signer.sign(builder);
    }

    private static KeyPair ed25519() {
        return generate("Ed25519", 0);
    }

    private static KeyPair rsa(int bits) {
        return generate("RSA", bits);
    }

    private static KeyPair ec() {
        return generate("EC", 256);
    }

    private static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
