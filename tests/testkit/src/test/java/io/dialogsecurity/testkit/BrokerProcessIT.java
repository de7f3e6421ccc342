package io.dialogsecurity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long RECEIVE_MILLIS = 20_000;

    @TempDir
    Path directory;

    @Test
    void messagesOfBothProtocolsSurviveAKillAndAreReadableOnDisk() throws Exception {
        try (BrokerProcess broker =
                BrokerProcess.in(directory.resolve("b")).queue("orders").start()) {
            send(core(broker), "orders", "sent with the core protocol");
            send(amqp(broker), "orders", "sent with AMQP");
            long firstPid = broker.pid();

            broker.kill();
            assertThat(broker.isAlive()).isFalse();
            broker.start();

            assertThat(broker.pid()).isNotEqualTo(firstPid);
            PlaintextSearch search = PlaintextSearch.forMarkers("sent with the core protocol", "sent with AMQP");
            assertThat(search.in(broker.dataDirectory()))
                    .extracting(PlaintextSearch.Hit::marker, PlaintextSearch.Hit::encoding)
                    .contains(tuple("sent with AMQP", StandardCharsets.UTF_8))
                    .filteredOn(tuple -> tuple.toList().get(0).equals("sent with the core protocol"))
                    .isNotEmpty();
            assertThat(receive(amqp(broker), "orders")).isEqualTo("sent with the core protocol");
            assertThat(receive(core(broker), "orders")).isEqualTo("sent with AMQP");
        }
    }

    @Test
    void managementShowsQueuesMessagesAndMeters() {
        try (BrokerProcess broker = BrokerProcess.in(directory.resolve("b"))
                .queue("orders")
                .metrics()
                .start()) {
            BrokerManagement management = broker.management();
            assertThat(management.queueNames()).contains("orders", "DLQ");
            assertThat(management.messageCount("orders")).isZero();

            send(core(broker), "orders", "look at me");

            Await.until(PATIENCE, "the message", () -> management.messageCount("orders") == 1);
            assertThat(management.browse("orders"))
                    .singleElement()
                    .satisfies(fields -> assertThat(fields).containsEntry("address", "orders"));
            assertThat(management.attribute(management.server(), "Version")).isEqualTo(ArtemisDistribution.VERSION);
            assertThat(management.meters())
                    .containsEntry("artemis.message.count{address=orders,queue=orders} value", 1.0);
        }
    }

    @Test
    void usersMayDoWhatTheirRolesMay() throws Exception {
        try (BrokerProcess broker = BrokerProcess.in(directory.resolve("b"))
                .queue("orders")
                .user("sales", "s", "sellers")
                .user("store", "w", "keepers")
                .allow("orders", "send", "sellers")
                .allow("orders", "consume", "keepers")
                .start()) {
            ConnectionFactory sales = new ActiveMQConnectionFactory(broker.coreUrl(), "sales", "s");
            ConnectionFactory store = new ActiveMQConnectionFactory(broker.coreUrl(), "store", "w");

            send(sales, "orders", "for the store");
            assertThat(receive(store, "orders")).isEqualTo("for the store");
            assertThatThrownBy(() -> send(store, "orders", "for nobody"))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
            assertThatThrownBy(() -> receive(sales, "orders")).isInstanceOf(JMSSecurityRuntimeException.class);
        }
    }

    @Test
    void stopsGracefullyAndRestartsOnTheSamePort() throws Exception {
        try (BrokerProcess broker =
                BrokerProcess.in(directory.resolve("b")).queue("orders").start()) {
            int port = broker.port();
            send(core(broker), "orders", "before");

            broker.restart();

            assertThat(Files.readString(broker.consoleLog())).contains("AMQ221002");
            assertThat(broker.port()).isEqualTo(port);
            assertThat(receive(core(broker), "orders")).isEqualTo("before");
        }
    }

    @Test
    void aBrokerThatDoesNotStartSaysWhy() {
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve("b")).plugin("no.such.Plugin", Map.of());

        assertThatThrownBy(builder::start)
                .isInstanceOf(BrokerProcess.BrokerStartException.class)
                .hasMessageContaining("no.such.Plugin");
    }

    private static ConnectionFactory core(BrokerProcess broker) {
        return new ActiveMQConnectionFactory(broker.coreUrl(), BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
    }

    private static ConnectionFactory amqp(BrokerProcess broker) {
        return new JmsConnectionFactory(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, broker.amqpUrl());
    }

    private static void send(ConnectionFactory factory, String queue, String text) {
        try (JMSContext context = factory.createContext()) {
            context.createProducer().send(context.createQueue(queue), text);
        }
    }

    private static String receive(ConnectionFactory factory, String queue) throws Exception {
        try (JMSContext context = factory.createContext()) {
            Message message = context.createConsumer(context.createQueue(queue)).receive(RECEIVE_MILLIS);
            return message == null ? null : message.getBody(String.class);
        }
    }
}
