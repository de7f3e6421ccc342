package io.dialogsecurity.artemis.speaker;

import io.dialogsecurity.cache.CacheSettings;
import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.CachePolicy;
import io.dialogsecurity.policy.Caches;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SuitePolicy;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.wire.Authenticity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One reading of the configuration, and the endpoints that carry it out: one per identity. Immutable; whoever keeps
 * something that was made under a generation drops it when there is a newer one.
 */
public final class Generation {

    private final SecurityPolicy policy;
    private final Map<String, Speaker> speakers;
    private final List<DialogEndpoint> endpoints;
    private final Set<ServiceName> names;
    private final InstantSource clock;

    private Generation(SecurityPolicy policy, Map<String, Speaker> speakers, InstantSource clock) {
        this.policy = policy;
        this.speakers = new LinkedHashMap<>(speakers);
        this.endpoints = speakers.values().stream().map(Speaker::endpoint).toList();
        this.names = new LinkedHashSet<>();
        speakers.values().forEach(speaker -> names.add(speaker.identity().serviceName()));
        this.clock = clock;
    }

    /**
     * The first generation, or the one after another: endpoints stay as long as their identity does, with what they
     * remember; others are made, or retired. The policy's identities are the generation's from now on.
     *
     * @param speaks which of the policy's identities are spoken for; the others are erased
     * @param previous null for the first
     * @param retired takes the speakers that speak no more; erase them when nobody can hold them any longer
     * @param configure finishes the endpoint of a new identity
     */
    public static Generation of(
            SecurityPolicy policy,
            Predicate<ServiceIdentity> speaks,
            Generation previous,
            Consumer<Speaker> retired,
            UnaryOperator<DialogEndpoint.Builder> configure,
            InstantSource clock) {
        EndpointPolicy endpointPolicy = EndpointPolicy.of(policy);
        TrustContext trust = new TrustContext(policy.trust(), policy.certificates());
        Map<String, Speaker> next = new LinkedHashMap<>();
        for (ServiceIdentity identity : policy.identities()) {
            String key = identity.certificate().fingerprintHex();
            if (!speaks.test(identity)) {
                identity.close();
                continue;
            }
            Speaker speaker = previous == null ? null : previous.speakers.get(key);
            if (speaker == null) {
                DialogEndpoint.Builder builder = DialogEndpoint.builder(identity, trust)
                        .policy(endpointPolicy)
                        .caches(caches(policy.caches()));
                speaker = new Speaker(identity, configure.apply(builder).build());
            } else {
                speaker.endpoint().reconfigure(endpointPolicy, trust);
                identity.close(); // the same key is in use already
            }
            next.put(key, speaker);
        }
        if (previous != null) {
            previous.speakers.values().stream()
                    .filter(speaker -> !next.containsKey(speaker.key()))
                    .forEach(retired);
        }
        return new Generation(policy, next, clock);
    }

    /** What the file says. */
    public SecurityPolicy policy() {
        return policy;
    }

    /** All endpoints, in the order of the file. */
    public List<DialogEndpoint> endpoints() {
        return endpoints;
    }

    /** All speakers, in the order of the file. */
    public Collection<Speaker> speakers() {
        return speakers.values();
    }

    /** The services this process speaks for. */
    public Set<ServiceName> names() {
        return names;
    }

    /** What policy says about an address. */
    public AddressPolicy rule(String address) {
        return policy.address(address);
    }

    /** Whether an element of the file names the address, and not only the default. */
    public static boolean isExplicit(AddressPolicy rule) {
        return !rule.match().isEmpty();
    }

