package io.dialogsecurity.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The objects of a PEM file, sorted by what they are. Every block is one of those the caller asks for, or an error. */
final class PemFile {

    /** What a file is read for, and what may therefore be in it: a block that is left out is missed by nobody. */
    enum Purpose {
        CERTIFICATES("certificates", Set.of("CERTIFICATE", "X509 CERTIFICATE")),
        REVOCATION_LISTS("revocation lists", Set.of("X509 CRL")),
        IDENTITY(
                "a certificate and its key",
                Set.of("CERTIFICATE", "X509 CERTIFICATE", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));

        private final String description;
        private final Set<String> labels;

        Purpose(String description, Set<String> labels) {
            this.description = description;
            this.labels = labels;
        }
    }

    private static final Pattern BOUNDARY = Pattern.compile("-----\\s{0,8}(BEGIN|END)\\b", Pattern.CASE_INSENSITIVE);
    private static final Set<String> OLD_KEYS =
            Set.of("RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY");

    private final Path file;
    private final List<byte[]> certificates = new ArrayList<>();
    private final List<byte[]> crls = new ArrayList<>();
    private final List<byte[]> plainKeys = new ArrayList<>();
    private final List<byte[]> encryptedKeys = new ArrayList<>();

    private PemFile(Path file) {
        this.file = file;
    }

    /** Whether a file is text with blocks. One whole DER object is none, whatever it contains. */
    static boolean looksLikePem(byte[] content) {
        return !Der.isOneObject(content)
                && BOUNDARY.matcher(new String(content, StandardCharsets.ISO_8859_1))
                        .find();
    }

    static PemFile parse(Path file, byte[] content, Purpose purpose) {
        PemFile pem = new PemFile(file);
        List<PemBlock> blocks = PemScanner.scan(file, content);
        try {
            blocks.forEach(block -> pem.add(block, purpose));
            return pem;
        } catch (IdentityException e) {
            blocks.forEach(block -> PrivateKeys.erase(block.content()));
            throw e;
        }
    }

    private void add(PemBlock block, Purpose purpose) {
        if (OLD_KEYS.contains(block.label())) {
            throw new IdentityException(
                    file,
                    "has a private key in the old form '" + block.label() + "'",
                    "convert it to PKCS#8 with 'openssl pkcs8 -topk8'");
        }
        if (!purpose.labels.contains(block.label())) {
            throw new IdentityException(
                    file,
                    "has a block " + block + ", and is read for " + purpose.description + " alone",
                    remedy(block.label()));
        }
        if (!Der.isOneObject(block.content())) {
            throw new IdentityException(
                    file,
                    "has a block " + block + " that is not one object",
                    "write the file again from its source, each object in a block of its own");
        }
        switch (block.label()) {
            case "X509 CRL" -> crls.add(block.content());
            case "PRIVATE KEY" -> plainKeys.add(block.content());
            case "ENCRYPTED PRIVATE KEY" -> encryptedKeys.add(block.content());
            default -> certificates.add(block.content());
        }
    }

    private static String remedy(String label) {
        return switch (label) {
            case "TRUSTED CERTIFICATE" -> "write it as a plain certificate with 'openssl x509'";
            case "X509 CRL" -> "give the revocation list a file of its own, in a <crl> of <trust>";
            case "CERTIFICATE", "X509 CERTIFICATE" -> "give the certificate a file of its own";
            case "PKCS7", "CMS" -> "take its certificates out with 'openssl pkcs7 -print_certs'";
            case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
                "remove the request, or put the certificate in its place that the authority has made of it";
            default -> "take it out of the file";
        };
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
            throw IdentityLoader.wrongPassword(file, password, e);
        } finally {
            spec.clearPassword();
        }
    }
}
