package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters, and what was refused, come back: by a program of the sender, or driven by an administrator. */
class DeadLettersIT {

    private static final long LONG = 10_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;
    private static DialogEndpoint orderEntry;

    @BeforeAll
    static void start() throws Exception {
        orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("dead"))
                        .queue("letters")
                        .addressSetting("orders", "dead-letter-address", "letters")
                        .addressSetting("orders", "expiry-address", "letters")
                        .addressSetting("orders", "max-delivery-attempts", "1")
                        .addressSetting("free", "dead-letter-address", "letters")
                        .addressSetting("free", "max-delivery-attempts", "1")
                        .coreElement("message-expiry-scan-period", "200")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES);
    }

    @AfterAll
    static void stop() {
        orderEntry.close();
        broker.close();
    }

    @AfterEach
    void empty() throws Exception {
        broker.replacePolicyUnnoticed(GuardedBroker.policy(""));
        reload();
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            for (String queue : new String[] {"orders", "letters", "free", GuardedBroker.QUARANTINE}) {
                if (broker.messageCount(queue) > 0) {
                    store.drain(queue);
                }
            }
        }
    }

    private static void reload() {
        assertThat((String) broker.process.management().invoke(broker.bean(), "reload"))
                .startsWith("reloaded");
    }

    private static byte[] seal() {
        return orderEntry.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("an order"), "orders");
    }

    private static RawClient client(String protocol, String user) {
        return protocol.equals("core") ? broker.client(user) : broker.amqpClient(user);
    }

    /** Sends a message and fails to process it. */
    private static void makeDeadLetter(byte[] envelope) throws Exception {
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.send("orders", envelope);
        }
        fail("orders");
    }

    private static void fail(String queue) throws Exception {
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            Session session = store.transacted();
            assertThat(session.createConsumer(session.createQueue(queue)).receive(LONG))
                    .isNotNull();
            session.rollback();
        }
        Await.until(GuardedBroker.PATIENCE, "a dead letter", () -> broker.messageCount("letters") == 1);
    }

    private static byte[] receive(String queue) throws JMSException {
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            RawClient.Received received = store.receive(queue);
            return received == null ? null : received.body();
        }
    }

    /** As programs do that send dead letters again. */
    private static void sendAgain(RawClient program, String from) throws JMSException {
        Session session = program.transacted();
        Message letter = session.createConsumer(session.createQueue(from)).receive(LONG);
        assertThat(letter).isNotNull();
        session.createProducer(session.createQueue("orders")).send(letter);
        session.commit();
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "amqp"})
    void aProgramOfTheSendersSendsADeadLetterAgain(String protocol) throws Exception {
        byte[] envelope = seal();
        makeDeadLetter(envelope);
        try (RawClient program = client(protocol, GuardedBroker.SALES)) {
            sendAgain(program, "letters");
            assertThat(broker.messageCount("letters")).isZero();
            assertThat(broker.messageCount("orders")).isEqualTo(1);
            program.send("orders", envelope); // now it is stored, and a copy goes nowhere
            assertThat(broker.messageCount("orders")).isEqualTo(1);
        }
        assertThat(receive("orders")).isEqualTo(envelope);
    }

    @Test
    void aDeadLetterIsOneAfterTheBrokerWasKilled() throws Exception {
        byte[] envelope = seal();
        makeDeadLetter(envelope);
        broker.process.kill();
        broker.process.start();
        try (RawClient program = broker.client(GuardedBroker.SALES)) {
            sendAgain(program, "letters");
        }
        assertThat(receive("orders")).isEqualTo(envelope);
    }

    @Test
    void whatHasExpiredIsSentAgain() throws Exception {
        byte[] envelope = seal();
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            var producer = sales.session().createProducer(sales.queue("orders"));
            producer.setTimeToLive(1);
            producer.send(RawClient.bytes(sales.session(), envelope));
            Await.until(GuardedBroker.PATIENCE, "it to expire", () -> broker.messageCount("letters") == 1);
            sendAgain(sales, "letters");
        }
        assertThat(receive("orders")).isEqualTo(envelope);
    }

    @Test
    void whatAnAdministratorHasMovedAwayIsSentAgain() throws Exception {
        byte[] envelope = seal();
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.send("orders", envelope);
            broker.process
                    .management()
                    .invoke(
                            broker.process
                                    .management()
                                    .query(
                                            "org.apache.activemq.artemis:component=addresses,subcomponent=queues,queue=\"orders\",*")
                                    .iterator()
                                    .next(),
                            "moveMessages",
                            new Object[] {"", "letters"},
                            new String[] {String.class.getName(), String.class.getName()});
            sendAgain(sales, "letters");
        }
        assertThat(receive("orders")).isEqualTo(envelope);
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "amqp"})
    void aTransactionThatConsumesACopyOfWhatWasProcessedFails(String protocol) throws Exception {
        byte[] envelope = seal();
        try (RawClient program = client(protocol, GuardedBroker.SALES)) {
            program.send("orders", envelope);
            assertThat(receive("orders")).isEqualTo(envelope);
            program.send("letters", envelope);
            assertThatThrownBy(() -> sendAgain(program, "letters")).isInstanceOf(JMSException.class);
        }
        Await.until(GuardedBroker.PATIENCE, "it to stay", () -> broker.messageCount("letters") == 1);
        assertThat(broker.messageCount("orders")).isZero();
    }

    // --- Driven back by an administrator

    private static List<String> redrive(String queue) {
        return List.of((String[]) broker.process
                .management()
                .invoke(broker.bean(), "redrive", new Object[] {queue, ""}, new String[] {
                    String.class.getName(), String.class.getName()
                }));
    }

    @Test
    void redriveMovesDeadLettersBackADayLaterAndOnce() throws Exception {
        byte[] envelope;
        try (DialogEndpoint yesterday =
                SERVICES.endpoint(SERVICES.orderEntry, Instant.now().minus(Duration.ofDays(1)))) {
            envelope = yesterday.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("an order"), "orders");
        }
        makeDeadLetter(envelope);
        broker.replacePolicyUnnoticed(
                GuardedBroker.policy("").replace("message-max-age=\"P2D\"", "message-max-age=\"PT1H\""));
        reload();
        broker.process.kill();
        broker.process.start();
        assertThat(redrive("letters")).containsExactly("redriven=1 stayed=0");
        assertThat(broker.messageCount("letters")).isZero();
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            RawClient.Received received = store.receive("orders");
            assertThat(received.body()).isEqualTo(envelope);
            assertThat(received.message().getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            assertThat(received.message().propertyExists("_AMQ_ORIG_ADDRESS")).isFalse();
        }
        assertThat(redrive("letters")).containsExactly("redriven=0 stayed=0");
    }

    @Test
    void redriveOfACopySomebodyHasPutAmongTheDeadLettersLeavesItThere() throws Exception {
        byte[] envelope = seal();
        try (RawClient sales = broker.client(GuardedBroker.SALES);
                RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            sales.send("orders", envelope);
            assertThat(receive("orders")).isEqualTo(envelope);
            BytesMessage copy = RawClient.bytes(mallory.session(), envelope);
            copy.setStringProperty("_AMQ_ORIG_ADDRESS", "orders");
            copy.setStringProperty("_AMQ_ORIG_QUEUE", "orders");
            mallory.send("letters", copy);
        }
        List<String> lines = redrive("letters");
        assertThat(lines).hasSize(2).first().isEqualTo("redriven=0 stayed=1");
        assertThat(lines.get(1)).contains("reason=REPLAYED");
        assertThat(broker.messageCount("letters")).isEqualTo(1);
        assertThat(broker.messageCount("orders")).isZero();
    }

    @Test
    void redriveOfALetterThatWasSentAgainMeanwhileLeavesItThere() throws Exception {
        byte[] envelope = seal();
        makeDeadLetter(envelope);
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.send("orders", envelope);
        }
        List<String> lines = redrive("letters");
        assertThat(lines).hasSize(2).first().isEqualTo("redriven=0 stayed=1");
        assertThat(lines.get(1)).contains("reason=REPLAYED");
        assertThat(broker.messageCount("orders")).isEqualTo(1);
    }

    @Test
    void plainDeadLettersOfUnprotectedAddressesGoBackToo() throws Exception {
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.sendText("free", "plain");
            fail("free");
            assertThat(redrive("letters")).containsExactly("redriven=1 stayed=0");
            assertThat(sales.receive("free").message().getBody(String.class)).isEqualTo("plain");
            sales.sendText("letters", "from nowhere");
            assertThat(redrive("letters")).hasSize(2).first().isEqualTo("redriven=0 stayed=1");
        }
    }

    @Test
    void redriveOfTheQuarantineOnceThePolicyIsMended() throws Exception {
        broker.replacePolicyUnnoticed(GuardedBroker.policy("").replace("order-entry retired", "retired"));
        reload();
        byte[] envelope = seal();
        byte[] stolen = seal();
        try (RawClient sales = broker.client(GuardedBroker.SALES);
                RawClient amqpSales = broker.amqpClient(GuardedBroker.SALES);
                RawClient mallory = broker.client(GuardedBroker.MALLORY)) {
            BytesMessage message = RawClient.bytes(sales.session(), envelope);
            message.setStringProperty("JMSXGroupID", "customer-7");
            assertThatThrownBy(() -> sales.send("orders", message)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> amqpSales.send("orders", seal())).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> mallory.send("orders", stolen)).isInstanceOf(JMSException.class);
        }
        Await.until(GuardedBroker.PATIENCE, "three", () -> broker.messageCount(GuardedBroker.QUARANTINE) == 3);
        assertThat(redrive(GuardedBroker.QUARANTINE)).first().isEqualTo("redriven=0 stayed=3");

        broker.replacePolicyUnnoticed(GuardedBroker.policy(""));
        reload();
        List<String> lines = redrive(GuardedBroker.QUARANTINE);
        assertThat(lines).hasSize(2).first().isEqualTo("redriven=2 stayed=1");
        assertThat(lines.get(1)).contains("CONNECTION_NOT_ENTITLED");
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            RawClient.Received received = store.receive("orders");
            assertThat(received.body()).isEqualTo(envelope);
            List<String> properties = new ArrayList<>();
            for (Enumeration<?> names = received.message().getPropertyNames(); names.hasMoreElements(); ) {
                properties.add(names.nextElement().toString());
            }
            assertThat(properties).noneMatch(name -> name.startsWith("DS_"));
            assertThat(received.message().getStringProperty("JMSXGroupID")).isEqualTo("customer-7");
            assertThat(store.receive("orders")).isNotNull();
        }
    }

    @Test
    void theCommandLineDrivesBack() throws Exception {
        byte[] envelope = seal();
        makeDeadLetter(envelope);
        assertThat(commandLine("redrive", "--pid", Long.toString(broker.process.pid()), "letters"))
                .containsExactly("0", "redriven=1 stayed=0");
        assertThat(receive("orders")).isEqualTo(envelope);
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.sendText("letters", "from nowhere");
        }
        assertThat(commandLine("redrive", "--pid", Long.toString(broker.process.pid()), "letters"))
                .startsWith("1", "redriven=0 stayed=1");
        assertThat(commandLine("redrive", "--pid", Long.toString(broker.process.pid()), "no.such.queue"))
                .containsExactly("3");
    }

    /** The exit code, and the lines of standard output. */
    private static List<String> commandLine(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("dialogsecurity.client.jar")));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = new ArrayList<>(List.of(Integer.toString(process.exitValue())));
        lines.addAll(Files.readAllLines(out));
        return lines;
    }
}
