package io.dialogsecurity.policy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateDirectory;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What one {@code dialog-security.xml} says, with everything it names loaded. Immutable and thread-safe; a reload makes
 * a new one. {@link #close()} erases the private keys of its identities and the passwords of its state: close it when nothing seals
 * or opens with them any more.
 */
public final class SecurityPolicy implements AutoCloseable {
    static final Duration DEFAULT_EXPIRY_WARNING = Duration.ofDays(30);

    /** How long before unsealed messages are tolerated no more the warning comes. */
    private static final Duration TOLERATION_WARNING = Duration.ofDays(7);

    private static final Comparator<ServiceCertificate> OLDEST_FIRST =
            Comparator.comparing(ServiceCertificate::notBefore).thenComparing(ServiceCertificate::fingerprintHex);

    private final Path file;
    private final Set<Path> files;
    private final TrustStore trust;
    private final Duration expiryWarning;
    private final List<ServiceIdentity> identities;
    private final Map<ServiceName, ServicePolicy> services;
    private final Map<String, Path> origins;
    private final boolean embedCertificates;
    private final CertificateDirectory certificates;
    private final SuitePolicy suites;
    private final Limits limits;
    private final Caches caches;
    private final Optional<StatePolicy> state;
    private final String quarantine;
    private final List<AddressPolicy> addresses;
    private final AddressPolicy quarantinePolicy;
    private final AddressTable table;
    private final Set<ServiceName> brokerServices;
    private final Set<String> brokers;

    SecurityPolicy(
            PolicyContext context,
            TrustStore trust,
            Duration expiryWarning,
            ServicesSection services,
            boolean embedCertificates,
            SuitePolicy suites,
            Limits limits,
            Caches caches,
            Optional<StatePolicy> state,
            String quarantine,
            List<AddressPolicy> addresses,
            AddressPolicy otherwise,
            Set<String> brokers) {
        this.file = context.file();
        this.files = Collections.unmodifiableSet(new LinkedHashSet<>(context.files()));
        this.trust = trust;
        this.expiryWarning = expiryWarning;
        this.identities = List.copyOf(services.identities());
        this.services = Collections.unmodifiableMap(new LinkedHashMap<>(services.services()));
        this.origins = Map.copyOf(services.origins());
        this.embedCertificates = embedCertificates;
        this.suites = suites;
        this.limits = limits;
        this.caches = caches;
        this.state = state;
        this.quarantine = quarantine;
        this.addresses = List.copyOf(addresses);
        this.quarantinePolicy = AddressPolicy.plain(quarantine, Action.BYPASS, suites, limits.messageMaxAge(), false);
        this.table = new AddressTable(addresses, otherwise);
        this.brokerServices = servicesOf(addresses);
        this.brokers = Collections.unmodifiableSet(new LinkedHashSet<>(brokers));
        this.certificates = ListedCertificates.of(allCertificates().stream()
                .filter(certificate -> !isRevoked(certificate))
                .toList());
    }

    /** The file this was read from. */
    public Path file() {
        return file;
    }

    /** All files this was read from, absolute: a change of any of them is a reason to read again. */
    public Set<Path> files() {
        return files;
    }

    /** Whom to trust. */
    public TrustStore trust() {
        return trust;
    }

    /** How many different certificates of services and identities were read. */
    public int certificateCount() {
        return allCertificates().size();
    }

    /** How much of it was read, in words: a list or an anchor that is missed should be seen to be missing. */
    public String extent() {
        return count(trust.anchors().size(), "trust anchor") + ", "
                + count(trust.revocationListCount(), "revocation list") + ", "
                + count(certificateCount(), "certificate");
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** How long before a certificate expires the first warning comes. */
    public Duration expiryWarning() {
        return expiryWarning;
    }

    /** The services this process may speak for, in the order of the file; empty in a guard. */
    public List<ServiceIdentity> identities() {
        return identities;
    }

    /**
     * The identity to speak with: of those of the service that fit the suite and are valid at {@code at}, the one that
     * became valid last. Whether it is revoked is not judged here.
     */
    public Optional<ServiceIdentity> identity(ServiceName name, Suite suite, Instant at) {
        return identities.stream()
                .filter(identity -> identity.serviceName().equals(name)
                        && identity.certificate().suites().contains(suite)
                        && identity.certificate().validAt(at))
                .max(Comparator.comparing(ServiceIdentity::certificate, OLDEST_FIRST));
    }

    /** The identity with the certificate of this SHA-256 fingerprint, expired or not: to open what was sealed to it. */
    public Optional<ServiceIdentity> identity(byte[] fingerprint) {
        return identities.stream()
                .filter(identity -> Arrays.equals(identity.certificate().fingerprint(), fingerprint))
                .findFirst();
    }

    /** All services by name, in the order of the file. */
    public Map<ServiceName, ServicePolicy> services() {
        return services;
    }

    /** A service, if it is known. */
    public Optional<ServicePolicy> service(ServiceName name) {
        return Optional.ofNullable(services.get(name));
    }

    /** Whether a sender's certificate travels in its envelopes. */
    public boolean embedCertificates() {
        return embedCertificates;
    }

    /** The certificates of all services and identities, but for those that are revoked. */
    public CertificateDirectory certificates() {
        return certificates;
    }

    /** The suites good enough where an address says nothing else. */
    public SuitePolicy suites() {
        return suites;
    }

    /** The limits of keys, messages and clocks. */
    public Limits limits() {
        return limits;
    }

    /** How much the caches may remember. */
    public Caches caches() {
        return caches;
    }

    /** Where endpoint state is kept, if the file says anything of it. */
    public Optional<StatePolicy> state() {
        return state;
    }

    /** The address where refused messages go. */
    public String quarantineAddress() {
        return quarantine;
    }

    /** The policies of addresses, in the order of the file, without the default. */
    public List<AddressPolicy> addresses() {
        return addresses;
    }

    /** What is done where no policy of an address matches. */
    public AddressPolicy otherAddresses() {
        return table.otherwise();
    }

    /**
     * What is done on an address: by the most specific policy that matches the address it is {@linkplain
     * AddressPattern#servedBy served by}, else by the default. The quarantine is always left alone, because it takes what is
     * refused elsewhere. Fast enough for every message.
     */
    public AddressPolicy address(String address) {
        return address.equals(quarantine) ? quarantinePolicy : table.find(AddressPattern.servedBy(address));
    }

    /** How old a message may be that was sealed for an address. What is returned is fast enough for every message. */
    public Function<String, Duration> messageMaxAges() {
        boolean same =
                addresses.stream().allMatch(address -> address.messageMaxAge().equals(limits.messageMaxAge()));
        AddressTable rules = table;
        Duration general = limits.messageMaxAge();
        return same
                ? any -> general
                : address -> rules.find(AddressPattern.servedBy(address)).messageMaxAge();
    }

    /** The longest that a message may take from its sealing to its arrival, wherever it was sent. */
    public Duration longestMessageAge() {
        return addresses.stream()
                .map(AddressPolicy::messageMaxAge)
                .reduce(limits.messageMaxAge(), (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }

    /** The services the broker itself seals as or opens for, in the order of the file; empty if it does neither. */
    public Set<ServiceName> brokerServices() {
        return brokerServices;
    }

    /** The users as whom other brokers log in, in the order of the file. */
    public Set<String> brokers() {
        return brokers;
    }

    /**
     * Whether other brokers log in as this user: their consumers get what is stored, and nothing is opened for them, whatever an
     * address says. Null, which is nobody authenticated, is none.
     */
    public boolean isBroker(String userOrNull) {
        return userOrNull != null && brokers.contains(userOrNull);
    }

    private static Set<ServiceName> servicesOf(List<AddressPolicy> addresses) {
        Set<ServiceName> names = new LinkedHashSet<>();
        for (AddressPolicy address : addresses) {
            address.brokerSide().seals().forEach(rule -> names.add(rule.service()));
            address.brokerSide().opens().forEach(rule -> names.add(rule.service()));
        }
        return Collections.unmodifiableSet(names);
    }

    /**
     * What is not wrong enough to refuse the file, but should be seen to; one line each, with the file and the remedy:
     * certificates that expire soon or have expired or are revoked, revocation lists that are due, services that are
     * sealed to and have no certificate, a toleration of unsealed messages that ends soon or has ended, dry run.
     */
    public List<String> warnings(Instant at) {
        List<String> warnings = new ArrayList<>();
        for (X509Certificate anchor : trust.anchors()) {
            warnOfExpiry(
                    warnings,
                    at,
                    anchor,
                    file + ": trust anchor " + anchor.getSubjectX500Principal().getName());
        }
        for (ServiceCertificate certificate : allCertificates()) {
            warnOfCertificate(warnings, at, certificate);
        }
        for (String issuer : trust.outdatedCrls(at)) {
            warnings.add(file + ": the revocation list of " + issuer
                    + " is due for renewal; fetch the authority's next one");
        }
        warnOfMissingCertificates(warnings);
        warnOfToleration(warnings, at);
        warnOfDryRun(warnings);
        Collections.sort(warnings);
        return List.copyOf(warnings);
    }

    private void warnOfCertificate(List<String> warnings, Instant at, ServiceCertificate certificate) {
        String whose = origins.get(certificate.fingerprintHex()) + ": the certificate of "
                + certificate.serviceName().value();
        if (isRevoked(certificate)) {
            warnings.add(whose + " is revoked; have the authority issue another one");
            return;
        }
        if (at.isBefore(certificate.notBefore())) {
            warnings.add(whose + " is not valid before " + certificate.notBefore() + "; nothing to do until then");
        }
        warnOfExpiry(warnings, at, certificate.certificate(), whose);
        for (X509Certificate intermediate :
                certificate.chain().subList(1, certificate.chain().size())) {
            warnOfExpiry(warnings, at, intermediate, whose + " has an intermediate that");
        }
    }

    private void warnOfExpiry(List<String> warnings, Instant at, X509Certificate certificate, String whose) {
        Instant end = certificate.getNotAfter().toInstant();
        if (at.isAfter(end)) {
            warnings.add(whose + " expired at " + end + "; have the authority issue a new one");
        } else if (!at.plus(expiryWarning).isBefore(end)) {
            warnings.add(whose + " expires at " + end + "; have the authority issue its successor");
        }
    }

    private void warnOfMissingCertificates(List<String> warnings) {
        for (AddressPolicy address : addresses) {
            for (ServiceName receiver : address.receivers()) {
                if (certificates.certificatesOf(receiver).isEmpty()) {
                    warnings.add(file + ": address '" + address.match() + "' is sealed to " + receiver.value()
                            + ", of which no certificate is given; add it if this process seals");
                }
            }
        }
    }

    private void warnOfToleration(List<String> warnings, Instant at) {
        for (AddressPolicy address : addresses) {
            address.plaintextUntil().ifPresent(until -> {
                String where = file + ": address '" + address.match() + "' ";
                if (!at.isBefore(until)) {
                    warnings.add(
                            where + "has tolerated no unsealed messages since " + until + "; remove plaintext-until");
                } else if (!at.plus(TOLERATION_WARNING).isBefore(until)) {
                    warnings.add(where + "tolerates unsealed messages only until " + until
                            + "; see to it that all who send there seal by then");
                }
            });
        }
    }

    private void warnOfDryRun(List<String> warnings) {
        for (AddressPolicy address : addresses) {
            if (address.dryRun()) {
                warnings.add(file + ": address '" + address.match()
                        + "' is in dry run, so that the guard protects nothing there; end it when the guard reports nothing"
                        + " any more");
            }
        }
        if (table.otherwise().dryRun() && table.otherwise().action() != Action.BYPASS) {
            warnings.add(file + ": all other addresses are in dry run, so that the guard protects nothing there; end it"
                    + " when the guard reports nothing any more");
        }
    }

    private boolean isRevoked(ServiceCertificate certificate) {
        return trust.check(certificate, certificate.notBefore())
                .filter(problem -> problem == CertificateProblem.REVOKED)
                .isPresent();
    }

    private Collection<ServiceCertificate> allCertificates() {
        Set<ServiceCertificate> all = new LinkedHashSet<>();
        services.values().forEach(service -> all.addAll(service.certificates()));
        identities.forEach(identity -> all.add(identity.certificate()));
        return all;
    }

    @Override
    public void close() {
        identities.forEach(ServiceIdentity::close);
        state.ifPresent(StatePolicy::close);
    }

    @Override
    public String toString() {
        return "security policy of " + file;
    }
}
