package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.A_MOMENT;
import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.bytes;
import static io.dialogsecurity.integration.interceptor.Applications.connection;
import static io.dialogsecurity.integration.interceptor.Applications.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that use the Artemis client as ever. */
class InterceptorIT {

    private static final String SECRET = "Geheime Sendung für Zoë";

    @TempDir
    static Path directory;

    private static Applications applications;

    @BeforeAll
    static void start() throws Exception {
        applications = Applications.start(directory);
    }

    @BeforeEach
    void clear() throws Exception {
        applications.clear("orders", "replies.sales", Applications.QUARANTINE);
    }

    @AfterAll
    static void stop() {
        applications.close();
    }

    @Test
    @DisplayName("Messages of every type arrive as they were sent, and the broker holds envelopes only")
    void everyType() throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver = context(applications.shippingUrl())) {
            Queue orders = sender.createQueue("orders");
            TextMessage text = sender.createTextMessage(SECRET);
            text.setStringProperty("region", "EU");
            text.setStringProperty("customer", SECRET);
            text.setIntProperty("n", 7);
            text.setBooleanProperty("urgent", true);
            text.setDoubleProperty("d", 1.5);
            text.setJMSType("order");
            text.setJMSCorrelationID("correlated");
            BytesMessage octets = sender.createBytesMessage();
            octets.writeBytes(new byte[] {1, 2, 3});
            BytesMessage noOctets = sender.createBytesMessage();
            noOctets.writeBytes(new byte[0]);
            MapMessage map = sender.createMapMessage();
            map.setString("name", SECRET);
            map.setChar("c", 'ß');
            map.setBytes("bytes", new byte[] {9});
            map.setLong("long", Long.MIN_VALUE);
            map.setString("nothing", null);
            StreamMessage stream = sender.createStreamMessage();
            stream.writeString(SECRET);
            stream.writeShort((short) -3);
            stream.writeBytes(new byte[] {4, 5});
            stream.writeFloat(2.5f);
            stream.writeString(null);
            ObjectMessage object = sender.createObjectMessage(new ArrayList<>(List.of("a", SECRET)));
            Message empty = sender.createMessage();
            empty.setStringProperty("only", "property");
            List<Message> all = List.of(
                    text,
                    octets,
                    map,
                    stream,
                    object,
                    empty,
                    sender.createTextMessage(),
                    sender.createTextMessage(""),
                    sender.createMapMessage(),
                    sender.createObjectMessage(),
                    noOctets);
            for (Message message : all) {
                sender.createProducer().send(orders, message);
            }
            assertThat(text.getText()).as("the application's own message").isEqualTo(SECRET);
            assertThat(text.getStringProperty("customer")).isEqualTo(SECRET);

            List<Message> stored = applications.stored("orders");
            assertThat(stored).hasSize(all.size()).allSatisfy(message -> {
                assertThat(message).isInstanceOf(BytesMessage.class);
                assertThat(bytes(message)).startsWith(0xD5, 'D', 'I', 'A');
                assertThat(message.getStringProperty("customer")).isNull();
                assertThat(message.getJMSType()).isNull();
            });
            assertThat(stored.get(0).getStringProperty("region")).isEqualTo("EU");

            try (var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
                TextMessage gotText = (TextMessage) consumer.receive(PATIENCE);
                assertThat(gotText.getText()).isEqualTo(SECRET);
                assertThat(gotText.getStringProperty("customer")).isEqualTo(SECRET);
                assertThat(gotText.getStringProperty("region")).isEqualTo("EU");
                assertThat(gotText.getIntProperty("n")).isEqualTo(7);
                assertThat(gotText.getBooleanProperty("urgent")).isTrue();
                assertThat(gotText.getDoubleProperty("d")).isEqualTo(1.5);
                assertThat(gotText.getJMSType()).isEqualTo("order");
                assertThat(gotText.getJMSCorrelationID()).isEqualTo("correlated");
                assertThat(gotText.getJMSMessageID()).isEqualTo(text.getJMSMessageID());
                assertThat(gotText.propertyExists("DS_ENVELOPE")).isFalse();
                assertThat(bytes(consumer.receive(PATIENCE))).containsExactly(1, 2, 3);
                MapMessage gotMap = (MapMessage) consumer.receive(PATIENCE);
                assertThat(gotMap.getString("name")).isEqualTo(SECRET);
                assertThat(gotMap.getChar("c")).isEqualTo('ß');
                assertThat(gotMap.getBytes("bytes")).containsExactly(9);
                assertThat(gotMap.getLong("long")).isEqualTo(Long.MIN_VALUE);
                assertThat(gotMap.itemExists("nothing")).isTrue();
                assertThat(gotMap.getString("nothing")).isNull();
                StreamMessage gotStream = (StreamMessage) consumer.receive(PATIENCE);
                assertThat(gotStream.readString()).isEqualTo(SECRET);
                assertThat(gotStream.readShort()).isEqualTo((short) -3);
                assertThat((byte[]) gotStream.readObject()).containsExactly(4, 5);
                assertThat(gotStream.readFloat()).isEqualTo(2.5f);
                assertThat(gotStream.readString()).isNull();
                ObjectMessage gotObject = (ObjectMessage) consumer.receive(PATIENCE);
                assertThat(gotObject.getObject()).isEqualTo(List.of("a", SECRET));
                Message gotEmpty = consumer.receive(PATIENCE);
                assertThat(gotEmpty).isNotInstanceOf(TextMessage.class).isNotInstanceOf(BytesMessage.class);
                assertThat(gotEmpty.getStringProperty("only")).isEqualTo("property");
                assertThat(((TextMessage) consumer.receive(PATIENCE)).getText()).isNull();
                assertThat(((TextMessage) consumer.receive(PATIENCE)).getText()).isEmpty();
                assertThat(((MapMessage) consumer.receive(PATIENCE))
                                .getMapNames()
                                .hasMoreElements())
                        .isFalse();
                assertThat(((ObjectMessage) consumer.receive(PATIENCE)).getObject())
                        .isNull();
                assertThat(((BytesMessage) consumer.receive(PATIENCE)).getBodyLength())
                        .isZero();
            }
            Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        }
        assertThat(PlaintextSearch.forMarkers("Geheime Sendung", "für Zoë").in(applications.broker.dataDirectory()))
                .isEmpty();
    }

    @Test
    @DisplayName("An address that policy leaves alone is left alone, large messages included")
    void bypass() throws Exception {
        byte[] large = new byte[300_000];
        try (JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver = context(applications.shippingUrl())) {
            Queue free = sender.createQueue("free");
            sender.createProducer().send(free, "hello");
            sender.createProducer().send(free, large);
            assertThat(applications.stored("free").get(0)).isInstanceOf(TextMessage.class);
            try (var consumer = receiver.createConsumer(free)) {
                assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("hello");
                assertThat(consumer.receiveBody(byte[].class, PATIENCE)).isEqualTo(large);
            }
        }
    }

    @Test
    @DisplayName("Commits deliver, rollbacks redeliver, and nothing is taken for a copy")
    void transactions() throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl(), JMSContext.SESSION_TRANSACTED);
                JMSContext receiver = context(applications.shippingUrl(), JMSContext.SESSION_TRANSACTED)) {
            Queue orders = sender.createQueue("orders");
            sender.createProducer().send(orders, "taken back");
            sender.rollback();
            for (int i = 0; i < 5; i++) {
                sender.createProducer().send(orders, "m" + i);
            }
            sender.commit();
            try (var consumer = receiver.createConsumer(orders)) {
                assertThat(texts(consumer.receiveBody(String.class, PATIENCE))).containsExactly("m0");
                assertThat(texts(consumer.receiveBody(String.class, PATIENCE))).containsExactly("m1");
                receiver.rollback();
                for (int i = 0; i < 5; i++) {
                    Message message = consumer.receive(PATIENCE);
                    assertThat(message.getBody(String.class)).isEqualTo("m" + i);
                    assertThat(message.getJMSRedelivered()).isEqualTo(i < 2);
                }
                receiver.rollback();
                for (int i = 0; i < 5; i++) {
                    assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("m" + i);
                }
                receiver.commit();
                assertThat(consumer.receive(A_MOMENT)).isNull();
            }
            assertThat(applications.count("orders")).isZero();
            assertThat(applications.quarantined()).isEmpty();
        }
    }

    private static List<String> texts(String... texts) {
        return List.of(texts);
    }

    @Test
    @DisplayName("Messages that are recovered, or left unacknowledged, come again")
    void recovery() throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl())) {
            Queue orders = sender.createQueue("orders");
            for (int i = 0; i < 3; i++) {
                sender.createProducer().send(orders, "m" + i);
            }
            try (JMSContext receiver = context(applications.shippingUrl(), JMSContext.CLIENT_ACKNOWLEDGE);
                    var consumer = receiver.createConsumer(orders)) {
                assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("m0");
                receiver.recover();
                assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("m0");
                assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("m1");
            }
            try (JMSContext receiver = context(applications.shippingUrl(), JMSContext.CLIENT_ACKNOWLEDGE);
                    var consumer = receiver.createConsumer(orders)) {
                Message last = null;
                for (int i = 0; i < 3; i++) {
                    last = consumer.receive(PATIENCE);
                    assertThat(last.getBody(String.class)).isEqualTo("m" + i);
                }
                last.acknowledge();
            }
            assertThat(applications.count("orders")).isZero();
        }
    }

    @Test
    @DisplayName("A reply to a temporary queue is sealed to whom asked, and comes back as it was")
    void requestAndReply() throws Exception {
        try (JMSContext asking = context(applications.orderEntryUrl());
                JMSContext answering = context(applications.shippingUrl())) {
            answering.createConsumer(answering.createQueue("orders")).setMessageListener(request -> {
                try (JMSContext replying = context(applications.shippingUrl())) {
                    TextMessage reply = replying.createTextMessage(request.getBody(String.class) + " shipped");
                    reply.setJMSCorrelationID(request.getJMSMessageID());
                    reply.setStringProperty("by", "truck");
                    replying.createProducer().send(request.getJMSReplyTo(), reply);
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            Queue replies = asking.createTemporaryQueue();
            try (var consumer = asking.createConsumer(replies)) {
                for (int i = 0; i < 3; i++) {
                    TextMessage request = asking.createTextMessage("order " + i);
                    request.setJMSReplyTo(replies);
                    asking.createProducer().send(asking.createQueue("orders"), request);
                    Message reply = consumer.receive(PATIENCE);
                    assertThat(reply.getBody(String.class)).isEqualTo("order " + i + " shipped");
                    assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
                    assertThat(reply.getStringProperty("by")).isEqualTo("truck");
                }
                try (JMSContext forger = applications.plain()) {
                    forger.createProducer().send(replies, "forged");
                }
                assertThat(consumer.receive(A_MOMENT)).isNull();
            }
        }
        assertThat(applications.quarantined())
                .extracting(java.util.Map.Entry::getValue)
                .containsExactly("PLAINTEXT_REFUSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "confirmationWindowSize=100000"})
    @DisplayName("Listeners, asynchronous and unreliable sending")
    void asynchronous(String parameter) throws Exception {
        List<String> got = new CopyOnWriteArrayList<>();
        try (JMSContext receiver = context(applications.shippingUrl(parameter));
                JMSContext sender = context(applications.orderEntryUrl(parameter))) {
            receiver.createConsumer(receiver.createQueue("orders")).setMessageListener(message -> {
                try {
                    got.add(message.getBody(String.class));
                } catch (JMSException e) {
                    got.add(e.toString());
                }
            });
            List<CompletableFuture<String>> completed = new ArrayList<>();
            Queue orders = sender.createQueue("orders");
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                TextMessage message = sender.createTextMessage("m" + i);
                sent.add("m" + i);
                CompletableFuture<String> future = new CompletableFuture<>();
                completed.add(future);
                sender.createProducer()
                        .setAsync(new CompletionListener() {
                            @Override
                            public void onCompletion(Message completedMessage) {
                                future.complete(completedMessage == message ? "own" : "other");
                            }

                            @Override
                            public void onException(Message failed, Exception exception) {
                                future.completeExceptionally(exception);
                            }
                        })
                        .send(orders, message);
            }
            for (CompletableFuture<String> future : completed) {
                assertThat(future.get(PATIENCE, TimeUnit.MILLISECONDS)).isEqualTo("own");
            }
            for (int i = 50; i < 100; i++) {
                sent.add("m" + i);
                sender.createProducer()
                        .setDeliveryMode(DeliveryMode.NON_PERSISTENT)
                        .send(orders, "m" + i);
            }
            Await.until(Applications.WHILE, "all messages", () -> got.size() >= 100);
            assertThat(got).isEqualTo(sent);
        }
        assertThat(applications.count("orders")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", "non-durable", "asynchronous", "transacted", "streamed"})
    @DisplayName("What cannot be sealed fails in the application's face, in every way of sending")
    void largeMessagesAreRefused(String how) throws Exception {
        try (Connection connection = connection(applications.orderEntryUrl())) {
            boolean transacted = how.equals("transacted");
            Session session =
                    connection.createSession(transacted ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue("orders"));
            producer.setDeliveryMode(how.equals("non-durable") ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
            BytesMessage large = session.createBytesMessage();
            if (how.equals("streamed")) {
                large.setObjectProperty("JMS_AMQ_InputStream", new java.io.ByteArrayInputStream(new byte[300_000]));
            } else {
                large.writeBytes(new byte[300_000]);
            }
            assertThatThrownBy(() -> {
                        if (how.equals("asynchronous")) {
                            producer.send(large, ignoring());
                        } else {
                            producer.send(large);
                        }
                    })
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("large message")
                    .hasMessageContaining("Jakarta Messaging");
            producer.send(session.createTextMessage("after"));
            if (transacted) {
                session.commit();
            }
        }
        assertThat(applications.stored("orders")).hasSize(1);
        assertThat(drain("orders")).containsExactly("after");
    }

    private static CompletionListener ignoring() {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                throw new AssertionError("completed");
            }

            @Override
            public void onException(Message message, Exception exception) {
                // thrown by send as well
            }
        };
    }

    private static List<String> drain(String queue) throws JMSException {
        List<String> got = new ArrayList<>();
        try (JMSContext receiver = context(applications.shippingUrl());
                var consumer = receiver.createConsumer(receiver.createQueue(queue))) {
            for (Message message = consumer.receive(A_MOMENT); message != null; message = consumer.receive(A_MOMENT)) {
                got.add(message.getBody(String.class));
            }
        }
        return got;
    }

    @Test
    @DisplayName("Policy's refusals reach the application that sends")
    void policyRefusals() {
        try (JMSContext wrong = context(applications.shippingUrl());
                JMSContext right = context(applications.orderEntryUrl())) {
            assertThatThrownBy(() -> wrong.createProducer().send(wrong.createQueue("orders"), "x"))
                    .isInstanceOf(jakarta.jms.JMSSecurityRuntimeException.class)
                    .hasMessageContaining("may send to orders");
            assertThatThrownBy(() -> right.createProducer().send(right.createQueue("legacy"), "x"))
                    .isInstanceOf(jakarta.jms.JMSSecurityRuntimeException.class)
                    .hasMessageContaining("drops");
            assertThat(applications.count("legacy")).isZero();
        }
    }

    @Test
    @DisplayName("A browser shows what is inside, and disturbs nothing")
    void browsing() throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver = context(applications.shippingUrl())) {
            Queue orders = sender.createQueue("orders");
            sender.createProducer().send(orders, "one");
            try (JMSContext forger = applications.plain()) {
                forger.createProducer().send(orders, "forged");
            }
            sender.createProducer().send(orders, "two");
            List<String> seen = new ArrayList<>();
            var messages = receiver.createBrowser(orders).getEnumeration();
            while (messages.hasMoreElements()) {
                seen.add(((Message) messages.nextElement()).getBody(String.class));
            }
            assertThat(seen).containsExactly("one", "two");
            assertThat(applications.count("orders")).isEqualTo(3);
            assertThat(drain("orders")).containsExactly("one", "two");
            assertThat(applications.quarantined()).hasSize(1);
        }
    }

    @Test
    @DisplayName("Every subscriber of a process gets its own copy of what is published")
    void subscribersOfOneProcess() throws Exception {
        try (Connection receiving = connection(applications.shippingUrl("consumerWindowSize=0"));
                JMSContext sender = context(applications.orderEntryUrl())) {
            Session one = receiving.createSession();
            Session two = receiving.createSession();
            Topic events = one.createTopic("events");
            MessageConsumer first = one.createConsumer(events);
            MessageConsumer second = two.createConsumer(events);
            for (int i = 0; i < 3; i++) {
                sender.createProducer().send(events, "e" + i);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(first.receive(PATIENCE).getBody(String.class)).isEqualTo("e" + i);
            }
            for (int i = 0; i < 3; i++) {
                Message message = second.receive(PATIENCE);
                assertThat(message).isNotNull();
                assertThat(message.getBody(String.class)).isEqualTo("e" + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirmationWindowSize=100000", "confirmationWindowSize=100000&blockOnDurableSend=false"})
    @DisplayName("Whoever is told by the core client that a message has arrived is told of the one he has sent")
    void acknowledgedSends(String parameters) throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator(applications.orderEntryUrl(parameters));
                ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession("admin", "admin", false, true, true, false, 0);
                ClientProducer producer = session.createProducer("orders")) {
            ClientMessage message = session.createMessage(true);
            message.putStringProperty("customer", SECRET);
            CompletableFuture<org.apache.activemq.artemis.api.core.Message> arrived = new CompletableFuture<>();
            producer.send(message, arrived::complete);
            org.apache.activemq.artemis.api.core.Message told = arrived.get(PATIENCE, TimeUnit.MILLISECONDS);
            assertThat(told).isSameAs(message);
            assertThat(told.getStringProperty("customer")).isEqualTo(SECRET);
        }
    }
}
