package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications with the interceptors and applications with the decorator understand each other. */
class InteroperationIT {

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

    private static ConnectionFactory provider(String name) {
        return name.equals("CORE") ? applications.core() : applications.amqp();
    }

    private static List<Message> messages(JMSContext context) throws Exception {
        TextMessage text = context.createTextMessage(SECRET);
        text.setStringProperty("customer", SECRET);
        text.setLongProperty("n", 7);
        text.setJMSType("order");
        text.setJMSCorrelationID("correlated");
        BytesMessage octets = context.createBytesMessage();
        octets.writeBytes(new byte[] {1, 2, 3});
        MapMessage map = context.createMapMessage();
        map.setString("name", SECRET);
        map.setChar("c", 'ß');
        map.setInt("i", -1);
        StreamMessage stream = context.createStreamMessage();
        stream.writeString(SECRET);
        stream.writeDouble(2.5);
        ObjectMessage object = context.createObjectMessage(new ArrayList<>(List.of(SECRET)));
        Message none = context.createMessage();
        none.setBooleanProperty("only", true);
        return List.of(text, octets, map, stream, object, none, context.createTextMessage());
    }

    private static void receive(JMSConsumer consumer) throws Exception {
        TextMessage text = (TextMessage) consumer.receive(PATIENCE);
        assertThat(text.getText()).isEqualTo(SECRET);
        assertThat(text.getStringProperty("customer")).isEqualTo(SECRET);
        assertThat(text.getLongProperty("n")).isEqualTo(7);
        assertThat(text.getJMSType()).isEqualTo("order");
        assertThat(text.getJMSCorrelationID()).isEqualTo("correlated");
        assertThat(consumer.receive(PATIENCE).getBody(byte[].class)).containsExactly(1, 2, 3);
        MapMessage map = (MapMessage) consumer.receive(PATIENCE);
        assertThat(map.getString("name")).isEqualTo(SECRET);
        assertThat(map.getChar("c")).isEqualTo('ß');
        assertThat(map.getInt("i")).isEqualTo(-1);
        StreamMessage stream = (StreamMessage) consumer.receive(PATIENCE);
        assertThat(stream.readString()).isEqualTo(SECRET);
        assertThat(stream.readDouble()).isEqualTo(2.5);
        assertThat(((ObjectMessage) consumer.receive(PATIENCE)).getObject()).isEqualTo(List.of(SECRET));
        assertThat(consumer.receive(PATIENCE).getBooleanProperty("only")).isTrue();
        assertThat(((TextMessage) consumer.receive(PATIENCE)).getText()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CORE", "AMQP"})
    @DisplayName("The decorator opens what the interceptor sealed")
    void interceptorToDecorator(String provider) throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver =
                        applications.shippingDecorated(provider(provider)).createContext()) {
            for (Message message : messages(sender)) {
                sender.createProducer().send(sender.createQueue("orders"), message);
            }
            receive(receiver.createConsumer(receiver.createQueue("orders")));
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CORE", "AMQP"})
    @DisplayName("The interceptor opens what the decorator sealed, large or small")
    void decoratorToInterceptor(String provider) throws Exception {
        byte[] large = new byte[700_000];
        new Random(3).nextBytes(large);
        try (JMSContext sender =
                        applications.orderEntryDecorated(provider(provider)).createContext();
                JMSContext receiver = context(applications.shippingUrl())) {
            for (Message message : messages(sender)) {
                sender.createProducer().send(sender.createQueue("orders"), message);
            }
            sender.createProducer().send(sender.createQueue("orders"), large);
            JMSConsumer consumer = receiver.createConsumer(receiver.createQueue("orders"));
            receive(consumer);
            assertThat(consumer.receiveBody(byte[].class, PATIENCE)).isEqualTo(large);
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CORE", "AMQP"})
    @DisplayName("Requests and replies, asked on one path and answered on the other")
    void requestAndReply(String provider) throws Exception {
        try (JMSContext asking = context(applications.orderEntryUrl());
                JMSContext answering =
                        applications.shippingDecorated(provider(provider)).createContext()) {
            converse(asking, answering);
        }
        try (JMSContext asking =
                        applications.orderEntryDecorated(provider(provider)).createContext();
                JMSContext answering = context(applications.shippingUrl())) {
            converse(asking, answering);
        }
        assertThat(applications.quarantined()).isEmpty();
    }

    private static void converse(JMSContext asking, JMSContext answering) throws Exception {
        Queue replies = asking.createTemporaryQueue();
        JMSConsumer requests = answering.createConsumer(answering.createQueue("orders"));
        JMSConsumer answers = asking.createConsumer(replies);
        for (int i = 0; i < 3; i++) {
            TextMessage request = asking.createTextMessage("order " + i);
            request.setJMSReplyTo(replies);
            // Not the message id: a core client is shown another one than an AMQP client has sent.
            request.setJMSCorrelationID("request " + i);
            asking.createProducer().send(asking.createQueue("orders"), request);
            Message received = requests.receive(PATIENCE);
            assertThat(received.getBody(String.class)).isEqualTo("order " + i);
            TextMessage reply = answering.createTextMessage("shipped " + i);
            reply.setJMSCorrelationID(received.getJMSCorrelationID());
            answering.createProducer().send(received.getJMSReplyTo(), reply);
            Message answer = answers.receive(PATIENCE);
            assertThat(answer).isNotNull();
            assertThat(answer.getBody(String.class)).isEqualTo("shipped " + i);
            assertThat(answer.getJMSCorrelationID()).isEqualTo("request " + i);
        }
        answers.close();
        requests.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CORE", "AMQP"})
    @DisplayName("Every subscription of a process gets its own copy, with the decorator too")
    void subscriptions(String provider) throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver =
                        applications.shippingDecorated(provider(provider)).createContext()) {
            Topic events = receiver.createTopic("events");
            JMSConsumer first = receiver.createSharedConsumer(events, "first");
            JMSConsumer second = receiver.createSharedConsumer(events, "second");
            JMSConsumer third = receiver.createConsumer(events);
            JMSConsumer fourth = receiver.createConsumer(events);
            for (int i = 0; i < 3; i++) {
                sender.createProducer().send(sender.createTopic("events"), "e" + i);
            }
            for (JMSConsumer consumer : List.of(first, second, third, fourth)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("e" + i);
                }
            }
        }
    }
}
