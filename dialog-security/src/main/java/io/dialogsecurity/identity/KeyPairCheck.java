package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.KeyOperationException;
import io.dialogsecurity.crypto.ServiceKey;
import io.dialogsecurity.crypto.Suite;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.util.Arrays;

/**
 * Whether a private key, which may be a handle of something far away, is the other half of a certificate. Found out by
 * use: what it signs must verify under the certificate, what is wrapped to the certificate must unwrap. The public
 * halves are written here a second time, so that a mistake in {@code crypto} cannot vouch for itself.
 */
final class KeyPairCheck {
    private static final int CHALLENGE_BYTES = 32;
    private static final byte[] NOTHING = {};

    private KeyPairCheck() {}

    static boolean belongTogether(ServiceCertificate certificate, Suite suite, ServiceKey key) {
        byte[] challenge = new byte[CHALLENGE_BYTES];
        new SecureRandom().nextBytes(challenge);
        try {
            return verifies(certificate, suite, challenge, key.sign(suite, challenge))
                    && MessageDigest.isEqual(
                            challenge, key.unwrap(suite, wrap(certificate, suite, challenge), NOTHING));
        } catch (KeyOperationException | GeneralSecurityException | InvalidCipherTextException e) {
            return false;
        }
    }

    private static boolean verifies(ServiceCertificate certificate, Suite suite, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        return switch (suite) {
            case SUITE_1 -> verifiesPss(certificate.publicKey(), message, signature);
            case SUITE_2 -> verifiesEd25519(certificate.publicKey(), message, signature);
        };
    }

    private static boolean verifiesPss(PublicKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        pss.initVerify(key);
        pss.update(message);
        return pss.verify(signature);
    }

    private static boolean verifiesEd25519(PublicKey key, byte[] message, byte[] signature) {
        byte[] point = SubjectPublicKeyInfo.getInstance(key.getEncoded())
                .getPublicKeyData()
                .getOctets();
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(false, new Ed25519PublicKeyParameters(point, 0));
        signer.update(message, 0, message.length);
        return signer.verifySignature(signature);
    }

    private static byte[] wrap(ServiceCertificate certificate, Suite suite, byte[] secret)
            throws GeneralSecurityException, InvalidCipherTextException {
        return switch (suite) {
            case SUITE_1 -> wrapOaep(certificate.publicKey(), secret);
            case SUITE_2 -> wrapHpke(certificate.agreementKey().orElseThrow(), secret);
        };
    }

    private static byte[] wrapOaep(PublicKey key, byte[] secret) throws GeneralSecurityException {
        Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
        oaep.init(
                Cipher.ENCRYPT_MODE,
                key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return oaep.doFinal(secret);
    }

    private static byte[] wrapHpke(byte[] publicKey, byte[] secret) throws InvalidCipherTextException {
        HPKE hpke = new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
        byte[][] sealed =
                hpke.seal(new X25519PublicKeyParameters(publicKey, 0), NOTHING, NOTHING, secret, null, null, null);
        return Arrays.concatenate(sealed[1], sealed[0]);
    }
}
