package io.dialogsecurity.integration.replies;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A broker, guarded or not, and four services: a store that answers, a shop that asks, mallory who asks too, and billing. Each
 * way of each service is a process of its own, as far as anybody can tell.
 */
final class ReplyWorld implements AutoCloseable {

    static final long PATIENCE_MILLIS = 20_000;
    static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    /** How long to wait for a message that should not come. */
    static final long A_MOMENT_MILLIS = 300;

    static final String QUARANTINE = "quarantine";

    private static final Path BROKER_JAR = Path.of(System.getProperty("dialogsecurity.broker.jar"));
    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final List<String> SERVICES = List.of("shop", "mallory", "store", "billing");

    private static final String ADDRESSES = """
            <quarantine address="quarantine"/>
            <addresses default="bypass">
              <address match="store.#" action="apply" senders="shop mallory" receivers="store"/>
              <address match="billing.invoices" action="apply" senders="store" receivers="billing"/>
              <address match="answers.#" action="apply" senders="store"/>
            </addresses>
            """;

    private final Path pki;
    private final AtomicInteger names = new AtomicInteger();
    private final BrokerProcess broker;

    ReplyWorld(Path directory, boolean guarded) throws IOException {
        System.setProperty("dialogsecurity.priming", "false");
        pki = Files.createDirectories(directory.resolve("services"));
        Instant now = Instant.now();
        CertificateAuthority authority =
                CertificateAuthority.root("Test Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(3650)));
        authority.writeCertificate(pki.resolve("root.pem"));
        for (String service : SERVICES) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(service),
                    Suite.SUITE_2,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)));
            identity.writePkcs12(pki.resolve(service + ".p12"), "changeit".toCharArray(), service);
            identity.writeCertificate(pki.resolve(service + ".pem"));
        }
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve("broker"))
                .queue(QUARANTINE)
                .queue("billing.invoices")
                .queue("store.tapped")
                .queue("store.audit")
                .queue("store.dlq")
                .queue("metrics")
                .divert("store.tapped", "store.audit")
                .queue("store.split")
                .queue("store.left")
                .queue("store.right")
                .divert("store.split", "store.left")
                .divert("store.split", "store.right")
                .addressSetting("store.#", "dead-letter-address", "store.dlq")
                .addressSetting("store.#", "max-delivery-attempts", "2");
        if (guarded) {
            builder.library(BROKER_JAR)
                    .plugin(PLUGIN, Map.of("config", configuration("", "guard").toString()));
        }
        broker = builder.start();
    }

    private Path configuration(String identity, String file) throws IOException {
        StringBuilder xml = new StringBuilder(
                "<dialog-security xmlns=\"urn:dialog-security:1\">\n" + "<trust><anchor file=\"root.pem\"/></trust>\n");
        if (!identity.isEmpty()) {
            xml.append(
                    "<identity service=\"%1$s\" key-store=\"%1$s.p12\" password=\"changeit\"/>%n".formatted(identity));
        }
        xml.append("<services>\n");
        for (String service : SERVICES) {
            xml.append("<service name=\"%1$s\" certificate=\"%1$s.pem\" users=\"%2$s\"/>%n"
                    .formatted(service, BrokerProcess.ADMIN));
        }
        xml.append("</services>\n").append(ADDRESSES).append("</dialog-security>\n");
        Path path = pki.resolve(file + ".xml");
        Files.writeString(path, xml);
        return path;
    }

    BrokerProcess broker() {
        return broker;
    }

    /** A name nobody has used. */
    String name(String prefix) {
        return prefix + ".t" + names.incrementAndGet();
    }

    /** An application in a process of its own. */
    ConnectionFactory process(String service, Way way) throws IOException {
        return way.factory(broker, configuration(service, service + "-" + names.incrementAndGet()));
    }

    JMSContext context(String service, Way way) throws IOException {
        return process(service, way).createContext();
    }

    /** Somebody who neither seals nor opens. */
    JMSContext plain() {
        return Way.core(broker.coreUrl()).createContext();
    }

    /** What lies in a queue, and stays there. */
    List<Message> stored(String queue) throws JMSException {
        try (JMSContext plain = plain();
                QueueBrowser browser = plain.createBrowser(plain.createQueue(queue))) {
            return seen(browser);
        }
    }

    /** All a browser shows. */
    static List<Message> seen(QueueBrowser browser) throws JMSException {
        List<Message> seen = new ArrayList<>();
        for (Enumeration<?> messages = browser.getEnumeration(); messages.hasMoreElements(); ) {
            seen.add((Message) messages.nextElement());
        }
        return seen;
    }

    @Override
    public void close() {
        broker.close();
    }
}
