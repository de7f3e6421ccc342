package io.dialogsecurity.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals or opens the chunks of one streamed message, in order (the STREAM construction of Hoang, Reyhanitabar, Rogaway
 * and Vizár, 2015): a chunk's nonce is 7 zero bytes, a byte that is 1 for the last chunk, and its index in 4 bytes. So a
 * chunk that is missing, moved, repeated, taken from another message, or not truly the last does not open. Not
 * thread-safe.
 */
public final class ChunkCipher implements AutoCloseable {

    private static final int TAG_BITS = 128;
    private static final int NONCE_BYTES = 12;

    private final AesKey key;
    private final Cipher cipher;
    private long index;
    private boolean ended;

    ChunkCipher(AesKey key) {
        this.key = key;
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no AES-GCM", e);
        }
    }

    /** Encrypts the next chunk into {@code out}, the 16-byte tag behind it; returns the bytes written. */
    public int seal(boolean last, byte[] in, int inOffset, int inLength, byte[] out, int outOffset) {
        try {
            init(Cipher.ENCRYPT_MODE, last);
            return cipher.doFinal(in, inOffset, inLength, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("AES-GCM encryption of a chunk failed", e);
        }
    }

    /** Decrypts the next chunk; returns its length, or -1 if it is not the chunk that belongs here. */
    public int open(boolean last, byte[] in, int inOffset, int inLength, byte[] out, int outOffset) {
        try {
            init(Cipher.DECRYPT_MODE, last);
            return cipher.doFinal(in, inOffset, inLength, out, outOffset);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("AES-GCM decryption of a chunk failed", e);
        }
    }

    private void init(int mode, boolean last) throws GeneralSecurityException {
        if (ended || index > 0xFFFF_FFFFL) {
            throw new KeyOperationException("A stream has no chunk after its last, and at most 2^32");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(nonce, 7, 5).put((byte) (last ? 1 : 0)).putInt((int) index);
        index++;
        ended = last;
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    }

    @Override
    public void close() {
        key.destroy();
    }
}
