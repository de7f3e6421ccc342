package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what is done on which address. */
final class AddressesSection {
    static final String DEFAULT_QUARANTINE = "dialog-security.quarantine";

    /** The only header that is sealed and can stay readable all the same. */
    private static final String MESSAGE_TYPE = "JMSType";

    private static final List<String> ONLY_FOR_APPLY = List.of(
            "senders",
            "receivers",
            "gaps",
            "replays",
            "message-max-age",
            "forks",
            "authenticity",
            "suites",
            "clear-properties",
            "others",
            "plaintext-until");

    private final PolicyContext context;
    private final SettingsSection settings;
    private final SuitePolicy suites;
    private final Limits limits;
    private final Set<ServiceName> services;
    private final BrokerSideSection brokerSide;

    AddressesSection(
            PolicyContext context,
            SettingsSection settings,
            SuitePolicy suites,
            Limits limits,
            Map<ServiceName, ServicePolicy> services) {
        this.context = context;
        this.settings = settings;
        this.suites = suites;
        this.limits = limits;
        this.services = services.keySet();
        this.brokerSide = new BrokerSideSection(context, services);
    }

    String quarantine(XmlElement root) {
        if (root.child("quarantine").isEmpty()) {
            return DEFAULT_QUARANTINE;
        }
        XmlElement element = root.child("quarantine").get();
        String address = pattern(element, "address");
        if (new AddressPattern(address).hasWildcards()) {
            throw context.problem(element, "the quarantine '" + address + "' has a wildcard", "give one address");
        }
        return address;
    }

    AddressPolicy otherwise(XmlElement addresses) {
        return AddressPolicy.plain(
                "",
                context.choice(addresses, "default", Action.class, Action.BYPASS),
                suites,
                limits.messageMaxAge(),
                context.yesOrNo(addresses, "dry-run", false));
    }

    Set<String> brokers(XmlElement addresses) {
        Set<String> users = context.names(addresses, "brokers", Set.of());
        if (users.contains(SealRule.EVERY_USER)) {
            throw context.problem(
                    addresses, "attribute 'brokers' names '*', which is every user", "name the users of other brokers");
        }
        return users;
    }

    List<AddressPolicy> read(XmlElement addresses, String quarantine) {
        List<AddressPolicy> policies = new ArrayList<>();
        Set<String> matches = new HashSet<>();
        boolean dryRun = context.yesOrNo(addresses, "dry-run", false);
        for (XmlElement element : addresses.children()) {
            AddressPolicy policy = address(element, dryRun);
            if (!matches.add(policy.match())) {
                throw context.problem(
                        element,
                        "address '" + policy.match() + "' is given twice",
                        "keep one, the other is never used");
            }
            if (policy.match().equals(quarantine) && policy.action() != Action.BYPASS) {
                throw context.problem(
                        element,
                        "address '" + quarantine + "' is the quarantine, which takes what is refused elsewhere",
                        "remove it here, or make another one the quarantine");
            }
            policies.add(policy);
        }
        return policies;
    }

    private AddressPolicy address(XmlElement element, boolean dryRun) {
        String match = pattern(element, "match");
        Action action = context.choice(element, "action", Action.class, null);
        if (action != Action.APPLY) {
            requireNothingOfApply(element);
        }
        Set<ServiceName> senders = context.knownServices(element, "senders", services);
        Set<ServiceName> receivers = context.knownServices(element, "receivers", services);
        return new AddressPolicy(
                match,
                action,
                senders,
                List.copyOf(receivers),
                context.choice(element, "gaps", Gaps.class, Gaps.ALLOW),
                replays(element),
                settings.messageMaxAge(element, limits.messageMaxAge(), limits.clockSkew()),
                context.choice(element, "forks", Forks.class, Forks.REFUSE),
                context.choice(element, "authenticity", AuthenticityPolicy.class, AuthenticityPolicy.SIGNED),
                settings.suitesOfAddress(element, suites),
                clearProperties(element),
                brokerSide.read(element, senders, receivers),
                context.instant(element, "plaintext-until"),
                context.yesOrNo(element, "dry-run", dryRun));
    }

    private Set<String> clearProperties(XmlElement element) {
        Set<String> names = context.names(element, "clear-properties", Set.of());
        for (String name : names) {
            if (name.startsWith("JMS") && !name.equals(MESSAGE_TYPE)) {
                throw context.problem(
                        element,
                        "attribute 'clear-properties' names '" + name
                                + "', which is no property that could be sealed: what begins with JMS stays readable, except "
                                + MESSAGE_TYPE,
                        "remove it");
            }
        }
        return names;
    }

    private Replays replays(XmlElement element) {
        Replays replays = context.choice(element, "replays", Replays.class, Replays.REFUSE);
        if (replays == Replays.ALLOW && context.choice(element, "gaps", Gaps.class, Gaps.ALLOW) == Gaps.REFUSE) {
            throw context.problem(
                    element,
                    "replays are allowed and gaps refused: where a queue keeps or replaces its content, gaps are as usual",
                    "remove gaps=\"refuse\", or replays=\"allow\"");
        }
        return replays;
    }

    private void requireNothingOfApply(XmlElement element) {
        String action = element.required("action");
        for (String attribute : ONLY_FOR_APPLY) {
            if (element.has(attribute)) {
                throw context.problem(
                        element,
                        "attribute '" + attribute + "' says nothing when action is '" + action + "'",
                        "remove it, or use action 'apply'");
            }
        }
        for (XmlElement child : element.children()) {
            throw context.problem(
                    child,
                    "<" + child.name() + "> says nothing when action is '" + action + "'",
                    "remove it, or use action 'apply'");
        }
    }

    private String pattern(XmlElement element, String attribute) {
        String text = element.required(attribute);
        if (text.isBlank() || !text.equals(text.strip())) {
            throw context.problem(
                    element,
                    "attribute '" + attribute + "' is empty, or begins or ends with a blank: '" + text + "'",
                    "give an address as the broker knows it");
        }
        AddressPattern.problem(text).ifPresent(problem -> {
            throw context.problem(
                    element,
                    "attribute '" + attribute + "' is no address: '" + text + "', " + problem,
                    "separate words by '.', use '*' for one word, and '#' at the end for any number");
        });
        return text;
    }
}
