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
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Messages through a real broker, durable, one producer and one consumer: sealed and guarded beside unsealed, in
 * interleaved rounds of one run, so that the ratio holds when the machine's speed drifts.
 *
 * <pre>{@code ./mvnw -Pend-to-end}</pre>
 *
 * <p>Both sides go through the same broker with the plugin on and with the same settings of the connection, the unsealed
 * one to an address that policy lets pass. What a broker does costs by the byte, so a third rate is that of unsealed
 * messages as large as the envelopes. Beside each rate stands the processor time a message takes in this process (producer
 * and consumer) and in the broker's, in microseconds.
 *
 * <p>{@code -Dend-to-end.arguments="1024 1,2 7 30000 true core,amqp blocking,transacted"}: bytes, suites,
 * rounds, messages a round, whether certificates are embedded, protocols, and the ways to send: see {@link Way}.
 *
 * <p>With an eighth argument, {@code state}, sealed messages through a guard and clients that keep endpoint state are
 * measured beside sealed messages through a second guard and clients that keep none, both alive at once.
 *
 * <p>{@code -Dend-to-end.arguments="broker-side 1024 9 10000 core,amqp,mqtt3,mqtt5,stomp,openwire"}: messages of plain
 * applications, which the broker seals and opens: bytes, rounds, messages a round, kinds of clients; see {@link BrokerSide}.
 */
public final class EndToEnd {

    private static final String PASSWORD = "secret";
    private static final String SENDER = "order-entry";
    private static final String RECEIVER = "shipping";
    private static final String KEEPING = "-with-state";
    private static final String FORGETTING = "-without-state";
    private static final int WARM_UP_ROUNDS = 2;
    private static final int BATCH = 100;

    private final BrokerProcess broker;
    private final ConnectionFactory plain;
    private final ConnectionFactory sending;
    private final ConnectionFactory receiving;
    private final Way way;
    private final String name;

    private EndToEnd(BrokerProcess broker, ClientEndpoint sender, ClientEndpoint receiver, String protocol, Way way) {
        this.broker = broker;
        this.plain = way.factory(broker, protocol);
        this.sending = new SecureConnectionFactory(plain, sender);
        this.receiving = new SecureConnectionFactory(plain, receiver);
        this.way = way;
        this.name = protocol + " " + way.name().toLowerCase(Locale.ROOT);
    }

    /** How an application sends. */
    private enum Way {
        /** What the client library does by itself: every durable send waits until the broker has stored the message. */
        BLOCKING("", ""),
        /** In transactions of {@value #BATCH} messages, on both sides. */
        TRANSACTED("", ""),
        /** Without waiting. */
        ASYNCHRONOUS("?blockOnDurableSend=false&confirmationWindowSize=1048576", "?jms.forceAsyncSend=true"),
        /** Without waiting, and with a core producer's window of a MiB instead of 64 KiB: it is counted in bytes. */
        WINDOWED(
                "?blockOnDurableSend=false&confirmationWindowSize=1048576&producerWindowSize=1048576",
                "?jms.forceAsyncSend=true");

        private final String coreOptions;
        private final String amqpOptions;

        Way(String coreOptions, String amqpOptions) {
            this.coreOptions = coreOptions;
            this.amqpOptions = amqpOptions;
        }

        private ConnectionFactory factory(BrokerProcess broker, String protocol) {
            return switch (protocol) {
                case "core" -> new ActiveMQConnectionFactory(broker.coreUrl() + coreOptions);
                case "amqp" -> new JmsConnectionFactory(broker.amqpUrl() + amqpOptions);
                default -> throw new IllegalArgumentException("core or amqp, not " + protocol);
            };
        }

        private Session session(Connection connection) throws JMSException {
            return this == TRANSACTED
                    ? connection.createSession(Session.SESSION_TRANSACTED)
                    : connection.createSession(Session.AUTO_ACKNOWLEDGE);
        }

        /** After the given number of messages. */
        private void after(long messages, Session session) throws JMSException {
            if (this == TRANSACTED && messages % BATCH == 0) {
                session.commit();
            }
        }

        /** Whoever waits for a disk each time sends few. */
        private int messages(int asked) {
            int messages = this == BLOCKING ? asked / 30 : asked;
            return Math.max(BATCH, messages - messages % BATCH);
        }
    }

    /** One round of one kind of message. */
    private record Rate(double perSecond, double clientMicros, double brokerMicros) {

        private double micros() {
            return clientMicros + brokerMicros;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,7.0f/s (%5.1f + %5.1f us)", perSecond, clientMicros, brokerMicros);
        }
    }

