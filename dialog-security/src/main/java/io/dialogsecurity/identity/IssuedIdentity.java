package io.dialogsecurity.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link CertificateAuthority} gives to a service: its certificate, and its private key to be written to a file.
 * Thread-safe.
 */
public final class IssuedIdentity {
    private final ServiceCertificate certificate;
    private final PrivateKey signingKey;

    /** Suite 2 only, else null. */
    private final PrivateKey agreementKey;

    IssuedIdentity(ServiceCertificate certificate, PrivateKey signingKey, PrivateKey agreementKey) {
        this.certificate = certificate;
        this.signingKey = signingKey;
        this.agreementKey = agreementKey;
    }

    /** The public half. */
    public ServiceCertificate certificate() {
        return certificate;
    }

    /** The identity in this process, without a file; a new one each time, to be closed by the caller. */
    public ServiceIdentity identity() {
        List<byte[]> keys = encodedKeys();
        try {
            return ServiceIdentity.of(certificate, PrivateKeys.serviceKey(keys));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key just made fits its suite", e);
        } finally {
            keys.forEach(PrivateKeys::erase);
        }
    }

    /** Writes certificate, intermediates and key as PKCS#12. Only this user may read the file. */
    public void writePkcs12(Path file, char[] password, String alias) throws IOException {
        writePkcs12(file, password, List.of(alias));
    }

    /** Under several aliases: tests need key stores that leave a choice. */
    void writePkcs12(Path file, char[] password, List<String> aliases) throws IOException {
        KeyStore store = IdentityFiles.newKeyStore();
        for (String alias : aliases) {
            IdentityFiles.addKey(store, alias, signingKey, password, certificate.chain());
            if (agreementKey != null) {
                IdentityFiles.addKey(
                        store, alias + IdentityLoader.AGREEMENT_SUFFIX, agreementKey, password, certificate.chain());
            }
        }
        IdentityFiles.writeKeyStore(file, store, password);
    }

    /** Writes certificate, intermediates and the unencrypted key as PEM. Only this user may read the file. */
    public void writePem(Path file) throws IOException {
        List<byte[]> keys = encodedKeys();
        StringBuilder pem = new StringBuilder(certificatesPem());
        keys.forEach(key -> pem.append(IdentityFiles.pem("PRIVATE KEY", key)));
        keys.forEach(PrivateKeys::erase);
        IdentityFiles.writePrivate(file, pem.toString());
    }

    /** As {@link #writePem(Path)} with the key encrypted (PBES2, AES-256). */
    public void writePem(Path file, char[] password) throws IOException {
        List<byte[]> keys = encodedKeys();
        StringBuilder pem = new StringBuilder(certificatesPem());
        keys.forEach(key ->
                pem.append(IdentityFiles.pem("ENCRYPTED PRIVATE KEY", IdentityFiles.encryptPkcs8(key, password))));
        keys.forEach(PrivateKeys::erase);
        IdentityFiles.writePrivate(file, pem.toString());
    }

    /** Writes certificate and intermediates as PEM, for those who seal to the service. */
    public void writeCertificate(Path pem) throws IOException {
        IdentityFiles.writePublic(pem, certificatesPem());
    }

    private String certificatesPem() {
        StringBuilder pem = new StringBuilder();
        certificate.encodedChain().forEach(der -> pem.append(IdentityFiles.pem("CERTIFICATE", der)));
        return pem.toString();
    }

    private List<byte[]> encodedKeys() {
        List<byte[]> keys = new ArrayList<>(List.of(signingKey.getEncoded()));
        if (agreementKey != null) {
            keys.add(agreementKey.getEncoded());
        }
        return keys;
    }

    @Override
    public String toString() {
        return "issued " + certificate;
    }
}
