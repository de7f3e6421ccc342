package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.BrokerSide;
import io.dialogsecurity.policy.OpenRule;
import io.dialogsecurity.policy.Others;
import io.dialogsecurity.policy.SealRule;
import java.util.Set;

/** Tells what a broker does with the messages of an address on their way in, and out to consumers. */
final class BrokerWays {

    private static final String EVERYBODY = "everybody";
    private static final String REST = "all others";

    private BrokerWays() {}

    /** Adds rows of four cells: the name, once; the way; for whom; and what is done. */
    static void show(AddressPolicy rule, String name, Table table) {
        String first = name;
        for (SealRule seal : rule.brokerSide().seals()) {
            table.row(
                    first,
                    "in",
                    users(seal.users()),
                    "sealed as " + seal.service().value());
            first = "";
        }
        boolean everySender =
                rule.brokerSide().seals().stream().anyMatch(seal -> seal.users().contains(SealRule.EVERY_USER));
        if (!everySender) {
            table.row(first, "in", rule.brokerSide().seals().isEmpty() ? EVERYBODY : REST, incoming(rule));
        }
        showOutgoing(rule.brokerSide(), table);
    }

    /** Adds a row about the users as whom other brokers log in, if there are any. */
    static void showBrokers(Set<String> users, Table table) {
        if (!users.isEmpty()) {
            table.row("(brokers)", "out", users(users), "what is stored, unless nobody gets anything");
        }
    }

    private static String incoming(AddressPolicy rule) {
        String action = switch (rule.action()) {
            case APPLY ->
                rule.plaintextUntil()
                        .map(until -> "has to seal from " + until + " on, unsealed is tolerated until then")
                        .orElse("has to seal");
            case BYPASS -> "passes as it is";
            case DROP -> "refused";
        };
        return rule.dryRun() && rule.action() != Action.BYPASS ? action + "; dry run: reported only" : action;
    }

    private static void showOutgoing(BrokerSide side, Table table) {
        switch (side.outgoing()) {
            case APPLY -> {
                side.opens()
                        .forEach(open -> table.row(
                                "",
                                "out",
                                consumers(open),
                                "opened for " + open.service().value()));
                table.row("", "out", REST, side.others() == Others.ENVELOPE ? "the envelope" : "nothing");
            }
            case BYPASS -> table.row("", "out", EVERYBODY, "what is stored");
            case DROP -> table.row("", "out", EVERYBODY, "nothing");
        }
    }

    private static String consumers(OpenRule open) {
        String roles = open.roles().isEmpty() ? "" : ", with role " + String.join(" or ", open.roles());
        String certificate = open.clientCertificate() ? ", with the service's TLS certificate" : "";
        return users(open.users()) + Text.printable(roles) + certificate;
    }

    private static String users(Set<String> users) {
        return users.contains(SealRule.EVERY_USER) ? "every user" : Text.printable(String.join(" ", users));
    }
}
