package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A small certificate authority for demonstrations and tests: it issues service certificates for both suites, has
 * intermediates, and revokes. Its own key is ECDSA P-256, which keeps certificates small. It keeps no register of what
 * it issued and is no substitute for an organisation's PKI. Thread-safe.
 */
public final class CertificateAuthority {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final String KEY_ALIAS = "authority";

    /** Random bits of a serial number: not guessable, positive, and within the 20 bytes RFC 5280 allows. */
    private static final int SERIAL_BITS = 159;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final PrivateKey key;

    /** Its own certificate first, then the issuers up to the root, which is the last one. */
    private final List<X509Certificate> chain;

    private CertificateAuthority(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    /** A new root authority. Times are cut to whole seconds, as X.509 has them. */
    public static CertificateAuthority root(String name, Instant notBefore, Instant notAfter) {
        KeyPair pair = generate("EC", new ECGenParameterSpec("secp256r1"));
        X500Name self = distinguishedName(name);
        X509Certificate certificate = sign(
                authority(certificate(self, self, pair.getPublic(), notBefore, notAfter), pair.getPublic(), null),
                pair.getPrivate());
        return new CertificateAuthority(pair.getPrivate(), List.of(certificate));
    }

    /** A new authority whose certificate this one issues. */
    public CertificateAuthority intermediate(String name, Instant notBefore, Instant notAfter) {
        KeyPair pair = generate("EC", new ECGenParameterSpec("secp256r1"));
        X509v3CertificateBuilder request =
                certificate(issuerName(), distinguishedName(name), pair.getPublic(), notBefore, notAfter);
        List<X509Certificate> path = new ArrayList<>();
        path.add(sign(authority(request, pair.getPublic(), certificate().getPublicKey()), key));
        path.addAll(chain);
        return new CertificateAuthority(pair.getPrivate(), path);
    }

    /**
     * A new identity for a service: RSA with 3072 bits for suite 1, Ed25519 and X25519 for suite 2. Making an RSA key
     * takes a good part of a second.
     */
    public IssuedIdentity issue(ServiceName name, Suite suite, Instant notBefore, Instant notAfter) {
        return switch (suite) {
            case SUITE_1 -> issueRsa(name, KeyStrength.MIN_SERVICE_RSA_BITS, notBefore, notAfter);
            case SUITE_2 -> issueCurves(name, notBefore, notAfter);
        };
    }

    /** With any key size: tests need identities that are too weak. */
    IssuedIdentity issueRsa(ServiceName name, int bits, Instant notBefore, Instant notAfter) {
        KeyPair pair = generateRsa(bits);
        X509v3CertificateBuilder request =
                certificate(issuerName(), distinguishedName(name.value()), pair.getPublic(), notBefore, notAfter);
        service(request, pair.getPublic(), KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
        return issued(sign(request, key), pair.getPrivate(), null);
    }

    private IssuedIdentity issueCurves(ServiceName name, Instant notBefore, Instant notAfter) {
        KeyPair signing = generate("Ed25519", null);
        KeyPair agreement = generate("X25519", null);
        X509v3CertificateBuilder request =
                certificate(issuerName(), distinguishedName(name.value()), signing.getPublic(), notBefore, notAfter);
        // RFC 8410 allows an Ed25519 certificate no keyAgreement; the second key's use is its extension's business.
        service(request, signing.getPublic(), KeyUsage.digitalSignature);
        extend(
                request,
                new ASN1ObjectIdentifier(ServiceCertificate.SUBJECT_ALT_PUBLIC_KEY_INFO),
                false,
                SubjectPublicKeyInfo.getInstance(agreement.getPublic().getEncoded()));
        return issued(sign(request, key), signing.getPrivate(), agreement.getPrivate());
    }

    private IssuedIdentity issued(X509Certificate leaf, PrivateKey signing, PrivateKey agreement) {
        List<X509Certificate> path = new ArrayList<>();
        path.add(leaf);
        path.addAll(chain.subList(0, chain.size() - 1));
        return new IssuedIdentity(ServiceCertificate.of(path), signing, agreement);
    }

    /**
     * A revocation list of this authority.
     *
     * @param serials of the certificates it issued and revokes, as of {@code thisUpdate}
     */
    public X509CRL revoke(Collection<BigInteger> serials, Instant thisUpdate, Instant nextUpdate) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(issuerName(), Date.from(thisUpdate));
        builder.setNextUpdate(Date.from(nextUpdate));
        serials.forEach(serial -> builder.addCRLEntry(serial, Date.from(thisUpdate), CRLReason.keyCompromise));
        try {
            X509CRLHolder holder = builder.build(signer(key));
            return new JcaX509CRLConverter().getCRL(holder);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a list just signed can be read", e);
        }
    }

    /** Its certificate: the trust anchor, if this is a root. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Writes its certificate as PEM, for other people's trust. */
    public void writeCertificate(Path pem) throws IOException {
        IdentityFiles.writePublic(pem, IdentityFiles.pem("CERTIFICATE", encoded(certificate())));
    }

    /** Writes one of its revocation lists as PEM. */
    public static void writeCrl(Path pem, X509CRL crl) throws IOException {
        try {
            IdentityFiles.writePublic(pem, IdentityFiles.pem("X509 CRL", crl.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a revocation list has an encoding", e);
        }
    }

    /** Writes the authority with its private key as PKCS#12, for {@link #load}. Only this user may read the file. */
    public void write(Path pkcs12, char[] password) throws IOException {
        KeyStore store = IdentityFiles.newKeyStore();
        IdentityFiles.addKey(store, KEY_ALIAS, key, password, chain);
        IdentityFiles.writeKeyStore(pkcs12, store, password);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IdentityException if the file is missing, damaged, no authority's, or the password is wrong
     */
    public static CertificateAuthority load(Path pkcs12, char[] password) {
        KeyStore store = IdentityLoader.openKeyStore(pkcs12, password);
        try {
            if (!(store.getKey(KEY_ALIAS, password) instanceof PrivateKey key)) {
                throw new IdentityException(
                        pkcs12, "has no key entry '" + KEY_ALIAS + "'", "give the file the authority was written to");
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(KEY_ALIAS)) {
                chain.add((X509Certificate) certificate);
            }
            return new CertificateAuthority(key, chain);
        } catch (GeneralSecurityException e) {
            throw IdentityLoader.wrongPassword(pkcs12, password, e);
        }
    }

    private X500Name issuerName() {
        return X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
    }

    private static X500Name distinguishedName(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static X509v3CertificateBuilder certificate(
            X500Name issuer, X500Name subject, PublicKey subjectKey, Instant notBefore, Instant notAfter) {
        return new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, RANDOM).setBit(0),
                Date.from(notBefore),
                Date.from(notAfter),
                subject,
                SubjectPublicKeyInfo.getInstance(subjectKey.getEncoded()));
    }

    private static X509v3CertificateBuilder authority(
            X509v3CertificateBuilder request, PublicKey subjectKey, PublicKey issuerKeyOrNull) {
        extend(request, Extension.basicConstraints, true, new BasicConstraints(true));
        extend(request, Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        identifyKeys(request, subjectKey, issuerKeyOrNull);
        return request;
    }

    private void service(X509v3CertificateBuilder request, PublicKey subjectKey, int usage) {
        extend(request, Extension.basicConstraints, true, new BasicConstraints(false));
        extend(request, Extension.keyUsage, true, new KeyUsage(usage));
        identifyKeys(request, subjectKey, certificate().getPublicKey());
    }

    private static void identifyKeys(
            X509v3CertificateBuilder request, PublicKey subjectKey, PublicKey issuerKeyOrNull) {
        try {
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            extend(request, Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(subjectKey));
            if (issuerKeyOrNull != null) {
                extend(
                        request,
                        Extension.authorityKeyIdentifier,
                        false,
                        utils.createAuthorityKeyIdentifier(issuerKeyOrNull));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-1, which names keys here", e);
        }
    }

    private static void extend(
            X509v3CertificateBuilder request, ASN1ObjectIdentifier extension, boolean critical, ASN1Encodable value) {
        try {
            request.addExtension(extension, critical, value);
        } catch (CertIOException e) {
            throw new IllegalStateException("an extension made here can be encoded", e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder request, PrivateKey issuerKey) {
        try {
            return new JcaX509CertificateConverter().getCertificate(request.build(signer(issuerKey)));
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate just signed can be read", e);
        }
    }

    private static ContentSigner signer(PrivateKey issuerKey) {
        try {
            return new JcaContentSignerBuilder(SIGNATURE).build(issuerKey);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("every Java platform signs with ECDSA", e);
        }
    }

    private static KeyPair generateRsa(int bits) {
        return generate("RSA", new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4));
    }

    private static KeyPair generate(String algorithm, AlgorithmParameterSpec parametersOrNull) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (parametersOrNull != null) {
                generator.initialize(parametersOrNull, RANDOM);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform makes " + algorithm + " keys", e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate has an encoding", e);
        }
    }
}
