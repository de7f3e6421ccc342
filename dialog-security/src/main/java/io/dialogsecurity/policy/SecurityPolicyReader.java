package io.dialogsecurity.policy;

import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads {@code dialog-security.xml} and all files it names. Immutable and thread-safe.
 *
 * <p>Every failure is a {@link PolicyException} with one line. Nothing is believed before all of it is.
 */
public final class SecurityPolicyReader {
    private final PasswordDecoder decoderOrNull;
    private final UnaryOperator<String> environment;
    private final InstantSource clock;

    private SecurityPolicyReader(
            PasswordDecoder decoderOrNull, UnaryOperator<String> environment, InstantSource clock) {
        this.decoderOrNull = decoderOrNull;
        this.environment = Objects.requireNonNull(environment);
        this.clock = Objects.requireNonNull(clock);
    }

    /** A reader that knows no encoded passwords, the process's environment and the system's clock. */
    public SecurityPolicyReader() {
        this(null, System::getenv, InstantSource.system());
    }

    /** As this one, with a decoder for passwords of the form {@code ENC(...)}. */
    public SecurityPolicyReader withPasswordDecoder(PasswordDecoder decoder) {
        return new SecurityPolicyReader(decoder, environment, clock);
    }

    /** As this one, with another source of environment variables; it returns null for one that is not set. */
    public SecurityPolicyReader withEnvironment(UnaryOperator<String> variables) {
        return new SecurityPolicyReader(decoderOrNull, variables, clock);
    }

    /** As this one, with another clock to judge expiry by. */
    public SecurityPolicyReader withClock(InstantSource otherClock) {
        return new SecurityPolicyReader(decoderOrNull, environment, otherClock);
    }

    /**
     * Reads the file for a start: an expired anchor, identity or certificate without a successor is an error.
     *
     * @throws PolicyException if anything is wrong with the file or one it names
     */
    public SecurityPolicy read(Path file) {
        return read(file, true);
    }

    /**
     * Reads the file while running on an earlier version of it: what has expired since is only a {@linkplain
     * SecurityPolicy#warnings warning}, so that it cannot keep a revocation from taking effect.
     *
     * @throws PolicyException if anything else is wrong; the earlier version is to be kept then
     */
    public SecurityPolicy reread(Path file) {
        return read(file, false);
    }

    private SecurityPolicy read(Path file, boolean starting) {
        PolicyXml xml = PolicyXml.read(file);
        PolicyContext context = new PolicyContext(file, clock.instant(), starting, decoderOrNull, environment);
        TrustStore trust = new TrustSection(context).read(child(xml.root(), "trust"));
        ServicesSection services = new ServicesSection(context, trust);
        try {
            SecurityPolicy policy = read(xml.root(), context, trust, services);
            xml.validate();
            return policy;
        } catch (RuntimeException e) {
            services.identities().forEach(ServiceIdentity::close);
            throw e;
        }
    }

    private static SecurityPolicy read(
            XmlElement root, PolicyContext context, TrustStore trust, ServicesSection services) {
        services.readServices(child(root, "services"));
        SettingsSection settings = new SettingsSection(context);
        services.readIdentities(
                root.children("identity"),
                () -> settings.limits(root.child("limits")).clockSkew());
        SuitePolicy suites = settings.suites(root.child("suites"));
        Limits limits = settings.limits(root.child("limits"));
        AddressesSection section = new AddressesSection(context, settings, suites, limits, services.services());
        String quarantine = section.quarantine(root);
        XmlElement addressesElement = child(root, "addresses");
        List<AddressPolicy> addresses = section.read(addressesElement, quarantine);
        return new SecurityPolicy(
                context,
                trust,
                context.duration(
                        child(root, "trust"),
                        "expiry-warning",
                        SecurityPolicy.DEFAULT_EXPIRY_WARNING,
                        Duration.ZERO,
                        Duration.ofDays(3660)),
                services,
                context.yesOrNo(child(root, "services"), "embed-certificates", true),
                suites,
                limits,
                settings.caches(root.child("caches")),
                root.child("state").map(new StateSection(context)::read),
                quarantine,
                addresses,
                section.otherwise(addressesElement),
                section.brokers(addressesElement));
    }

    /** The grammar has seen to it that it is there. */
    private static XmlElement child(XmlElement root, String name) {
        Optional<XmlElement> child = root.child(name);
        return child.orElseThrow();
    }
}
