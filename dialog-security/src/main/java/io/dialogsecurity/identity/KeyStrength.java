package io.dialogsecurity.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Set;

/** Which keys and certificate signatures are strong enough; everything unknown is not. */
final class KeyStrength {
    /** Smallest RSA key of a service, in bits: 128-bit security, as suite 1 demands. */
    static final int MIN_SERVICE_RSA_BITS = 3072;

    /**
     * Smallest RSA key of a certificate authority, in bits. Lower than a service's because many
     * organisations still run 2048-bit authorities and cannot replace them for one product.
     */
    static final int MIN_AUTHORITY_RSA_BITS = 2048;

    /** Longest public exponent of an RSA key, in bits: a longer one only makes a verification expensive. */
    private static final int MAX_EXPONENT_BITS = 64;

    private static final int MIN_EC_BITS = 256;

    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    private static final Set<String> STRONG_DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

    private static final Set<String> STRONG_SIGNATURES = Set.of(
            "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
            "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
            "1.2.840.113549.1.1.13", // sha512WithRSAEncryption
            "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
            "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
            "1.2.840.10045.4.3.4", // ecdsa-with-SHA512
            "1.3.101.112", // Ed25519
            "1.3.101.113"); // Ed448

    private KeyStrength() {}

    static boolean strongForService(PublicKey key) {
        return key instanceof RSAPublicKey rsa ? strongRsa(rsa, MIN_SERVICE_RSA_BITS) : strongForAuthority(key);
    }

    static boolean strongForAuthority(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return strongRsa(rsa, MIN_AUTHORITY_RSA_BITS);
        }
        if (key instanceof ECPublicKey ec) {
            return ec.getParams().getCurve().getField().getFieldSize() >= MIN_EC_BITS;
        }
        return Set.of("EdDSA", "Ed25519", "Ed448").contains(key.getAlgorithm());
    }

    /** With the exponent 1 everybody can sign; an even one has no private key. */
    private static boolean strongRsa(RSAPublicKey key, int minBits) {
        BigInteger exponent = key.getPublicExponent();
        return key.getModulus().bitLength() >= minBits
                && exponent.testBit(0)
                && exponent.compareTo(BigInteger.ONE) > 0
                && exponent.bitLength() <= MAX_EXPONENT_BITS;
    }

    static boolean stronglySigned(X509Certificate certificate) {
        return strongSignature(certificate.getSigAlgOID(), certificate.getSigAlgParams());
    }

    static boolean strongSignature(String algorithm, byte[] parameters) {
        if (algorithm.equals(RSASSA_PSS)) {
            return parameters != null && strongPss(parameters);
        }
        return STRONG_SIGNATURES.contains(algorithm);
    }

    private static boolean strongPss(byte[] parameters) {
        try {
            AlgorithmParameters decoded = AlgorithmParameters.getInstance("RSASSA-PSS");
            decoded.init(parameters);
            PSSParameterSpec pss = decoded.getParameterSpec(PSSParameterSpec.class);
            return STRONG_DIGESTS.contains(pss.getDigestAlgorithm())
                    && pss.getMGFParameters() instanceof MGF1ParameterSpec mgf1
                    && STRONG_DIGESTS.contains(mgf1.getDigestAlgorithm());
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }
}
