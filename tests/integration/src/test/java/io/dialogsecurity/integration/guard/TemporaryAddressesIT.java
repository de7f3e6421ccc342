package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where every address is protected, the broker still answers who administers it, and nobody else may say that he does. */
class TemporaryAddressesIT {

    private static final String SEALED = "<address match='#' action='apply'/>";
    private static final String OPENED = "<address match='#' action='apply'><open service='shipping'/></address>";
    private static final long SOON = 1_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("broker"))
                        .allow("activemq.management", "manage", "sellers")
                        .allow("activemq.management", "send", "sellers")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> SERVICES.shipping.writePem(
                        Files.createDirectories(process.etcDirectory().resolve("keys"))
                                .resolve("shipping.pem")));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static void apply(String address) throws IOException {
        broker.replacePolicyUnnoticed("""
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="pki/root.pem"/></trust>
                  <identity service="shipping" key-store="keys/shipping.pem"/>
                  <services>
                    <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                  </services>
                  <quarantine address="dialog-security.quarantine"/>
                  <addresses default="bypass">%s</addresses>
                </dialog-security>
                """.formatted(address.replace('\'', '"')));
        assertThat((String) broker.process.management().invoke(broker.bean(), "reload"))
                .startsWith("reloaded");
    }

    @ParameterizedTest
    @ValueSource(strings = {SEALED, OPENED})
    void managementAnswersAtATemporaryQueue(String address) throws Exception {
        apply(address);
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            assertThat(JMSManagementHelper.getResult(ask(sales.session()))).isEqualTo(0L);
        }
    }

    private static Message ask(Session session) throws Exception {
        TemporaryQueue answers = session.createTemporaryQueue();
        Message request = session.createMessage();
        JMSManagementHelper.putAttribute(request, ResourceNames.QUEUE + "free", "MessageCount");
        request.setJMSReplyTo(answers);
        try (MessageConsumer consumer = session.createConsumer(answers);
                MessageProducer producer = session.createProducer(session.createQueue("activemq.management"))) {
            producer.send(request);
            Message answer = consumer.receive(GuardedBroker.PATIENCE.toMillis());
            assertThat(answer).isNotNull();
            return answer;
        }
    }

    /** Sent while nothing was protected; so they come to lie there without having been judged. */
    @ParameterizedTest
    @CsvSource({"core,false", "core,true", "amqp,false", "amqp,true"})
    void whatIsNotSealedIsWithheldAtATemporaryQueueToo(String protocol, boolean asAnswer) throws Exception {
        apply("");
        try (RawClient mallory = protocol.equals("core")
                ? broker.client(GuardedBroker.MALLORY)
                : broker.amqpClient(GuardedBroker.MALLORY)) {
            TemporaryQueue queue = mallory.session().createTemporaryQueue();
            Message message = mallory.session().createTextMessage("not sealed");
            if (asAnswer) {
                message.setBooleanProperty("_AMQ_DS_ANSWER", true);
            }
            send(mallory, queue, message);
            apply(SEALED);
            try (MessageConsumer consumer = mallory.session().createConsumer(queue)) {
                assertThat(consumer.receive(SOON)).isNull();
            }
            apply("");
            try (MessageConsumer consumer = mallory.session().createConsumer(queue)) {
                assertThat(consumer.receive(GuardedBroker.PATIENCE.toMillis())).isNotNull();
            }
        }
    }

    /** A captured answer, sent again, is a client's message. */
    @Test
    void anAnswerThatIsSentAgainIsNone() throws Exception {
        apply(SEALED);
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            Message answer = ask(sales.session());
            apply("");
            TemporaryQueue queue = sales.session().createTemporaryQueue();
            send(sales, queue, answer);
            apply(SEALED);
            try (MessageConsumer consumer = sales.session().createConsumer(queue)) {
                assertThat(consumer.receive(SOON)).isNull();
            }
        }
    }

    private static void send(RawClient client, TemporaryQueue queue, Message message) throws JMSException {
        try (MessageProducer producer = client.session().createProducer(queue)) {
            producer.send(message);
        }
    }
}
