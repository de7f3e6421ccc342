package io.dialogsecurity.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** Writes the files {@link IdentityLoader} reads: complete or not at all, and private where they hold keys. */
final class IdentityFiles {
    private static final String KEY_ENCRYPTION = "PBEWithHmacSHA256AndAES_256";

    /** What OWASP recommends for PBKDF2 with HMAC-SHA-256. */
    private static final int KEY_ENCRYPTION_ITERATIONS = 600_000;

    private static final int SALT_BYTES = 16;
    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private IdentityFiles() {}

    static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + BASE64.encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    static byte[] encryptPkcs8(byte[] key, char[] password) {
        SecureRandom random = new SecureRandom();
        byte[] salt = new byte[SALT_BYTES];
        byte[] iv = new byte[SALT_BYTES];
        random.nextBytes(salt);
        random.nextBytes(iv);
        PBEKeySpec spec = new PBEKeySpec(password);
        try {
            SecretKey secret = SecretKeyFactory.getInstance(KEY_ENCRYPTION).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(KEY_ENCRYPTION);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    secret,
                    new PBEParameterSpec(salt, KEY_ENCRYPTION_ITERATIONS, new IvParameterSpec(iv)));
            return new EncryptedPrivateKeyInfo(pbes2(salt, iv), cipher.doFinal(key)).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform encrypts with " + KEY_ENCRYPTION, e);
        } finally {
            spec.clearPassword();
        }
    }

    /** Written out here because the JDK cannot encode the parameters of its own {@value #KEY_ENCRYPTION}. */
    private static AlgorithmIdentifier pbes2(byte[] salt, byte[] iv) {
        AlgorithmIdentifier hmac = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        return new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_PBES2,
                new PBES2Parameters(
                        new KeyDerivationFunc(
                                PKCSObjectIdentifiers.id_PBKDF2,
                                new PBKDF2Params(salt, KEY_ENCRYPTION_ITERATIONS, hmac)),
                        new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv))));
    }

    static KeyStore newKeyStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform has PKCS#12", e);
        }
    }

    static void addKey(KeyStore store, String alias, PrivateKey key, char[] password, List<X509Certificate> chain) {
        try {
            store.setKeyEntry(alias, key, password, chain.toArray(Certificate[]::new));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key store does not take the key", e);
        }
    }

    static void writeKeyStore(Path file, KeyStore store, char[] password) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try {
            store.store(content, password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform writes PKCS#12", e);
        }
        write(file, content.toByteArray(), "rw-------");
    }

    static void writePrivate(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.US_ASCII), "rw-------");
    }

    static void writePublic(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.US_ASCII), "rw-r--r--");
    }

    /** The permissions are there before the content is. */
    private static void write(Path file, byte[] content, String permissions) throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path directory = file.toAbsolutePath().getParent();
        Path unfinished = Files.createTempFile(directory, ".", ".unfinished", attributes);
        try {
            Files.write(unfinished, content);
            if (posix) {
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
