package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.ServiceKey;
import io.dialogsecurity.identity.PemFile.Purpose;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Reads identities, certificates and revocation lists from files: PKCS#12 key stores and PEM. Every failure is an
 * {@link IdentityException} whose one line names the file, what is wrong, and the remedy. Stateless and thread-safe.
 *
 * <p>A suite-2 identity has two private keys. In PKCS#12 the X25519 key is a second entry under the service's alias
 * followed by {@value #AGREEMENT_SUFFIX}; in PEM it is a second {@code PRIVATE KEY} block.
 */
public final class IdentityLoader {
    /** Ends the alias of the key entry that holds a suite-2 identity's X25519 key. */
    static final String AGREEMENT_SUFFIX = ".agreement";

    /** Largest file read: a large organisation's revocation list has a few megabytes. */
    private static final int MAX_FILE_BYTES = 64 * 1024 * 1024;

    private static final int JKS_MAGIC = 0xFEEDFEED;
    private static final int JCEKS_MAGIC = 0xCECECECE;
    private static final char[] NO_PASSWORD = {};

    private IdentityLoader() {}

    /**
     * A service's identity.
     *
     * @param file a PKCS#12 key store, or PEM with certificate, intermediates and PKCS#8 keys
     * @param password of the key store and its entries, or of encrypted PEM keys; may be null if there is none; not
     *     kept
     * @param aliasOrNull the key entry in PKCS#12; may be null if there is only one; PEM has none
     */
    public static ServiceIdentity load(Path file, char[] password, String aliasOrNull) {
        return load(file, password, aliasOrNull, Instant.now());
    }

    /** As {@link #load(Path, char[], String)}, with the certificate's validity judged at {@code at}. */
    public static ServiceIdentity load(Path file, char[] password, String aliasOrNull, Instant at) {
        ServiceIdentity identity = loadEvenIfExpired(file, password, aliasOrNull);
        try {
            requireValid(file, identity.certificate(), at);
        } catch (IdentityException e) {
            identity.close();
            throw e;
        }
        return identity;
    }

    /**
     * As {@link #load(Path, char[], String)}, whenever the certificate is or was valid: for messages that were sealed
     * to it while it was.
     */
    public static ServiceIdentity loadEvenIfExpired(Path file, char[] password, String aliasOrNull) {
        byte[] content = read(file);
        try {
            return PemFile.looksLikePem(content)
                    ? fromPem(file, content, password)
                    : fromKeyStore(file, content, password, aliasOrNull);
        } finally {
            PrivateKeys.erase(content);
        }
    }

    /**
     * The certificate of a service from PEM: its own certificate first, then its intermediates. A root at the end is
     * left out.
     */
    public static ServiceCertificate loadCertificate(Path pem) {
        byte[] content = read(pem);
        if (!PemFile.looksLikePem(content)) {
            throw new IdentityException(pem, "is not PEM", "give the certificate between BEGIN and END CERTIFICATE");
        }
        return serviceCertificate(pem, certificates(pem, PemFile.parse(pem, content, Purpose.CERTIFICATES)));
    }

    /** All certificates of a PEM or DER file, or of a PKCS#12 key store without a password. */
    public static List<X509Certificate> loadCertificates(Path pemOrP12) {
        return loadCertificates(pemOrP12, null);
    }

    /**
     * All certificates of a PEM or DER file, or the trusted-certificate entries of a PKCS#12 key store. The certificates
     * beside private keys are not among them: a key store with one's own key says nothing about whom one trusts.
     */
    public static List<X509Certificate> loadCertificates(Path file, char[] password) {
        byte[] content = read(file);
        if (PemFile.looksLikePem(content)) {
            return certificates(file, PemFile.parse(file, content, Purpose.CERTIFICATES));
        }
        X509Certificate single = Der.isOneObject(content) ? derCertificate(content) : null;
        return single != null ? List.of(single) : trustedEntries(file, openKeyStore(file, content, password));
    }

    /** All revocation lists of a PEM file, or the one of a DER file. */
    public static List<X509CRL> loadCrls(Path file) {
        byte[] content = read(file);
        List<byte[]> encodings = PemFile.looksLikePem(content)
                ? PemFile.parse(file, content, Purpose.REVOCATION_LISTS).crls()
                : List.of(content);
        if (encodings.isEmpty()) {
            throw new IdentityException(
                    file, "holds no revocation list", "give the authority's CRL, between BEGIN and END X509 CRL");
        }
        if (!encodings.stream().allMatch(Der::isOneObject)) {
            throw new IdentityException(
                    file,
                    "is neither PEM nor one revocation list in DER",
                    "give the authority's CRL in DER, or each between BEGIN and END X509 CRL");
        }
        List<X509CRL> crls = new ArrayList<>();
        for (byte[] der : encodings) {
            try {
                crls.add((X509CRL) x509().generateCRL(new ByteArrayInputStream(der)));
            } catch (CRLException | RuntimeException e) {
                throw new IdentityException(
                        file, "holds a revocation list that cannot be read", "fetch it again from the authority", e);
            }
        }
        return List.copyOf(crls);
    }

    private static ServiceIdentity fromPem(Path file, byte[] content, char[] password) {
        PemFile pem = PemFile.parse(file, content, Purpose.IDENTITY);
        if (!pem.hasPrivateKeys()) {
            throw new IdentityException(
                    file, "holds no private key", "add the service's PKCS#8 key, between BEGIN and END PRIVATE KEY");
        }
        ServiceCertificate certificate = serviceCertificate(file, certificates(file, pem));
        List<byte[]> keys = pem.privateKeys(password);
        try {
            return identity(file, certificate, keys);
        } finally {
            keys.forEach(PrivateKeys::erase);
            pem.erase();
        }
    }

    private static ServiceIdentity fromKeyStore(Path file, byte[] content, char[] password, String aliasOrNull) {
        KeyStore store = openKeyStore(file, content, password);
        String alias = chooseAlias(file, keyAliases(file, store), aliasOrNull);
        List<byte[]> keys = new ArrayList<>();
        try {
            keys.add(privateKey(file, store, alias, password));
            String agreementAlias = alias + AGREEMENT_SUFFIX;
            if (store.isKeyEntry(agreementAlias)) {
                keys.add(privateKey(file, store, agreementAlias, password));
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(alias)) {
                chain.add((X509Certificate) certificate);
            }
            return identity(file, serviceCertificate(file, chain), keys);
        } catch (GeneralSecurityException e) {
            throw damagedKeyStore(file, e);
        } finally {
            keys.forEach(PrivateKeys::erase);
        }
    }

    private static ServiceIdentity identity(Path file, ServiceCertificate certificate, List<byte[]> keys) {
        requireStrong(file, certificate);
        ServiceKey key;
        try {
            key = PrivateKeys.serviceKey(keys);
        } catch (GeneralSecurityException e) {
            throw new IdentityException(
                    file, e.getMessage(), "give one RSA key (suite 1), or one Ed25519 and one X25519 key (suite 2)", e);
        }
        try {
            return ServiceIdentity.of(certificate, key);
        } catch (IllegalArgumentException e) {
            key.close();
            throw new IdentityException(
                    file,
                    "the private key does not belong to the certificate of "
                            + certificate.serviceName().value(),
                    "put the certificate and the key of one and the same request together",
                    e);
        }
    }

    private static void requireStrong(Path file, ServiceCertificate certificate) {
        if (!KeyStrength.strongForService(certificate.publicKey())) {
            throw new IdentityException(
                    file,
                    "the key of " + certificate.serviceName().value() + " is weaker than RSA with "
                            + KeyStrength.MIN_SERVICE_RSA_BITS + " bits",
                    "make a new key and certificate");
        }
        if (certificate.suites().isEmpty()) {
            throw new IdentityException(
                    file,
                    "the certificate of " + certificate.serviceName().value() + " fits no suite",
                    "use an RSA certificate (suite 1), or an Ed25519 certificate with an X25519 key in"
                            + " subjectAltPublicKeyInfo (suite 2)");
        }
    }

    private static void requireValid(Path file, ServiceCertificate certificate, Instant at) {
        String whose = "the certificate of " + certificate.serviceName().value();
        if (at.isAfter(certificate.notAfter())) {
            throw new IdentityException(
                    file, whose + " expired at " + certificate.notAfter(), "have the authority issue a new one");
        }
        if (at.isBefore(certificate.notBefore())) {
            throw new IdentityException(
                    file,
                    whose + " is not valid before " + certificate.notBefore(),
                    "use the previous one until then, or set this machine's clock");
        }
    }

    private static ServiceCertificate serviceCertificate(Path file, List<X509Certificate> chain) {
        List<X509Certificate> ordered = withoutRoot(chain);
        for (int i = 1; i < ordered.size(); i++) {
            if (!ordered.get(i - 1)
                    .getIssuerX500Principal()
                    .equals(ordered.get(i).getSubjectX500Principal())) {
                throw new IdentityException(
                        file,
                        "certificate " + (i + 1) + " did not issue certificate " + i,
                        "give the service's own certificate first, then each issuer after the one it issued");
            }
        }
        try {
            return ServiceCertificate.of(ordered);
        } catch (IllegalArgumentException e) {
            throw new IdentityException(
                    file, e.getMessage(), "have the authority issue one whose subject has the service's name as CN", e);
        }
    }

    private static List<X509Certificate> withoutRoot(List<X509Certificate> chain) {
        X509Certificate last = chain.get(chain.size() - 1);
        boolean endsWithRoot = chain.size() > 1 && last.getIssuerX500Principal().equals(last.getSubjectX500Principal());
        return endsWithRoot ? chain.subList(0, chain.size() - 1) : chain;
    }

    private static List<X509Certificate> certificates(Path file, PemFile pem) {
        if (pem.certificates().isEmpty()) {
            throw new IdentityException(
                    file, "holds no certificate", "add it in PEM, between BEGIN and END CERTIFICATE");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : pem.certificates()) {
            X509Certificate certificate = derCertificate(der);
            if (certificate == null) {
                throw new IdentityException(
                        file,
                        "certificate " + (certificates.size() + 1) + " cannot be read",
                        "copy it again from its source");
            }
            certificates.add(certificate);
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate derCertificate(byte[] der) {
        try {
            return (X509Certificate) x509().generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException | RuntimeException e) {
            return null;
        }
    }

    private static List<X509Certificate> trustedEntries(Path file, KeyStore store) {
        try {
            List<X509Certificate> trusted = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias) && store.getCertificate(alias) instanceof X509Certificate x509) {
                    trusted.add(x509);
                }
            }
            if (trusted.isEmpty()) {
                throw new IdentityException(
                        file,
                        "has no trusted certificate entry, or needs a password",
                        "add one with 'keytool -importcert', give the password, or use PEM");
            }
            return List.copyOf(trusted);
        } catch (GeneralSecurityException e) {
            throw damagedKeyStore(file, e);
        }
    }

    static KeyStore openKeyStore(Path file, char[] password) {
        return openKeyStore(file, read(file), password);
    }

    private static KeyStore openKeyStore(Path file, byte[] content, char[] password) {
        refuseOldKeyStores(file, content);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password == null ? NO_PASSWORD : password);
            return store;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(file, password, e);
            }
            throw new IdentityException(
                    file,
                    "is neither a PKCS#12 key store nor PEM",
                    "convert it with 'keytool -importkeystore -deststoretype pkcs12'",
                    e);
        } catch (GeneralSecurityException e) {
            throw damagedKeyStore(file, e);
        }
    }

    private static void refuseOldKeyStores(Path file, byte[] content) {
        if (content.length < Integer.BYTES) {
            throw new IdentityException(file, "is empty", "give a PKCS#12 key store or PEM");
        }
        int magic = ByteBuffer.wrap(content).getInt();
        if (magic == JKS_MAGIC || magic == JCEKS_MAGIC) {
            throw new IdentityException(
                    file,
                    "is an old Java key store (" + (magic == JKS_MAGIC ? "JKS" : "JCEKS") + ")",
                    "convert it with 'keytool -importkeystore -deststoretype pkcs12'");
        }
    }

    private static List<String> keyAliases(Path file, KeyStore store) {
        try {
            List<String> aliases = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && !isAgreementEntry(store, alias)) {
                    aliases.add(alias);
                }
            }
            Collections.sort(aliases);
            return aliases;
        } catch (GeneralSecurityException e) {
            throw damagedKeyStore(file, e);
        }
    }

    private static boolean isAgreementEntry(KeyStore store, String alias) throws GeneralSecurityException {
        return alias.endsWith(AGREEMENT_SUFFIX)
                && store.isKeyEntry(alias.substring(0, alias.length() - AGREEMENT_SUFFIX.length()));
    }

    private static String chooseAlias(Path file, List<String> aliases, String aliasOrNull) {
        if (aliases.isEmpty()) {
            throw new IdentityException(
                    file, "has no private key entry", "import the service's key and certificate chain into it");
        }
        if (aliasOrNull == null) {
            if (aliases.size() > 1) {
                throw new IdentityException(
                        file,
                        "has several private key entries: " + String.join(", ", aliases),
                        "say which one with its alias");
            }
            return aliases.get(0);
        }
        // The JDK's PKCS#12 aliases know no case.
        String alias = aliasOrNull.toLowerCase(Locale.ENGLISH);
        if (!aliases.contains(alias)) {
            throw new IdentityException(
                    file,
                    "has no private key entry '" + aliasOrNull + "'",
                    "use one of its aliases: " + String.join(", ", aliases));
        }
        return alias;
    }

    private static byte[] privateKey(Path file, KeyStore store, String alias, char[] password)
            throws GeneralSecurityException {
        try {
            return store.getKey(alias, password == null ? NO_PASSWORD : password)
                    .getEncoded();
        } catch (UnrecoverableKeyException e) {
            throw new IdentityException(
                    file,
                    "the password of the key store does not open its entry '" + alias + "'",
                    "give the entry the key store's password",
                    e);
        }
    }

    /**
     * Java and OpenSSL make different keys of characters beyond ASCII, so that a right password may be of no use.
     *
     * @param passwordOrNull what was tried; it is not shown
     */
    static IdentityException wrongPassword(Path file, char[] passwordOrNull, Exception cause) {
        boolean ascii = passwordOrNull == null
                || CharBuffer.wrap(passwordOrNull).chars().allMatch(character -> character >= ' ' && character <= '~');
        return ascii
                ? new IdentityException(
                        file, "the password is wrong", "give the password the file was made with", cause)
                : new IdentityException(
                        file,
                        "the password is wrong, or its characters beyond ASCII, which Java reads in a way of its own,"
                                + " are in the way",
                        "give the file a password of letters, digits and signs of ASCII, and that one here",
                        cause);
    }

    private static IdentityException damagedKeyStore(Path file, Exception cause) {
        return new IdentityException(file, "the key store is damaged", "make it again from its source", cause);
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new IdentityException(
                        file, "is larger than " + MAX_FILE_BYTES + " bytes", "give a file with keys or certificates");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new IdentityException(file, "does not exist", "correct the path or create the file", e);
        } catch (AccessDeniedException e) {
            throw new IdentityException(file, "may not be read", "let this process's user read it", e);
        } catch (IOException e) {
            String what = Files.isDirectory(file) ? "is a directory" : "cannot be read";
            throw new IdentityException(file, what, "give the path of a readable file", e);
        }
    }

    private static CertificateFactory x509() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException("every Java platform reads X.509", e);
        }
    }
}
