package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

/** What Artemis's own client is spared in the automatic modes, and what it must not be spared. */
class AutomaticAcknowledgementIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final int MESSAGES = 5;

    private final ClientWorld world = ClientWorld.get();

    private String send() {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(Provider.CORE).createContext()) {
            for (int i = 0; i < MESSAGES; i++) {
                out.createProducer().send(out.createQueue(name), "n" + i);
            }
        }
        return name;
    }

    private ActiveMQConnectionFactory factory(String options) {
        return new ActiveMQConnectionFactory(
                world.broker().coreUrl() + options, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
    }

    private long left(String name) {
        return world.broker().management().messageCount(name);
    }

    @Test
    void oneMessageTakesOnePacketAndNoCommit() throws Exception {
        String name = send();
        AtomicInteger acknowledgements = new AtomicInteger();
        AtomicInteger commits = new AtomicInteger();
        Interceptor counting = (packet, connection) -> {
            switch (packet.getType()) {
                case PacketImpl.SESS_INDIVIDUAL_ACKNOWLEDGE, PacketImpl.SESS_ACKNOWLEDGE ->
                    acknowledgements.incrementAndGet();
                case PacketImpl.SESS_COMMIT -> commits.incrementAndGet();
                default -> {
                    // of no interest
                }
            }
            return true;
        };
        ActiveMQConnectionFactory core = factory("");
        core.getServerLocator().addOutgoingInterceptor(counting);
        try (Connection in = new SecureConnectionFactory(core, world.shipping()).createConnection()) {
            in.start();
            try (Session session = in.createSession()) {
                MessageConsumer consumer = session.createConsumer(session.createQueue(name));
                for (int i = 0; i < MESSAGES; i++) {
                    assertThat(consumer.receive(PATIENCE_MILLIS).getBody(String.class))
                            .isEqualTo("n" + i);
                }
                Await.until(PATIENCE, "an empty queue", () -> left(name) == 0);
            }
        }
        assertThat(acknowledgements).hasValue(MESSAGES);
        assertThat(commits).hasValue(0);
    }

    @Test
    void whatRecoversComesAgain() throws Exception {
        String name = send();
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        try (Connection in = new SecureConnectionFactory(factory(""), world.shipping()).createConnection()) {
            Session session = in.createSession();
            session.createConsumer(session.createQueue(name)).setMessageListener(message -> {
                if (received.get() == 2 && failures.getAndIncrement() == 0) {
                    throw new IllegalStateException("on purpose");
                }
                received.incrementAndGet();
            });
            in.start();
            Await.until(PATIENCE, "all messages", () -> received.get() == MESSAGES && left(name) == 0);
            assertThat(failures).hasValueGreaterThan(0);
        }
    }

    @Test
    void whatNobodyHasReceivedStaysEvenWhereTheConnectionAcknowledgesBefore() throws Exception {
        String name = send();
        ActiveMQConnectionFactory core = factory("?preAcknowledge=true");
        try (Connection in = new SecureConnectionFactory(core, world.shipping()).createConnection()) {
            in.start();
            Session session = in.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            assertThat(consumer.receive(PATIENCE_MILLIS).getBody(String.class)).isEqualTo("n0");
        }
        Await.until(PATIENCE, "one acknowledged", () -> left(name) == MESSAGES - 1);
    }
}
