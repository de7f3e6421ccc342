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

/**
 * What an endpoint or guard accepts, and how it uses its keys.
 *
 * @param acceptedSuites suites opened; there is no fall-back to others
 * @param preferredSuite the suite sealed with, one of the accepted
 * @param groupAuthenticityAccepted whether several targets may share keys without signing each message
 * @param embedCertificates whether the initiator's certificate travels in the header, so that a receiver needs nothing
 *     but its own key and trust anchors; otherwise receivers look it up by fingerprint
 * @param limits of keys, messages and clocks
 */
public record EndpointPolicy(
        Set<Suite> acceptedSuites,
        Suite preferredSuite,
        boolean groupAuthenticityAccepted,
        boolean embedCertificates,
        Limits limits) {

    /** @throws IllegalArgumentException if the preferred suite is not accepted */
    public EndpointPolicy {
        acceptedSuites = Set.copyOf(acceptedSuites);
        if (!acceptedSuites.contains(preferredSuite)) {
            throw new IllegalArgumentException("The preferred suite " + preferredSuite + " is not accepted");
        }
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
                accepted, policy.suites().preferred(), group, policy.embedCertificates(), policy.limits());
    }

    /** The same policy with another preferred suite. */
    public EndpointPolicy preferring(Suite suite) {
        return new EndpointPolicy(acceptedSuites, suite, groupAuthenticityAccepted, embedCertificates, limits);
    }

    /** The same policy with other limits. */
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

    Duration maxMessageAge() {
        return limits.messageMaxAge();
    }

    Duration clockSkew() {
        return limits.clockSkew();
    }
}
