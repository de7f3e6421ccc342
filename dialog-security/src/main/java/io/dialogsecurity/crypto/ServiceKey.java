package io.dialogsecurity.crypto;

/**
 * The private key of a service, as verbs. The port behind which a key may live in this process, in a compartment, or on
 * another host. Implementations are thread-safe, print nothing of the key, and count nothing: counting is done where
 * the verbs are called.
 */
public interface ServiceKey extends AutoCloseable {

    /** Whether this key can serve the suite. */
    boolean supports(Suite suite);

    /**
     * Signs a message with the suite's signature algorithm.
     *
     * @throws KeyOperationException if the key cannot sign with this suite, or has been destroyed
     */
    byte[] sign(Suite suite, byte[] message);

    /**
     * Unwraps a secret that was wrapped to this key's public half.
     *
     * @param info the context the secret was wrapped with; HPKE's {@code info} in suite 2, unused in suite 1, whose
     *     wraps are bound by the signature and the key derivation
     * @return the secret; the caller owns and erases it
     * @throws KeyOperationException if it does not unwrap, for whatever reason: the reason is not told apart, so that
     *     it cannot become an oracle
     */
    byte[] unwrap(Suite suite, byte[] wrapped, byte[] info);

    /** Erases what can be erased. Idempotent. */
    @Override
    void close();
}
