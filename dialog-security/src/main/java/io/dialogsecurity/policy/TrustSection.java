package io.dialogsecurity.policy;

import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.TrustStore;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads anchors, revocation lists and revoked fingerprints. */
final class TrustSection {
    private final PolicyContext context;

    TrustSection(PolicyContext context) {
        this.context = context;
    }

    TrustStore read(XmlElement trust) {
        List<X509Certificate> anchors = new ArrayList<>();
        for (XmlElement element : trust.children("anchor")) {
            List<X509Certificate> loaded = load(element);
            requireNotExpired(element, loaded);
            // On their own first, so that the line named is theirs.
            accept(element, () -> TrustStore.of(loaded, List.of(), Set.of()));
            anchors.addAll(loaded);
        }
        List<X509CRL> crls = new ArrayList<>();
        for (XmlElement element : trust.children("crl")) {
            Path path = context.path(element, "file");
            List<X509CRL> loaded = context.reading(element, () -> IdentityLoader.loadCrls(path));
            accept(element, () -> TrustStore.of(anchors, loaded, Set.of()));
            crls.addAll(loaded);
        }
        Set<String> revoked = new HashSet<>();
        for (XmlElement element : trust.children("revoked")) {
            String fingerprint = element.required("fingerprint");
            accept(element, () -> TrustStore.of(List.of(), List.of(), Set.of(fingerprint)));
            revoked.add(fingerprint);
        }
        return TrustStore.of(anchors, crls, revoked);
    }

    private List<X509Certificate> load(XmlElement element) {
        Path path = context.path(element, "file");
        char[] password = context.passwordOrNull(element);
        try {
            return context.reading(element, () -> IdentityLoader.loadCertificates(path, password));
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    private void requireNotExpired(XmlElement element, List<X509Certificate> anchors) {
        for (X509Certificate anchor : anchors) {
            if (context.starting() && context.now().isAfter(anchor.getNotAfter().toInstant())) {
                throw context.problem(
                        element,
                        context.path(element, "file") + ": trust anchor "
                                + anchor.getSubjectX500Principal().getName() + " expired at "
                                + anchor.getNotAfter().toInstant(),
                        "replace it by the authority's new one");
            }
        }
    }

    private void accept(XmlElement element, Runnable trial) {
        try {
            trial.run();
        } catch (IllegalArgumentException e) {
            String where = element.has("file") ? context.path(element, "file") + ": " : "";
            throw context.problem(
                    element,
                    where + e.getMessage(),
                    element.name().equals("revoked")
                            ? "give the fingerprint 'openssl x509 -fingerprint -sha256' prints"
                            : "ask the authority for a proper one");
        }
    }
}
