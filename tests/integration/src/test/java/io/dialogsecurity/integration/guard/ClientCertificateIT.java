package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opened is for a user with the right role, over a connection that shows the service's certificate, and for nobody else. */
class ClientCertificateIT {

    private static final String TEXT = "for eyes with a certificate";
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final long SOON = 1_000;
    private static final long LATE = 15_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static final IssuedIdentity TLS_SHIPPING = rsa("shipping");
    private static final IssuedIdentity TLS_OTHER = rsa("billing");
    private static int tlsPort;
    private static GuardedBroker broker;

    private static IssuedIdentity rsa(String name) {
        Instant now = Instant.now();
        return SERVICES.authority.issue(
                new ServiceName(name), Suite.SUITE_1, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(1)));
    }

    @BeforeAll
    static void start() throws Exception {
        tlsPort = FreePort.choose();
        Path stores = Files.createDirectories(directory.resolve("stores"));
        rsa("broker").writePkcs12(stores.resolve("broker.p12"), PASSWORD, "broker");
        TLS_SHIPPING.writePkcs12(stores.resolve("shipping.p12"), PASSWORD, "shipping");
        TLS_OTHER.writePkcs12(stores.resolve("billing.p12"), PASSWORD, "billing");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("root", SERVICES.authority.certificate());
        try (OutputStream out = Files.newOutputStream(stores.resolve("trust.p12"))) {
            trust.store(out, PASSWORD);
        }
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("endpoint"))
                        .queue("certified")
                        .queue("privileged")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                ClientCertificateIT::prepare);
    }

    private static void prepare(BrokerProcess process) throws IOException {
        Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
        SERVICES.orderEntry.writePem(keys.resolve("order-entry.pem"));
        SERVICES.shipping.writePem(keys.resolve("shipping.pem"));
        TLS_SHIPPING.writeCertificate(keys.resolve("shipping-tls.pem"));
        Files.writeString(process.etcDirectory().resolve(GuardedBroker.POLICY_FILE), """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="pki/root.pem"/></trust>
              <identity service="order-entry" key-store="keys/order-entry.pem"/>
              <identity service="shipping" key-store="keys/shipping.pem"/>
              <services>
                <service name="order-entry" certificate="pki/order-entry.pem" users="sales"/>
                <service name="shipping" users="store">
                  <certificate file="pki/shipping.pem"/>
                  <certificate file="keys/shipping-tls.pem"/>
                </service>
              </services>
              <suites accept="1 2" prefer="2"/>
              <addresses default="bypass">
                <address match="certified" action="apply" receivers="shipping">
                  <seal service="order-entry"/>
                  <open service="shipping" client-certificate="required"/>
                </address>
                <address match="privileged" action="apply" receivers="shipping">
                  <seal service="order-entry"/>
                  <open service="shipping" users="store mallory" roles="fulfilment"/>
                </address>
              </addresses>
            </dialog-security>
            """);
        Path xml = process.etcDirectory().resolve("broker.xml");
        Path stores = directory.resolve("stores");
        String acceptor = "<acceptor name=\"tls\">tcp://127.0.0.1:" + tlsPort
                + "?sslEnabled=true;needClientAuth=true;protocols=CORE;keyStoreType=PKCS12;keyStorePath="
                + stores.resolve("broker.p12") + ";keyStorePassword=changeit;trustStoreType=PKCS12;trustStorePath="
                + stores.resolve("trust.p12") + ";trustStorePassword=changeit</acceptor></acceptors>";
        Files.writeString(xml, Files.readString(xml).replace("</acceptors>", acceptor));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static ActiveMQConnectionFactory tls(String who) {
        Path stores = directory.resolve("stores");
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + tlsPort
                + "?sslEnabled=true&verifyHost=false&reconnectAttempts=0&keyStoreType=PKCS12&keyStorePath="
                + stores.resolve(who + ".p12") + "&keyStorePassword=changeit&trustStoreType=PKCS12&trustStorePath="
                + stores.resolve("trust.p12") + "&trustStorePassword=changeit");
    }

    private static void send(String queue) throws JMSException {
        try (RawClient sales = broker.client("sales")) {
            Session session = sales.session();
            session.createProducer(session.createQueue(queue)).send(session.createTextMessage(TEXT));
        }
    }

    private static String receive(Connection connection, String queue, long millis) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            TextMessage message = (TextMessage) consumer.receive(millis);
            return message == null ? null : message.getText();
        }
    }

    @Test
    void theConnectionHasToShowTheServicesCertificate() throws Exception {
        send("certified");
        try (Connection without =
                        new ActiveMQConnectionFactory(broker.process.coreUrl()).createConnection("store", "secret");
                ActiveMQConnectionFactory others = tls("billing");
                Connection another = others.createConnection("store", "secret");
                ActiveMQConnectionFactory shipping = tls("shipping");
                Connection right = shipping.createConnection("store", "secret");
                Connection wrongUser = shipping.createConnection("mallory", "secret")) {
            assertThat(receive(without, "certified", SOON)).isNull();
            assertThat(receive(another, "certified", SOON)).isNull();
            assertThat(receive(wrongUser, "certified", SOON)).isNull();
            assertThat(receive(right, "certified", LATE)).isEqualTo(TEXT);
        }
    }

    @Test
    void theUserHasToHaveOneOfTheRoles() throws Exception {
        send("privileged");
        try (Connection mallory =
                        new ActiveMQConnectionFactory(broker.process.coreUrl()).createConnection("mallory", "secret");
                Connection store =
                        new ActiveMQConnectionFactory(broker.process.coreUrl()).createConnection("store", "secret")) {
            assertThat(receive(mallory, "privileged", SOON)).isNull(); // named, and one of the sellers
            assertThat(receive(store, "privileged", LATE)).isEqualTo(TEXT);
        }
        assertThat(broker.audit()).anyMatch(line -> line.contains("withheld user=mallory"));
    }
}
