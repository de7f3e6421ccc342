package io.dialogsecurity.policy;

import static io.dialogsecurity.policy.PolicyFixture.END;
import static io.dialogsecurity.policy.PolicyFixture.MINIMAL;
import static io.dialogsecurity.policy.PolicyFixture.NOW;
import static io.dialogsecurity.policy.PolicyFixture.PASSWORD;
import static io.dialogsecurity.policy.PolicyFixture.START;
import static io.dialogsecurity.policy.PolicyFixture.reader;
import static io.dialogsecurity.policy.PolicyFixture.readerAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityPolicyReaderTest {
    private static final ServiceName ORDER_ENTRY = new ServiceName("order-entry");
    private static final ServiceName SHIPPING = new ServiceName("shipping");
    private static final ServiceName BILLING = new ServiceName("billing");

    @TempDir
    Path directory;

    private PolicyFixture fixture;

    @BeforeEach
    void makeFiles() throws IOException {
        fixture = new PolicyFixture(directory);
    }

    private SecurityPolicy sample() throws IOException {
        return reader().read(fixture.write(Files.readString(Path.of("../config/dialog-security.xml"))));
    }

    private SecurityPolicy minimal(String find, String replacement) throws IOException {
        assertThat(MINIMAL).contains(find);
        return reader().read(fixture.write(MINIMAL.replace(find, replacement)));
    }

    private SecurityPolicy withIdentities(String... elements) throws IOException {
        return minimal("<services>", String.join("", elements) + "<services>");
    }

    @Test
    void theSampleSaysWhatItSays() throws IOException {
        try (SecurityPolicy policy = sample()) {
            assertThat(policy.services().keySet()).containsExactly(ORDER_ENTRY, SHIPPING, BILLING);
            ServicePolicy shipping = policy.service(SHIPPING).orElseThrow();
            assertThat(shipping.users()).containsExactly("shipping-blue", "shipping-green");
            assertThat(shipping.roles()).containsExactly("fulfilment");
            assertThat(shipping.certificates()).hasSize(2);
            assertThat(policy.service(ORDER_ENTRY).orElseThrow().users()).containsExactly("order-entry");
            assertThat(policy.identities()).hasSize(1);
            assertThat(policy.identity(ORDER_ENTRY, Suite.SUITE_2, NOW))
                    .contains(policy.identities().get(0));
            assertThat(policy.identity(ORDER_ENTRY, Suite.SUITE_1, NOW)).isEmpty();
            assertThat(policy.identity(fixture.orderEntry.certificate().fingerprint()))
                    .isPresent();
            assertThat(policy.trust().check(fixture.shipping.certificate(), NOW))
                    .isEmpty();

            AddressPolicy orders = policy.address("orders.eu");
            assertThat(orders.action()).isEqualTo(Action.APPLY);
            assertThat(orders.senders()).containsExactly(ORDER_ENTRY);
            assertThat(orders.maySend(ORDER_ENTRY)).isTrue();
            assertThat(orders.maySend(BILLING)).isFalse();
            assertThat(orders.receivers()).containsExactly(SHIPPING, BILLING);
            assertThat(orders.clearProperties()).containsExactly("region", "priority");
            assertThat(orders.authenticity()).isEqualTo(AuthenticityPolicy.SIGNED);
            AddressPolicy express = policy.address("orders.express");
            assertThat(express.gaps()).isEqualTo(Gaps.REFUSE);
            assertThat(express.forks()).isEqualTo(Forks.FLAG);
            assertThat(express.replays()).isEqualTo(Replays.REFUSE);
            assertThat(express.messageMaxAge()).isEqualTo(Duration.ofDays(7));
            AddressPolicy prices = policy.address("prices.eu");
            assertThat(prices.replays()).isEqualTo(Replays.ALLOW);
            assertThat(prices.messageMaxAge()).isEqualTo(Duration.ofDays(30));
            assertThat(prices.clearProperties()).containsExactly("JMSType");
            assertThat(policy.messageMaxAges().apply("prices.eu")).isEqualTo(Duration.ofDays(30));
            assertThat(policy.messageMaxAges().apply("$sys.mqtt.retain.prices.eu"))
                    .isEqualTo(Duration.ofDays(30));
            assertThat(policy.messageMaxAges().apply("elsewhere")).isEqualTo(Duration.ofDays(7));
            assertThat(policy.longestMessageAge()).isEqualTo(Duration.ofDays(30));
            assertThat(express.suites()).isEqualTo(new SuitePolicy(Set.of(Suite.SUITE_2), Suite.SUITE_2));
            assertThat(policy.address("legacy.system.input").action()).isEqualTo(Action.DROP);
            assertThat(policy.address("anything.else").action()).isEqualTo(Action.BYPASS);

            AddressPolicy parcels = policy.address("parcels.eu");
            assertThat(parcels.brokerSide())
                    .isEqualTo(new BrokerSide(
                            Action.APPLY,
                            List.of(
                                    new SealRule(ORDER_ENTRY, Set.of("scanner-1", "scanner-2")),
                                    new SealRule(BILLING, Set.of("billing"))),
                            List.of(new OpenRule(SHIPPING, Set.of("*"), Set.of("packers"), true)),
                            Others.NOTHING));
            assertThat(parcels.plaintextUntil()).contains(Instant.parse("2040-01-31T00:00:00Z"));
            assertThat(policy.address("parcels.held").brokerSide().outgoing()).isEqualTo(Action.DROP);
            assertThat(policy.brokerServices()).containsExactly(ORDER_ENTRY, BILLING, SHIPPING);
            assertThat(policy.brokers()).containsExactly("branch-office");
            assertThat(policy.isBroker("branch-office")).isTrue();
            assertThat(policy.isBroker("shipping-blue")).isFalse();
            assertThat(policy.isBroker(null)).isFalse();
        }
    }

    @Test
    void theSampleGivesTheDefaults() throws IOException {
        try (SecurityPolicy sample = sample();
                SecurityPolicy minimal = reader().read(fixture.write(MINIMAL))) {
            assertThat(sample.limits()).isEqualTo(Limits.DEFAULTS).isEqualTo(minimal.limits());
            assertThat(sample.caches()).isEqualTo(Caches.DEFAULTS).isEqualTo(minimal.caches());
            assertThat(sample.suites()).isEqualTo(SuitePolicy.DEFAULTS).isEqualTo(minimal.suites());
            assertThat(sample.quarantineAddress()).isEqualTo(minimal.quarantineAddress());
            assertThat(sample.expiryWarning()).isEqualTo(minimal.expiryWarning());
            assertThat(sample.embedCertificates()).isEqualTo(minimal.embedCertificates());
            assertThat(minimal.identities()).isEmpty();
            assertThat(minimal.brokers()).isEmpty();
        }
    }

    @Test
    void aCertificateThatBeginsWithinTheSkewOfClocksKeepsNoProcessFromStarting() throws IOException {
        fixture.issue("order-entry", NOW.plusSeconds(45), END).writePem(fixture.file("pki/early-key.pem"));
        String identity = MINIMAL.replace(
                "  <services>", "  <identity service=\"order-entry\" key-store=\"pki/early-key.pem\"/>\n  <services>");
        try (SecurityPolicy policy = reader().read(fixture.write(identity))) {
            assertThat(policy.identities()).hasSize(1);
            assertThat(policy.warnings(NOW)).anyMatch(warning -> warning.contains("is not valid before"));
        }
        String strict = identity.replace("  <addresses>", "  <limits clock-skew=\"PT30S\"/>\n  <addresses>");
        assertThatThrownBy(() -> reader().read(fixture.write(strict)))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("is not valid before")
                .hasMessageContaining("clock-skew");
    }

    @Test
    void itIsToldHowMuchWasRead() throws IOException {
        CertificateAuthority.writeCrl(fixture.file("pki/next.crl"), fixture.root.revoke(List.of(), START, END));
        String list = Files.readString(fixture.file("pki/root.crl")).stripTrailing();
        Files.writeString(fixture.file("pki/both.crl"), list + Files.readString(fixture.file("pki/next.crl")));
        String xml = MINIMAL.replace("  </trust>", "  <crl file=\"pki/both.crl\"/>\n  </trust>");
        try (SecurityPolicy policy = reader().read(fixture.write(xml))) {
            assertThat(policy.extent()).isEqualTo("1 trust anchor, 2 revocation lists, 2 certificates");
        }
        Files.writeString(fixture.file("pki/both.crl"), list + list.substring(0, list.length() - 5));
        assertThatThrownBy(() -> reader().read(fixture.write(xml)))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("both.crl")
                .hasMessageContaining("line ");
    }

    @Test
    void passwordsInUrlsAreNotShown() throws IOException {
        for (String url : List.of(
                "jdbc:postgresql://host/db?user=ds&amp;password=sesame",
                "jdbc:postgresql://ds:sesame@host/db",
                "jdbc:h2:tcp://host/db;USER=ds;PASSWORD=sesame",
                "jdbc:oracle:thin:ds/sesame@host:1521/db",
                "jdbc:postgresql://host/db?sslpassword=sesame")) {
            String xml = MINIMAL.replace(
                    "  <addresses>",
                    "  <state directory=\"state\" url=\"" + url + "\" user=\"ds\" password=\"sesame\"/>\n"
                            + "  <addresses>");
            try (SecurityPolicy policy = reader().read(fixture.write(xml))) {
                assertThat(policy.state().orElseThrow().toString())
                        .contains("jdbc:")
                        .doesNotContain("sesame");
            }
        }
    }

    @Test
    void namesAllFilesItReadSoThatTheyCanBeWatched() throws IOException {
        try (SecurityPolicy policy = sample()) {
            assertThat(policy.files())
                    .containsExactlyInAnyOrder(
                            fixture.file("dialog-security.xml"),
                            fixture.file("pki/root.pem"),
                            fixture.file("pki/root.crl"),
                            fixture.file("pki/order-entry.p12"),
                            fixture.file("pki/order-entry.password"),
                            fixture.file("pki/order-entry.pem"),
                            fixture.file("pki/shipping.pem"),
                            fixture.file("pki/shipping-next.pem"),
                            fixture.file("pki/billing.pem"));
        }
    }

    @Test
    void stateIsReadAndItsPasswordsAreErased() throws IOException {
        String settings = """
                <state directory="../state" url="jdbc:h2:tcp://db/state" user="guard" password="one"
                       commit-interval="PT0.2S" on-damage="rebuild" force="true"/>
                <addresses>
                """;
        StatePolicy state;
        char[] password;
        try (SecurityPolicy policy = minimal("<addresses>", settings)) {
            state = policy.state().orElseThrow();
            assertThat(state.enabled()).isTrue();
            assertThat(state.directory())
                    .contains(policy.file().resolveSibling("../state").normalize());
            assertThat(state.url()).contains("jdbc:h2:tcp://db/state");
            assertThat(state.user()).contains("guard");
            password = state.password().orElseThrow();
            assertThat(password).containsExactly("one".toCharArray());
            assertThat(state.encryptionPassword()).isEmpty();
            assertThat(state.commitInterval()).isEqualTo(Duration.ofMillis(200));
            assertThat(state.onDamage()).isEqualTo(DamagedState.REBUILD);
            assertThat(state.force()).isTrue();
            assertThat(policy.files()).doesNotContain(state.directory().orElseThrow());
            assertThat(state).asString().doesNotContain("one");
        }
        assertThat(state.password().orElseThrow()).doesNotContain(password);

        try (SecurityPolicy policy =
                minimal("<addresses>", "<state enabled=\"false\"><encryption password=\"two\"/></state><addresses>")) {
            StatePolicy off = policy.state().orElseThrow();
            assertThat(off.enabled()).isFalse();
            assertThat(off.encryptionPassword().orElseThrow()).containsExactly("two".toCharArray());
            assertThat(off.commitInterval()).isEqualTo(StatePolicy.defaults().commitInterval());
            assertThat(off.onDamage()).isEqualTo(DamagedState.REFUSE);
        }
        try (SecurityPolicy policy = reader().read(fixture.write(MINIMAL))) {
            assertThat(policy.state()).isEmpty();
        }
    }

    @Test
    void limitsCachesAndSuitesAreRead() throws IOException {
        String settings = """
                <suites accept="2 1"/>
                <limits message-max-age="PT90S" clock-skew="PT0S" max-envelope-size="10MiB" refresh-jitter="0.25">
                  <dialog-key max-age="PT1H30M" max-messages="10" max-bytes="65536"/>
                  <key-exchange-key max-age="P1DT12H" max-messages="20" max-bytes="1GiB"/>
                </limits>
                <caches><dialog-keys enabled="false"/><outgoing-pairs entries="5" expire="PT10M"/></caches>
                <quarantine address="q"/>
                <addresses default="apply">
                """;
        try (SecurityPolicy policy = minimal("<addresses>", settings)) {
            assertThat(policy.suites().preferred()).isEqualTo(Suite.SUITE_2);
            assertThat(policy.limits())
                    .isEqualTo(new Limits(
                            new KeyLimits(Duration.ofHours(36), 20, 1L << 30),
                            new KeyLimits(Duration.ofMinutes(90), 10, 65536),
                            Duration.ofSeconds(90),
                            Duration.ZERO,
                            10 << 20,
                            0.25));
            assertThat(policy.caches().dialogKeys().enabled()).isFalse();
            assertThat(policy.caches().outgoingPairs()).isEqualTo(new CachePolicy(true, 5, Duration.ofMinutes(10)));
            assertThat(policy.caches().verifiedHeaders()).isEqualTo(CachePolicy.DEFAULTS);
            assertThat(policy.address("not.mentioned").action()).isEqualTo(Action.APPLY);
            assertThat(policy.address("not.mentioned").maySend(SHIPPING)).isTrue();
            assertThat(policy.address("q").action()).isEqualTo(Action.BYPASS);
        }
    }

    @Test
    void theBrokersSideIsReadWithTheServicesUsersWhereNoneAreNamed() throws IOException {
        String address = """
                <address match="orders.#" action="apply" receivers="shipping" outgoing="apply" others="envelope"
                         plaintext-until="2026-04-01T00:00:00.5Z" dry-run="true">
                  <seal service="order-entry" users="dev-1 dev-2"/>
                  <seal service="billing"/>
                  <seal service="billing" users="*"/>
                  <open service="shipping" roles="readers writers" client-certificate="required"/>
                </address>
                <address match="orders.plain" action="apply" receivers="shipping"/>
                <address match="orders.legacy" action="bypass" outgoing="drop" dry-run="true"/>
                <address match="orders.eu" action="apply"><open service="billing" users="*"/></address>
                """;
        String services = "<service name=\"billing\" users=\"clerk-1 clerk-2\"/><service name=\"idle\"/></services>";
        Path file =
                fixture.write(MINIMAL.replace("</services>", services).replaceFirst("<address match[^>]*/>", address));
        try (SecurityPolicy policy = reader().read(file)) {
            AddressPolicy orders = policy.address("orders.de");
            assertThat(orders.brokerSide())
                    .isEqualTo(new BrokerSide(
                            Action.APPLY,
                            List.of(
                                    new SealRule(ORDER_ENTRY, Set.of("dev-1", "dev-2")),
                                    new SealRule(BILLING, Set.of("clerk-1", "clerk-2")),
                                    new SealRule(BILLING, Set.of("*"))),
                            List.of(new OpenRule(SHIPPING, Set.of("shipping"), Set.of("readers", "writers"), true)),
                            Others.ENVELOPE));
            assertThat(orders.dryRun()).isTrue();
            Instant until = Instant.parse("2026-04-01T00:00:00.5Z");
            assertThat(orders.plaintextUntil()).contains(until);
            assertThat(orders.toleratesPlaintext(until.minusNanos(1))).isTrue();
            assertThat(orders.toleratesPlaintext(until)).isFalse();

            AddressPolicy plain = policy.address("orders.plain");
            assertThat(plain.brokerSide()).isEqualTo(BrokerSide.NONE);
            assertThat(plain.plaintextUntil()).isEmpty();
            assertThat(plain.toleratesPlaintext(Instant.MIN)).isFalse();
            assertThat(plain.dryRun()).isFalse();
            AddressPolicy legacy = policy.address("orders.legacy");
            assertThat(legacy.brokerSide().outgoing()).isEqualTo(Action.DROP);
            assertThat(legacy.dryRun()).isTrue();
            BrokerSide eu = policy.address("orders.eu").brokerSide();
            assertThat(eu.outgoing()).isEqualTo(Action.APPLY);
            assertThat(eu.others()).isEqualTo(Others.NOTHING);
            assertThat(eu.opens()).containsExactly(new OpenRule(BILLING, Set.of("*"), Set.of(), false));
            assertThat(policy.brokerServices()).containsExactly(ORDER_ENTRY, BILLING, SHIPPING);
        }
        try (SecurityPolicy policy = reader().read(fixture.write(MINIMAL))) {
            assertThat(policy.brokerServices()).isEmpty();
        }
    }

    @Test
    void theSampleOfABrokerThatSealsAndOpensSaysWhatItSays() throws IOException {
        try (SecurityPolicy policy =
                reader().read(fixture.write(Files.readString(Path.of("../config/broker-side.xml"))))) {
            BrokerSide orders = policy.address("orders.new").brokerSide();
            assertThat(orders.seal("till-2").orElseThrow().service()).isEqualTo(ORDER_ENTRY);
            assertThat(orders.seal("shipping-blue")).isEmpty();
            assertThat(orders.opens())
                    .containsExactly(new OpenRule(BILLING, Set.of("billing"), Set.of("billing"), false));
            assertThat(orders.others()).isEqualTo(Others.ENVELOPE);
            assertThat(policy.address("orders.express").brokerSide()).isEqualTo(BrokerSide.NONE);
            BrokerSide replies = policy.address("replies.orders").brokerSide();
            assertThat(replies.seals()).containsExactly(new SealRule(BILLING, Set.of("billing")));
            assertThat(replies.opens().get(0).names("till-1")).isTrue();
            assertThat(policy.identities())
                    .extracting(identity -> identity.serviceName())
                    .containsExactlyElementsOf(policy.brokerServices());
            assertThat(policy.warnings(NOW)).isEmpty();
        }
    }

    @Test
    void theBrokersSideIsThatOfTheMostSpecificMatchAloneWhateverTheOrder() throws IOException {
        List<String> mostSpecificFirst = List.of("a.b.c", "a.b.*", "a.*.c", "a.b.#", "a.#", "#");
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < mostSpecificFirst.size(); i++) {
            elements.add(element(mostSpecificFirst.get(i), i));
        }
        Random random = new Random(11);
        for (int left = elements.size(); left > 0; left--) {
            String expected = mostSpecificFirst.get(mostSpecificFirst.size() - left);
            for (int i = 0; i < 10; i++) {
                List<String> shuffled =
                        new ArrayList<>(elements.subList(mostSpecificFirst.size() - left, mostSpecificFirst.size()));
                Collections.shuffle(shuffled, random);
                try (SecurityPolicy policy = reader().read(fixture.write(
                        MINIMAL.replaceFirst("<address match[^>]*/>", String.join("", shuffled))))) {
                    AddressPolicy found = policy.address("a.b.c");
                    AddressPolicy alone = policy.addresses().stream()
                            .filter(address -> address.match().equals(expected))
                            .findFirst()
                            .orElseThrow();
                    assertThat(found).as("of %s", shuffled).isEqualTo(alone);
                }
            }
        }
    }

    /** Every second without what the broker does: nothing of it is inherited from a match that is less specific. */
    private static String element(String match, int number) {
        return number % 2 == 0
                ? "<address match=\"" + match + "\" action=\"apply\" receivers=\"shipping\"/>"
                : "<address match=\"" + match + "\" action=\"apply\" receivers=\"shipping\" dry-run=\"true\""
                        + " plaintext-until=\"203" + number + "-01-31T00:00:00Z\" others=\"envelope\">"
                        + "<seal service=\"order-entry\" users=\"user-" + number + "\"/>"
                        + "<open service=\"shipping\" users=\"user-" + number + "\"/></address>";
    }

    @Test
    void warnsOfWhatIsProvisional() throws IOException {
        Instant until = NOW.plus(Duration.ofDays(20));
        Path file = fixture.write(MINIMAL.replace("<addresses>", "<addresses default=\"drop\" dry-run=\"true\">")
                .replace("receivers=\"shipping\"", "receivers=\"shipping\" plaintext-until=\"" + until + "\"")
                .replace("<trust>", "<trust expiry-warning='PT0S'>"));
        String end = "so that the guard protects nothing there; end it when the guard reports nothing any more";
        String dry = file + ": address 'orders.#' is in dry run, " + end;
        String others = file + ": all other addresses are in dry run, " + end;
        try (SecurityPolicy policy = reader().read(file)) {
            assertThat(policy.warnings(until.minus(Duration.ofDays(7)).minusNanos(1)))
                    .containsExactly(dry, others);
            String soon = file + ": address 'orders.#' tolerates unsealed messages only until " + until
                    + "; see to it that all who send there seal by then";
            assertThat(policy.warnings(until.minus(Duration.ofDays(7)))).containsExactlyInAnyOrder(soon, dry, others);
            assertThat(policy.warnings(until.minusNanos(1))).contains(soon);
            assertThat(policy.warnings(until))
                    .containsExactlyInAnyOrder(
                            file + ": address 'orders.#' has tolerated no unsealed messages since " + until
                                    + "; remove plaintext-until",
                            dry,
                            others);
        }
    }

    @Test
    void dryRunHoldsForAllThatDoNotSayOtherwise() throws IOException {
        String addresses = """
                <quarantine address="q"/>
                <addresses dry-run="true">
                  <address match="a.#" action="drop"/>
                  <address match="a.b" action="drop" dry-run="false"/>
                """;
        try (SecurityPolicy policy = minimal("<addresses>", addresses)) {
            assertThat(policy.address("a.x").dryRun()).isTrue();
            assertThat(policy.address("a.b").dryRun()).isFalse();
            assertThat(policy.address("orders.eu").dryRun()).isTrue();
            assertThat(policy.address("elsewhere").dryRun()).isTrue();
            assertThat(policy.address("q").dryRun()).isFalse();
        }
    }

    @Test
    void passwordsComeInThreeWaysAndEncoded() throws IOException {
        String start = "<identity service='order-entry' key-store='pki/order-entry.p12' ";
        List<String> ways = List.of(
                "password='open sesame'/>",
                "password-file='pki/order-entry.password'/>",
                "password-env='STORE'/>",
                "password='ENC(emases nepo)'/>",
                "password-env='ENCODED' alias='order-entry'/>");
        SecurityPolicyReader reader = reader().withPasswordDecoder(
                        encoded -> new StringBuilder(encoded).reverse().toString())
                .withEnvironment(name -> name.equals("STORE") ? PASSWORD : "ENC(emases nepo)");
        for (String way : ways) {
            Path file = fixture.write(MINIMAL.replace("<services>", start + way + "<services>"));
            try (SecurityPolicy policy = reader.read(file)) {
                assertThat(policy.identities()).hasSize(1);
                assertThat(policy.toString()).doesNotContain("sesame").contains("dialog-security.xml");
            }
        }
    }

    @Test
    void anIdentityMayStandBesideItsSuccessor() throws IOException {
        IssuedIdentity old = fixture.issue("order-entry", START, NOW.minusSeconds(1));
        old.writePem(fixture.file("pki/old.pem"));
        try (SecurityPolicy policy = withIdentities(
                "<identity service='order-entry' key-store='pki/old.pem'/>",
                "<identity service='order-entry' key-store='pki/order-entry.p12' password='open sesame'/>")) {
            assertThat(policy.identity(ORDER_ENTRY, Suite.SUITE_2, NOW)
                            .orElseThrow()
                            .certificate())
                    .isEqualTo(fixture.orderEntry.certificate());
            assertThat(policy.identity(old.certificate().fingerprint())).isPresent();
            assertThat(policy.warnings(NOW))
                    .contains(fixture.file("pki/old.pem") + ": the certificate of order-entry expired at "
                            + "2026-03-01T11:59:59Z; have the authority issue a new one");
        }
    }

    @Test
    void theNewestValidCertificateIsSealedTo() throws IOException {
        try (SecurityPolicy policy = sample()) {
            assertThat(policy.certificates().current(SHIPPING, Suite.SUITE_2, NOW))
                    .contains(fixture.shipping.certificate());
            assertThat(policy.certificates().current(SHIPPING, Suite.SUITE_2, END.minus(Duration.ofDays(10))))
                    .isPresent()
                    .get()
                    .isNotEqualTo(fixture.shipping.certificate());
        }
    }

    @Test
    void aRevocationTakesEffectByRereadingEvenWhenSomethingHasExpired() throws IOException {
        CertificateAuthority.writeCrl(
                fixture.file("pki/root.crl"),
                fixture.root.revoke(List.of(fixture.shipping.certificate().serial()), START, END));
        Path file = fixture.write(MINIMAL.replace("</trust>", "<crl file='pki/root.crl'/></trust>"));
        try (SecurityPolicy policy = readerAt(END.plusSeconds(1)).reread(file)) {
            assertThat(policy.trust().check(fixture.shipping.certificate(), NOW))
                    .contains(CertificateProblem.REVOKED);
            assertThat(policy.certificates().certificatesOf(SHIPPING)).isEmpty();
            assertThat(policy.certificates()
                            .byFingerprint(fixture.shipping.certificate().fingerprint()))
                    .isEmpty();
            assertThat(policy.warnings(END.plusSeconds(1)))
                    .containsExactlyInAnyOrder(
                            fixture.file("pki/shipping.pem")
                                    + ": the certificate of shipping is revoked; have the authority issue another one",
                            fixture.file("pki/order-entry.pem") + ": the certificate of order-entry expired at " + END
                                    + "; have the authority issue a new one",
                            file + ": the revocation list of CN=Sample Root is due for renewal;"
                                    + " fetch the authority's next one",
                            file + ": address 'orders.#' is sealed to shipping, of which no certificate is given;"
                                    + " add it if this process seals");
        }
        try (SecurityPolicy policy = reader().read(file)) {
            assertThat(policy.certificates().certificatesOf(SHIPPING)).isEmpty();
        }
    }

    @Test
    void theQuarantineIsLeftAloneUnderAWildcard() throws IOException {
        try (SecurityPolicy policy = minimal("<addresses>", "<quarantine address='orders.q'/><addresses>")) {
            assertThat(policy.address("orders.q").action()).isEqualTo(Action.BYPASS);
            assertThat(policy.address("orders.r").action()).isEqualTo(Action.APPLY);
        }
    }

    @Test
    void revocationByFingerprint() throws IOException {
        String hex = fixture.shipping.certificate().fingerprintHex();
        try (SecurityPolicy policy = minimal("</trust>", "<revoked fingerprint='" + hex + "'/></trust>")) {
            assertThat(policy.trust().check(fixture.shipping.certificate(), NOW))
                    .contains(CertificateProblem.REVOKED);
        }
    }

    @Test
    void warnsInTime() throws IOException {
        Path file = fixture.write(MINIMAL.replace("<trust>", "<trust expiry-warning='P10D'>"));
        try (SecurityPolicy policy = reader().read(file)) {
            assertThat(policy.warnings(END.minus(Duration.ofDays(11)))).isEmpty();
            assertThat(policy.warnings(END.minus(Duration.ofDays(10))))
                    .containsExactly(
                            fixture.file("pki/order-entry.pem") + ": the certificate of order-entry expires at " + END
                                    + "; have the authority issue its successor",
                            fixture.file("pki/shipping.pem") + ": the certificate of shipping expires at " + END
                                    + "; have the authority issue its successor");
        }
    }

    @Test
    void aWrongFileLeavesNoKeyBehindAndTheFormerPolicyUntouched() throws IOException {
        String identity =
                "<identity service='order-entry' key-store='pki/order-entry.p12' password='open sesame'/><services>";
        try (SecurityPolicy former = minimal("<services>", identity)) {
            Path wrong = fixture.write(MINIMAL.replace("<services>", identity).replace("apply", "aply"));
            assertThatThrownBy(() -> reader().reread(wrong)).isInstanceOf(PolicyException.class);
            assertThat(former.identities().get(0).key().sign(Suite.SUITE_2, new byte[1]))
                    .isNotEmpty();
        }
    }
}
