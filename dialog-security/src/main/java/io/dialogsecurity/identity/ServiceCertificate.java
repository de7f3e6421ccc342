package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The certificate of a service with the intermediates that lead to, but do not include, a trust
 * anchor. Immutable and thread-safe. Parsing says nothing about trust: that is {@link TrustStore}'s.
 *
 * <p>The service's name is the subject's one CN. For suite 2 the certificate carries two public
 * keys: the Ed25519 key it is about, and an X25519 key in the standard extension
 * subjectAltPublicKeyInfo.
 */
public final class ServiceCertificate {
    /** X.509 extension subjectAltPublicKeyInfo: a second public key of the same subject. */
    static final String SUBJECT_ALT_PUBLIC_KEY_INFO = "2.5.29.72";

    /** Longest accepted chain, leaf included; deeper PKIs are unheard of, longer paths cost time. */
    static final int MAX_CHAIN = 6;

    /** Largest accepted certificate in bytes: ten times what a service certificate needs. */
    static final int MAX_CERTIFICATE_BYTES = 16 * 1024;

    private static final int X25519_KEY_BYTES = 32;

    private final List<X509Certificate> chain;
    private final List<byte[]> encoded;
    private final ServiceName serviceName;
    private final byte[] fingerprint;
    private final ASN1ObjectIdentifier keyAlgorithm;
    private final byte[] agreementKey;
    private final Set<Suite> suites;
    private final Instant notBefore;
    private final Instant notAfter;

