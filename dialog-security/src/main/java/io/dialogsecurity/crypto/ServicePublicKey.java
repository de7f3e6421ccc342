package io.dialogsecurity.crypto;

import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Objects;

/** The public half of a service's key, as verbs. Immutable and thread-safe. */
public final class ServicePublicKey {

    private final PublicKey rsa;
    private final byte[] ed25519;
    private final byte[] x25519;

    private ServicePublicKey(PublicKey rsa, byte[] ed25519, byte[] x25519) {
        this.rsa = rsa;
        this.ed25519 = ed25519;
        this.x25519 = x25519;
    }

    /**
     * The key of a certificate.
     *
     * @param certified the certificate's public key: RSA, or Ed25519
     * @param agreementKey raw X25519 public key, 32 bytes, or null for RSA
     */
    public static ServicePublicKey of(PublicKey certified, byte[] agreementKey) {
        if (certified instanceof RSAPublicKey) {
            return new ServicePublicKey(certified, null, null);
        }
        // The last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key itself (RFC 8410, section 4).
        byte[] encoded = certified.getEncoded();
        return new ServicePublicKey(
                null,
                Arrays.copyOfRange(encoded, encoded.length - CurvePrimitives.KEY_BYTES, encoded.length),
                agreementKey == null ? null : agreementKey.clone());
    }

    /** Whether this key can serve the suite. */
    public boolean supports(Suite suite) {
        return switch (suite) {
            case SUITE_1 -> rsa != null;
            case SUITE_2 -> ed25519 != null && x25519 != null;
        };
    }

    /** Whether the signature is this key's over the message; false for anything else, a foreign suite included. */
    public boolean verify(Suite suite, byte[] message, byte[] signature) {
        return switch (suite) {
            case SUITE_1 -> rsa != null && RsaPrimitives.verify(rsa, message, signature);
            case SUITE_2 -> ed25519 != null && CurvePrimitives.verify(ed25519, message, signature);
        };
    }

    /**
     * Wraps a secret so that only the private half unwraps it.
     *
     * @param info the context; HPKE's {@code info} in suite 2, unused in suite 1
     * @throws KeyOperationException if this key does not serve the suite
     */
    byte[] wrap(Suite suite, byte[] secret, byte[] info) {
        Objects.requireNonNull(info);
        if (!supports(suite)) {
            throw new KeyOperationException("This public key cannot serve " + suite);
        }
        return switch (suite) {
            case SUITE_1 -> RsaPrimitives.wrap(rsa, secret);
            case SUITE_2 -> CurvePrimitives.wrap(x25519, secret, info);
        };
    }
}
