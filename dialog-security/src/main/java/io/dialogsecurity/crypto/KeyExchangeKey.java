package io.dialogsecurity.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * The key exchange key of a service pair, bound to the pair's signed headers. It wraps and unwraps dialog secrets, each
 * under a key of its own that only this dialog context derives. Thread-safe while leased.
 */
public final class KeyExchangeKey extends Leased {

    private final byte[] pseudoRandomKey;
    private final byte[] pairHash;

    KeyExchangeKey(byte[] pseudoRandomKey, byte[] pairHash) {
        this.pseudoRandomKey = pseudoRandomKey;
        this.pairHash = pairHash;
    }

    /**
     * Makes a fresh dialog key.
     *
     * @param context dialog id, direction, sender, key id, validity, as in the dialog-session-key header
     */
    public DialogKey newDialogKey(byte[] context, SecureRandom random) {
        byte[] secret = new byte[Derivation.KEY_BYTES];
        random.nextBytes(secret);
        AesKey wrappingKey = new AesKey(Derivation.expand(pseudoRandomKey, Derivation.WRAP, context));
        try {
            Cipher wrap = Cipher.getInstance("AESWrap");
            wrap.init(Cipher.WRAP_MODE, wrappingKey);
            AesKey wrapped = new AesKey(secret);
            return DialogKey.forSealing(pairHash, secret, context, wrap.wrap(wrapped));
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("AES key wrap failed", e);
        } finally {
            wrappingKey.destroy();
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * Unwraps a dialog key and checks its commitment, in constant time, before anything is opened with it.
     *
     * @return the key, or null if the commitment is another secret's
     * @throws KeyOperationException if the secret does not unwrap in this context
     */
    public DialogKey unwrapDialogKey(byte[] context, byte[] wrappedSecret, byte[] commitment) {
        AesKey wrappingKey = new AesKey(Derivation.expand(pseudoRandomKey, Derivation.WRAP, context));
        byte[] secret = null;
        try {
            Cipher unwrap = Cipher.getInstance("AESWrap");
            unwrap.init(Cipher.UNWRAP_MODE, wrappingKey);
            secret = unwrap.unwrap(wrappedSecret, "AES", Cipher.SECRET_KEY).getEncoded();
            return DialogKey.forOpening(pairHash, secret, context, commitment);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new KeyOperationException("A wrapped dialog key did not unwrap");
        } finally {
            wrappingKey.destroy();
            if (secret != null) {
                Arrays.fill(secret, (byte) 0);
            }
        }
    }

    @Override
    protected void erase() {
        Arrays.fill(pseudoRandomKey, (byte) 0);
    }
}
