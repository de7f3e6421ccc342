package io.dialogsecurity.integration.client;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One broker without any plugin, and three services with configurations and endpoints of their own, for all tests of the
 * client paths.
 */
final class ClientWorld {

    static final long PATIENCE_MILLIS = 20_000;
    static final String QUARANTINE = "quarantine";

    private static final String ADDRESSES = """
            <quarantine address="quarantine"/>
            <addresses default="bypass">
              <address match="orders.#" action="apply" senders="order-entry" receivers="shipping"
                       clear-properties="region"/>
              <address match="replies.#" action="apply" senders="shipping billing" receivers="order-entry"/>
              <address match="news.#" action="apply" senders="order-entry" receivers="shipping billing"/>
              <address match="strict.#" action="apply" senders="order-entry" receivers="shipping" gaps="refuse"/>
              <address match="prices.#" action="apply" senders="order-entry" receivers="shipping" replays="allow"/>
              <address match="kept.#" action="apply" senders="order-entry" receivers="shipping"/>
              <address match="prompt.#" action="apply" senders="order-entry" receivers="shipping"
                       message-max-age="PT1H"/>
              <address match="typed.#" action="apply" senders="order-entry" receivers="shipping"
                       clear-properties="JMSType"/>
              <address match="$ledger.#" action="apply" senders="order-entry" receivers="shipping"/>
              <address match="legacy.#" action="drop"/>
            </addresses>
            """;

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final List<String> SERVICES = List.of("order-entry", "shipping", "billing");

    private static ClientWorld world;

    private final AtomicInteger names = new AtomicInteger();
    private final Path directory;
    private final BrokerProcess broker;
    private final ClientEndpoint orderEntry;
    private final ClientEndpoint shipping;
    private final ClientEndpoint billing;

    private ClientWorld() throws IOException {
        System.setProperty("dialogsecurity.priming", "false");
        directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "client-world");
        Instant now = Instant.now();
        CertificateAuthority authority =
                CertificateAuthority.root("Test Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(3650)));
        authority.writeCertificate(directory.resolve("root.pem"));
        for (String service : SERVICES) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(service),
                    Suite.SUITE_2,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)));
            identity.writePkcs12(directory.resolve(service + ".p12"), PASSWORD, service);
            identity.writeCertificate(directory.resolve(service + ".pem"));
        }
        orderEntry = endpoint(directory, "order-entry");
        shipping = endpoint(directory, "shipping");
        billing = endpoint(directory, "billing");
        broker = BrokerProcess.in(directory.resolve("broker"))
                .queue(QUARANTINE)
                .addressSetting("#", "redelivery-delay", "0")
                .addressSetting("orders.later.#", "redelivery-delay", "2000")
                .addressSetting("prices.#", "default-non-destructive", "true")
                .addressSetting("prices.latest.#", "default-last-value-queue", "true")
                .addressSetting("prices.latest.#", "default-non-destructive", "true")
                .addressSetting("prices.taken.#", "default-last-value-queue", "true")
                .addressSetting("prices.taken.#", "default-non-destructive", "false")
                .addressSetting("kept.#", "default-non-destructive", "true")
                .start();
    }

    static synchronized ClientWorld get() {
        if (world == null) {
            try {
                world = new ClientWorld();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(world.broker::close));
        }
        return world;
    }

    private static ClientEndpoint endpoint(Path directory, String service) throws IOException {
        return endpoint(directory, service, service, "");
    }

    /** An endpoint of the caller's own that takes little into memory. */
    ClientEndpoint streaming(String service) throws IOException {
        return own(service, "streaming", "<limits max-envelope-size=\"1MiB\"/>");
    }

    /**
     * An endpoint of the caller's own.
     *
     * @param variant tells its configuration from those of other endpoints of the service
     * @param settings elements between services and quarantine
     */
    ClientEndpoint own(String service, String variant, String settings) throws IOException {
        return endpoint(directory, service, service + "-" + variant, settings);
    }

    /** As {@link #own}, for another process: the configuration's file. */
    Path configuration(String service, String variant, String settings) throws IOException {
        return write(directory, service, service + "-" + variant, settings);
    }

    /** Writes the policy of a guard that lets {@value BrokerProcess#ADMIN} speak for every service. */
    Path guard(String file, String settings) throws IOException {
        return write(directory, "", file, settings);
    }

    private static ClientEndpoint endpoint(Path directory, String service, String file, String settings)
            throws IOException {
        return ClientEndpoint.open(write(directory, service, file, settings));
    }

    /** @param service whose key is named, or empty */
    private static Path write(Path directory, String service, String file, String settings) throws IOException {
        StringBuilder xml = new StringBuilder(
                "<dialog-security xmlns=\"urn:dialog-security:1\">\n" + "<trust><anchor file=\"root.pem\"/></trust>\n");
        if (!service.isEmpty()) {
            xml.append("<identity service=\"")
                    .append(service)
                    .append("\" key-store=\"")
                    .append(service)
                    .append(".p12\" password=\"changeit\"/>\n");
        }
        xml.append("<services>\n");
        for (String known : SERVICES) {
            xml.append("<service name=\"")
                    .append(known)
                    .append("\" certificate=\"")
                    .append(known)
                    .append(".pem\" users=\"")
                    .append(BrokerProcess.ADMIN)
                    .append("\"/>\n");
        }
        xml.append("</services>\n").append(settings).append(ADDRESSES).append("</dialog-security>\n");
        Path path = directory.resolve(file + ".xml");
        Files.writeString(path, xml);
        return path;
    }

    /** A name nobody has used, under an address policy knows. */
    String name(String prefix) {
        return prefix + ".t" + names.incrementAndGet();
    }

    BrokerProcess broker() {
        return broker;
    }

    ClientEndpoint orderEntry() {
        return orderEntry;
    }

    ClientEndpoint shipping() {
        return shipping;
    }

    ClientEndpoint billing() {
        return billing;
    }

    SecureConnectionFactory orderEntry(Provider provider) {
        return new SecureConnectionFactory(provider.factory(broker), orderEntry);
    }

    SecureConnectionFactory shipping(Provider provider) {
        return new SecureConnectionFactory(provider.factory(broker), shipping);
    }

    SecureConnectionFactory billing(Provider provider) {
        return new SecureConnectionFactory(provider.factory(broker), billing);
    }

    /** An application without any security. */
    ConnectionFactory plain(Provider provider) {
        return provider.factory(broker);
    }

    List<PlaintextSearch.Hit> search(String... markers) throws IOException {
        return PlaintextSearch.forMarkers(markers).in(broker.dataDirectory());
    }
}
