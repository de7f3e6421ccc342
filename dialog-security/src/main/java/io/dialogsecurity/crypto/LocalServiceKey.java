package io.dialogsecurity.crypto;

import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Objects;

/** A service's private key in the memory of this process. Thread-safe. */
public abstract class LocalServiceKey implements ServiceKey {

    private LocalServiceKey() {}

    /** An RSA key for suite 1. The JDK gives no way to erase it. */
    public static ServiceKey rsa(PrivateKey key) {
        if (!"RSA".equals(key.getAlgorithm())) {
            throw new IllegalArgumentException("Suite 1 needs an RSA key, this one is " + key.getAlgorithm());
        }
        return new Rsa(key);
    }

    /**
     * An Ed25519 and an X25519 key for suite 2.
     *
     * @param ed25519Seed 32 bytes, copied
     * @param x25519Private 32 bytes, copied
     */
    public static ServiceKey edwards(byte[] ed25519Seed, byte[] x25519Private) {
        return new Edwards(
                requireLength(ed25519Seed).clone(), requireLength(x25519Private).clone());
    }

    private static byte[] requireLength(byte[] key) {
        if (key.length != CurvePrimitives.KEY_BYTES) {
            throw new IllegalArgumentException("A key of suite 2 has 32 bytes, this one has " + key.length);
        }
        return key;
    }

    private static KeyOperationException wrongSuite(Suite suite) {
        return new KeyOperationException("This service key cannot serve " + suite);
    }

    private static final class Rsa extends LocalServiceKey {
        private final PrivateKey key;

        Rsa(PrivateKey key) {
            this.key = Objects.requireNonNull(key);
        }

        @Override
        public boolean supports(Suite suite) {
            return suite == Suite.SUITE_1;
        }

        @Override
        public byte[] sign(Suite suite, byte[] message) {
            if (!supports(suite)) {
                throw wrongSuite(suite);
            }
            return RsaPrimitives.sign(key, message);
        }

        @Override
        public byte[] unwrap(Suite suite, byte[] wrapped, byte[] info) {
            if (!supports(suite)) {
                throw wrongSuite(suite);
            }
            return RsaPrimitives.unwrap(key, wrapped);
        }

        @Override
        public void close() {
            // java.security.PrivateKey of the JDK cannot be destroyed; the garbage collector has it.
        }
    }

    private static final class Edwards extends LocalServiceKey {
        private final byte[] signingSeed;
        private final byte[] agreementKey;
        private boolean closed;

        Edwards(byte[] signingSeed, byte[] agreementKey) {
            this.signingSeed = signingSeed;
            this.agreementKey = agreementKey;
        }

        @Override
        public boolean supports(Suite suite) {
            return suite == Suite.SUITE_2;
        }

        @Override
        public synchronized byte[] sign(Suite suite, byte[] message) {
            requireUsable(suite);
            return CurvePrimitives.sign(signingSeed, message);
        }

        @Override
        public synchronized byte[] unwrap(Suite suite, byte[] wrapped, byte[] info) {
            requireUsable(suite);
            return CurvePrimitives.unwrap(agreementKey, wrapped, info);
        }

        private void requireUsable(Suite suite) {
            if (!supports(suite)) {
                throw wrongSuite(suite);
            }
            if (closed) {
                throw new KeyOperationException("This service key has been destroyed");
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            Arrays.fill(signingSeed, (byte) 0);
            Arrays.fill(agreementKey, (byte) 0);
        }
    }
}
