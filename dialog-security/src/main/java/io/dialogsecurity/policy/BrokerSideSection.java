package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what the broker seals and opens itself on an address. */
final class BrokerSideSection {
    private final PolicyContext context;
    private final Map<ServiceName, ServicePolicy> services;

    BrokerSideSection(PolicyContext context, Map<ServiceName, ServicePolicy> services) {
        this.context = context;
        this.services = services;
    }

    BrokerSide read(XmlElement address, Set<ServiceName> senders, Collection<ServiceName> receivers) {
        List<SealRule> seals = seals(address, senders, receivers);
        List<OpenRule> opens = opens(address, receivers);
        return new BrokerSide(
                outgoing(address, !opens.isEmpty()),
                seals,
                opens,
                context.choice(address, "others", Others.class, Others.NOTHING));
    }

    private Action outgoing(XmlElement address, boolean opens) {
        Action outgoing = context.choice(address, "outgoing", Action.class, opens ? Action.APPLY : Action.BYPASS);
        if (opens && outgoing != Action.APPLY) {
            throw context.problem(
                    address,
                    "nothing is opened when outgoing is '" + address.required("outgoing") + "', but there is an <open>",
                    "remove <open>, or use outgoing 'apply'");
        }
        if (!opens && outgoing == Action.APPLY) {
            throw context.problem(
                    address, "outgoing is 'apply', but no <open> says for whom", "add an <open>, or remove 'outgoing'");
        }
        if (!opens && address.has("others")) {
            throw context.problem(
                    address, "attribute 'others' says nothing without an <open>", "remove it, or add an <open>");
        }
        return outgoing;
    }

    private List<SealRule> seals(XmlElement address, Set<ServiceName> senders, Collection<ServiceName> receivers) {
        List<SealRule> seals = new ArrayList<>();
        for (XmlElement element : address.children("seal")) {
            ServiceName service = service(element);
            if (receivers.isEmpty()) {
                throw context.problem(
                        element,
                        "<seal> needs receivers to seal to, and <address> has none",
                        "add 'receivers' to <address>");
            }
            if (!senders.isEmpty() && !senders.contains(service)) {
                throw context.problem(
                        element,
                        "sealed as " + service.value() + ", which is not among the senders",
                        "add it to 'senders', or seal as one of them");
            }
            if (receivers.contains(service)) {
                throw context.problem(
                        element,
                        "sealed as " + service.value() + ", which is among the receivers and would send to itself",
                        "remove it from 'receivers', or seal as another service");
            }
            SealRule rule = new SealRule(service, users(element, service));
            requireNobodyTwice(element, seals, rule);
            seals.add(rule);
        }
        return seals;
    }

    private void requireNobodyTwice(XmlElement element, List<SealRule> before, SealRule rule) {
        for (SealRule earlier : before) {
            Optional<String> twice =
                    rule.users().stream().filter(earlier::names).findFirst();
            if (twice.isPresent()) {
                throw context.problem(
                        element,
                        "user '" + twice.get() + "' is sealed for as "
                                + earlier.service().value() + " already: the first <seal> that names a user counts",
                        remedy(earlier, rule));
            }
        }
    }

    private static String remedy(SealRule earlier, SealRule rule) {
        if (!earlier.users().contains(SealRule.EVERY_USER)) {
            return "name the user in one <seal>";
        }
        return rule.users().contains(SealRule.EVERY_USER) ? "keep one for '*'" : "put the one for '*' last";
    }

    private List<OpenRule> opens(XmlElement address, Collection<ServiceName> receivers) {
        List<OpenRule> opens = new ArrayList<>();
        Set<ServiceName> opened = new HashSet<>();
        for (XmlElement element : address.children("open")) {
            ServiceName service = service(element);
            if (!receivers.isEmpty() && !receivers.contains(service)) {
                throw context.problem(
                        element,
                        "opened for " + service.value() + ", which is not among the receivers",
                        "add it to 'receivers', or open for one of them");
            }
            if (!opened.add(service)) {
                throw context.problem(
                        element,
                        "opened for " + service.value() + " twice",
                        "keep one <open>, and name all its users there");
            }
            opens.add(new OpenRule(service, users(element, service), roles(element), clientCertificate(element)));
        }
        return opens;
    }

    private ServiceName service(XmlElement element) {
        return context.known(element, context.serviceName(element, "service"), services.keySet());
    }

    private Set<String> users(XmlElement element, ServiceName service) {
        Set<String> users =
                context.names(element, "users", services.get(service).users());
        if (users.size() > 1 && users.contains(SealRule.EVERY_USER)) {
            throw context.problem(
                    element,
                    "attribute 'users' names users beside '*', which is every user",
                    "keep '*', or name the users");
        }
        return users;
    }

    private Set<String> roles(XmlElement element) {
        Set<String> roles = context.names(element, "roles", Set.of());
        if (roles.contains(SealRule.EVERY_USER)) {
            throw context.problem(
                    element, "attribute 'roles' names '*', which is no role", "name roles, or remove the attribute");
        }
        return roles;
    }

    private boolean clientCertificate(XmlElement element) {
        if (!element.has("client-certificate")) {
            return false;
        }
        if (!element.required("client-certificate").equals("required")) {
            throw context.problem(
                    element,
                    "attribute 'client-certificate' is '" + element.required("client-certificate") + "'",
                    "use 'required', or remove it");
        }
        return true;
    }
}
