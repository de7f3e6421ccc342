package io.dialogsecurity.integration.brokerside;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.plain.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Two brokers alike, of which one seals whatever comes to addresses beneath {@value #SEALED} as service devices to
 * service office, and opens it for every user.
 */
final class BrokerSideWorld implements AutoCloseable {

    /** What policy protects begins with this. */
    static final String SEALED = "sealed.";

    /** A property that stays readable there. */
    static final String CLEAR_PROPERTY = "region";

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final String POLICY_FILE = "dialog-security.xml";
    private static final String USER = "till";
    private static final String USER_PASSWORD = "till-password";
    private static final String ROLE = "tills";
    private static final List<String> SERVICES = List.of("devices", "office");
    private static final String KEY_PASSWORD = "changeit";

    private static final String POLICY = """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="pki/root.pem"/></trust>
              <identity service="devices" key-store="pki/devices.p12" password="changeit"/>
              <identity service="office" key-store="pki/office.p12" password="changeit"/>
              <services>
                <service name="devices" certificate="pki/devices.pem"/>
                <service name="office" certificate="pki/office.pem"/>
              </services>
              <quarantine address="dialog-security.quarantine"/>
              <addresses default="bypass">
                <address match="sealed.#" action="apply" senders="devices" receivers="office" clear-properties="region">
                  <seal service="devices" users="*"/>
                  <open service="office" users="*"/>
                </address>
                %s
              </addresses>
            </dialog-security>
            """;

    /** Knows nothing of sealing. */
    final BrokerProcess unsealed;

    /** Seals and opens. */
    final BrokerProcess sealed;

    private BrokerSideWorld(BrokerProcess unsealed, BrokerProcess sealed) {
        this.unsealed = unsealed;
        this.sealed = sealed;
    }

    /**
     * Starts both.
     *
     * @param settings of both brokers
     * @param moreAddresses elements of the policy
     */
    static BrokerSideWorld start(Path directory, UnaryOperator<BrokerProcess.Builder> settings, String moreAddresses) {
        CompletableFuture<BrokerProcess> unsealed = CompletableFuture.supplyAsync(
                () -> settings.apply(builder(directory.resolve("unsealed"))).start());
        CompletableFuture<BrokerProcess> sealed = CompletableFuture.supplyAsync(() -> {
            BrokerProcess.Builder builder = builder(directory.resolve("sealed"))
                    .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                    .plugin(PLUGIN, Map.of("config", POLICY_FILE));
            BrokerProcess broker = settings.apply(builder).create();
            try {
                configure(broker.etcDirectory(), moreAddresses);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return broker.start();
        });
        return new BrokerSideWorld(unsealed.join(), sealed.join());
    }

    private static BrokerProcess.Builder builder(Path directory) {
        BrokerProcess.Builder builder = BrokerProcess.in(directory).user(USER, USER_PASSWORD, ROLE);
        for (String permission : List.of(
                "send",
                "consume",
                "browse",
                "createAddress",
                "deleteAddress",
                "createDurableQueue",
                "deleteDurableQueue",
                "createNonDurableQueue",
                "deleteNonDurableQueue")) {
            builder.allow("#", permission, ROLE);
        }
        return builder;
    }

    private static void configure(Path etc, String moreAddresses) throws IOException {
        Path keys = Files.createDirectories(etc.resolve("pki"));
        Instant now = Instant.now();
        CertificateAuthority authority =
                CertificateAuthority.root("Broker Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(365)));
        authority.writeCertificate(keys.resolve("root.pem"));
        for (String service : SERVICES) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(service),
                    Suite.SUITE_2,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)));
            identity.writePkcs12(keys.resolve(service + ".p12"), KEY_PASSWORD.toCharArray(), service);
            identity.writeCertificate(keys.resolve(service + ".pem"));
        }
        Files.writeString(etc.resolve(POLICY_FILE), POLICY.formatted(moreAddresses));
    }

    /** As the user of both brokers. */
    static Login login(BrokerProcess broker) {
        return Login.to(broker, USER, USER_PASSWORD);
    }

    /**
     * Stops both, and looks for texts in all their files: none may be readable where messages are sealed, and all have
     * to be where they are not, or the search would prove nothing.
     */
    void stopAndSearch(Set<String> markers) throws IOException {
        unsealed.stop();
        sealed.stop();
        PlaintextSearch search = PlaintextSearch.forMarkers(markers);
        assertThat(search.in(sealed.directory())).isEmpty();
        assertThat(search.in(unsealed.directory()).stream()
                        .map(PlaintextSearch.Hit::marker)
                        .collect(Collectors.toSet()))
                .isEqualTo(markers);
    }

    @Override
    public void close() {
        unsealed.close();
        sealed.close();
    }
}
