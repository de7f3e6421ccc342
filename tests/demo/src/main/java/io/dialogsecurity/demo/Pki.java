package io.dialogsecurity.demo;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;

/** Makes the certificates of the run: the services', and those an attacker has. */
final class Pki {

    /** A service with a certificate as good as everybody's, but no business on the services' addresses. */
    static final String MALLORY = "mallory";

    /** A service whose certificate has been revoked. */
    static final String DISMISSED = "dismissed";

    /** A certificate in order entry's name from an authority nobody trusts. */
    static final String IMPOSTOR = "impostor";

    private static final Duration VALIDITY = Duration.ofDays(365);
    private static final int PASSWORD_BYTES = 16;

    private final Path directory;

    private Pki(Path directory) {
        this.directory = directory;
    }

    static Pki create(Path directory) throws IOException {
        Files.createDirectories(directory);
        Pki pki = new Pki(directory);
        Instant from = Instant.now().minus(Duration.ofDays(3));
        Instant until = from.plus(VALIDITY);
        CertificateAuthority authority = CertificateAuthority.root("Demonstration Authority", from, until);
        authority.writeCertificate(pki.anchor());
        for (Service service : Service.values()) {
            pki.write(service.title(), authority.issue(service.serviceName(), service.suite(), from, until));
        }
        pki.write(MALLORY, authority.issue(new ServiceName(MALLORY), Suite.SUITE_2, from, until));
        IssuedIdentity dismissed = authority.issue(new ServiceName(DISMISSED), Suite.SUITE_2, from, until);
        pki.write(DISMISSED, dismissed);
        CertificateAuthority.writeCrl(
                pki.revocations(),
                authority.revoke(
                        List.of(dismissed.certificate().serial()), Instant.now().minus(Duration.ofHours(1)), until));
        CertificateAuthority impostors = CertificateAuthority.root("Demonstration Authority", from, until);
        impostors.writeCertificate(pki.impostorsAnchor());
        pki.write(IMPOSTOR, impostors.issue(Service.ORDER_ENTRY.serviceName(), Suite.SUITE_2, from, until));
        return pki;
    }

    /** What {@link #create} made there. */
    static Pki at(Path directory) {
        return new Pki(directory);
    }

    private void write(String name, IssuedIdentity identity) throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        identity.writePkcs12(keyStore(name), password.toCharArray(), name);
        identity.writeCertificate(certificate(name));
        Files.writeString(passwordFile(name), password);
        if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(
                    passwordFile(name), EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    Path anchor() {
        return directory.resolve("authority.pem");
    }

    /** The one that nobody trusts. */
    Path impostorsAnchor() {
        return directory.resolve("impostors-authority.pem");
    }

    Path revocations() {
        return directory.resolve("authority.crl");
    }

    Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    Path keyStore(String name) {
        return directory.resolve(name + ".p12");
    }

    Path passwordFile(String name) {
        return directory.resolve(name + ".password");
    }

    char[] password(String name) throws IOException {
        return Files.readString(passwordFile(name)).toCharArray();
    }
}
