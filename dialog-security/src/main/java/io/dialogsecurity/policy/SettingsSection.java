package io.dialogsecurity.policy;

import io.dialogsecurity.crypto.Suite;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads suites, limits and caches. */
final class SettingsSection {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration WIDEST_SKEW = Duration.ofHours(1);

    /** AES-GCM stays far from its bounds up to 2^42 blocks of 16 bytes under one key. */
    private static final long MOST_KEY_BYTES = 1L << 46;

    private static final int SMALLEST_ENVELOPE = 4 * 1024;
    private static final int LARGEST_ENVELOPE = 1 << 30;
    private static final double MOST_JITTER = 0.5;
    private static final long MOST_ENTRIES = 10_000_000;

    private final PolicyContext context;

    SettingsSection(PolicyContext context) {
        this.context = context;
    }

    SuitePolicy suites(Optional<XmlElement> elementOrNone) {
        if (elementOrNone.isEmpty()) {
            return SuitePolicy.DEFAULTS;
        }
        XmlElement element = elementOrNone.get();
        Set<Suite> accepted = context.suites(element, "accept");
        String first = context.names(element, "accept", Set.of()).iterator().next();
        Suite preferred =
                context.suite(element, "prefer", element.optional("prefer").orElse(first));
        if (!accepted.contains(preferred)) {
            throw context.problem(
                    element,
                    "suite " + preferred.code() + " is preferred but not accepted",
                    "prefer " + PolicyContext.codes(accepted) + ", or accept it");
        }
        return new SuitePolicy(accepted, preferred);
    }

    /** Of an address: a choice among what is accepted anyway. */
    SuitePolicy suitesOfAddress(XmlElement element, SuitePolicy general) {
        if (!element.has("suites")) {
            return general;
        }
        Set<Suite> accepted = context.suites(element, "suites");
        for (Suite suite : accepted) {
            if (!general.accepts(suite)) {
                throw context.problem(
                        element,
                        "suite " + suite.code() + " is not accepted by <suites>",
                        "use " + PolicyContext.codes(general.accepted()) + ", or accept it there");
            }
        }
        String first = context.names(element, "suites", Set.of()).iterator().next();
        return new SuitePolicy(
                accepted,
                accepted.contains(general.preferred()) ? general.preferred() : context.suite(element, "suites", first));
    }

    Limits limits(Optional<XmlElement> elementOrNone) {
        if (elementOrNone.isEmpty()) {
            return Limits.DEFAULTS;
        }
        XmlElement element = elementOrNone.get();
        Limits otherwise = Limits.DEFAULTS;
        KeyLimits keyExchangeKey = keyLimits(element.child("key-exchange-key"), otherwise.keyExchangeKey());
        KeyLimits dialogKey = keyLimits(element.child("dialog-key"), otherwise.dialogKey());
        if (dialogKey.maxAge().compareTo(keyExchangeKey.maxAge()) > 0) {
            throw context.problem(
                    element.child("dialog-key").orElse(element),
                    "a dialog key (" + dialogKey.maxAge() + ") outlives the key exchange key that wraps it ("
                            + keyExchangeKey.maxAge() + ")",
                    "shorten its max-age, or lengthen the key exchange key's");
        }
        Duration clockSkew = context.duration(element, "clock-skew", otherwise.clockSkew(), Duration.ZERO, WIDEST_SKEW);
        Duration messageMaxAge = messageMaxAge(element, otherwise.messageMaxAge(), clockSkew);
        return new Limits(
                keyExchangeKey,
                dialogKey,
                messageMaxAge,
                clockSkew,
                (int) context.size(
                        element,
                        "max-envelope-size",
                        otherwise.maxEnvelopeBytes(),
                        SMALLEST_ENVELOPE,
                        LARGEST_ENVELOPE),
                context.fraction(element, "refresh-jitter", otherwise.refreshJitter(), MOST_JITTER));
    }

    /** Of all addresses, or of one. */
    Duration messageMaxAge(XmlElement element, Duration otherwise, Duration clockSkew) {
        Duration messageMaxAge = context.duration(element, "message-max-age", otherwise, SHORTEST, LONGEST);
        if (clockSkew.compareTo(messageMaxAge) >= 0) {
            throw context.problem(
                    element,
                    "clock-skew (" + clockSkew + ") is not less than message-max-age (" + messageMaxAge + ")",
                    "lower clock-skew");
        }
        return messageMaxAge;
    }

    private KeyLimits keyLimits(Optional<XmlElement> elementOrNone, KeyLimits otherwise) {
        return elementOrNone
                .map(element -> new KeyLimits(
                        context.duration(element, "max-age", otherwise.maxAge(), SHORTEST, LONGEST),
                        context.count(element, "max-messages", otherwise.maxMessages(), KeyLimits.MOST_MESSAGES),
                        context.size(element, "max-bytes", otherwise.maxBytes(), 1, MOST_KEY_BYTES)))
                .orElse(otherwise);
    }

    Caches caches(Optional<XmlElement> elementOrNone) {
        return elementOrNone
                .map(element -> new Caches(
                        cache(element.child("outgoing-pairs")),
                        cache(element.child("verified-headers")),
                        cache(element.child("key-exchange-keys")),
                        cache(element.child("dialog-keys"))))
                .orElse(Caches.DEFAULTS);
    }

    private CachePolicy cache(Optional<XmlElement> elementOrNone) {
        CachePolicy otherwise = CachePolicy.DEFAULTS;
        return elementOrNone
                .map(element -> new CachePolicy(
                        context.yesOrNo(element, "enabled", otherwise.enabled()),
                        context.count(element, "entries", otherwise.entries(), MOST_ENTRIES),
                        context.duration(element, "expire", otherwise.expire(), SHORTEST, LONGEST)))
                .orElse(otherwise);
    }
}
