package io.dialogsecurity.differential;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Two brokers alike, of which one guards the addresses of all lanes and seals and opens on those of some; and the services
 * that send and receive there.
 */
final class World implements AutoCloseable {

    /** Where the guard takes what it refuses. */
    static final String QUARANTINE = "dialog-security.quarantine";

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final String POLICY_FILE = "dialog-security.xml";
    private static final String KEY_PASSWORD = "changeit";

    private final Path directory;
    private final BrokerProcess plain;
    private final BrokerProcess guarded;

    private World(Path directory, BrokerProcess plain, BrokerProcess guarded) {
        this.directory = directory;
        this.plain = plain;
        this.guarded = guarded;
    }

    /** Who uses a connection. */
    enum Role {
        SENDER("sales"),
        RECEIVER("store");

        private final String service;

        Role(String service) {
            this.service = service;
        }
    }

    /** Starts both in a directory that is empty or not there. */
    static World start(Path directory) throws IOException {
        Path pki = Files.createDirectories(directory.resolve("pki"));
        Instant now = Instant.now();
        CertificateAuthority authority = CertificateAuthority.root(
                "Differential Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(365)));
        authority.writeCertificate(pki.resolve("root.pem"));
        for (Role role : Role.values()) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(role.service),
                    Suite.SUITE_2,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)));
            identity.writePkcs12(pki.resolve(role.service + ".p12"), KEY_PASSWORD.toCharArray(), role.service);
            identity.writeCertificate(pki.resolve(role.service + ".pem"));
        }
        for (Lane lane : Lane.values()) {
            for (Role role : Role.values()) {
                Files.writeString(
                        configuration(directory, lane, role), policy(pki, quarantine(lane), addresses(), role));
            }
        }
        CompletableFuture<BrokerProcess> plain = CompletableFuture.supplyAsync(
                () -> builder(directory.resolve("plain")).start());
        CompletableFuture<BrokerProcess> guarded = CompletableFuture.supplyAsync(() -> {
            BrokerProcess broker = builder(directory.resolve("guarded"))
                    .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                    .plugin(PLUGIN, Map.of("config", POLICY_FILE))
                    .create();
            try {
                Files.writeString(
                        broker.etcDirectory().resolve(POLICY_FILE),
                        policy(pki, QUARANTINE, addresses(), Role.values()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return broker.start();
        });
        return new World(directory, plain.join(), guarded.join());
    }

    private static BrokerProcess.Builder builder(Path directory) {
        BrokerProcess.Builder builder = BrokerProcess.in(directory)
                .coreElement("message-expiry-scan-period", "100")
                .queue(QUARANTINE);
        for (Lane lane : Lane.values()) {
            String all = lane.text() + ".#";
            String dead = Site.grave(lane, Program.DEAD);
            String expired = Site.grave(lane, Program.EXPIRED);
            String retry = lane.text() + ".*." + QueueKind.RETRY.text() + ".#";
            builder.queue(quarantine(lane))
                    .queue(dead)
                    .queue(expired)
                    .addressSetting(all, "dead-letter-address", dead)
                    .addressSetting(all, "expiry-address", expired)
                    .addressSetting(all, "max-delivery-attempts", "10")
                    .addressSetting(all, "redelivery-delay", "0")
                    .addressSetting(all, "auto-delete-queues", "false")
                    .addressSetting(all, "auto-delete-addresses", "false")
                    .addressSetting(retry, "redelivery-delay", Integer.toString(Stage.REDELIVERY_MILLIS))
                    .addressSetting(retry, "max-delivery-attempts", "3");
            String paged = lane.text() + ".*." + QueueKind.PAGED.text() + ".#";
            builder.addressSetting(paged, "max-size-messages", "3")
                    .addressSetting(paged, "address-full-policy", "PAGE");
        }
        return builder;
    }

    /** Where the clients of a lane take what they refuse. */
    static String quarantine(Lane lane) {
        return "quarantine." + lane.text();
    }

    private static Path configuration(Path directory, Lane lane, Role role) {
        return directory.resolve(lane.text() + "-" + role.service + ".xml");
    }

    private static String policy(Path pki, String quarantine, String addresses, Role... identities) {
        return """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="%s"/></trust>
                  %s
                  <services>
                    %s
                  </services>
                  <suites accept="2"/>
                  <quarantine address="%s"/>
                  <addresses default="bypass">
                    %s
                  </addresses>
                </dialog-security>
                """.formatted(
                pki.resolve("root.pem"),
                Arrays.stream(identities)
                        .map(role -> "<identity service=\"%s\" key-store=\"%s\" password=\"%s\"/>"
                                .formatted(role.service, pki.resolve(role.service + ".p12"), KEY_PASSWORD))
                        .collect(Collectors.joining("\n  ")),
                Arrays.stream(Role.values())
                        .map(role -> "<service name=\"%s\" certificate=\"%s\" users=\"%s\"/>"
                                .formatted(role.service, pki.resolve(role.service + ".pem"), BrokerProcess.ADMIN))
                        .collect(Collectors.joining("\n    ")),
                quarantine,
                addresses);
    }

    private static String addresses() {
        return Arrays.stream(Lane.values()).map(World::addresses).collect(Collectors.joining("\n    "));
    }

    private static String addresses(Lane lane) {
        String plainApplications = lane.place() == Lane.Place.BROKER
                ? "<seal service=\"%s\" users=\"*\"/><open service=\"%s\" users=\"*\"/>"
                : "";
        String keeping = Arrays.stream(QueueKind.values())
                .filter(kind -> kind.keeps() || kind.hasKeys())
                .map(kind -> address(
                        lane.text() + ".*." + kind.text() + ".#",
                        Role.SENDER,
                        Role.RECEIVER,
                        "replays=\"allow\"",
                        plainApplications))
                .collect(Collectors.joining());
        return address(lane.text() + ".#", Role.SENDER, Role.RECEIVER, "", plainApplications)
                + address(lane.text() + ".*.*." + Program.REPLIES, Role.RECEIVER, Role.SENDER, "", plainApplications)
                + keeping;
    }

    private static String address(String match, Role from, Role to, String more, String plainApplications) {
        return "<address match=\"%s\" action=\"apply\" senders=\"%s\" receivers=\"%s\" clear-properties=\"%s\" %s>%s</address>"
                .formatted(
                        match,
                        from.service,
                        to.service,
                        Stage.REGION + " JMSType",
                        more,
                        plainApplications.formatted(from.service, to.service));
    }

    /** Where programs run unsealed, by clients that know nothing of us. */
    Site unsealed(Lane lane) {
        return new Site(plain, lane, role -> lane.provider().factory(plain, ""));
    }

    /** Where they run sealed. */
    Site sealed(Lane lane) {
        return new Site(guarded, lane, role -> sealing(lane, role));
    }

    private ConnectionFactory sealing(Lane lane, Role role) {
        Path configuration = configuration(directory, lane, role);
        return switch (lane.place()) {
            case DECORATOR ->
                new SecureConnectionFactory(lane.provider().factory(guarded, ""), ClientEndpoint.open(configuration));
            case INTERCEPTORS ->
                lane.provider()
                        .factory(
                                guarded,
                                "?outgoingInterceptorList=" + SealingInterceptor.class.getName()
                                        + "&incomingInterceptorList=" + OpeningInterceptor.class.getName()
                                        + "&dialogSecurity="
                                        + URLEncoder.encode(configuration.toString(), StandardCharsets.UTF_8));
            case BROKER -> lane.provider().factory(guarded, "");
        };
    }

    @Override
    public void close() {
        plain.close();
        guarded.close();
    }
}