    /** @param arguments see above */
    public static void main(String[] arguments) throws Exception {
        if (argument(arguments, 0, "").equals("broker-side")) {
            BrokerSide.run(
                    Integer.parseInt(argument(arguments, 1, "1024")),
                    Integer.parseInt(argument(arguments, 2, "9")),
                    Integer.parseInt(argument(arguments, 3, "10000")),
                    list(arguments, 4, "core,amqp,mqtt3,mqtt5,stomp,openwire"));
            System.exit(0); // client thread pools would keep the process for a while
        }
        int bytes = Integer.parseInt(argument(arguments, 0, "1024"));
        int rounds = Integer.parseInt(argument(arguments, 2, "7"));
        int messages = Integer.parseInt(argument(arguments, 3, "30000"));
        boolean embedded = Boolean.parseBoolean(argument(arguments, 4, "true"));
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d cores; messages of %d bytes, durable, one producer, one consumer%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                bytes);
        for (String suite : list(arguments, 1, "1,2")) {
            Path directory = Files.createTempDirectory("end-to-end");
            writePki(directory, suite(suite), embedded);
            if (argument(arguments, 7, "").equals("state")) {
                compareState(directory, arguments, suite(suite), bytes, rounds, messages);
                continue;
            }
            try (BrokerProcess broker = startBroker(directory, "guard");
                    ClientEndpoint sender = endpoint(directory, SENDER);
                    ClientEndpoint receiver = endpoint(directory, RECEIVER)) {
                for (String protocol : list(arguments, 5, "core")) {
                    for (String way : list(arguments, 6, "blocking,transacted,asynchronous,windowed")) {
                        new EndToEnd(broker, sender, receiver, protocol, Way.valueOf(way.toUpperCase(Locale.ROOT)))
                                .measure(suite(suite), bytes, rounds, messages);
                    }
                }
            }
        }
        System.exit(0); // client thread pools would keep the process for a while
    }

    private static void compareState(
            Path directory, String[] arguments, Suite suite, int bytes, int rounds, int messages) throws JMSException {
        try (BrokerProcess keeping = startBroker(directory, "guard" + KEEPING);
                BrokerProcess forgetting = startBroker(directory, "guard" + FORGETTING);
                ClientEndpoint keepingSender = endpoint(directory, SENDER + KEEPING);
                ClientEndpoint keepingReceiver = endpoint(directory, RECEIVER + KEEPING);
                ClientEndpoint forgettingSender = endpoint(directory, SENDER + FORGETTING);
                ClientEndpoint forgettingReceiver = endpoint(directory, RECEIVER + FORGETTING)) {
            for (String protocol : list(arguments, 5, "core")) {
                for (String name : list(arguments, 6, "asynchronous,windowed")) {
                    Way way = Way.valueOf(name.toUpperCase(Locale.ROOT));
                    new EndToEnd(keeping, keepingSender, keepingReceiver, protocol, way)
                            .compare(
                                    new EndToEnd(forgetting, forgettingSender, forgettingReceiver, protocol, way),
                                    suite,
                                    bytes,
                                    rounds,
                                    messages);
                }
            }
        }
    }

    private static String argument(String[] arguments, int index, String otherwise) {
        return arguments.length > index ? arguments[index] : otherwise;
    }

    private static String[] list(String[] arguments, int index, String otherwise) {
        return argument(arguments, index, otherwise).split(",", -1);
    }

    private static Suite suite(String code) {
        return Suite.of(Integer.parseInt(code)).orElseThrow();
    }

    private void measure(Suite suite, int bytes, int rounds, int asked) throws JMSException {
        int messages = way.messages(asked);
        int envelope = envelopeBytes(bytes);
        String title = suite + " " + name;
        System.out.printf(
                Locale.ROOT,
                "%s: %d messages a round; an envelope has %d bytes more than its message%n",
                title,
                messages,
                envelope - bytes);
        List<Double> ratios = new ArrayList<>();
        List<Double> sameSize = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Rate unsealed = rate(plain, plain, "bench.plain", bytes, messages);
            Rate sealed = sealed(bytes, messages);
            Rate asLarge = rate(plain, plain, "bench.plain", envelope, messages);
            if (round >= 0) {
                ratios.add(sealed.perSecond / unsealed.perSecond);
                sameSize.add(sealed.perSecond / asLarge.perSecond);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s %s: unsealed %s  sealed %s  ratio %.3f  unsealed, as large %s  ratio %.3f%n",
                    title,
                    round < 0 ? "warm-up" : "round " + (round + 1),
                    unsealed,
                    sealed,
                    sealed.perSecond / unsealed.perSecond,
                    asLarge,
                    sealed.perSecond / asLarge.perSecond);
        }
        print(title, "sealed / unsealed", ratios);
        print(title, "sealed / unsealed, as large", sameSize);
    }

    /** Who is first alternates, so that neither always comes after the other. */
    private void compare(EndToEnd without, Suite suite, int bytes, int rounds, int asked) throws JMSException {
        int messages = way.messages(asked);
        String title = suite + " " + name;
        List<Double> ratios = new ArrayList<>();
        List<Double> costs = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Rate first = (round % 2 == 0 ? this : without).sealed(bytes, messages);
            Rate second = (round % 2 == 0 ? without : this).sealed(bytes, messages);
            Rate kept = round % 2 == 0 ? first : second;
            Rate forgotten = round % 2 == 0 ? second : first;
            if (round >= 0) {
                ratios.add(kept.perSecond / forgotten.perSecond);
                costs.add(kept.micros() / forgotten.micros());
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s %s: with state %s  without %s  ratio %.3f%n",
                    title,
                    round < 0 ? "warm-up" : "round " + (round + 1),
                    kept,
                    forgotten,
                    kept.perSecond / forgotten.perSecond);
        }
        print(title, "sealed with state / sealed without", ratios);
        print(title, "its processor time / that without", costs);
    }

    private Rate sealed(int bytes, int messages) throws JMSException {
        return rate(sending, receiving, "bench.sealed", bytes, messages);
    }

    private static void print(String title, String what, List<Double> ratios) {
        Collections.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "%s: %s: median %.3f, from %.3f to %.3f%n",
                title,
                what,
                ratios.get(ratios.size() / 2),
                ratios.get(0),
                ratios.get(ratios.size() - 1));
    }

    /** How large one message is on its way. */
    private int envelopeBytes(int bytes) throws JMSException {
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

    /** From the first send to the last receipt. */
    private Rate rate(ConnectionFactory from, ConnectionFactory to, String address, int bytes, int messages)
            throws JMSException {
        try (Connection in = to.createConnection(RECEIVER, PASSWORD);
                Connection out = from.createConnection(SENDER, PASSWORD)) {
            Session inSession = way.session(in);
            Queue queue = inSession.createQueue(address);
            MessageConsumer consumer = inSession.createConsumer(queue);
            in.start();
            double client = processorMicros(ProcessHandle.current().pid());
            double server = processorMicros(broker.pid());
            long start = System.nanoTime();
            CompletableFuture<Void> received = CompletableFuture.runAsync(() -> receive(inSession, consumer, messages));
            Session outSession = way.session(out);
            MessageProducer producer = outSession.createProducer(queue);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            byte[] body = new byte[bytes];
            for (int i = 1; i <= messages; i++) {
                BytesMessage message = outSession.createBytesMessage();
                message.writeBytes(body);
                producer.send(message);
                way.after(i, outSession);
            }
            received.join();
            long nanos = System.nanoTime() - start;
            return new Rate(
                    messages * 1e9 / nanos,
                    (processorMicros(ProcessHandle.current().pid()) - client) / messages,
                    (processorMicros(broker.pid()) - server) / messages);
        }
    }

    private static double processorMicros(long process) {
        return ProcessHandle.of(process)
                        .flatMap(handle -> handle.info().totalCpuDuration())
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e3;
    }

    private void receive(Session session, MessageConsumer consumer, int messages) {
        try {
            for (int i = 1; i <= messages; i++) {
                BytesMessage message = (BytesMessage) consumer.receive(60_000);
                if (message == null) {
                    throw new IllegalStateException("Only " + (i - 1) + " of " + messages + " messages came");
                }
                byte[] body = new byte[(int) message.getBodyLength()];
                message.readBytes(body);
                way.after(i, session);
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
        writePolicies(directory, "guard", "", suite, embedded);
        for (String name : List.of(SENDER, RECEIVER)) {
            String identity =
                    "<identity service=\"" + name + "\" key-store=\"" + name + ".p12\" password=\"" + PASSWORD + "\"/>";
            writePolicies(directory, name, identity, suite, embedded);
        }
    }

    /** One as it is without a word about state, and one for each of the two there are. */
    private static void writePolicies(Path directory, String name, String identity, Suite suite, boolean embedded)
            throws IOException {
        Files.writeString(directory.resolve(name + ".xml"), policy(identity, "", suite, embedded));
        Files.writeString(
                directory.resolve(name + KEEPING + ".xml"),
                policy(identity, "<state directory=\"state-of-" + name + "\"/>", suite, embedded));
        Files.writeString(
                directory.resolve(name + FORGETTING + ".xml"),
                policy(identity, "<state enabled=\"false\"/>", suite, embedded));
    }

    private static String policy(String identity, String state, Suite suite, boolean embedded) {
        return """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="root.pem"/></trust>
                  %s
                  <services embed-certificates="%s">
                    <service name="order-entry" certificate="order-entry.pem"/>
                    <service name="shipping" certificate="shipping.pem"/>
                  </services>
                  <suites accept="%d"/>
                  %s
                  <quarantine address="dialog-security.quarantine"/>
                  <addresses default="bypass">
                    <address match="bench.sealed" action="apply" senders="order-entry" receivers="shipping"/>
                  </addresses>
                </dialog-security>
                """.formatted(identity, embedded, suite.code(), state);
    }

    private static BrokerProcess startBroker(Path directory, String policy) {
        return BrokerProcess.in(directory.resolve("broker-" + policy))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(
                        "io.dialogsecurity.artemis.DialogSecurityPlugin",
                        Map.of("config", directory.resolve(policy + ".xml").toString()))
                .queue("bench.sealed")
                .queue("bench.plain")
                .user(SENDER, PASSWORD, "services")
                .user(RECEIVER, PASSWORD, "services")
                .allow("#", "send", "services")
                .allow("#", "consume", "services")
                .start();
    }

    private static ClientEndpoint endpoint(Path directory, String policy) {
        return ClientEndpoint.open(directory.resolve(policy + ".xml"));
    }
}
