package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Senders who do not know whether their message arrived, and send the same envelope again. */
class ResendIT {

    private static final Services SERVICES = new Services();

    @TempDir
    static Path directory;

    private static GuardedBroker broker;
    private static DialogEndpoint orderEntry;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("broker"))
                        .queue("copies")
                        .divert("orders", "copies")
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES);
        orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
    }

    @AfterAll
    static void stop() {
        orderEntry.close();
        broker.close();
    }

    @AfterEach
    void empty() throws Exception {
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.drain("orders");
            client.drain("copies");
        }
    }

    /** Ways to send. */
    enum Way {
        CORE,
        CORE_NON_DURABLE,
        CORE_ASYNCHRONOUS,
        CORE_TRANSACTED,
        AMQP,
        AMQP_PRESETTLED,
        AMQP_ASYNCHRONOUS,
        AMQP_TRANSACTED;

        RawClient client() {
            boolean core = name().startsWith("CORE");
            return core
                    ? broker.client(GuardedBroker.SALES)
                    : RawClient.amqp(
                            broker.process,
                            GuardedBroker.SALES,
                            this == AMQP_PRESETTLED ? "?jms.presettlePolicy.presettleProducers=true" : "");
        }

        void send(RawClient client, byte[] envelope) throws Exception {
            boolean transacted = name().endsWith("TRANSACTED");
            Session session = transacted ? client.transacted() : client.session();
            MessageProducer producer = session.createProducer(client.queue("orders"));
            BytesMessage message = RawClient.bytes(session, envelope);
            switch (this) {
                case CORE_NON_DURABLE -> {
                    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                    producer.send(message);
                }
                case CORE_ASYNCHRONOUS, AMQP_ASYNCHRONOUS -> sendAndWait(producer, message);
                default -> producer.send(message);
            }
            if (transacted) {
                session.commit();
                session.close();
            } else {
                producer.close();
            }
        }

        private static void sendAndWait(MessageProducer producer, Message message) throws Exception {
            CompletableFuture<Message> answer = new CompletableFuture<>();
            producer.send(message, new CompletionListener() {
                @Override
                public void onCompletion(Message sent) {
                    answer.complete(sent);
                }

                @Override
                public void onException(Message notSent, Exception failure) {
                    answer.completeExceptionally(failure);
                }
            });
            answer.get(GuardedBroker.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A copy of a stored message is taken from its sender and goes nowhere")
    void aCopyIsTakenAndGoesNowhere(Way way) throws Exception {
        DialogSealer dialog = orderEntry.begin(Set.of(Services.SHIPPING));
        byte[] first = seal(dialog);
        byte[] second = seal(dialog);
        long absorbed = absorbed();
        try (RawClient client = way.client()) {
            way.send(client, first);
            awaitCounts(1);
            way.send(client, first);
            way.send(client, second);
            awaitCounts(2);
            way.send(client, first);
            Await.until(GuardedBroker.PATIENCE, "two copies to be counted", () -> absorbed() == absorbed + 2);
            awaitCounts(2);
            assertThat(client.receive("orders").body()).isEqualTo(first);
            assertThat(client.receive("orders").body()).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE_TRANSACTED", "AMQP_TRANSACTED"})
    @DisplayName("In a transaction a copy shares the fate of the first; rolled back, the message is good again")
    void transactions(Way way) throws Exception {
        DialogSealer dialog = orderEntry.begin(Set.of(Services.SHIPPING));
        byte[] first = seal(dialog);
        try (RawClient client = way.client();
                RawClient other = broker.client(GuardedBroker.SALES)) {
            Session session = client.transacted();
            MessageProducer producer = session.createProducer(client.queue("orders"));
            producer.send(RawClient.bytes(session, first));
            producer.send(RawClient.bytes(session, first));
            session.createConsumer(client.queue("copies")).close(); // both have arrived when this is answered
            assertThatThrownBy(() -> other.send("orders", first)).isInstanceOf(JMSSecurityException.class);
            session.rollback();
            awaitCounts(0);
            producer.send(RawClient.bytes(session, first));
            producer.send(RawClient.bytes(session, first));
            session.commit();
            awaitCounts(1);
            other.send("orders", first);
            awaitCounts(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP"})
    @DisplayName(
            "A copied head with a worthless body has no stream absorbed: both are stored, and the receiver takes the good one")
    void streams(Way way) throws Exception {
        ByteArrayOutputStream envelope = new ByteArrayOutputStream();
        try (OutputStream plaintext = orderEntry
                .begin(Set.of(Services.SHIPPING))
                .sealStream(MessageContent.bytes(new byte[0]), "orders", envelope)) {
            plaintext.write(new byte[700_000]);
        }
        byte[] good = envelope.toByteArray();
        byte[] worthless = good.clone();
        worthless[worthless.length - 1] ^= 1;
        long absorbed = absorbed();
        try (RawClient client = way.client()) {
            for (byte[] sent : List.of(worthless, good, good)) {
                if (way == Way.CORE) {
                    client.sendStream("orders", new ByteArrayInputStream(sent));
                } else {
                    client.send("orders", sent);
                }
            }
        }
        awaitCounts(3);
        assertThat(absorbed()).isEqualTo(absorbed);
    }

    @Test
    @DisplayName("After the broker was killed, what is still queued is known again; what was rolled back is not")
    void restart() throws Exception {
        DialogSealer dialog = orderEntry.begin(Set.of(Services.SHIPPING));
        byte[] first = seal(dialog);
        byte[] second = seal(dialog);
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", first);
            Session session = client.transacted();
            session.createProducer(client.queue("orders")).send(RawClient.bytes(session, second));
            broker.process.kill();
        }
        broker.process.start();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", first);
            assertThatThrownBy(() -> client.send("orders", Forgeries.withAnotherMic(first)))
                    .isInstanceOf(JMSException.class);
            client.send("orders", second);
            awaitCounts(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "What was sent in a prepared transaction when the broker was killed is on its way until that has ended")
    void preparedTransaction(boolean commit) throws Exception {
        DialogSealer dialog = orderEntry.begin(Set.of(Services.SHIPPING));
        byte[] envelope = seal(dialog);
        Xid xid = new XidImpl(new byte[] {1}, 1, new byte[] {(byte) (commit ? 1 : 2)});
        XAConnection sender = xaConnection();
        XASession session = sender.createXASession();
        session.getXAResource().start(xid, XAResource.TMNOFLAGS);
        session.createProducer(session.createQueue("orders")).send(RawClient.bytes(session, envelope));
        session.getXAResource().end(xid, XAResource.TMSUCCESS);
        session.getXAResource().prepare(xid);
        broker.process.kill();
        sender.close();
        broker.process.start();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.send("orders", envelope)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> client.send("orders", Forgeries.withAnotherMic(envelope)))
                    .isInstanceOf(JMSException.class);
            awaitCounts(0);
            XAConnection manager = xaConnection();
            XAResource transactions = manager.createXASession().getXAResource();
            if (commit) {
                transactions.commit(xid, false);
            } else {
                transactions.rollback(xid);
            }
            manager.close();
            client.send("orders", envelope);
            awaitCounts(1);
        }
    }

    private static XAConnection xaConnection() throws JMSException {
        return new ActiveMQXAConnectionFactory(broker.process.coreUrl() + "?reconnectAttempts=0")
                .createXAConnection(GuardedBroker.SALES, GuardedBroker.PASSWORD);
    }

    private static byte[] seal(DialogSealer dialog) {
        return dialog.seal(MessageContent.text("an order"), "orders");
    }

    private static long absorbed() {
        return (long) broker.meter("dialog.security.messages{outcome=absorbed");
    }

    private static void awaitCounts(long messages) {
        BrokerProcess process = broker.process;
        Await.until(
                GuardedBroker.PATIENCE,
                () -> messages + " messages; there are " + process.management().messageCount("orders") + " and "
                        + process.management().messageCount("copies"),
                () -> process.management().messageCount("orders") == messages
                        && process.management().messageCount("copies") == messages);
    }
}
