package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.CreateSessionMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of sessions are chosen by clients: none makes somebody else's messages be opened. */
class ReaderIdentityIT {

    private static final String QUEUE = "sensors.in";
    private static final String SECRET = "the reading of sensor ";
    private static final long SOON = 1_500;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("named"))
                        .queue(QUEUE)
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> {
                    Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
                    SERVICES.orderEntry.writePem(keys.resolve("order-entry.pem"));
                    SERVICES.shipping.writePem(keys.resolve("shipping.pem"));
                    Files.writeString(process.etcDirectory().resolve(GuardedBroker.POLICY_FILE), """
                            <dialog-security xmlns="urn:dialog-security:1">
                              <trust><anchor file="pki/root.pem"/></trust>
                              <identity service="order-entry" key-store="keys/order-entry.pem"/>
                              <identity service="shipping" key-store="keys/shipping.pem"/>
                              <services>
                                <service name="order-entry" certificate="pki/order-entry.pem" users="sales"/>
                                <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                              </services>
                              <addresses default="bypass">
                                <address match="sensors.#" action="apply" senders="order-entry" receivers="shipping">
                                  <seal service="order-entry"/>
                                  <open service="shipping"/>
                                </address>
                              </addresses>
                            </dialog-security>
                            """);
                });
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void empty() throws Exception {
        try (RawClient store = broker.client(GuardedBroker.STORE)) {
            store.drain(QUEUE);
        }
    }

    private static void send(String text) throws JMSException {
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.sendText(QUEUE, text);
        }
    }

    /** The names of the sessions that have a consumer at the queue. */
    private static String sessionOfConsumer() {
        String consumers = (String)
                broker.process.management().invoke(broker.process.management().server(), "listAllConsumersAsJSON");
        Matcher name = Pattern.compile("\"sessionID\":\"([^\"]+)\"").matcher(consumers);
        return name.find() ? name.group(1) : "";
    }

    /** A core client whose next session has a name of its choice. */
    private static ClientSession sessionNamed(ServerLocator locator, String user, String name) throws Exception {
        locator.addOutgoingInterceptor(new Renaming(name));
        ClientSessionFactory factory = locator.createSessionFactory();
        ClientSession session = factory.createSession(user, GuardedBroker.PASSWORD, false, true, true, false, 0);
        session.start();
        return session;
    }

    private record Renaming(String name) implements Interceptor {
        @Override
        public boolean intercept(Packet packet, RemotingConnection connection) {
            if (packet instanceof CreateSessionMessage) {
                try {
                    Field field = CreateSessionMessage.class.getDeclaredField("name");
                    field.setAccessible(true);
                    field.set(packet, name);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
            return true;
        }
    }

    private static void assertNothingOpened(ClientConsumer consumer) throws Exception {
        ClientMessage message = consumer.receive(SOON);
        assertThat(message).as("what the other session is given").isNull();
    }

    @Test
    void aSessionOfTheNameOfOneThatReconnectsIsGivenNothing() throws Exception {
        try (CutLink link = new CutLink(broker.process.port());
                ServerLocator locator = ActiveMQClient.createServerLocator(broker.process.coreUrl())) {
            org.apache.activemq.ActiveMQConnectionFactory factory =
                    new org.apache.activemq.ActiveMQConnectionFactory("failover:(tcp://127.0.0.1:" + link.port() + ")"
                            + "?initialReconnectDelay=200&useExponentialBackOff=false");
            factory.setWatchTopicAdvisories(false);
            Connection store = factory.createConnection(GuardedBroker.STORE, GuardedBroker.PASSWORD);
            try {
                store.start();
                Session session = store.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer reader = session.createConsumer(session.createQueue(QUEUE));
                send(SECRET + 1);
                assertThat(((TextMessage) reader.receive(GuardedBroker.PATIENCE.toMillis())).getText())
                        .isEqualTo(SECRET + 1);
                String name = sessionOfConsumer();
                assertThat(name).startsWith("ID:");

                ClientSession named = sessionNamed(locator, GuardedBroker.MALLORY, name);
                try (ClientConsumer early = named.createConsumer(QUEUE)) {
                    reader.close(); // so that nobody else takes it
                    send(SECRET + 2);
                    assertNothingOpened(early);
                }

                link.cut();
                reader = session.createConsumer(session.createQueue(QUEUE));
                assertThat(((TextMessage) reader.receive(GuardedBroker.PATIENCE.toMillis())).getText())
                        .isEqualTo(SECRET + 2);
                Await.until(
                        GuardedBroker.PATIENCE,
                        "the old name",
                        () -> sessionOfConsumer().equals(name));
                reader.close();
                send(SECRET + 3);
                try (ClientConsumer late = named.createConsumer(QUEUE)) {
                    assertNothingOpened(late);
                }
                reader = session.createConsumer(session.createQueue(QUEUE));
                assertThat(((TextMessage) reader.receive(GuardedBroker.PATIENCE.toMillis())).getText())
                        .isEqualTo(SECRET + 3);
                named.close();
            } finally {
                store.close();
            }
        }
    }

    @Test
    void whoTakesTheNameOfASessionTakesNothingFromItsOwner() throws Exception {
        try (ServerLocator storeLocator = ActiveMQClient.createServerLocator(broker.process.coreUrl());
                ServerLocator locator = ActiveMQClient.createServerLocator(broker.process.coreUrl())) {
            String name = "the store's session";
            ClientSession store = sessionNamed(storeLocator, GuardedBroker.STORE, name);
            ClientSession mallory = sessionNamed(locator, GuardedBroker.MALLORY, name);
            try (ClientConsumer his = mallory.createConsumer(QUEUE)) {
                send(SECRET + 4);
                assertNothingOpened(his);
                try (ClientConsumer reader = store.createConsumer(QUEUE)) {
                    ClientMessage message = reader.receive(GuardedBroker.PATIENCE.toMillis());
                    assertThat(String.valueOf(message.getBodyBuffer().readNullableSimpleString()))
                            .isEqualTo(SECRET + 4);
                    message.acknowledge();
                }
            }
            mallory.close();
            store.close();
        }
    }
}