    /**
     * A new dialog, spoken by a service of this process.
     *
     * @param as who speaks, or null for the first who may
     */
    public DialogSealer begin(AddressPolicy rule, String address, ServiceName as, Set<ServiceName> targets) {
        ServiceName name = as != null ? requireMaySend(rule, address, as) : nameFor(rule, address);
        Authenticity several =
                rule.authenticity() == AuthenticityPolicy.GROUP ? Authenticity.GROUP : Authenticity.SIGNED;
        Instant now = clock.instant();
        // An identity that begins no further ahead than clocks may be apart is better than none.
        for (Instant at : List.of(now, now.plus(policy.limits().clockSkew()))) {
            for (Suite suite : inOrder(rule.suites())) {
                Optional<Speaker> speaker = policy.identity(name, suite, at)
                        .map(identity -> speakers.get(identity.certificate().fingerprintHex()));
                if (speaker.isPresent() && haveCertificates(targets, suite)) {
                    return speaker.get().endpoint().begin(targets, several, suite);
                }
            }
        }
        // Nothing fits: let the endpoint say what is missing.
        return speakers.values().stream()
                .filter(candidate -> candidate.identity().serviceName().equals(name))
                .findFirst()
                .orElseThrow()
                .endpoint()
                .begin(targets, several, rule.suites().preferred());
    }

    /** A dialog that a service of this process began before, whichever of its identities it was. */
    public DialogSealer resume(AddressPolicy rule, String address, DialogId dialogId) {
        SealingRefusedException unknown = null;
        for (DialogEndpoint endpoint : endpoints) {
            if (rule.maySend(endpoint.serviceName())) {
                try {
                    return endpoint.resume(dialogId, endpoint.serviceName());
                } catch (SealingRefusedException e) {
                    if (e.reason() != Rejection.DIALOG_UNKNOWN) {
                        throw e;
                    }
                    unknown = e;
                }
            }
        }
        throw unknown != null ? unknown : notASender(rule, address, names);
    }

    private ServiceName nameFor(AddressPolicy rule, String address) {
        for (ServiceName name : names) {
            if (rule.maySend(name)) {
                return name;
            }
        }
        throw notASender(rule, address, names);
    }

    /**
     * A name that may be spoken under at an address.
     *
     * @throws SealingRefusedException if this process does not speak for the service, or it may not send there
     */
    public ServiceName requireMaySend(AddressPolicy rule, String address, ServiceName name) {
        if (!names.contains(name)) {
            throw new SealingRefusedException(
                    Rejection.SENDER_NOT_AUTHORISED,
                    "This process speaks for " + names + ", not for " + name + "; add an <identity> to "
                            + policy.file());
        }
        if (!rule.maySend(name)) {
            throw notASender(rule, address, Set.of(name));
        }
        return name;
    }

    private SealingRefusedException notASender(AddressPolicy rule, String address, Set<ServiceName> who) {
        return new SealingRefusedException(
                Rejection.SENDER_NOT_AUTHORISED,
                "Only " + rule.senders() + " may send to " + address + ", not " + who + "; correct the senders of '"
                        + rule.match() + "' in " + policy.file());
    }

    private boolean haveCertificates(Set<ServiceName> targets, Suite suite) {
        return targets.stream()
                .allMatch(target -> policy.certificates().certificatesOf(target).stream()
                        .anyMatch(certificate -> certificate.suites().contains(suite)));
    }

    private static List<Suite> inOrder(SuitePolicy suites) {
        List<Suite> ordered = new ArrayList<>();
        ordered.add(suites.preferred());
        for (Suite suite : suites.accepted()) {
            if (suite != suites.preferred()) {
                ordered.add(suite);
            }
        }
        return ordered;
    }

    private static CaffeineCaches caches(Caches caches) {
        return CaffeineCaches.builder()
                .with(CacheName.OUTGOING_PAIRS, settings(caches.outgoingPairs()))
                .with(CacheName.VERIFIED_HEADERS, settings(caches.verifiedHeaders()))
                .with(CacheName.KEY_EXCHANGE_KEYS, settings(caches.keyExchangeKeys()))
                .with(CacheName.DIALOG_KEYS, settings(caches.dialogKeys()))
                .build();
    }

    private static CacheSettings settings(CachePolicy policy) {
        return policy.enabled()
                ? CacheSettings.entries(policy.entries()).expiringAfterWrite(policy.expire())
                : CacheSettings.off();
    }
}
