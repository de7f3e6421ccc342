package io.dialogsecurity.policy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The files that the sample names, and a minimal file to vary. */
final class PolicyFixture {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Instant START = NOW.minus(Duration.ofDays(30));
    static final Instant END = NOW.plus(Duration.ofDays(60));
    static final String PASSWORD = "open sesame";

    static final String MINIMAL = """
            <?xml version="1.0"?>
            <dialog-security xmlns="urn:dialog-security:1">
              <trust>
                <anchor file="pki/root.pem"/>
              </trust>
              <services>
                <service name="order-entry" certificate="pki/order-entry.pem"/>
                <service name="shipping" certificate="pki/shipping.pem"/>
              </services>
              <addresses>
                <address match="orders.#" action="apply" senders="order-entry" receivers="shipping"/>
              </addresses>
            </dialog-security>
            """;

    final CertificateAuthority root;
    final IssuedIdentity orderEntry;
    final IssuedIdentity shipping;
    private final Path directory;

    PolicyFixture(Path directory) throws IOException {
        this.directory = directory;
        root = CertificateAuthority.root(
                "Sample Root", START.minus(Duration.ofDays(300)), END.plus(Duration.ofDays(3000)));
        orderEntry = issue("order-entry", START, END);
        shipping = issue("shipping", START, END);
        Files.createDirectories(file("pki"));
        root.writeCertificate(file("pki/root.pem"));
        CertificateAuthority.writeCrl(file("pki/root.crl"), root.revoke(List.of(), START, END));
        orderEntry.writePkcs12(file("pki/order-entry.p12"), PASSWORD.toCharArray(), "order-entry");
        Files.writeString(file("pki/order-entry.password"), PASSWORD + "\n");
        orderEntry.writeCertificate(file("pki/order-entry.pem"));
        shipping.writeCertificate(file("pki/shipping.pem"));
        issue("shipping", END.minus(Duration.ofDays(20)), END.plus(Duration.ofDays(60)))
                .writeCertificate(file("pki/shipping-next.pem"));
        IssuedIdentity billing = issue("billing", START, END);
        billing.writeCertificate(file("pki/billing.pem"));
        billing.writePkcs12(file("pki/billing.p12"), PASSWORD.toCharArray(), "billing");
        Files.writeString(file("pki/billing.password"), PASSWORD + "\n");
    }

    IssuedIdentity issue(String name, Instant notBefore, Instant notAfter) {
        return root.issue(new ServiceName(name), Suite.SUITE_2, notBefore, notAfter);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Writes a file beside the others. */
    Path write(String xml) throws IOException {
        return Files.writeString(file("dialog-security.xml"), xml);
    }

    static SecurityPolicyReader reader() {
        return readerAt(NOW);
    }

    static SecurityPolicyReader readerAt(Instant now) {
        return new SecurityPolicyReader().withClock(InstantSource.fixed(now));
    }
}
