package io.dialogsecurity.integration.guard;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** The services of these tests, a certificate authority of their own, and one that nobody trusts. */
public final class Services {

    static final ServiceName ORDER_ENTRY = new ServiceName("order-entry");
    public static final ServiceName SHIPPING = new ServiceName("shipping");
    static final ServiceName BILLING = new ServiceName("billing");
    static final ServiceName RETIRED = new ServiceName("retired");

    private static final Instant LONG_AGO = Instant.now().minus(Duration.ofDays(400));
    private static final Instant IN_A_YEAR = Instant.now().plus(Duration.ofDays(365));

    final CertificateAuthority authority = CertificateAuthority.root("Guard Test Root", LONG_AGO, IN_A_YEAR);
    final CertificateAuthority stranger = CertificateAuthority.root("Strange Root", LONG_AGO, IN_A_YEAR);
    public final IssuedIdentity orderEntry = issue(ORDER_ENTRY);
    public final IssuedIdentity shipping = issue(SHIPPING);
    final IssuedIdentity billing = issue(BILLING);
    final IssuedIdentity retired = issue(RETIRED);
    final IssuedIdentity impostor = stranger.issue(ORDER_ENTRY, Suite.SUITE_2, LONG_AGO, IN_A_YEAR);
    final IssuedIdentity expired =
            authority.issue(ORDER_ENTRY, Suite.SUITE_2, LONG_AGO, Instant.now().minus(Duration.ofHours(1)));

    private IssuedIdentity issue(ServiceName name) {
        return authority.issue(name, Suite.SUITE_2, LONG_AGO, IN_A_YEAR);
    }

    /** Writes the public part, for the guard. */
    public void writePublic(Path directory) throws IOException {
        Files.createDirectories(directory);
        authority.writeCertificate(directory.resolve("root.pem"));
        expired.writeCertificate(directory.resolve("expired.pem"));
        for (IssuedIdentity identity : List.of(orderEntry, shipping, billing, retired)) {
            identity.writeCertificate(directory.resolve(identity.certificate().serviceName() + ".pem"));
        }
    }

    /** An endpoint that trusts both authorities, so that it can be made to send anything. */
    public DialogEndpoint endpoint(IssuedIdentity identity) {
        return builder(identity).build();
    }

    /** As {@link #endpoint}, sealing at another time. */
    DialogEndpoint endpoint(IssuedIdentity identity, Instant now) {
        return builder(identity).clock(() -> now).build();
    }

    private DialogEndpoint.Builder builder(IssuedIdentity identity) {
        TrustContext everybody = new TrustContext(
                TrustStore.of(List.of(authority.certificate(), stranger.certificate()), List.of(), Set.of()),
                ListedCertificates.of(List.of(
                        orderEntry.certificate(),
                        shipping.certificate(),
                        billing.certificate(),
                        retired.certificate())));
        return DialogEndpoint.builder(identity.identity(), everybody)
                .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2));
    }
}
