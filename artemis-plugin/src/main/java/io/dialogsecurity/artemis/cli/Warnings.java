package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.SecurityPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What in a usable configuration deserves a second look: the policy's own warnings, and choices that weaken it. */
final class Warnings {

    private static final Duration LONG_KEY_LIFE = Duration.ofDays(7);
    private static final Duration LONG_SKEW = Duration.ofMinutes(10);

    private Warnings() {}

    static List<String> of(SecurityPolicy policy, Instant now) {
        List<String> warnings = new ArrayList<>(policy.warnings(now));
        warnings.addAll(ofAddresses(policy));
        warnings.addAll(ofLimits(policy));
        warnings.addAll(ofFiles(policy));
        return warnings;
    }

    private static List<String> ofAddresses(SecurityPolicy policy) {
        List<String> warnings = new ArrayList<>();
        if (policy.otherAddresses().action() == Action.BYPASS) {
            warnings.add(
                    "addresses no rule matches are bypassed: plaintext passes there; default=\"drop\" closes them");
        }
        if (policy.addresses().stream().noneMatch(rule -> rule.action() == Action.APPLY)) {
            warnings.add("no rule applies: nothing is sealed; give an <address> action=\"apply\"");
        }
        for (AddressPolicy rule : policy.addresses()) {
            if (rule.action() != Action.APPLY) {
                continue;
            }
            if (rule.senders().isEmpty()) {
                warnings.add("address '" + rule.match() + "': every known service may send; name the senders");
            }
            if (rule.authenticity() == AuthenticityPolicy.GROUP) {
                warnings.add("address '" + rule.match()
                        + "': a receiver can speak as the sender to the others; authenticity=\"signed\" prevents it");
            }
        }
        return warnings;
    }

    private static List<String> ofLimits(SecurityPolicy policy) {
        List<String> warnings = new ArrayList<>();
        Duration life = policy.limits().keyExchangeKey().maxAge();
        if (life.compareTo(LONG_KEY_LIFE) > 0) {
            warnings.add("a key exchange key lives " + life + ": whoever steals one reads that long; shorten it");
        }
        if (policy.limits().clockSkew().compareTo(LONG_SKEW) > 0) {
            warnings.add("clocks may differ by " + policy.limits().clockSkew() + "; synchronise them and shorten it");
        }
        return warnings;
    }

    /** Private keys and passwords that others can read. */
    private static List<String> ofFiles(SecurityPolicy policy) {
        List<String> warnings = new ArrayList<>();
        for (Path file : policy.files()) {
            String name = file.getFileName().toString();
            boolean secret = name.endsWith(".p12") || name.endsWith(".pfx") || name.contains("password");
            if (secret && readableByOthers(file)) {
                warnings.add(file + ": other users may read it; chmod 600");
            }
        }
        return warnings;
    }

    private static boolean readableByOthers(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_READ);
        } catch (UnsupportedOperationException | IOException e) {
            return false;
        }
    }
}
