package io.dialogsecurity.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.core.settings.impl.HierarchicalObjectRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An address finds its policy where the broker finds its settings: the broker's own repository is asked too. Empty words are left out,
 * because there the broker routes by wildcards what it has no settings for; policy goes by what is routed (BrokersMatcherTest).
 */
class AddressMatchTest {
    private static final List<String> WORDS = List.of("a", "b", "orders");
    private static final int FILES = 60;
    private static final int ADDRESSES = 200;

    @TempDir
    Path directory;

    private final Random random = new Random(2026);

    @Test
    void agreesWithTheBroker() throws IOException {
        Instant now = Instant.now();
        CertificateAuthority.root("Root", now, now.plus(Duration.ofDays(1)))
                .writeCertificate(directory.resolve("root.pem"));
        for (int file = 0; file < FILES; file++) {
            Set<String> matches = matches();
            HierarchicalObjectRepository<String> broker = new HierarchicalObjectRepository<>();
            matches.forEach(match -> broker.addMatch(match, match));
            broker.setDefault("");
            try (SecurityPolicy policy = policy(matches)) {
                for (int i = 0; i < ADDRESSES; i++) {
                    String address = String.join(".", words(1 + random.nextInt(4), WORDS));
                    assertThat(policy.address(address).match())
                            .as("'%s' among %s", address, matches)
                            .isEqualTo(broker.getMatch(address));
                }
            }
        }
    }

    /** At most one with '#' per length: among equally long ones the broker's choice depends on a hash. */
    private Set<String> matches() {
        Set<String> matches = new LinkedHashSet<>();
        Set<Integer> lengths = new LinkedHashSet<>();
        for (int i = 0; i < 8; i++) {
            String match = String.join(".", words(1 + random.nextInt(4), List.of("a", "b", "orders", "*", "*")));
            if (random.nextBoolean()) {
                match += ".#";
            }
            if (!match.endsWith("#") || lengths.add(match.length())) {
                matches.add(match);
            }
        }
        return matches;
    }

    private List<String> words(int count, List<String> from) {
        return random.ints(count, 0, from.size()).mapToObj(from::get).toList();
    }

    private SecurityPolicy policy(Set<String> matches) throws IOException {
        String addresses = matches.stream()
                .map(match -> "<address match='" + match + "' action='drop'/>")
                .collect(Collectors.joining());
        return new SecurityPolicyReader()
                .read(Files.writeString(
                        directory.resolve("dialog-security.xml"),
                        "<dialog-security xmlns='urn:dialog-security:1'><trust><anchor file='root.pem'/></trust>"
                                + "<services><service name='s'/></services><addresses>" + addresses
                                + "</addresses></dialog-security>"));
    }
}
