package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static io.dialogsecurity.integration.client.ClientWorld.QUARANTINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import jakarta.jms.TextMessage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a receiver refuses is in the quarantine, whatever its sender has written or left out, and blocks nobody. */
class KeptInQuarantineIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final long SOON_MILLIS = 1_500;

    private final ClientWorld world = ClientWorld.get();

    private List<String> quarantined(String name) throws Exception {
        try (JMSContext context = world.plain(Provider.CORE).createContext();
                QueueBrowser browser = context.createBrowser(
                        context.createQueue(QUARANTINE), "DS_ORIGINAL_DESTINATION = '" + name + "'")) {
            List<String> found = new ArrayList<>();
            for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements(); ) {
                Message message = (Message) all.nextElement();
                found.add(message.getStringProperty("DS_REJECTION"));
            }
            return found;
        }
    }

    /** Producers may leave message ids out; core's own API, MQTT and STOMP have none. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void withoutMessageIdsEachIsKept(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            JMSProducer producer = attacker.createProducer().setDisableMessageID(true);
            for (int i = 1; i <= 3; i++) {
                producer.send(attacker.createQueue(name), "forged " + i);
            }
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receive(SOON_MILLIS)).isNull();
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
        assertThat(quarantined(name)).hasSize(3);
    }

    /** The same of envelopes: honest ones, whose sender saves itself the ids, and which this receiver may not open. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void honestEnvelopesWithoutMessageIdsAreKeptEach(Provider provider) throws Exception {
        String name = world.name("replies");
        try (JMSContext out = world.billing(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            JMSProducer producer = out.createProducer().setDisableMessageID(true);
            for (int i = 1; i <= 3; i++) {
                producer.send(out.createQueue(name), "for order-entry " + i);
            }
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receive(SOON_MILLIS)).isNull();
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
        assertThat(quarantined(name)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void inATransactionTheyBlockNobody(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext attacker = world.plain(provider).createContext();
                JMSContext in = world.shipping(provider).createContext(JMSContext.SESSION_TRANSACTED)) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            JMSProducer forger = attacker.createProducer().setDisableMessageID(true);
            forger.send(attacker.createQueue(name), "forged 1");
            out.createProducer().send(out.createQueue(name), "honest 1");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest 1");
            in.commit();
            out.createProducer().send(out.createQueue(name), "honest 2");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest 2");
            forger.send(attacker.createQueue(name), "forged 2");
            out.createProducer().send(out.createQueue(name), "honest 3");
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest 3");
            in.commit();
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
        assertThat(quarantined(name)).hasSize(2);
    }

    private interface Filling {
        void fill(ClientMessage message);
    }

    private void sendRaw(String name, Filling filling) throws Exception {
        try (ServerLocator locator =
                        ActiveMQClient.createServerLocator(world.broker().coreUrl());
                ClientSession session = locator.createSessionFactory()
                        .createSession(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, false, true, true, false, 0);
                ClientProducer producer = session.createProducer(name)) {
            ClientMessage message = session.createMessage(ClientMessage.BYTES_TYPE, true);
            filling.fill(message);
            producer.send(message);
        } catch (ActiveMQException e) {
            throw new IllegalStateException(e);
        }
    }

    private void nextIsGiven(Provider provider, String name) throws Exception {
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            out.createProducer().send(out.createQueue(name), "honest");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("honest");
            Await.until(
                    PATIENCE,
                    "an empty queue",
                    () -> world.broker().management().messageCount(name) == 0);
        }
        assertThat(quarantined(name)).hasSize(1);
    }

    /** As STOMP headers, MQTT 5's user properties and tracing have them. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void aPropertyWhoseNameIsNoIdentifier(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext context = world.plain(provider).createContext()) {
            context.createConsumer(context.createQueue(name)).close();
        }
        sendRaw(name, message -> {
            message.getBodyBuffer().writeBytes(new byte[] {1, 2, 3, 4, 5});
            message.putStringProperty("x-trace-id", "4711");
        });
        nextIsGiven(provider, name);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aMapWithAnEntryWithoutAName(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext context = world.plain(provider).createContext()) {
            context.createConsumer(context.createQueue(name)).close();
        }
        sendRaw(name, message -> {
            message.setType(ClientMessage.MAP_TYPE);
            TypedProperties map = new TypedProperties();
            map.putIntProperty(SimpleString.of(""), 1);
            map.encode(message.getBodyBuffer().byteBuf());
        });
        nextIsGiven(provider, name);
    }

    /** Authentic, from a service that writes an address for replies without a name. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void aReplyAddressWithoutAName(Provider provider) throws Exception {
        String name = world.name("orders");
        Path file = world.configuration("order-entry", "nameless-" + provider, "");
        String url = world.broker().coreUrl() + "?outgoingInterceptorList="
                + SealingInterceptor.class.getName()
                + "&incomingInterceptorList="
                + OpeningInterceptor.class.getName()
                + "&dialogSecurity="
                + URLEncoder.encode(file.toString(), StandardCharsets.UTF_8);
        try (JMSContext context = world.plain(Provider.CORE).createContext()) {
            context.createConsumer(context.createQueue(name)).close();
        }
        try (ActiveMQConnectionFactory factory = (ActiveMQConnectionFactory) Provider.CORE.factory(url);
                ClientSession session = factory.getServerLocator()
                        .createSessionFactory()
                        .createSession(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, false, true, true, false, 0);
                ClientProducer producer = session.createProducer(name)) {
            ClientMessage message = session.createMessage(ClientMessage.BYTES_TYPE, true);
            message.getBodyBuffer().writeBytes(new byte[] {1, 2, 3});
            message.putStringProperty("JMSReplyTo", "queue://");
            producer.send(message);
        }
        honestIsReached(provider, name);
    }

    private void honestIsReached(Provider provider, String name) throws Exception {
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext()) {
            out.createProducer().send(out.createQueue(name), "honest");
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 4 && !seen.contains("honest"); i++) {
                Message message = consumer.receive(2_000);
                if (message == null) {
                    break;
                }
                seen.add(message instanceof TextMessage text ? text.getText() : "other");
            }
            assertThat(seen).contains("honest");
        }
    }

    /** An honest envelope, on whose outside somebody has written another address for replies. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void anotherReplyAddressOutside(Provider provider) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String outside : List.of("", "queue://", "topic://", "temp-queue://", "bogus", "://", "a::b")) {
            String name = world.name("orders");
            byte[] envelope;
            try (JMSContext out = world.orderEntry(provider).createContext();
                    JMSContext raw = world.plain(Provider.CORE).createContext()) {
                out.createProducer()
                        .setJMSReplyTo(out.createQueue("replies.of." + name))
                        .send(out.createQueue(name), "captured");
                envelope = raw.createConsumer(raw.createQueue(name))
                        .receive(PATIENCE_MILLIS)
                        .getBody(byte[].class);
            }
            sendRaw(name, message -> {
                message.getBodyBuffer().writeBytes(envelope);
                message.putStringProperty("JMSReplyTo", outside);
            });
            try {
                honestIsReached(provider, name);
            } catch (AssertionError | RuntimeException e) {
                wrong.add(outside + ": " + e);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** An honest envelope, on whose outside somebody has written that it is compressed. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void anEnvelopeThatSaysItIsCompressed(Provider provider) throws Exception {
        String name = world.name("orders");
        byte[] envelope;
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext raw = world.plain(Provider.CORE).createContext()) {
            out.createProducer().send(out.createQueue(name), "captured");
            envelope = raw.createConsumer(raw.createQueue(name))
                    .receive(PATIENCE_MILLIS)
                    .getBody(byte[].class);
        }
        sendRaw(name, message -> {
            message.getBodyBuffer().writeBytes(envelope);
            message.putBooleanProperty(org.apache.activemq.artemis.api.core.Message.HDR_LARGE_COMPRESSED, true);
            message.putLongProperty(org.apache.activemq.artemis.api.core.Message.HDR_LARGE_BODY_SIZE, 5_000);
        });
        honestIsReached(provider, name);
    }
}
