package io.dialogsecurity.benchmarks;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Messages through a real broker, durable, one producer and one consumer: sealed and guarded beside unsealed, in
 * interleaved rounds of one run, so that the ratio holds when the machine's speed drifts.
 *
 * <pre>{@code ./mvnw -Pend-to-end}</pre>
 *
 * <p>Both sides go through the same broker with the plugin on, the unsealed one to an address that policy lets pass.
 * {@code -Dend-to-end.arguments="1024 1,2 7 30000 true"}: bytes, suites, rounds, messages a round, whether certificates are
 * embedded. What a broker does costs by the byte, so a third rate is that of unsealed messages as large as the envelopes.
 */
public final class EndToEnd {

    private static final String PASSWORD = "secret";
    private static final String SENDER = "order-entry";
    private static final String RECEIVER = "shipping";

    private EndToEnd() {}

    /** @param arguments bytes of a message, suites, rounds, messages a round, whether certificates are embedded */
    public static void main(String[] arguments) throws Exception {
        int bytes = argument(arguments, 0, "1024");
        int rounds = argument(arguments, 2, "7");
        int messages = argument(arguments, 3, "30000");
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d cores; %d messages of %d bytes a round, durable, one producer, one consumer%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                messages,
                bytes);
        boolean embedded = arguments.length <= 4 || Boolean.parseBoolean(arguments[4]);
        for (String suite : (arguments.length > 1 ? arguments[1] : "1,2").split(",", -1)) {
            measure(Suite.of(Integer.parseInt(suite)).orElseThrow(), bytes, rounds, messages, embedded);
        }
        System.exit(0); // client thread pools would keep the process for a while
    }

    private static int argument(String[] arguments, int index, String otherwise) {
        return Integer.parseInt(arguments.length > index ? arguments[index] : otherwise);
    }

    private static void measure(Suite suite, int bytes, int rounds, int messages, boolean embedded) throws Exception {
        Path directory = Files.createTempDirectory("end-to-end");
        writePki(directory, suite, embedded);
        try (BrokerProcess broker = startBroker(directory);
                ClientEndpoint sender = endpoint(directory, SENDER);
                ClientEndpoint receiver = endpoint(directory, RECEIVER)) {
            String url = broker.coreUrl() + "?blockOnDurableSend=false&confirmationWindowSize=1048576";
            ConnectionFactory plain = new ActiveMQConnectionFactory(url);
            ConnectionFactory sending = new SecureConnectionFactory(plain, sender);
            ConnectionFactory receiving = new SecureConnectionFactory(plain, receiver);
            int envelope = envelopeBytes(plain, sending, bytes);
            System.out.printf(
                    Locale.ROOT,
                    "%s, certificates %sembedded: an envelope has %d bytes more than its message%n",
                    suite,
                    embedded ? "" : "not ",
                    envelope - bytes);
            List<Double> ratios = new ArrayList<>();
            List<Double> sameSize = new ArrayList<>();
            for (int round = -2; round < rounds; round++) {
                double unsealed = rate(plain, plain, "bench.plain", bytes, messages);
                double sealed = rate(sending, receiving, "bench.sealed", bytes, messages);
                double asLarge = rate(plain, plain, "bench.plain", envelope, messages);
                if (round >= 0) {
                    ratios.add(sealed / unsealed);
                    sameSize.add(sealed / asLarge);
                }
                System.out.printf(
                        Locale.ROOT,
                        "%s %s: unsealed %,8.0f/s  sealed %,8.0f/s  ratio %.3f  unsealed, as large %,8.0f/s  ratio %.3f%n",
                        suite,
                        round < 0 ? "warm-up " : "round " + (round + 1),
                        unsealed,
                        sealed,
                        sealed / unsealed,
                        asLarge,
                        sealed / asLarge);
            }
            print(suite, "sealed / unsealed", ratios);
            print(suite, "sealed / unsealed, as large", sameSize);
        }
    }

    private static void print(Suite suite, String what, List<Double> ratios) {
        Collections.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "%s: %s: median %.3f, from %.3f to %.3f%n",
                suite,
                what,
                ratios.get(ratios.size() / 2),
                ratios.get(0),
                ratios.get(ratios.size() - 1));
    }

    /** How large one message is on its way. */
    private static int envelopeBytes(ConnectionFactory plain, ConnectionFactory sending, int bytes)
            throws JMSException {
        try (Connection in = plain.createConnection(RECEIVER, PASSWORD);
                Connection out = sending.createConnection(SENDER, PASSWORD)) {
            Session outSession = out.createSession(Session.AUTO_ACKNOWLEDGE);
            Queue queue = outSession.createQueue("bench.sealed");
            BytesMessage message = outSession.createBytesMessage();
            message.writeBytes(new byte[bytes]);
            outSession.createProducer(queue).send(message);
            in.start();
            Session inSession = in.createSession(Session.AUTO_ACKNOWLEDGE);
            BytesMessage envelope =
                    (BytesMessage) inSession.createConsumer(queue).receive(60_000);
            return (int) envelope.getBodyLength();
        }
    }

    /** Messages a second, from the first send to the last receipt. */
    private static double rate(
            ConnectionFactory sending, ConnectionFactory receiving, String address, int bytes, int messages)
            throws JMSException {
        try (Connection in = receiving.createConnection(RECEIVER, PASSWORD);
                Connection out = sending.createConnection(SENDER, PASSWORD)) {
            Session inSession = in.createSession(Session.AUTO_ACKNOWLEDGE);
            Queue queue = inSession.createQueue(address);
            MessageConsumer consumer = inSession.createConsumer(queue);
            in.start();
            long start = System.nanoTime();
            CompletableFuture<Void> received = CompletableFuture.runAsync(() -> receive(consumer, messages));
            Session outSession = out.createSession(Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = outSession.createProducer(queue);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            byte[] body = new byte[bytes];
            for (int i = 0; i < messages; i++) {
                BytesMessage message = outSession.createBytesMessage();
                message.writeBytes(body);
                producer.send(message);
            }
            received.join();
            return messages * 1e9 / (System.nanoTime() - start);
        }
    }

    private static void receive(MessageConsumer consumer, int messages) {
        try {
            for (int i = 0; i < messages; i++) {
                BytesMessage message = (BytesMessage) consumer.receive(60_000);
                if (message == null) {
                    throw new IllegalStateException("Only " + i + " of " + messages + " messages came");
                }
                byte[] body = new byte[(int) message.getBodyLength()];
                message.readBytes(body);
            }
        } catch (JMSException e) {
            throw new CompletionException(e);
        }
    }

    private static void writePki(Path directory, Suite suite, boolean embedded) throws IOException {
        Instant now = Instant.now();
        CertificateAuthority authority =
                CertificateAuthority.root("Benchmark Root", now.minusSeconds(60), now.plus(Duration.ofDays(2)));
        authority.writeCertificate(directory.resolve("root.pem"));
        for (String name : List.of(SENDER, RECEIVER)) {
            IssuedIdentity issued =
                    authority.issue(new ServiceName(name), suite, now.minusSeconds(60), now.plus(Duration.ofDays(1)));
            issued.writeCertificate(directory.resolve(name + ".pem"));
            issued.writePkcs12(directory.resolve(name + ".p12"), PASSWORD.toCharArray(), name);
        }
        Files.writeString(directory.resolve("guard.xml"), policy("", suite, embedded));
        for (String name : List.of(SENDER, RECEIVER)) {
            Files.writeString(
                    directory.resolve(name + ".xml"),
                    policy(
                            "<identity service=\"" + name + "\" key-store=\"" + name + ".p12\" password=\"" + PASSWORD
                                    + "\"/>",
                            suite,
                            embedded));
        }
    }

    private static String policy(String identity, Suite suite, boolean embedded) {
        return """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="root.pem"/></trust>
                  %s
                  <services embed-certificates="%s">
                    <service name="order-entry" certificate="order-entry.pem"/>
                    <service name="shipping" certificate="shipping.pem"/>
                  </services>
                  <suites accept="%d"/>
                  <quarantine address="dialog-security.quarantine"/>
                  <addresses default="bypass">
                    <address match="bench.sealed" action="apply" senders="order-entry" receivers="shipping"/>
                  </addresses>
                </dialog-security>
                """.formatted(identity, embedded, suite.code());
    }

    private static BrokerProcess startBroker(Path directory) {
        return BrokerProcess.in(directory.resolve("broker"))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(
                        "io.dialogsecurity.artemis.DialogSecurityPlugin",
                        Map.of("config", directory.resolve("guard.xml").toString()))
                .queue("bench.sealed")
                .queue("bench.plain")
                .user(SENDER, PASSWORD, "services")
                .user(RECEIVER, PASSWORD, "services")
                .allow("#", "send", "services")
                .allow("#", "consume", "services")
                .start();
    }

    private static ClientEndpoint endpoint(Path directory, String service) {
        return ClientEndpoint.open(directory.resolve(service + ".xml"));
    }
}
