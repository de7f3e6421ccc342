package io.dialogsecurity.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of which any rule may be broken, one at a time. */
final class PathPki {

    static final ASN1ObjectIdentifier SECOND_KEY = new ASN1ObjectIdentifier(ReferenceTrust.SECOND_KEY);

    private static long lastSerial = 5000;

    private PathPki() {}

    /**
     * Somebody who issues certificates.
     *
     * @param path its own certificate, then those above it; without the root
     */
    record Authority(X500Name name, KeyPair key, X509Certificate certificate, List<X509Certificate> path) {

        /** A root of which this certificate, and its key, are kept. */
        static Authority root(X509Certificate certificate, KeyPair key) {
            X500Name name =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            return new Authority(name, key, certificate, List.of());
        }
    }

    /** A certificate in the making: right in everything, until it is changed. */
    static final class Making {
        private final X500Name subject;
        private final KeyPair key;
        private final KeyPair agreement;
        private final Map<ASN1ObjectIdentifier, Object[]> extensions = new LinkedHashMap<>();
        private Authority issuer;
        private X500Name issuerName;
        private PrivateKey issuerKey;
        private String algorithm;
        private BigInteger serial = BigInteger.valueOf(++lastSerial);
        private Instant from = VectorKeys.FROM;
        private Instant to = VectorKeys.TO;

        private Making(String subject, KeyPair key, KeyPair agreement) {
            this.subject = new X500Name(subject);
            this.key = key;
            this.agreement = agreement;
        }

        /** A service of suite 2. */
        static Making service(String subject) {
            KeyPair agreement = generate("X25519");
            return new Making(subject, generate("Ed25519"), agreement)
                    .with(Extension.basicConstraints, true, new BasicConstraints(false))
                    .usage(KeyUsage.digitalSignature)
                    .with(
                            SECOND_KEY,
                            false,
                            SubjectPublicKeyInfo.getInstance(
                                    agreement.getPublic().getEncoded()));
        }

        /** A service with an RSA key. */
        static Making service(String subject, KeyPair rsa) {
            return new Making(subject, rsa, null)
                    .with(Extension.basicConstraints, true, new BasicConstraints(false))
                    .usage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
        }

        static Making authority(String subject) {
            return authority(subject, generate("EC", new ECGenParameterSpec("secp256r1")));
        }

        static Making authority(String subject, KeyPair key) {
            return new Making(subject, key, null)
                    .with(Extension.basicConstraints, true, new BasicConstraints(true))
                    .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        }

        Making by(Authority authority) {
            issuer = authority;
            issuerName = authority.name();
            issuerKey = authority.key().getPrivate();
            return this;
        }

        /** In the issuer's name, but signed with this key. */
        Making signedWith(PrivateKey other) {
            issuerKey = other;
            return this;
        }

        Making algorithm(String name) {
            algorithm = name;
            return this;
        }

        Making valid(Instant begin, Instant end) {
            from = begin;
            to = end;
            return this;
        }

        Making serial(BigInteger number) {
            serial = number;
            return this;
        }

        Making with(ASN1ObjectIdentifier extension, boolean critical, ASN1Encodable value) {
            extensions.put(extension, new Object[] {critical, value});
            return this;
        }

        Making without(ASN1ObjectIdentifier extension) {
            extensions.remove(extension);
            return this;
        }

        Making usage(int bits) {
            return with(Extension.keyUsage, true, new KeyUsage(bits));
        }

        Making pathLength(int length) {
            return with(Extension.basicConstraints, true, new BasicConstraints(length));
        }

        X509Certificate certificate() {
            try {
                X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                        issuerName == null ? subject : issuerName,
                        serial,
                        Date.from(from),
                        Date.from(to),
                        subject,
                        SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
                for (var extension : extensions.entrySet()) {
                    builder.addExtension(extension.getKey(), (Boolean) extension.getValue()[0], (ASN1Encodable)
                            extension.getValue()[1]);
                }
                PrivateKey by = issuerKey == null ? key.getPrivate() : issuerKey;
                return new JcaX509CertificateConverter()
                        .getCertificate(builder.build(
                                new JcaContentSignerBuilder(algorithm == null ? algorithmOf(by) : algorithm)
                                        .setProvider(new BouncyCastleProvider())
                                        .build(by)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException | OperatorCreationException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String algorithmOf(PrivateKey key) {
            return switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC", "ECDSA" -> "SHA256withECDSA";
                default -> "Ed25519";
            };
        }

        private List<X509Certificate> path() {
            List<X509Certificate> path = new ArrayList<>(List.of(certificate()));
            path.addAll(issuer == null ? List.of() : issuer.path());
            return path;
        }

        VectorPki.Identity identity() {
            return new VectorPki.Identity(path(), key, agreement);
        }

        Authority issuing() {
            List<X509Certificate> path = path();
            return new Authority(subject, key, path.get(0), path);
        }
    }

    static KeyPair generate(String algorithm) {
        return generate(algorithm, null);
    }

    /** @param exponent public exponent */
    static KeyPair rsa(int bits, BigInteger exponent) {
        return generate("RSA", new RSAKeyGenParameterSpec(bits, exponent));
    }

    static KeyPair rsa(int bits) {
        return rsa(bits, RSAKeyGenParameterSpec.F4);
    }

    static KeyPair generate(String algorithm, AlgorithmParameterSpec parameters) {
        try {
            // Of Bouncy Castle only what the JDK does not know.
            KeyPairGenerator generator = parameters instanceof ECGenParameterSpec
                    ? KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider())
                    : KeyPairGenerator.getInstance(algorithm);
            if (parameters != null) {
                generator.initialize(parameters);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
