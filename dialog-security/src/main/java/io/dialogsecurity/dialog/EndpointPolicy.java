package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import java.time.Duration;
import java.util.Set;

/**
 * What an endpoint or guard accepts, and how it uses its keys.
 *
 * @param acceptedSuites suites opened; there is no fall-back to others
 * @param preferredSuite the suite sealed with, one of the accepted
 * @param groupAuthenticityAccepted whether several targets may share keys without signing each message
 * @param embedCertificates whether the initiator's certificate travels in the header, so that a receiver needs nothing
 *     but its own key and trust anchors; otherwise receivers look it up by fingerprint
 * @param keyExchangeKey limits of a key exchange key
 * @param dialogKey limits of a dialog key
 * @param maxMessageAge how long ago a message may have been sealed
 * @param clockSkew how far a sender's clock may be ahead
 * @param maxEnvelopeBytes the largest envelope opened in one piece
 */
public record EndpointPolicy(
        Set<Suite> acceptedSuites,
        Suite preferredSuite,
        boolean groupAuthenticityAccepted,
        boolean embedCertificates,
        KeyLimits keyExchangeKey,
        KeyLimits dialogKey,
        Duration maxMessageAge,
        Duration clockSkew,
        int maxEnvelopeBytes) {

    /** @throws IllegalArgumentException if the preferred suite is not accepted */
    public EndpointPolicy {
        acceptedSuites = Set.copyOf(acceptedSuites);
        if (!acceptedSuites.contains(preferredSuite)) {
            throw new IllegalArgumentException("The preferred suite " + preferredSuite + " is not accepted");
        }
    }

    /**
     * Both suites, suite 1 preferred; a key exchange key for a day, a dialog key for an hour or a million messages; a
     * message for a week; two minutes of skew.
     */
    public static EndpointPolicy defaults() {
        return new EndpointPolicy(
                Set.of(Suite.values()),
                Suite.SUITE_1,
                false,
                true,
                new KeyLimits(Duration.ofDays(1), 0xFFFF_FFFFL, 1L << 46),
                new KeyLimits(Duration.ofHours(1), 1_000_000, 1L << 36),
                Duration.ofDays(7),
                Duration.ofMinutes(2),
                64 * 1024 * 1024);
    }

    /** The same policy with another preferred suite. */
    public EndpointPolicy preferring(Suite suite) {
        return new EndpointPolicy(
                acceptedSuites,
                suite,
                groupAuthenticityAccepted,
                embedCertificates,
                keyExchangeKey,
                dialogKey,
                maxMessageAge,
                clockSkew,
                maxEnvelopeBytes);
    }

    /** The same policy with other limits of the dialog key. */
    public EndpointPolicy withDialogKey(KeyLimits limits) {
        return new EndpointPolicy(
                acceptedSuites,
                preferredSuite,
                groupAuthenticityAccepted,
                embedCertificates,
                keyExchangeKey,
                limits,
                maxMessageAge,
                clockSkew,
                maxEnvelopeBytes);
    }

    /** The same policy with other limits of the key exchange key. */
    public EndpointPolicy withKeyExchangeKey(KeyLimits limits) {
        return new EndpointPolicy(
                acceptedSuites,
                preferredSuite,
                groupAuthenticityAccepted,
                embedCertificates,
                limits,
                dialogKey,
                maxMessageAge,
                clockSkew,
                maxEnvelopeBytes);
    }
}
