package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ServiceCertificate;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** The authority of a demo PKI, with its directory. */
final class DemoAuthority {

    /** Machines whose clocks lag a little shall believe a certificate issued now. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private static final Duration REVOCATIONS_DUE = Duration.ofDays(30);

    private final CertificateAuthority authority;
    private final PkiFiles files;

    private DemoAuthority(CertificateAuthority authority, PkiFiles files) {
        this.authority = authority;
        this.files = files;
    }

    /** Makes one, with its key, certificate and empty revocation list. */
    static DemoAuthority create(PkiFiles files, String name, int days, char[] passwordOrNull) throws IOException {
        PrivateFiles.createDirectories(files.directory());
        PkiFiles.requireAbsent(files.authority());
        PkiFiles.requireAbsent(files.root());
        Instant now = now();
        char[] password = passwordOrNull == null ? PkiFiles.newPassword(files.authorityPassword()) : passwordOrNull;
        try {
            CertificateAuthority root =
                    CertificateAuthority.root(name, now.minus(BACKDATED), now.plus(Duration.ofDays(days)));
            root.write(files.authority(), password);
            root.writeCertificate(files.root());
            DemoAuthority created = new DemoAuthority(root, files);
            created.writeRevocations(Set.of(), now);
            return created;
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Opens one that was made before. */
    static DemoAuthority open(PkiFiles files, char[] passwordOrNull) throws IOException {
        if (!Files.exists(files.authority())) {
            throw CommandFailure.failed(files.authority() + ": does not exist; make it with 'pki init'");
        }
        if (passwordOrNull == null && !Files.exists(files.authorityPassword())) {
            throw CommandFailure.failed(
                    files.authorityPassword() + ": does not exist; say where the authority's password is");
        }
        char[] password = passwordOrNull == null ? PasswordOptions.read(files.authorityPassword()) : passwordOrNull;
        try {
            return new DemoAuthority(CertificateAuthority.load(files.authority(), password), files);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Issues an identity, and writes key store, password and certificate into a directory. */
    ServiceCertificate issue(ServiceName service, Suite suite, int days, PkiFiles into, char[] passwordOrNull)
            throws IOException {
        PrivateFiles.createDirectories(into.directory());
        PkiFiles.requireAbsent(into.keyStore(service.value()));
        PkiFiles.requireAbsent(into.certificate(service.value()));
        Instant now = now();
        Instant end = now.plus(Duration.ofDays(days));
        Instant authorityEnd = authority.certificate().getNotAfter().toInstant();
        if (end.isAfter(authorityEnd)) {
            throw CommandFailure.failed("the authority's own certificate ends at " + authorityEnd + ", before " + days
                    + " days are over; give fewer --days");
        }
        char[] password =
                passwordOrNull == null ? PkiFiles.newPassword(into.password(service.value())) : passwordOrNull;
        try {
            IssuedIdentity issued = authority.issue(service, suite, now.minus(BACKDATED), end);
            issued.writePkcs12(into.keyStore(service.value()), password, service.value());
            issued.writeCertificate(into.certificate(service.value()));
            return issued.certificate();
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Adds a certificate to the revocation list; returns how many are on it now. */
    int revoke(Path certificateFile) throws IOException {
        ServiceCertificate certificate = IdentityLoader.loadCertificate(certificateFile);
        if (!certificate
                .certificate()
                .getIssuerX500Principal()
                .equals(authority.certificate().getSubjectX500Principal())) {
            throw CommandFailure.failed(
                    certificateFile + ": was not issued by this authority; give the directory of the one that did");
        }
        Set<BigInteger> serials = new LinkedHashSet<>();
        if (Files.exists(files.revocations())) {
            for (X509CRL crl : IdentityLoader.loadCrls(files.revocations())) {
                if (crl.getRevokedCertificates() != null) {
                    for (X509CRLEntry entry : crl.getRevokedCertificates()) {
                        serials.add(entry.getSerialNumber());
                    }
                }
            }
        }
        serials.add(certificate.serial());
        writeRevocations(serials, now());
        return serials.size();
    }

    private void writeRevocations(Set<BigInteger> serials, Instant now) throws IOException {
        CertificateAuthority.writeCrl(files.revocations(), authority.revoke(serials, now, now.plus(REVOCATIONS_DUE)));
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
