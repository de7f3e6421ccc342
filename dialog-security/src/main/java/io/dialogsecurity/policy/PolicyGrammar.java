package io.dialogsecurity.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which elements and attributes the file may have. The schema says the same to editors; here it is said again because
 * a validator's messages name rules of XML Schema and no remedies, and speak the machine's language. A test holds the
 * two together, and the schema has the last word when a file is read.
 */
final class PolicyGrammar {
    static final String ROOT = "dialog-security";

    private static final Set<String> NOTHING = Set.of();
    private static final Set<String> PASSWORD = Set.of("password", "password-file", "password-env");
    private static final Set<String> KEY_LIMITS = Set.of("max-age", "max-messages", "max-bytes");
    private static final Set<String> CACHE = Set.of("enabled", "entries", "expire");

    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry(
                    ROOT,
                    rule(NOTHING, NOTHING)
                            .inOrder(
                                    one("trust"),
                                    any("identity"),
                                    one("services"),
                                    maybe("suites"),
                                    maybe("limits"),
                                    maybe("caches"),
                                    maybe("state"),
                                    maybe("quarantine"),
                                    one("addresses"))),
            Map.entry(
                    "trust",
                    rule(NOTHING, Set.of("expiry-warning")).inOrder(some("anchor"), any("crl"), any("revoked"))),
            Map.entry("anchor", rule(Set.of("file"), PASSWORD)),
            Map.entry("crl", rule(Set.of("file"), NOTHING)),
            Map.entry("revoked", rule(Set.of("fingerprint"), NOTHING)),
            Map.entry("identity", rule(Set.of("service", "key-store"), union(PASSWORD, Set.of("alias")))),
            Map.entry("services", rule(NOTHING, Set.of("embed-certificates")).inOrder(some("service"))),
            Map.entry(
                    "service",
                    rule(Set.of("name"), Set.of("certificate", "users", "roles"))
                            .inOrder(any("certificate"))),
            Map.entry("certificate", rule(Set.of("file"), NOTHING)),
            Map.entry("suites", rule(Set.of("accept"), Set.of("prefer"))),
            Map.entry(
                    "limits",
                    rule(NOTHING, Set.of("message-max-age", "clock-skew", "max-envelope-size", "refresh-jitter"))
                            .inAnyOrder(maybe("key-exchange-key"), maybe("dialog-key"))),
            Map.entry("key-exchange-key", rule(NOTHING, KEY_LIMITS)),
            Map.entry("dialog-key", rule(NOTHING, KEY_LIMITS)),
            Map.entry(
                    "caches",
                    rule(NOTHING, NOTHING)
                            .inAnyOrder(
                                    maybe("outgoing-pairs"),
                                    maybe("verified-headers"),
                                    maybe("key-exchange-keys"),
                                    maybe("dialog-keys"))),
            Map.entry("outgoing-pairs", rule(NOTHING, CACHE)),
            Map.entry("verified-headers", rule(NOTHING, CACHE)),
            Map.entry("key-exchange-keys", rule(NOTHING, CACHE)),
            Map.entry("dialog-keys", rule(NOTHING, CACHE)),
            Map.entry(
                    "state",
                    rule(
                                    NOTHING,
                                    union(
                                            PASSWORD,
                                            Set.of(
                                                    "enabled",
                                                    "directory",
                                                    "url",
                                                    "user",
                                                    "commit-interval",
                                                    "on-damage",
                                                    "force")))
                            .inOrder(maybe("encryption"))),
            Map.entry("encryption", rule(NOTHING, PASSWORD)),
            Map.entry("quarantine", rule(Set.of("address"), NOTHING)),
            Map.entry(
                    "addresses",
                    rule(NOTHING, Set.of("default", "dry-run", "brokers")).inOrder(any("address"))),
            Map.entry(
                    "address",
                    rule(
                                    Set.of("match", "action"),
                                    Set.of(
                                            "senders",
                                            "receivers",
                                            "gaps",
                                            "replays",
                                            "message-max-age",
                                            "forks",
                                            "authenticity",
                                            "suites",
                                            "clear-properties",
                                            "outgoing",
                                            "others",
                                            "plaintext-until",
                                            "dry-run"))
                            .inOrder(any("seal"), any("open"))),
            Map.entry("seal", rule(Set.of("service"), Set.of("users"))),
            Map.entry("open", rule(Set.of("service"), Set.of("users", "roles", "client-certificate"))));

    private PolicyGrammar() {}

    /** How often a child may stand in its parent. */
    private record Child(String name, int least, int most) {}

    private record Rule(Set<String> required, Set<String> optional, List<Child> children, boolean ordered) {
        Rule inOrder(Child... inThisOrder) {
            return new Rule(required, optional, List.of(inThisOrder), true);
        }

        Rule inAnyOrder(Child... inWhicheverOrder) {
            return new Rule(required, optional, List.of(inWhicheverOrder), false);
        }

        Optional<Child> child(String name) {
            return children.stream().filter(child -> child.name.equals(name)).findFirst();
        }
    }

    private static Rule rule(Set<String> required, Set<String> optional) {
        return new Rule(required, optional, List.of(), true);
    }

    private static Child one(String name) {
        return new Child(name, 1, 1);
    }

    private static Child maybe(String name) {
        return new Child(name, 0, 1);
    }

    private static Child any(String name) {
        return new Child(name, 0, Integer.MAX_VALUE);
    }

    private static Child some(String name) {
        return new Child(name, 1, Integer.MAX_VALUE);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** What is wrong with an element's name in its place, if anything. */
    static Optional<String> problemWithName(XmlElement parent, String name) {
        Rule rule = RULES.get(parent.name());
        Optional<Child> child = rule.child(name);
        if (child.isEmpty()) {
            String known = rule.children.isEmpty() ? "it has no elements" : "known are " + tags(rule.children);
            return Optional.of("<" + name + "> is not known in <" + parent.name() + ">; remove it, " + known);
        }
        if (parent.children(name).size() >= child.get().most()) {
            return Optional.of("<" + name + "> stands in <" + parent.name() + "> more than once; keep one");
        }
        if (rule.ordered && !parent.children().isEmpty()) {
            String previous =
                    parent.children().get(parent.children().size() - 1).name();
            if (position(rule, previous) > position(rule, name)) {
                return Optional.of("<" + name + "> stands after <" + previous + ">; move it before");
            }
        }
        return Optional.empty();
    }

    /** What is wrong with an element's attributes, if anything. */
    static Optional<String> problemWithAttributes(XmlElement element) {
        Rule rule = RULES.get(element.name());
        Set<String> known = union(rule.required, rule.optional);
        for (String attribute : sorted(element.attributes().keySet())) {
            if (!known.contains(attribute)) {
                String which = known.isEmpty() ? "it has none" : "known are " + String.join(", ", sorted(known));
                return Optional.of(
                        "attribute '" + attribute + "' is not known in <" + element.name() + ">; remove it, " + which);
            }
        }
        for (String attribute : sorted(rule.required)) {
            if (!element.has(attribute)) {
                return Optional.of("<" + element.name() + "> has no attribute '" + attribute + "'; add it");
            }
        }
        return Optional.empty();
    }

    /** What a complete element lacks, if anything. */
    static Optional<String> problemWithContent(XmlElement element) {
        return RULES.get(element.name()).children.stream()
                .filter(child -> element.children(child.name).size() < child.least)
                .findFirst()
                .map(child -> "<" + element.name() + "> has no <" + child.name + ">; add one");
    }

    private static int position(Rule rule, String name) {
        return rule.children.indexOf(rule.child(name).orElseThrow());
    }

    private static String tags(List<Child> children) {
        return children.stream().map(child -> "<" + child.name + ">").collect(Collectors.joining(", "));
    }

    private static List<String> sorted(Set<String> names) {
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(null);
        return sorted;
    }
}
