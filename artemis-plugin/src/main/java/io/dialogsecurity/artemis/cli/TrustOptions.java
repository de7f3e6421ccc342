package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.TrustStore;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Whom to trust. */
final class TrustOptions {

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Trust anchors, PEM or PKCS#12; may be repeated. Certificates and signatures are verified.")
    private List<Path> anchors = new ArrayList<>();

    @Option(names = "--crl", paramLabel = "FILE", description = "A revocation list, PEM or DER; may be repeated.")
    private List<Path> crls = new ArrayList<>();

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "A service's certificate, for envelopes that do not carry it; may be repeated.")
    private List<Path> certificates = new ArrayList<>();

    boolean given() {
        return !anchors.isEmpty();
    }

    TrustContext context() {
        List<X509Certificate> anchorCertificates = new ArrayList<>();
        anchors.forEach(file -> anchorCertificates.addAll(IdentityLoader.loadCertificates(file)));
        List<X509CRL> lists = new ArrayList<>();
        crls.forEach(file -> lists.addAll(IdentityLoader.loadCrls(file)));
        List<ServiceCertificate> known =
                certificates.stream().map(IdentityLoader::loadCertificate).toList();
        try {
            return new TrustContext(TrustStore.of(anchorCertificates, lists, Set.of()), ListedCertificates.of(known));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage() + "; correct --trust or --crl", e);
        }
    }

    /** A tool looks at everything that is well-formed: what a policy would say is another question. */
    static EndpointPolicy everythingAccepted() {
        EndpointPolicy defaults = EndpointPolicy.defaults();
        return new EndpointPolicy(
                Set.of(Suite.values()),
                defaults.preferredSuite(),
                true,
                defaults.embedCertificates(),
                defaults.limits().withMaxEnvelopeBytes(Integer.MAX_VALUE));
    }
}
