package io.dialogsecurity.vectors;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.XECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** The algorithms of WIRE-FORMAT.md from the JDK alone: nothing of the product is used, so that the two can be compared. */
final class ReferenceCrypto {

    static final int KEY = 32;
    private static final int TAG_BITS = 128;

    private ReferenceCrypto() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] u8(int value) {
        return new byte[] {(byte) value};
    }

    static byte[] u16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    static byte[] u32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] u64(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static byte[] sha256(byte[]... parts) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(join(parts));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] extract(byte[] salt, byte[] secret) {
        return hmac(salt.length == 0 ? new byte[KEY] : salt, secret);
    }

    /** HKDF-Expand for up to 32 bytes: one block. */
    static byte[] expand(byte[] prk, byte[] info, int length) {
        return Arrays.copyOf(hmac(prk, join(info, u8(1))), length);
    }

    static byte[] expand(byte[] prk, byte[] info) {
        return expand(prk, info, KEY);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ciphertext with the tag behind it. */
    static byte[] gcmSeal(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext) {
        try {
            return gcm(Cipher.ENCRYPT_MODE, key, nonce, aad, plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] gcmOpen(byte[] key, byte[] nonce, byte[] aad, byte[] ciphertext) throws GeneralSecurityException {
        return gcm(Cipher.DECRYPT_MODE, key, nonce, aad, ciphertext);
    }

    private static byte[] gcm(int mode, byte[] key, byte[] nonce, byte[] aad, byte[] in)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(in);
    }

    static byte[] keyWrap(byte[] wrappingKey, byte[] secret) {
        try {
            Cipher cipher = Cipher.getInstance("AESWrap");
            cipher.init(Cipher.WRAP_MODE, new SecretKeySpec(wrappingKey, "AES"));
            return cipher.wrap(new SecretKeySpec(secret, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] keyUnwrap(byte[] wrappingKey, byte[] wrapped) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AESWrap");
        cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(wrappingKey, "AES"));
        return cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
    }

    static byte[] sign(int suite, PrivateKey key, byte[] message) {
        try {
            Signature signature = signature(suite);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean verify(int suite, PublicKey key, byte[] message, byte[] signed) throws GeneralSecurityException {
        Signature signature = signature(suite);
        signature.initVerify(key);
        signature.update(message);
        return signature.verify(signed);
    }

    private static Signature signature(int suite) throws GeneralSecurityException {
        if (suite == 2) {
            return Signature.getInstance("Ed25519");
        }
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        return pss;
    }

    /** Wraps a key exchange secret to a party: RSAES-OAEP, or HPKE. */
    static byte[] wrap(VectorPki.Identity party, byte[] secret, byte[] info) {
        try {
            if (party.suite() == 2) {
                return hpkeSeal(party.agreement().getPublic(), secret, info);
            }
            return oaep(Cipher.ENCRYPT_MODE, party.signing().getPublic(), secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] unwrap(VectorPki.Identity party, byte[] wrapped, byte[] info) throws GeneralSecurityException {
        return party.suite() == 2
                ? hpkeOpen(party.agreement(), wrapped, info)
                : oaep(Cipher.DECRYPT_MODE, party.signing().getPrivate(), wrapped);
    }

    private static byte[] oaep(int mode, Key key, byte[] in) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                mode,
                key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return cipher.doFinal(in);
    }

    // --- HPKE (RFC 9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, single shot

    private static final byte[] KEM_SUITE = join(ascii("KEM"), u16(0x0020));
    private static final byte[] HPKE_SUITE = join(ascii("HPKE"), u16(0x0020), u16(0x0001), u16(0x0002));
    private static final byte[] NONE = {};

    private static byte[] hpkeSeal(PublicKey recipient, byte[] plaintext, byte[] info) throws GeneralSecurityException {
        KeyPair ephemeral = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        byte[] enc = rawX25519(ephemeral.getPublic());
        byte[] shared = kemSecret(ephemeral.getPrivate(), recipient, enc, rawX25519(recipient));
        return join(enc, hpkeCipher(Cipher.ENCRYPT_MODE, shared, info, plaintext));
    }

    private static byte[] hpkeOpen(KeyPair recipient, byte[] wrapped, byte[] info) throws GeneralSecurityException {
        byte[] enc = Arrays.copyOf(wrapped, KEY);
        byte[] shared = kemSecret(recipient.getPrivate(), publicX25519(enc), enc, rawX25519(recipient.getPublic()));
        return hpkeCipher(Cipher.DECRYPT_MODE, shared, info, Arrays.copyOfRange(wrapped, KEY, wrapped.length));
    }

    private static byte[] kemSecret(PrivateKey own, PublicKey other, byte[] enc, byte[] recipient)
            throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own);
        agreement.doPhase(other, true);
        byte[] prk = labeledExtract(KEM_SUITE, NONE, "eae_prk", agreement.generateSecret());
        return labeledExpand(KEM_SUITE, prk, "shared_secret", join(enc, recipient), KEY);
    }

    private static byte[] hpkeCipher(int mode, byte[] shared, byte[] info, byte[] in) throws GeneralSecurityException {
        byte[] context = join(
                u8(0),
                labeledExtract(HPKE_SUITE, NONE, "psk_id_hash", NONE),
                labeledExtract(HPKE_SUITE, NONE, "info_hash", info));
        byte[] secret = labeledExtract(HPKE_SUITE, shared, "secret", NONE);
        return gcm(
                mode,
                labeledExpand(HPKE_SUITE, secret, "key", context, KEY),
                labeledExpand(HPKE_SUITE, secret, "base_nonce", context, 12),
                NONE,
                in);
    }

    private static byte[] labeledExtract(byte[] suite, byte[] salt, String label, byte[] secret) {
        return extract(salt, join(ascii("HPKE-v1"), suite, ascii(label), secret));
    }

    private static byte[] labeledExpand(byte[] suite, byte[] prk, String label, byte[] info, int length) {
        return expand(prk, join(u16(length), ascii("HPKE-v1"), suite, ascii(label), info), length);
    }

    private static byte[] rawX25519(PublicKey key) {
        byte[] bigEndian = ((XECPublicKey) key).getU().toByteArray();
        byte[] raw = new byte[KEY];
        for (int i = 0; i < bigEndian.length && i < KEY; i++) {
            raw[i] = bigEndian[bigEndian.length - 1 - i];
        }
        return raw;
    }

    private static PublicKey publicX25519(byte[] raw) throws GeneralSecurityException {
        byte[] bigEndian = new byte[KEY];
        for (int i = 0; i < KEY; i++) {
            bigEndian[i] = raw[KEY - 1 - i];
        }
        bigEndian[0] &= 0x7F;
        return KeyFactory.getInstance("X25519")
                .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
    }
}
