package io.dialogsecurity.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The 32 bytes that are wrapped to the parties of a service pair, before they are bound to the pair's signed headers.
 * Short-lived and for one thread: {@link #bind} makes the key exchange key of it, {@link #close} erases it.
 */
public final class KeyExchangeSecret implements AutoCloseable {

    private final byte[] secret;

    private KeyExchangeSecret(byte[] secret) {
        this.secret = secret;
    }

    /** A fresh secret. */
    public static KeyExchangeSecret generate(SecureRandom random) {
        byte[] secret = new byte[Derivation.KEY_BYTES];
        random.nextBytes(secret);
        return new KeyExchangeSecret(secret);
    }

    /**
     * Unwraps a secret with a service's private key.
     *
     * @throws KeyOperationException if it does not unwrap, or is not 32 bytes
     */
    public static KeyExchangeSecret unwrap(ServiceKey key, Suite suite, byte[] wrapped, byte[] info) {
        byte[] secret = key.unwrap(suite, wrapped, info);
        if (secret.length != Derivation.KEY_BYTES) {
            Arrays.fill(secret, (byte) 0);
            throw new KeyOperationException("A wrapped key did not unwrap");
        }
        return new KeyExchangeSecret(secret);
    }

    /** Wraps the secret to a party. */
    public byte[] wrapTo(ServicePublicKey party, Suite suite, byte[] info) {
        return party.wrap(suite, secret, info);
    }

    /**
     * Binds the secret to the signed headers it travels in: with other headers it is another key.
     *
     * @param pairHash SHA-256 of the service-pair and key-exchange-key headers, 32 bytes
     */
    public KeyExchangeKey bind(byte[] pairHash) {
        return new KeyExchangeKey(Derivation.extract(pairHash, secret), pairHash.clone());
    }

    @Override
    public void close() {
        Arrays.fill(secret, (byte) 0);
    }
}
