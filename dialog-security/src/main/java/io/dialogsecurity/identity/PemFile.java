package io.dialogsecurity.identity;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The blocks of a PEM file, sorted by what they are. */
final class PemFile {
    private static final String BEGIN = "-----BEGIN ";

    private final Path file;
    private final List<byte[]> certificates = new ArrayList<>();
    private final List<byte[]> crls = new ArrayList<>();
    private final List<byte[]> plainKeys = new ArrayList<>();
    private final List<byte[]> encryptedKeys = new ArrayList<>();

    private PemFile(Path file) {
        this.file = file;
    }

    static boolean looksLikePem(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1).contains(BEGIN);
    }

    static PemFile parse(Path file, byte[] content) {
        PemFile pem = new PemFile(file);
        try (PemReader reader = new PemReader(new StringReader(new String(content, StandardCharsets.ISO_8859_1)))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                pem.add(block);
            }
        } catch (IdentityException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new IdentityException(
                    file, "has a damaged PEM block", "write the file again from its source, unchanged", e);
        }
        return pem;
    }

    private void add(PemObject block) {
        switch (block.getType()) {
            case "CERTIFICATE", "X509 CERTIFICATE" -> certificates.add(block.getContent());
            case "X509 CRL" -> crls.add(block.getContent());
            case "PRIVATE KEY" -> plainKeys.add(block.getContent());
            case "ENCRYPTED PRIVATE KEY" -> encryptedKeys.add(block.getContent());
            case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY" ->
                throw new IdentityException(
                        file,
                        "has a private key in the old form '" + block.getType() + "'",
                        "convert it to PKCS#8 with 'openssl pkcs8 -topk8'");
            default -> {
                // Parameters, public keys and requests stand beside certificates in many files, and harm nobody.
            }
        }
    }

    List<byte[]> certificates() {
        return certificates;
    }

    List<byte[]> crls() {
        return crls;
    }

    boolean hasPrivateKeys() {
        return !plainKeys.isEmpty() || !encryptedKeys.isEmpty();
    }

    /** The PKCS#8 private keys, decrypted where needed; the caller erases them. */
    List<byte[]> privateKeys(char[] password) {
        List<byte[]> keys = new ArrayList<>();
        plainKeys.forEach(key -> keys.add(key.clone()));
        for (byte[] encrypted : encryptedKeys) {
            keys.add(decrypt(encrypted, password));
        }
        return keys;
    }

    void erase() {
        plainKeys.forEach(PrivateKeys::erase);
    }

    private byte[] decrypt(byte[] encrypted, char[] password) {
        if (password == null || password.length == 0) {
            throw new IdentityException(
                    file, "has an encrypted private key and no password was given", "give the key's password");
        }
        EncryptedPrivateKeyInfo info;
        Cipher cipher;
        SecretKeyFactory factory;
        try {
            info = new EncryptedPrivateKeyInfo(encrypted);
            AlgorithmParameters parameters = info.getAlgParameters();
            // For PBES2 the algorithm's name is in the parameters; getAlgName() gives only the object identifier.
            String algorithm = parameters == null ? info.getAlgName() : parameters.toString();
            factory = SecretKeyFactory.getInstance(algorithm);
            cipher = Cipher.getInstance(algorithm);
        } catch (IOException | GeneralSecurityException e) {
            throw new IdentityException(
                    file,
                    "has a private key encrypted in a way this platform cannot read",
                    "encrypt it again with 'openssl pkcs8 -topk8 -v2 aes-256-cbc'",
                    e);
        }
        PBEKeySpec spec = new PBEKeySpec(password);
        try {
            SecretKey key = factory.generateSecret(spec);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException e) {
            throw IdentityLoader.wrongPassword(file, e);
        } finally {
            spec.clearPassword();
        }
    }
}
