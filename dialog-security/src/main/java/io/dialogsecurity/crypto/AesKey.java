package io.dialogsecurity.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** An AES key the JDK's ciphers take and that, unlike {@code SecretKeySpec}, can be erased. */
final class AesKey implements SecretKey {

    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private transient boolean destroyed;

    /** @param bytes taken over, not copied */
    AesKey(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        if (destroyed) {
            throw new IllegalStateException("This key has been erased");
        }
        return bytes.clone();
    }

    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "AES key";
    }
}
