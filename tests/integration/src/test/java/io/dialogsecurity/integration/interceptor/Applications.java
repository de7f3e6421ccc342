package io.dialogsecurity.integration.interceptor;

import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A broker without our plugin, and two services whose applications know nothing of security. */
final class Applications implements AutoCloseable {

    static final ServiceName ORDER_ENTRY = new ServiceName("order-entry");
    static final ServiceName SHIPPING = new ServiceName("shipping");
    static final String QUARANTINE = "dialog-security.quarantine";
    static final long PATIENCE = 20_000;
    static final Duration WHILE = Duration.ofMillis(PATIENCE);
    /** How long to wait for a message that should not come. */
    static final long A_MOMENT = 300;

    private static final Instant YESTERDAY = Instant.now().minus(Duration.ofDays(1));
    private static final Instant IN_A_YEAR = Instant.now().plus(Duration.ofDays(365));
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.root("Interceptor Test Root", YESTERDAY, IN_A_YEAR);
    private static final IssuedIdentity ORDER_ENTRY_IDENTITY =
            AUTHORITY.issue(ORDER_ENTRY, Suite.SUITE_2, YESTERDAY, IN_A_YEAR);
    private static final IssuedIdentity SHIPPING_IDENTITY =
            AUTHORITY.issue(SHIPPING, Suite.SUITE_2, YESTERDAY, IN_A_YEAR);

    final BrokerProcess broker;
    private final Path orderEntry;
    private final Path shipping;

    private Applications(BrokerProcess broker, Path directory) throws IOException {
        this.broker = broker;
        Files.createDirectories(directory);
        AUTHORITY.writeCertificate(directory.resolve("root.pem"));
        for (IssuedIdentity identity : List.of(ORDER_ENTRY_IDENTITY, SHIPPING_IDENTITY)) {
            String name = identity.certificate().serviceName().value();
            identity.writeCertificate(directory.resolve(name + ".pem"));
            identity.writePkcs12(directory.resolve(name + ".p12"), "secret".toCharArray(), name);
        }
        this.orderEntry = configuration(directory, ORDER_ENTRY);
        this.shipping = configuration(directory, SHIPPING);
    }

    static BrokerProcess.Builder builder(Path directory) {
        return BrokerProcess.in(directory.resolve("broker"))
                .queue("orders")
                .queue("orders.copy")
                .queue("free")
                .queue("legacy")
                .queue("migrating")
                .queue("replies.sales")
                .queue(QUARANTINE)
                .topic("events");
    }

    static Applications start(Path directory) throws IOException {
        return start(directory, builder(directory));
    }

    static Applications start(Path directory, BrokerProcess.Builder builder) throws IOException {
        return new Applications(builder.start(), directory.resolve("services"));
    }

    private static Path configuration(Path directory, ServiceName name) throws IOException {
        Path file = directory.resolve(name + ".xml");
        Files.writeString(file, """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="root.pem"/></trust>
                  <identity service="%1$s" key-store="%1$s.p12" password="secret"/>
                  <services>
                    <service name="order-entry" certificate="order-entry.pem"/>
                    <service name="shipping" certificate="shipping.pem"/>
                  </services>
                  <suites accept="2" prefer="2"/>
                  <quarantine address="dialog-security.quarantine"/>
                  <addresses default="bypass">
                    <address match="orders.#" action="apply" senders="order-entry" receivers="shipping"
                             clear-properties="region"/>
                    <address match="events" action="apply" senders="order-entry" receivers="shipping"/>
                    <address match="replies.#" action="apply" senders="shipping" receivers="order-entry"/>
                    <address match="legacy" action="drop"/>
                    <address match="migrating" action="apply" senders="order-entry" receivers="shipping"
                             plaintext-until="2999-01-01T00:00:00Z"/>
                  </addresses>
                </dialog-security>
                """.formatted(name));
        return file;
    }

    // --- What the applications are given: a URL

    String orderEntryUrl(String... parameters) {
        return url(broker.coreUrl(), orderEntry, parameters);
    }

    String shippingUrl(String... parameters) {
        return url(broker.coreUrl(), shipping, parameters);
    }

