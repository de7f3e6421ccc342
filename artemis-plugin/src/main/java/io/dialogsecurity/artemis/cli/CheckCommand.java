package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.policy.PolicyException;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import io.dialogsecurity.policy.ServicePolicy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a configuration. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Check a dialog-security.xml and every file it names, as a broker or client does when it starts.",
            "",
            "What is wrong is told in one line: file, line, what, remedy. Otherwise the policy is shown, with what will"
                    + " need attention."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the configuration can be used",
            "1:it cannot; or, with --strict, there are warnings",
            "2:the command line is wrong",
            "3:something else went wrong"
        })
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The dialog-security.xml.")
    private Path file;

    @Option(names = "--strict", description = "Warnings are errors.")
    private boolean strict;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Judge certificates as of then, such as 2027-01-31T00:00:00Z: what will have expired?")
    private String at;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Show only what is done on this address; may be repeated.")
    private List<String> addresses = List.of();

    @Override
    public Integer call() {
        Instant now = now();
        Main main = Main.of(spec);
        try (SecurityPolicy policy = new SecurityPolicyReader()
                .withEnvironment(main::environment)
                .withClock(() -> now)
                .read(file)) {
            return show(policy, now);
        } catch (PolicyException e) {
            throw new CommandFailure(ExitCode.REFUSED, e.getMessage(), e);
        }
    }

    private Instant now() {
        try {
            return at == null ? Instant.now() : Instant.parse(at);
        } catch (DateTimeParseException e) {
            throw new ParameterException(
                    spec.commandLine(), "'" + at + "' is no time; write it as 2027-01-31T00:00:00Z");
        }
    }

    private int show(SecurityPolicy policy, Instant now) {
        PrintWriter out = spec.commandLine().getOut();
        if (!addresses.isEmpty()) {
            Table table = addressTable("address", "rule");
            Table ways = waysTable("address");
            addresses.forEach(address -> {
                AddressPolicy rule = policy.address(address);
                row(table, rule, address, rule.match().isEmpty() ? "(default)" : rule.match());
                BrokerWays.show(rule, address, ways);
            });
            table.print(out);
            out.printf("%nIn the broker%n");
            ways.print(out);
            return ExitCode.OK;
        }
        List<String> warnings = Warnings.of(policy, now);
        out.printf("%s can be used: %s.%n", file, policy.extent());
        trust(out, policy, now);
        services(out, policy, now);
        settings(out, policy);
        addresses(out, policy);
        if (warnings.isEmpty()) {
            out.printf("%nNo warnings.%n");
            return ExitCode.OK;
        }
        out.printf("%n%d %s:%n", warnings.size(), warnings.size() == 1 ? "warning" : "warnings");
        warnings.forEach(warning -> out.printf("  %s%n", Text.printable(warning)));
        return strict ? ExitCode.REFUSED : ExitCode.OK;
    }

    private static void trust(PrintWriter out, SecurityPolicy policy, Instant now) {
        out.printf("%nTrusted%n");
        Table table = new Table("anchor", "valid to", "days left");
        for (X509Certificate anchor : policy.trust().anchors()) {
            Instant end = anchor.getNotAfter().toInstant();
            table.row(Text.printable(anchor.getSubjectX500Principal().getName()), end.toString(), daysLeft(now, end));
        }
        table.print(out);
    }

    private static void services(PrintWriter out, SecurityPolicy policy, Instant now) {
        out.printf("%nSpeaks for%n");
        if (policy.identities().isEmpty()) {
            out.println("  nobody: this is a guard's configuration");
        } else {
            Table table = new Table("service", "suite", "valid to", "days left", "fingerprint");
            for (ServiceIdentity identity : policy.identities()) {
                certificateRow(table, identity.serviceName().value(), identity.certificate(), now);
            }
            table.print(out);
        }
        out.printf("%nServices%n");
        Table table = new Table("service", "suite", "valid to", "days left", "fingerprint", "users", "roles");
        for (ServicePolicy service : policy.services().values()) {
            String users = words(service.users());
            String roles = words(service.roles());
            if (service.certificates().isEmpty()) {
                table.row(service.name().value(), "-", "no certificate", "-", "-", users, roles);
            }
            for (ServiceCertificate certificate : service.certificates()) {
                table.row(
                        service.name().value(),
                        suites(certificate.suites()),
                        certificate.notAfter().toString(),
                        daysLeft(now, certificate.notAfter()),
                        shortened(certificate),
                        users,
                        roles);
            }
        }
        table.print(out);
    }

    private static void certificateRow(Table table, String name, ServiceCertificate certificate, Instant now) {
        table.row(
                name,
                suites(certificate.suites()),
                certificate.notAfter().toString(),
                daysLeft(now, certificate.notAfter()),
                shortened(certificate));
    }

    private static void settings(PrintWriter out, SecurityPolicy policy) {
        out.printf("%nSettings%n");
        Table table = new Table("what", "value");
        table.row(
                "suites",
                suites(policy.suites().accepted()) + " accepted, "
                        + policy.suites().preferred().code() + " preferred");
        table.row("certificates in envelopes", policy.embedCertificates() ? "yes" : "no");
        table.row("key exchange key", limits(policy.limits().keyExchangeKey()));
        table.row("dialog key", limits(policy.limits().dialogKey()));
        table.row("age of a message", "at most " + policy.limits().messageMaxAge());
        table.row("clock skew", "at most " + policy.limits().clockSkew());
        table.row("envelope", "at most " + policy.limits().maxEnvelopeBytes() + " bytes");
        table.row("quarantine", policy.quarantineAddress());
        table.print(out);
    }

    private static String limits(KeyLimits limits) {
        return limits.maxAge() + ", " + limits.maxMessages() + " messages, " + limits.maxBytes() + " bytes";
    }

    private static void addresses(PrintWriter out, SecurityPolicy policy) {
        out.printf("%nAddresses%n");
        Table table = addressTable("match");
        policy.addresses().forEach(rule -> row(table, rule, rule.match()));
        row(table, policy.otherAddresses(), "(all others)");
        table.print(out);
        out.printf("%nIn the broker%n");
        Table ways = waysTable("match");
        policy.addresses().forEach(rule -> BrokerWays.show(rule, rule.match(), ways));
        BrokerWays.show(policy.otherAddresses(), "(all others)", ways);
        BrokerWays.showBrokers(policy.brokers(), ways);
        ways.print(out);
    }

    private static Table waysTable(String first) {
        return new Table(first, "way", "who", "what is done");
    }

    private static Table addressTable(String... first) {
        return new Table(concat(
                first,
                "action",
                "senders",
                "receivers",
                "authenticity",
                "gaps",
                "replays",
                "age",
                "forks",
                "suites",
                "clear properties"));
    }

    private static void row(Table table, AddressPolicy rule, String... first) {
        boolean applies = rule.action() == Action.APPLY;
        table.row(concat(
                first,
                lower(rule.action()),
                applies ? names(rule.senders(), "all known") : "",
                applies ? names(rule.receivers(), "as the sender says") : "",
                applies ? lower(rule.authenticity()) : "",
                applies ? lower(rule.gaps()) : "",
                applies ? lower(rule.replays()) : "",
                applies ? rule.messageMaxAge().toString() : "",
                applies ? lower(rule.forks()) : "",
                applies ? suites(rule.suites().accepted()) : "",
                applies ? words(rule.clearProperties()) : ""));
    }

    private static String[] concat(String[] first, String... rest) {
        String[] all = new String[first.length + rest.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String names(Collection<ServiceName> names, String ifNone) {
        return names.isEmpty() ? ifNone : names.stream().map(ServiceName::value).collect(Collectors.joining(" "));
    }

    private static String words(Collection<String> words) {
        return words.isEmpty() ? "-" : Text.printable(String.join(" ", words));
    }

    private static String suites(Collection<Suite> suites) {
        return suites.stream()
                .map(suite -> Integer.toString(suite.code()))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String shortened(ServiceCertificate certificate) {
        return certificate.fingerprintHex().substring(0, 16);
    }

    private static String daysLeft(Instant now, Instant end) {
        return end.isBefore(now)
                ? "expired"
                : Long.toString(Duration.between(now, end).toDays());
    }
}