    private ServiceCertificate(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a service certificate needs at least its own certificate");
        }
        if (chain.size() > MAX_CHAIN) {
            throw new IllegalArgumentException(
                    "the chain has " + chain.size() + " certificates, more than " + MAX_CHAIN);
        }
        this.chain = List.copyOf(chain);
        this.encoded = encode(this.chain);
        this.serviceName = commonName(certificate());
        this.fingerprint = sha256(encoded.get(0));
        this.keyAlgorithm = SubjectPublicKeyInfo.getInstance(
                        certificate().getPublicKey().getEncoded())
                .getAlgorithm()
                .getAlgorithm();
        this.agreementKey = readAgreementKey(certificate());
        this.suites = suitesOf(keyAlgorithm, agreementKey);
        // Asked of every message, and costly to ask of the JDK's certificates.
        this.notBefore = certificate().getNotBefore().toInstant();
        this.notAfter = certificate().getNotAfter().toInstant();
    }

    /**
     * A service certificate from its chain, leaf first, without the root.
     *
     * @throws IllegalArgumentException if the chain is empty or too long, the leaf names no service
     *     or more than one, or its second public key is malformed
     */
    public static ServiceCertificate of(List<X509Certificate> chain) {
        return new ServiceCertificate(chain);
    }

    /**
     * A service certificate from the DER of its chain, leaf first, as it stands in an envelope. Each
     * element must be exactly one certificate: trailing bytes and PEM are refused.
     */
    public static ServiceCertificate parse(List<byte[]> derChain) throws CertificateException {
        if (derChain.isEmpty() || derChain.size() > MAX_CHAIN) {
            throw new CertificateException("a chain has 1 to " + MAX_CHAIN + " certificates");
        }
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>(derChain.size());
        for (byte[] der : derChain) {
            if (der.length > MAX_CERTIFICATE_BYTES) {
                throw new CertificateException("a certificate is larger than " + MAX_CERTIFICATE_BYTES + " bytes");
            }
            chain.add(parseOne(factory, der));
        }
        try {
            return new ServiceCertificate(chain);
        } catch (RuntimeException e) {
            // Bouncy Castle's ASN.1 reports damage with runtime exceptions of several kinds.
            throw new CertificateException("no service's certificate: " + e.getMessage(), e);
        }
    }

    private static X509Certificate parseOne(CertificateFactory factory, byte[] der) throws CertificateException {
        X509Certificate certificate;
        try {
            certificate = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (RuntimeException e) {
            throw new CertificateException("not an X.509 certificate", e);
        }
        // The factory also reads PEM and stops at the end of the first certificate.
        if (certificate == null || !Arrays.equals(der, certificate.getEncoded())) {
            throw new CertificateException("not exactly one DER certificate");
        }
        return certificate;
    }

    /** The service the certificate speaks for: its subject's CN. */
    public ServiceName serviceName() {
        return serviceName;
    }

    /** The service's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** The service's own certificate, then the intermediates, towards the root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The DER of {@link #chain()}; fresh copies. */
    public List<byte[]> encodedChain() {
        return encoded.stream().map(byte[]::clone).toList();
    }

    /** The issuer's distinguished name in RFC 2253 form. */
    public String issuer() {
        return certificate().getIssuerX500Principal().getName();
    }

    /** The serial number the issuer gave it. */
    public BigInteger serial() {
        return certificate().getSerialNumber();
    }

    /** First instant of its validity. */
    public Instant notBefore() {
        return notBefore;
    }

    /** Last instant of its validity. */
    public Instant notAfter() {
        return notAfter;
    }

    /** Whether the service's own certificate is within its validity at {@code at}; nothing more. */
    public boolean validAt(Instant at) {
        return !at.isBefore(notBefore()) && !at.isAfter(notAfter());
    }

    /** SHA-256 of the service's own certificate in DER, 32 bytes; a fresh copy. */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** The public key that verifies the service's signatures (and, for RSA, wraps keys to it). */
    public PublicKey publicKey() {
        return certificate().getPublicKey();
    }

    /** The X25519 public key that keys are wrapped to in suite 2, 32 bytes; a fresh copy. */
    public Optional<byte[]> agreementKey() {
        return Optional.ofNullable(agreementKey).map(byte[]::clone);
    }

    /** The suites the public keys fit; empty if the certificate cannot be used for any. */
    public Set<Suite> suites() {
        return suites;
    }

    boolean isRsa() {
        return keyAlgorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
    }

    boolean isEd25519() {
        return keyAlgorithm.equals(EdECObjectIdentifiers.id_Ed25519);
    }

    /** {@link #fingerprint()} as 64 lower-case hexadecimal digits. */
    public String fingerprintHex() {
        return HexFormat.of().formatHex(fingerprint);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServiceCertificate that && chain.equals(that.chain);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fingerprint);
    }

    @Override
    public String toString() {
        return "certificate of " + serviceName.value() + " (sha-256 " + fingerprintHex() + ")";
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static List<byte[]> encode(List<X509Certificate> chain) {
        List<byte[]> encoded = new ArrayList<>(chain.size());
        for (X509Certificate certificate : chain) {
            try {
                encoded.add(certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("a certificate of the chain has no encoding", e);
            }
        }
        return Collections.unmodifiableList(encoded);
    }

    /** Two names in one certificate would let it speak for whichever the reader happens to pick. */
    private static ServiceName commonName(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        List<String> names = new ArrayList<>();
        for (RDN rdn : subject.getRDNs(BCStyle.CN)) {
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                if (attribute.getType().equals(BCStyle.CN) && attribute.getValue() instanceof ASN1String name) {
                    names.add(name.getString());
                }
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("the certificate's subject has no CN, which names the service");
        }
        if (names.size() > 1) {
            throw new IllegalArgumentException("the certificate's subject has more than one CN");
        }
        return new ServiceName(names.get(0));
    }

    private static byte[] readAgreementKey(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SUBJECT_ALT_PUBLIC_KEY_INFO);
        if (extension == null) {
            return null;
        }
        byte[] key;
        try {
            SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(
                    ASN1OctetString.getInstance(extension).getOctets());
            if (!info.getAlgorithm().getAlgorithm().equals(EdECObjectIdentifiers.id_X25519)) {
                return null;
            }
            key = info.getPublicKeyData().getOctets();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the certificate's subjectAltPublicKeyInfo is malformed", e);
        }
        if (key.length != X25519_KEY_BYTES) {
            throw new IllegalArgumentException("the certificate's X25519 key has " + key.length + " bytes");
        }
        return key;
    }

    private static Set<Suite> suitesOf(ASN1ObjectIdentifier keyAlgorithm, byte[] agreementKey) {
        if (keyAlgorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return Set.of(Suite.SUITE_1);
        }
        if (keyAlgorithm.equals(EdECObjectIdentifiers.id_Ed25519) && agreementKey != null) {
            return Set.of(Suite.SUITE_2);
        }
        return Set.of();
    }
}
