package io.dialogsecurity.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** The public-key operations of suite 1, from the JDK, with every parameter said: its OAEP default is MGF1-SHA-1. */
final class RsaPrimitives {

    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC);
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private RsaPrimitives() {}

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(PSS);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("RSASSA-PSS signing failed", e);
        }
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signatureBytes) {
        try {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(PSS);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signatureBytes);
        } catch (GeneralSecurityException e) {
            return false; // a signature of the wrong length throws; it is just as invalid
        }
    }

    static byte[] wrap(PublicKey key, byte[] secret) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, OAEP);
            return cipher.doFinal(secret);
        } catch (GeneralSecurityException e) {
            throw new KeyOperationException("RSAES-OAEP wrapping failed", e);
        }
    }

    static byte[] unwrap(PrivateKey key, byte[] wrapped) {
        // The JDK also takes a number without its leading zeros, and so more than one encoding of it (RFC 8017, 7.1.2).
        if (key instanceof RSAKey rsa && wrapped.length != (rsa.getModulus().bitLength() + 7) / 8) {
            throw new KeyOperationException("A wrapped key did not unwrap");
        }
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, OAEP);
            return cipher.doFinal(wrapped);
        } catch (GeneralSecurityException | RuntimeException e) {
            // Without the cause: which step failed is nobody's business (Bleichenbacher, Manger).
            throw new KeyOperationException("A wrapped key did not unwrap");
        }
    }
}
