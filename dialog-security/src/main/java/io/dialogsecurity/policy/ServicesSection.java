package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads services and identities.
 *
 * <p>What is wrong from the beginning is always an error. What time and authorities do, expiry and revocation, is one
 * only when the file is read for the first time, and revocation not even then: a revocation list that comes in by
 * reload must never be refused because it revokes, or because something else has expired meanwhile.
 */
final class ServicesSection {
    private final PolicyContext context;
    private final TrustStore trust;
    private final Map<ServiceName, ServicePolicy> services = new LinkedHashMap<>();
    private final List<ServiceIdentity> identities = new ArrayList<>();

    /** The file each certificate came from, by fingerprint, for warnings. */
    private final Map<String, Path> origins = new LinkedHashMap<>();

    ServicesSection(PolicyContext context, TrustStore trust) {
        this.context = context;
        this.trust = trust;
    }

    Map<ServiceName, ServicePolicy> services() {
        return services;
    }

    List<ServiceIdentity> identities() {
        return identities;
    }

    Map<String, Path> origins() {
        return origins;
    }

    void readServices(XmlElement element) {
        for (XmlElement service : element.children()) {
            ServiceName name = context.serviceName(service, "name");
            ServicePolicy policy = new ServicePolicy(
                    name, certificates(service, name), users(service, name), context.names(service, "roles", Set.of()));
            if (services.putIfAbsent(name, policy) != null) {
                throw context.problem(service, "service '" + name.value() + "' is given twice", "keep one");
            }
        }
    }

    private Set<String> users(XmlElement service, ServiceName name) {
        Set<String> users = context.names(service, "users", Set.of(name.value()));
        if (users.contains(SealRule.EVERY_USER)) {
            throw context.problem(
                    service, "attribute 'users' names '*', but not everybody speaks for a service", "name its users");
        }
        return users;
    }

    private List<ServiceCertificate> certificates(XmlElement service, ServiceName name) {
        List<XmlElement> places = new ArrayList<>();
        List<Path> paths = new ArrayList<>();
        if (service.has("certificate")) {
            places.add(service);
            paths.add(context.path(service, "certificate"));
        }
        for (XmlElement child : service.children()) {
            places.add(child);
            paths.add(context.path(child, "file"));
        }
        List<ServiceCertificate> certificates = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            XmlElement place = places.get(i);
            Path path = paths.get(i);
            ServiceCertificate certificate = context.reading(place, () -> IdentityLoader.loadCertificate(path));
            requireUsable(place, path, name, certificate);
            if (certificates.contains(certificate)) {
                throw context.problem(
                        place, path + ": the certificate of " + name.value() + " is given twice", "keep one");
            }
            certificates.add(certificate);
            origins.put(certificate.fingerprintHex(), path);
        }
        requireOneNotExpired(places, paths, certificates);
        return certificates;
    }

    private void requireOneNotExpired(List<XmlElement> places, List<Path> paths, List<ServiceCertificate> given) {
        boolean allExpired = !given.isEmpty()
                && given.stream().allMatch(certificate -> context.now().isAfter(certificate.notAfter()));
        if (context.starting() && allExpired) {
            int last = given.size() - 1;
            throw expired(places.get(last), paths.get(last), given.get(last));
        }
    }

    /** @param clockSkew asked for where a certificate has not begun */
    void readIdentities(List<XmlElement> elements, Supplier<Duration> clockSkew) {
        for (XmlElement element : elements) {
            readIdentity(element);
        }
        for (int i = 0; i < elements.size(); i++) {
            requireValid(elements.get(i), identities.get(i), clockSkew);
        }
    }

    private void readIdentity(XmlElement element) {
        ServiceName name = context.known(element, context.serviceName(element, "service"), services.keySet());
        Path path = context.path(element, "key-store");
        char[] password = context.passwordOrNull(element);
        ServiceIdentity identity;
        try {
            identity = context.reading(
                    element,
                    () -> IdentityLoader.loadEvenIfExpired(
                            path, password, element.optional("alias").orElse(null)));
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
        identities.add(identity);
        requireUsable(element, path, name, identity.certificate());
        boolean twice = identities.stream()
                        .filter(other -> other.certificate().equals(identity.certificate()))
                        .count()
                > 1;
        if (twice) {
            throw context.problem(element, path + ": the identity of " + name.value() + " is given twice", "keep one");
        }
        origins.put(identity.certificate().fingerprintHex(), path);
    }

    /**
     * An expired identity still opens what was sealed to it, so it may stand beside its successor. One that begins no further
     * ahead than clocks may be apart is good already.
     */
    private void requireValid(XmlElement element, ServiceIdentity identity, Supplier<Duration> clockSkew) {
        if (!context.starting()) {
            return;
        }
        ServiceCertificate certificate = identity.certificate();
        boolean replaced = identities.stream()
                .map(ServiceIdentity::certificate)
                .anyMatch(
                        other -> other.serviceName().equals(certificate.serviceName()) && other.validAt(context.now()));
        if (context.now().isAfter(certificate.notAfter()) && !replaced) {
            throw expired(element, context.path(element, "key-store"), certificate);
        }
        boolean ahead = context.now().isBefore(certificate.notBefore())
                && context.now().plus(clockSkew.get()).isBefore(certificate.notBefore());
        if (ahead && !replaced) {
            throw context.problem(
                    element,
                    context.path(element, "key-store") + ": the certificate of "
                            + certificate.serviceName().value() + " is not valid before " + certificate.notBefore(),
                    "add the previous one beside it, set this machine's clock, or allow for more with clock-skew in"
                            + " <limits>");
        }
    }

    private PolicyException expired(XmlElement element, Path path, ServiceCertificate certificate) {
        return context.problem(
                element,
                path + ": the certificate of " + certificate.serviceName().value() + " expired at "
                        + certificate.notAfter(),
                "have the authority issue a new one");
    }

    private void requireUsable(XmlElement element, Path path, ServiceName name, ServiceCertificate certificate) {
        if (!certificate.serviceName().equals(name)) {
            throw context.problem(
                    element,
                    path + ": the certificate's CN is '"
                            + certificate.serviceName().value() + "' and not '" + name.value() + "'",
                    "give the certificate of " + name.value() + ", or correct the name");
        }
        // Judged inside its own validity, because expiry is another matter here.
        Optional<CertificateProblem> problem =
                trust.check(certificate, certificate.notBefore()).filter(ServicesSection::isLasting);
        if (problem.isPresent()) {
            throw context.problem(
                    element,
                    path + ": the certificate of " + name.value() + " "
                            + problem.get().description(),
                    problem.get() == CertificateProblem.UNTRUSTED
                            ? "add its authority to <trust>, or its intermediates to the file"
                            : "have the authority issue another one");
        }
    }

    private static boolean isLasting(CertificateProblem problem) {
        return switch (problem) {
            case UNTRUSTED, WEAK_KEY, WRONG_USAGE -> true;
            case EXPIRED, NOT_YET_VALID, REVOKED -> false;
        };
    }
}
