package io.dialogsecurity.crypto;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of a memory of envelopes, under which it knows them by eight bytes: HMAC-SHA-256, cut off. Because nobody outside has
 * the secret, nobody can look for two envelopes with the same eight bytes, which would take an afternoon were they a plain hash.
 * It opens nothing and seals nothing. Thread-safe.
 */
public final class IdentityKey {

    /** Bytes of the secret. */
    public static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;
    private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::mac);

    /** @param secret {@value #BYTES} bytes; copied */
    public IdentityKey(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a secret of " + secret.length + " bytes");
        }
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /** A new secret, which ends with the process. */
    public static IdentityKey random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        try {
            return new IdentityKey(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("This Java has no " + ALGORITHM, e);
        }
    }

    /** An HMAC under this secret, of this thread, and ready to begin: it is ended, or reset, before another is asked for. */
    public Mac begin() {
        return macs.get();
    }

    @Override
    public String toString() {
        return "IdentityKey";
    }
}
