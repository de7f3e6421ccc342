package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.policy.Limits;
import io.dialogsecurity.policy.SecurityPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * What an endpoint or guard accepts, and how it uses its keys.
 *
 * @param acceptedSuites suites opened; there is no fall-back to others
 * @param preferredSuite the suite sealed with, one of the accepted
 * @param groupAuthenticityAccepted whether several targets may share keys without signing each message
 * @param embedCertificates whether the initiator's certificate travels in the header, so that a receiver needs nothing
 *     but its own key and trust anchors; otherwise receivers look it up by fingerprint
 * @param limits of keys, messages and clocks
 * @param messageMaxAges how old a message may be that was sealed for an address
 */
public record EndpointPolicy(
        Set<Suite> acceptedSuites,
        Suite preferredSuite,
        boolean groupAuthenticityAccepted,
        boolean embedCertificates,
        Limits limits,
        Function<String, Duration> messageMaxAges) {

    /** @throws IllegalArgumentException if the preferred suite is not accepted */
    public EndpointPolicy {
        acceptedSuites = Set.copyOf(acceptedSuites);
        if (!acceptedSuites.contains(preferredSuite)) {
            throw new IllegalArgumentException("The preferred suite " + preferredSuite + " is not accepted");
        }
    }

    /** All addresses have the same limits. */
    public EndpointPolicy(
            Set<Suite> acceptedSuites,
            Suite preferredSuite,
            boolean groupAuthenticityAccepted,
            boolean embedCertificates,
            Limits limits) {
        this(
                acceptedSuites,
                preferredSuite,
                groupAuthenticityAccepted,
                embedCertificates,
                limits,
                any -> limits.messageMaxAge());
    }

    /** Both suites, suite 1 preferred, signed messages where there are several targets, and the default limits. */
    public static EndpointPolicy defaults() {
        return new EndpointPolicy(Set.of(Suite.values()), Suite.SUITE_1, false, true, Limits.DEFAULTS);
    }

    /**
     * What a configuration says to all its addresses together. A suite or group authenticity that only some addresses
     * accept is accepted here; whoever knows the address has to look once more.
     */
    public static EndpointPolicy of(SecurityPolicy policy) {
        Set<Suite> accepted = EnumSet.copyOf(policy.suites().accepted());
        boolean group = false;
        for (AddressPolicy address : policy.addresses()) {
            if (address.action() == Action.APPLY) {
                accepted.addAll(address.suites().accepted());
                group |= address.authenticity() == AuthenticityPolicy.GROUP;
            }
        }
        return new EndpointPolicy(
                accepted,
                policy.suites().preferred(),
                group,
                policy.embedCertificates(),
                policy.limits(),
                policy.messageMaxAges());
    }

    /** The same policy with another preferred suite. */
    public EndpointPolicy preferring(Suite suite) {
        return new EndpointPolicy(
                acceptedSuites, suite, groupAuthenticityAccepted, embedCertificates, limits, messageMaxAges);
    }

    /** The same policy with other limits, for all addresses. */
    public EndpointPolicy with(Limits newLimits) {
        return new EndpointPolicy(
                acceptedSuites, preferredSuite, groupAuthenticityAccepted, embedCertificates, newLimits);
    }

    KeyLimits keyExchangeKey() {
        return limits.keyExchangeKey();
    }

    KeyLimits dialogKey() {
        return limits.dialogKey();
    }

    Duration maxMessageAge(String destination) {
        return messageMaxAges.apply(destination);
    }

    Duration clockSkew() {
        return limits.clockSkew();
    }
}
