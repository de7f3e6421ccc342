package io.dialogsecurity.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A dialog session key: AES-256-GCM for the messages of one dialog in one direction from one sending instance.
 *
 * <h2>Why no nonce is used twice under a key</h2>
 *
 * <p>A sealing key is drawn at random by the instance that sends with it, lives in that instance's memory only, and
 * hands out its nonces itself. A crash forgets the key, and with it the danger; a mirror, a restored database or a second
 * instance has only the wrapped secret and never seals under a key it unwrapped: the two kinds are made by different
 * methods and refuse each other's work. Within an instance a nonce is a counter, so it does not repeat; should the
 * instance's memory itself be cloned (a virtual machine resumed twice), the eight bytes of wall clock beside the counter
 * keep the clones apart unless they seal in the same nanosecond. A salt is drawn, used by the next {@link #seal}, and
 * gone.
 *
 * <p>Not thread-safe: one {@link Cipher} per dialog and direction is re-initialised for each message, which costs a
 * fraction of a new one (and much less than re-keying one for all). Whoever owns the dialog holds a lock.
 */
public final class DialogKey extends Leased {

    /** Messages after which the counter in the nonce would wrap. Policies stay far below. */
    public static final long MAX_MESSAGES = 0xFFFF_FFFFL;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int TAG_BYTES = 16;
    private static final int TAG_BITS = 128;
    private static final int NONCE_BYTES = 12;

    private final AesKey bodyKey;
    private final byte[] streamKey;
    private final byte[] wrappedSecret;
    private final byte[] commitment;
    private final Cipher cipher = newCipher();
    private final byte[] nonce = new byte[NONCE_BYTES];
    private boolean nonceFresh;
    private long messages;

    private DialogKey(byte[] pseudoRandomKey, byte[] context, byte[] wrappedSecret, byte[] commitment) {
        this.bodyKey = new AesKey(Derivation.expand(pseudoRandomKey, Derivation.BODY, context));
        this.streamKey = Derivation.expand(pseudoRandomKey, Derivation.STREAM, context);
        this.wrappedSecret = wrappedSecret;
        this.commitment = commitment;
    }

    static DialogKey forSealing(byte[] pairHash, byte[] secret, byte[] context, byte[] wrappedSecret) {
        byte[] pseudoRandomKey = Derivation.extract(pairHash, secret);
        try {
            byte[] commitment = Derivation.expand(pseudoRandomKey, Derivation.COMMIT, context);
            return new DialogKey(pseudoRandomKey, context, wrappedSecret, commitment);
        } finally {
            Arrays.fill(pseudoRandomKey, (byte) 0);
        }
    }

    static DialogKey forOpening(byte[] pairHash, byte[] secret, byte[] context, byte[] commitment) {
        byte[] pseudoRandomKey = Derivation.extract(pairHash, secret);
        try {
            byte[] derived = Derivation.expand(pseudoRandomKey, Derivation.COMMIT, context);
            return MessageDigest.isEqual(derived, commitment)
                    ? new DialogKey(pseudoRandomKey, context, null, null)
                    : null;
        } finally {
            Arrays.fill(pseudoRandomKey, (byte) 0);
        }
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no AES-GCM", e);
        }
    }

    /** The secret under the key exchange key, 40 bytes, for the header. */
    public byte[] wrappedSecret() {
        return requireSealing(wrappedSecret).clone();
    }

    /** The key commitment, 32 bytes, for the header. */
    public byte[] commitment() {
        return requireSealing(commitment).clone();
    }

    /** Messages for which a salt has been drawn. */
    public long messages() {
        return messages;
    }

    private static byte[] requireSealing(byte[] field) {
        if (field == null) {
            throw new IllegalStateException("This dialog key was unwrapped; it opens, but never seals");
        }
        return field;
    }

    /**
     * Draws the salt of the next message: a 4-byte counter, 8 bytes of wall clock, 4 zero bytes.
     *
     * @param epochNanos nanoseconds since the epoch, UTC
     */
    public void drawSalt(long epochNanos, byte[] out, int offset) {
        requireSealing(wrappedSecret);
        if (messages == MAX_MESSAGES) {
            throw new KeyOperationException("This dialog key has sealed as many messages as it may");
        }
        INT.set(nonce, 0, (int) messages);
        LONG.set(nonce, 4, epochNanos);
        messages++;
        nonceFresh = true;
        System.arraycopy(nonce, 0, out, offset, NONCE_BYTES);
        INT.set(out, offset + NONCE_BYTES, 0);
    }

    /**
     * Encrypts under the salt just drawn.
     *
     * @param out receives the ciphertext and behind it the 16-byte tag
     */
    public void seal(byte[] aad, byte[] in, int inOffset, int inLength, byte[] out, int outOffset) {
        if (!nonceFresh) {
            throw new IllegalStateException("Each message draws a salt of its own before it is sealed");
        }
        nonceFresh = false;
        try {
            cipher.init(Cipher.ENCRYPT_MODE, bodyKey, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(aad);
            cipher.doFinal(in, inOffset, inLength, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("AES-GCM encryption failed", e);
        }
    }

    /**
     * Decrypts ciphertext with its 16-byte tag behind it.
     *
     * @param out receives the plaintext, 16 bytes less than {@code inLength}; zeros if the tag is not right
     * @return whether the tag is right
     */
    public boolean open(
            byte[] salt, int saltOffset, byte[] aad, byte[] in, int inOffset, int inLength, byte[] out, int outOffset) {
        if (wrappedSecret != null) {
            throw new IllegalStateException("This dialog key was made to seal and never opens");
        }
        try {
            cipher.init(Cipher.DECRYPT_MODE, bodyKey, new GCMParameterSpec(TAG_BITS, salt, saltOffset, NONCE_BYTES));
            cipher.updateAAD(aad);
            cipher.doFinal(in, inOffset, inLength, out, outOffset);
            return true;
        } catch (AEADBadTagException e) {
            Arrays.fill(out, outOffset, outOffset + inLength - TAG_BYTES, (byte) 0);
            return false;
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("AES-GCM decryption failed", e);
        }
    }

    /**
     * The cipher for the chunks of one streamed message, under a key that only this message derives.
     *
     * @param messageHash SHA-256 of the message's associated data, salt and MIC, 32 bytes
     */
    public ChunkCipher chunks(byte[] messageHash) {
        return new ChunkCipher(new AesKey(Derivation.expand(streamKey, Derivation.CHUNKS, messageHash)));
    }

    /** Bytes a tag adds to a ciphertext. */
    public static int tagBytes() {
        return TAG_BYTES;
    }

    @Override
    protected void erase() {
        bodyKey.destroy();
        Arrays.fill(streamKey, (byte) 0);
    }
}
