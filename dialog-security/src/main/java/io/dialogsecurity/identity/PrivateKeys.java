package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.LocalServiceKey;
import io.dialogsecurity.crypto.ServiceKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/** Turns the PKCS#8 private keys of one service into its {@link ServiceKey}. */
final class PrivateKeys {
    private PrivateKeys() {}

    /**
     * The key of a service from its PKCS#8 encodings in any order: one RSA key, or one Ed25519 and one X25519 key.
     *
     * @throws GeneralSecurityException if the encodings are neither, with a message for the user
     */
    static ServiceKey serviceKey(List<byte[]> encodings) throws GeneralSecurityException {
        byte[] rsa = find(encodings, PKCSObjectIdentifiers.rsaEncryption);
        byte[] signing = find(encodings, EdECObjectIdentifiers.id_Ed25519);
        byte[] agreement = find(encodings, EdECObjectIdentifiers.id_X25519);
        if (rsa != null && encodings.size() == 1) {
            return LocalServiceKey.rsa(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(rsa)));
        }
        if (signing != null && agreement != null && encodings.size() == 2) {
            return edwards(signing, agreement);
        }
        throw new GeneralSecurityException("has private keys that fit no suite");
    }

    private static byte[] find(List<byte[]> encodings, ASN1ObjectIdentifier algorithm) throws GeneralSecurityException {
        for (byte[] encoding : encodings) {
            if (algorithmOf(encoding).equals(algorithm)) {
                return encoding;
            }
        }
        return null;
    }

    private static ASN1ObjectIdentifier algorithmOf(byte[] encoding) throws GeneralSecurityException {
        try {
            return PrivateKeyInfo.getInstance(encoding).getPrivateKeyAlgorithm().getAlgorithm();
        } catch (RuntimeException e) {
            throw new GeneralSecurityException("has a private key that is not PKCS#8", e);
        }
    }

    private static ServiceKey edwards(byte[] signing, byte[] agreement) throws GeneralSecurityException {
        byte[] seed = null;
        byte[] scalar = null;
        try {
            if (decode(signing) instanceof Ed25519PrivateKeyParameters ed25519
                    && decode(agreement) instanceof X25519PrivateKeyParameters x25519) {
                seed = ed25519.getEncoded();
                scalar = x25519.getEncoded();
                return LocalServiceKey.edwards(seed, scalar);
            }
            throw new GeneralSecurityException("has private keys that fit no suite");
        } finally {
            erase(seed);
            erase(scalar);
        }
    }

    private static AsymmetricKeyParameter decode(byte[] encoding) throws GeneralSecurityException {
        try {
            return PrivateKeyFactory.createKey(encoding);
        } catch (IOException | RuntimeException e) {
            throw new GeneralSecurityException("has a malformed private key", e);
        }
    }

    static void erase(byte[] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