    static String url(String broker, Path configuration, String... parameters) {
        StringBuilder url = new StringBuilder(broker)
                .append("?outgoingInterceptorList=")
                .append(SealingInterceptor.class.getName())
                .append("&incomingInterceptorList=")
                .append(OpeningInterceptor.class.getName())
                .append("&dialogSecurity=")
                .append(URLEncoder.encode(configuration.toString(), StandardCharsets.UTF_8));
        for (String parameter : parameters) {
            url.append('&').append(parameter);
        }
        return url.toString();
    }

    /** The same services over any provider, with the decorator. */
    SecureConnectionFactory orderEntryDecorated(ConnectionFactory provider) {
        return new SecureConnectionFactory(provider, orderEntry.toString());
    }

    SecureConnectionFactory shippingDecorated(ConnectionFactory provider) {
        return new SecureConnectionFactory(provider, shipping.toString());
    }

    ConnectionFactory core() {
        return new ActiveMQConnectionFactory(broker.coreUrl(), "admin", "admin");
    }

    ConnectionFactory amqp() {
        return new JmsConnectionFactory("admin", "admin", broker.amqpUrl());
    }

    static JMSContext context(String url) {
        return new ActiveMQConnectionFactory(url, "admin", "admin").createContext();
    }

    static JMSContext context(String url, int acknowledge) {
        return new ActiveMQConnectionFactory(url, "admin", "admin").createContext(acknowledge);
    }

    static Connection connection(String url) throws JMSException {
        return connection(url, "admin", "admin");
    }

    static Connection connection(String url, String user, String password) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory(url, user, password).createConnection();
        connection.start();
        return connection;
    }

    // --- What an attacker, or a curious test, does: without interceptors

    JMSContext plain() {
        return context(broker.coreUrl());
    }

    /** The bodies in a queue, which stay there. */
    List<Message> stored(String queue) throws JMSException {
        List<Message> stored = new ArrayList<>();
        try (JMSContext plain = plain()) {
            var messages = plain.createBrowser(plain.createQueue(queue)).getEnumeration();
            while (messages.hasMoreElements()) {
                stored.add((Message) messages.nextElement());
            }
        }
        return stored;
    }

    /** Takes the only message out of a queue. */
    byte[] steal(String queue) throws JMSException {
        try (JMSContext plain = plain();
                var consumer = plain.createConsumer(plain.createQueue(queue))) {
            return bytes(consumer.receive(PATIENCE));
        }
    }

    void inject(String queue, byte[] body) throws JMSException {
        try (JMSContext plain = plain()) {
            BytesMessage message = plain.createBytesMessage();
            message.writeBytes(body);
            plain.createProducer().send(plain.createQueue(queue), message);
        }
    }

    /** Empties queues, whatever another test has left there. */
    void clear(String... queues) throws JMSException {
        try (JMSContext plain = plain()) {
            for (String queue : queues) {
                try (var consumer = plain.createConsumer(plain.createQueue(queue))) {
                    Message left = consumer.receiveNoWait();
                    while (left != null) {
                        left = consumer.receiveNoWait();
                    }
                }
            }
        }
    }

    static byte[] bytes(Message message) throws JMSException {
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
        bytes.readBytes(body);
        return body;
    }

    long count(String queue) {
        return broker.management().messageCount(queue);
    }

    /** Drains the quarantine: body type and reason of what was in it. */
    List<Map.Entry<String, String>> quarantined() throws JMSException {
        List<Map.Entry<String, String>> quarantined = new ArrayList<>();
        try (JMSContext plain = plain();
                var consumer = plain.createConsumer(plain.createQueue(QUARANTINE))) {
            for (Message message = consumer.receive(A_MOMENT); message != null; message = consumer.receive(A_MOMENT)) {
                quarantined.add(Map.entry(
                        message.getStringProperty("DS_ORIGINAL_DESTINATION"),
                        message.getStringProperty("DS_REJECTION")));
            }
        }
        return quarantined;
    }

    /** The library alone, to make envelopes of every kind. */
    static DialogEndpoint orderEntryEndpoint() {
        return DialogEndpoint.builder(
                        ORDER_ENTRY_IDENTITY.identity(),
                        new TrustContext(
                                TrustStore.of(List.of(AUTHORITY.certificate()), List.of(), Set.of()),
                                ListedCertificates.of(
                                        List.of(ORDER_ENTRY_IDENTITY.certificate(), SHIPPING_IDENTITY.certificate()))))
                .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                .build();
    }

    @Override
    public void close() {
        broker.close();
    }
}
