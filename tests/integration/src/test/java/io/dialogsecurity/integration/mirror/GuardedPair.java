package io.dialogsecurity.integration.mirror;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.MirroredPair;
import io.dialogsecurity.testkit.MirroredPair.Side;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A mirrored pair with the packaged plugin on both, and two services with endpoints in this process. */
final class GuardedPair implements AutoCloseable {

    static final String ORDER_ENTRY = "order-entry";
    static final String SHIPPING = "shipping";
    static final String PASSWORD = "secret";
    static final String ORDERS = "orders";

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final Path BROKER_JAR = Path.of(System.getProperty("dialogsecurity.broker.jar"));

    /** Whose Jakarta Messaging is under the decorator. */
    enum Provider {
        CORE,
        AMQP
    }

    final MirroredPair brokers;
    private final Map<String, IssuedIdentity> identities = new HashMap<>();
    private CertificateAuthority authority;
    private final Path directory;

    private GuardedPair(MirroredPair brokers, Path directory) {
        this.brokers = brokers;
        this.directory = directory;
    }

    /** @param bothAccept whether both brokers accept clients, as after a split of the network */
    static GuardedPair start(Path directory, boolean bothAccept) throws IOException {
        MirroredPair.Builder builder = MirroredPair.in(directory)
                .each(broker -> broker.library(BROKER_JAR)
                        .metrics()
                        .plugin(PLUGIN, Map.of("config", "guard.xml"))
                        .queue(ORDERS)
                        .user(ORDER_ENTRY, PASSWORD, "sellers")
                        .user(SHIPPING, PASSWORD, "fulfilment")
                        .allow(ORDERS, "send", "sellers")
                        .allow(ORDERS, "consume", "sellers", "fulfilment"));
        GuardedPair pair = new GuardedPair((bothAccept ? builder.bothAccept() : builder).create(), directory);
        pair.writeServices();
        for (Side side : Side.values()) {
            Files.writeString(
                    pair.brokers.broker(side).etcDirectory().resolve("guard.xml"),
                    pair.configuration("", directory.toString()));
        }
        pair.brokers.start();
        return pair;
    }

    private void writeServices() throws IOException {
        Instant now = Instant.now();
        authority =
                CertificateAuthority.root("Test Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(3650)));
        authority.writeCertificate(directory.resolve("root.pem"));
        for (String service : List.of(ORDER_ENTRY, SHIPPING)) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(service),
                    Suite.SUITE_2,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)));
            identities.put(service, identity);
            identity.writePkcs12(directory.resolve(service + ".p12"), "changeit".toCharArray(), service);
            identity.writeCertificate(directory.resolve(service + ".pem"));
            Files.writeString(
                    directory.resolve(service + ".xml"),
                    configuration(
                            "<identity service=\"%s\" key-store=\"%s.p12\" password=\"changeit\"/>"
                                    .formatted(service, service),
                            directory.toString()));
        }
    }

    private String configuration(String identity, String files) {
        return """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="%2$s/root.pem"/></trust>
              %1$s
              <services>
                <service name="order-entry" certificate="%2$s/order-entry.pem" roles="sellers"/>
                <service name="shipping" certificate="%2$s/shipping.pem" roles="fulfilment"/>
              </services>
              <addresses default="bypass">
                <address match="orders" action="apply" senders="order-entry" receivers="shipping"/>
              </addresses>
            </dialog-security>
            """.formatted(identity, files);
    }

    /** Seals an order, the first message of a new dialog, without sending it. */
    byte[] seal(String text) {
        TrustContext trust = new TrustContext(
                TrustStore.of(List.of(authority.certificate()), List.of(), Set.of()),
                ListedCertificates.of(identities.values().stream()
                        .map(IssuedIdentity::certificate)
                        .toList()));
        try (DialogEndpoint endpoint = DialogEndpoint.builder(
                        identities.get(ORDER_ENTRY).identity(), trust)
                .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                .build()) {
            return endpoint.begin(Set.of(new ServiceName(SHIPPING))).seal(MessageContent.text(text), ORDERS);
        }
    }

    /** An instance of a service. */
    ClientEndpoint endpoint(String service) {
        return ClientEndpoint.open(directory.resolve(service + ".xml"));
    }

    /** A connection that seals and opens and finds the broker that accepts it. */
    Connection connect(Provider provider, String service, ClientEndpoint endpoint) throws JMSException {
        ConnectionFactory factory = provider == Provider.CORE
                ? new ActiveMQConnectionFactory(brokers.coreUrl())
                : new JmsConnectionFactory(brokers.amqpUrl());
        return new SecureConnectionFactory(factory, endpoint).createConnection(service, PASSWORD);
    }

    /** A connection to one broker, without any protection. */
    Connection connectPlain(Side side, String service) throws JMSException {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + brokers.clientPort(side))
                .createConnection(service, PASSWORD);
    }

    /** What a broker's guard says of itself. */
    Object guard(Side side, String attribute) {
        BrokerManagement management = brokers.broker(side).management();
        try {
            return management.attribute(new ObjectName(management.server() + ",component=dialog-security"), attribute);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        brokers.close();
    }
}
