package io.dialogsecurity.vectors;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys and certificates of the vectors, sound and unsound ones, as PEM files. */
final class VectorPki {

    /** X.509 extension subjectAltPublicKeyInfo. */
    private static final ASN1ObjectIdentifier SECOND_KEY = new ASN1ObjectIdentifier("2.5.29.72");

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

    /**
     * A service with its keys.
     *
     * @param certificates its own, then intermediates
     * @param agreement X25519, suite 2 only
     */
    record Identity(List<X509Certificate> certificates, KeyPair signing, KeyPair agreement) {

        X509Certificate certificate() {
            return certificates.get(0);
        }

        int suite() {
            return agreement == null ? 1 : 2;
        }

        byte[] fingerprint() {
            return ReferenceCrypto.sha256(VectorPki.encoded(certificate()));
        }
    }

    private final KeyPair key;
    private final X509Certificate certificate;
    private final List<X509Certificate> above;
    private long serial = 1000;

    private VectorPki(KeyPair key, X509Certificate certificate, List<X509Certificate> above) {
        this.key = key;
        this.certificate = certificate;
        this.above = above;
    }

    static VectorPki root(String name, Instant from, Instant to) {
        KeyPair key = generate("EC", 256);
        return new VectorPki(key, authority(name, key.getPublic(), name, key.getPrivate(), from, to), List.of());
    }

    VectorPki intermediate(String name, Instant from, Instant to) {
        KeyPair child = generate("EC", 256);
        X509Certificate issued = authority(name, child.getPublic(), subject(), key.getPrivate(), from, to);
        List<X509Certificate> path = new ArrayList<>(List.of(issued));
        path.addAll(above);
        return new VectorPki(child, issued, path);
    }

    X509Certificate certificate() {
        return certificate;
    }

    Identity issue(String service, int suite, Instant from, Instant to) {
        return suite == 1
                ? issue(
                        service,
                        generate("RSA", 3072),
                        null,
                        from,
                        to,
                        KeyUsage.digitalSignature | KeyUsage.keyEncipherment)
                : issue(service, generate("Ed25519", 0), generate("X25519", 0), from, to, KeyUsage.digitalSignature);
    }

    /** With a key that is too short. */
    Identity issueWeak(String service, Instant from, Instant to) {
        return issue(
                service, generate("RSA", 2048), null, from, to, KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
    }

    /** With a usage that is not a service's. */
    Identity issueMisused(String service, Instant from, Instant to) {
        return issue(service, generate("Ed25519", 0), generate("X25519", 0), from, to, KeyUsage.cRLSign);
    }

    private Identity issue(String service, KeyPair signing, KeyPair agreement, Instant from, Instant to, int usage) {
        try {
            X509v3CertificateBuilder builder = builder(service, signing.getPublic(), subject(), ++serial, from, to);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            if (agreement != null) {
                builder.addExtension(
                        SECOND_KEY,
                        false,
                        SubjectPublicKeyInfo.getInstance(agreement.getPublic().getEncoded()));
            }
            List<X509Certificate> path = new ArrayList<>();
            path.add(sign(builder, key.getPrivate()));
            path.addAll(above);
            return new Identity(path, signing, agreement);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A revocation list, as PEM. */
    String revoke(List<Identity> revoked, Instant at, Instant next) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name(subject()), Date.from(at));
        builder.setNextUpdate(Date.from(next));
        revoked.forEach(identity ->
                builder.addCRLEntry(identity.certificate().getSerialNumber(), Date.from(at), CRLReason.keyCompromise));
        try {
            return pem("X509 CRL", builder.build(signer(key.getPrivate())).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A revocation list with one entry, as PEM. */
    static String revocationList(
            X500Name issuer, PrivateKey key, BigInteger serial, Instant at, Instant next, int reason) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(issuer, Date.from(at.isBefore(next) ? at : next));
        builder.setNextUpdate(Date.from(next));
        builder.addCRLEntry(serial, Date.from(at), reason);
        try {
            return pem("X509 CRL", builder.build(signer(key)).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String subject() {
        return certificate.getSubjectX500Principal().getName();
    }

    private static X509Certificate authority(
            String name, PublicKey subjectKey, String issuer, PrivateKey issuerKey, Instant from, Instant to) {
        String distinguished = name.startsWith("CN=") ? name : "CN=" + name;
        try {
            X509v3CertificateBuilder builder = builder(
                    distinguished.substring(3),
                    subjectKey,
                    issuer.startsWith("CN=") ? issuer : "CN=" + issuer,
                    1,
                    from,
                    to);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return sign(builder, issuerKey);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509v3CertificateBuilder builder(
            String commonName, PublicKey subjectKey, String issuer, long serial, Instant from, Instant to) {
        return new X509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(serial),
                Date.from(from),
                Date.from(to),
                new X500Name("CN=" + commonName),
                SubjectPublicKeyInfo.getInstance(subjectKey.getEncoded()));
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(key)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ContentSigner signer(PrivateKey key) {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
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

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- Files

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    static String certificatesPem(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        certificates.forEach(each -> text.append(pem("CERTIFICATE", encoded(each))));
        return text.toString();
    }

    /** Certificate, intermediates, then the private keys: Ed25519 or RSA, and in suite 2 X25519. */
    static String identityPem(Identity identity) {
        String text = certificatesPem(identity.certificates())
                + pem("PRIVATE KEY", identity.signing().getPrivate().getEncoded());
        return identity.agreement() == null
                ? text
                : text + pem("PRIVATE KEY", identity.agreement().getPrivate().getEncoded());
    }

    static String privateKeyPem(PrivateKey key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    static PrivateKey readPrivateKey(String algorithm, Path file) {
        List<byte[]> keys = new ArrayList<>();
        read(file, new ArrayList<>(), keys);
        try {
            return privateKey(algorithm, keys.get(0));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    /** All certificates of a file. */
    static List<X509Certificate> readCertificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        read(file, certificates, new ArrayList<>());
        return certificates;
    }

    private static void read(Path file, List<X509Certificate> certificates, List<byte[]> others) {
        try {
            Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            while (blocks.find()) {
                byte[] der = Base64.getMimeDecoder().decode(blocks.group(2));
                if (blocks.group(1).equals("CERTIFICATE")) {
                    certificates.add((X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
                } else {
                    others.add(der);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    /** Reads what {@link #identityPem} wrote. */
    static Identity readIdentity(Path file) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            List<byte[]> keys = new ArrayList<>();
            read(file, certificates, keys);
            X509Certificate own = certificates.get(0);
            String algorithm = own.getPublicKey().getAlgorithm();
            KeyPair signing = new KeyPair(own.getPublicKey(), privateKey(algorithm, keys.get(0)));
            KeyPair agreement = keys.size() < 2 ? null : ReferenceCrypto.agreement(privateKey("X25519", keys.get(1)));
            return new Identity(certificates, signing, agreement);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    private static PrivateKey privateKey(String algorithm, byte[] der) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
