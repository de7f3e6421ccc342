package io.dialogsecurity.vectors;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
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
    static final BigInteger ED25519_ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final int TAG_BITS = 128;

    /** Draws the same bytes in each run, so that vectors made again are the same. */
    static final SecureRandom RANDOM = new RepeatableRandom();

    private ReferenceCrypto() {}

    /** SHA-256 of a counter. For test vectors only: everybody knows what it draws. */
    private static final class RepeatableRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private long counter;

        @Override
        public synchronized void nextBytes(byte[] bytes) {
            for (int at = 0; at < bytes.length; at += KEY) {
                byte[] block = sha256(ascii("dialog-security test vectors"), u64(counter++));
                System.arraycopy(block, 0, bytes, at, Math.min(KEY, bytes.length - at));
            }
        }
    }

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

    /** One block. */
    static byte[] aes(byte[] key, byte[] block) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the field of GCM, whose first bit is that of the lowest power (NIST SP 800-38D, 6.3). */
    static byte[] multiply(byte[] x, byte[] y) {
        BigInteger reduction = BigInteger.valueOf(0xE1).shiftLeft(120);
        BigInteger product = BigInteger.ZERO;
        BigInteger v = new BigInteger(1, y);
        BigInteger factor = new BigInteger(1, x);
        for (int bit = 127; bit >= 0; bit--) {
            if (factor.testBit(bit)) {
                product = product.xor(v);
            }
            v = v.testBit(0) ? v.shiftRight(1).xor(reduction) : v.shiftRight(1);
        }
        byte[] bytes = product.toByteArray();
        byte[] block = new byte[16];
        int length = Math.min(16, bytes.length);
        System.arraycopy(bytes, bytes.length - length, block, 16 - length, length);
        return block;
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
            signature.initSign(key, RANDOM);
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

    /** As {@link #verify(int, PublicKey, byte[], byte[])}, each rule by itself. */
    static boolean verify(PublicKey key, byte[] message, byte[] signature, int layer, Checks checks)
            throws GeneralSecurityException {
        return key instanceof RSAPublicKey rsa
                ? verifyPss(rsa, message, signature, layer, checks)
                : verifyEd25519(key, message, signature, layer, checks);
    }

    private static boolean verifyEd25519(PublicKey key, byte[] message, byte[] signature, int layer, Checks checks)
            throws GeneralSecurityException {
        if (signature.length != 64) {
            return false;
        }
        BigInteger s = new BigInteger(1, reversed(Arrays.copyOfRange(signature, 32, 64)));
        byte[] reduced = signature;
        if (s.compareTo(ED25519_ORDER) >= 0) {
            boolean otherwiseRight = verify(2, key, message, withS(signature, s.mod(ED25519_ORDER)));
            if (!otherwiseRight) {
                return false;
            }
            refuseSignature(Check.ED25519_RANGE, layer, checks);
            reduced = withS(signature, s.mod(ED25519_ORDER));
        }
        return verify(2, key, message, reduced);
    }

    private static byte[] withS(byte[] signature, BigInteger s) {
        return join(Arrays.copyOf(signature, 32), reversed(fixed(s, 32)));
    }

    /** RFC 8017, sections 8.1.2 and 9.1.2. */
    private static boolean verifyPss(RSAPublicKey key, byte[] message, byte[] signature, int layer, Checks checks) {
        BigInteger modulus = key.getModulus();
        int length = (modulus.bitLength() + 7) / 8;
        BigInteger s = new BigInteger(1, signature);
        byte[] encoded = fixed(s.modPow(key.getPublicExponent(), modulus), length);
        int maskBits = 8 * length - (modulus.bitLength() - 1);
        if (encoded[length - 1] != (byte) 0xBC || (encoded[0] & 0xFF) >> (8 - maskBits) != 0) {
            return false;
        }
        byte[] hash = Arrays.copyOfRange(encoded, length - 33, length - 1);
        byte[] data = Arrays.copyOf(encoded, length - 33);
        for (int i = 0; i < data.length; i += KEY) {
            byte[] mask = sha256(hash, u32(i / KEY));
            for (int j = i; j < Math.min(i + KEY, data.length); j++) {
                data[j] ^= mask[j - i];
            }
        }
        data[0] &= (byte) (0xFF >> maskBits);
        int one = 0;
        while (one < data.length && data[one] == 0) {
            one++;
        }
        if (one == data.length || data[one] != 1) {
            return false;
        }
        byte[] salt = Arrays.copyOfRange(data, one + 1, data.length);
        if (!Arrays.equals(hash, sha256(new byte[8], sha256(message), salt))) {
            return false;
        }
        if (salt.length != KEY) {
            refuseSignature(Check.PSS_SALT, layer, checks);
        }
        if (signature.length != length) {
            refuseSignature(Check.RSA_LENGTH, layer, checks);
        }
        if (s.compareTo(modulus) >= 0) {
            refuseSignature(Check.RSA_RANGE, layer, checks);
        }
        return true;
    }

    /** What is wrong with an encoding alone, in layer 2 or 7. */
    private static void refuseSignature(Check check, int layer, Checks checks) {
        try {
            checks.require(check, false, layer);
        } catch (Checks.Refused e) {
            throw new Checks.Refused(check, layer == 7 ? Check.SENDER_SIGNATURE.code() : check.code(), layer);
        }
    }

    private static byte[] fixed(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[length];
        int copied = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, padded, length - copied, copied);
        return padded;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
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

    /** RSAES-OAEP as it should not be. */
    static byte[] oaepWrap(VectorPki.Identity party, byte[] secret, OAEPParameterSpec parameters) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.ENCRYPT_MODE, party.signing().getPublic(), parameters, RANDOM);
            return cipher.doFinal(secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RSASSA-PSS with a salt of any length. */
    static byte[] signPss(VectorPki.Identity signer, byte[] message, int saltBytes) {
        try {
            Signature pss = Signature.getInstance("RSASSA-PSS");
            pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, saltBytes, 1));
            pss.initSign(signer.signing().getPrivate(), RANDOM);
            pss.update(message);
            return pss.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] unwrap(VectorPki.Identity party, byte[] wrapped, byte[] info, Checks checks)
            throws GeneralSecurityException {
        if (party.suite() == 2) {
            return hpkeOpen(party.agreement(), wrapped, info, checks);
        }
        byte[] secret = oaep(Cipher.DECRYPT_MODE, party.signing().getPrivate(), wrapped);
        int modulus = (((RSAPublicKey) party.signing().getPublic()).getModulus().bitLength() + 7) / 8;
        checks.require(Check.WRAP_RSA_LENGTH, wrapped.length == modulus, 3);
        return secret;
    }

    private static byte[] oaep(int mode, Key key, byte[] in) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                mode,
                key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT),
                RANDOM);
        return cipher.doFinal(in);
    }

    // --- HPKE (RFC 9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, single shot

    private static final byte[] KEM_SUITE = join(ascii("KEM"), u16(0x0020));
    private static final byte[] HPKE_SUITE = join(ascii("HPKE"), u16(0x0020), u16(0x0001), u16(0x0002));
    private static final byte[] NONE = {};

    private static byte[] hpkeSeal(PublicKey recipient, byte[] plaintext, byte[] info) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
        generator.initialize(NamedParameterSpec.X25519, RANDOM);
        KeyPair ephemeral = generator.generateKeyPair();
        byte[] enc = rawX25519(ephemeral.getPublic());
        return hpkeSeal(enc, agree(ephemeral.getPrivate(), recipient), recipient, plaintext, info);
    }

    private static byte[] hpkeSeal(byte[] enc, byte[] agreed, PublicKey recipient, byte[] plaintext, byte[] info)
            throws GeneralSecurityException {
        byte[] shared = kemSecret(agreed, enc, rawX25519(recipient));
        return join(enc, hpkeCipher(Cipher.ENCRYPT_MODE, shared, info, plaintext));
    }

    /** To a point of small order, with which every private key agrees on zero: everybody can open it. */
    static byte[] hpkeSealToEverybody(PublicKey recipient, byte[] plaintext, byte[] info) {
        try {
            return hpkeSeal(new byte[KEY], new byte[KEY], recipient, plaintext, info);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hpkeOpen(KeyPair recipient, byte[] wrapped, byte[] info, Checks checks)
            throws GeneralSecurityException {
        if (wrapped.length < KEY + TAG_BITS / 8) {
            throw new GeneralSecurityException("The wrap is too short");
        }
        byte[] enc = Arrays.copyOf(wrapped, KEY);
        byte[] agreed;
        try {
            agreed = agree(recipient.getPrivate(), publicX25519(enc));
        } catch (InvalidKeyException e) { // what the JDK says of a point of small order
            checks.require(Check.X25519_ZERO, false, 3);
            agreed = new byte[KEY];
        }
        byte[] shared = kemSecret(agreed, enc, rawX25519(recipient.getPublic()));
        return hpkeCipher(Cipher.DECRYPT_MODE, shared, info, Arrays.copyOfRange(wrapped, KEY, wrapped.length));
    }

    /** A private key of X25519 with its public one. */
    static KeyPair agreement(PrivateKey key) throws GeneralSecurityException {
        return new KeyPair(publicX25519(agree(key, publicX25519(join(u8(9), new byte[KEY - 1])))), key);
    }

    private static byte[] agree(PrivateKey own, PublicKey other) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own);
        agreement.doPhase(other, true);
        return agreement.generateSecret();
    }

    private static byte[] kemSecret(byte[] agreed, byte[] enc, byte[] recipient) {
        byte[] prk = labeledExtract(KEM_SUITE, NONE, "eae_prk", agreed);
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
