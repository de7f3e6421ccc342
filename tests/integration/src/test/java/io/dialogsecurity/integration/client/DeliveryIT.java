package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Delays, expiry and duplicate ids: what can never be opened is refused to its sender, and what is dropped stops nobody. */
class DeliveryIT {

    private static final long TWO_HOURS = 7_200_000;
    private static final long NO_MORE_MILLIS = 300;

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @EnumSource(Way.class)
    void aDelayBeyondTheAgeIsRefusedAtOnce(Way way) throws Exception {
        String name = world.name("prompt");
        try (Connection connection = sender(way).createConnection();
                JMSContext context = sender(way).createContext()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            producer.setDeliveryDelay(TWO_HOURS);
            assertThatThrownBy(() -> producer.send(session.createTextMessage("late")))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("message-max-age")
                    .hasMessageContaining("PT1H");
            JMSProducer simple = context.createProducer().setDeliveryDelay(TWO_HOURS);
            assertThatThrownBy(() -> simple.send(context.createQueue(name), "late"))
                    .isInstanceOf(JMSRuntimeException.class)
                    .hasMessageContaining("message-max-age");
            if (way != Way.AMQP) {
                producer.setDeliveryDelay(0);
                Message scheduled = session.createTextMessage("late");
                scheduled.setLongProperty("_AMQ_SCHED_DELIVERY", System.currentTimeMillis() + TWO_HOURS);
                assertThatThrownBy(() -> producer.send(scheduled))
                        .isInstanceOf(JMSException.class)
                        .hasMessageContaining("message-max-age");
            }
            producer.setDeliveryDelay(200);
            producer.send(session.createTextMessage("soon"));
        }
        assertThat(read(way, name, 1)).containsExactly("soon");
        assertThat(world.broker().management().messageCount(name)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatTheBrokerKnowsAlreadyIsMissedByNobody(Way way) throws Exception {
        String name = world.name("strict");
        try (Connection connection = sender(way).createConnection()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            for (String row : List.of("1", "2", "2", "3", "4")) {
                Message message = session.createTextMessage(row);
                message.setStringProperty("_AMQ_DUPL_ID", name + row);
                producer.send(message);
            }
            producer.send(session.createTextMessage("5"));
            producer.send(session.createTextMessage("6"));
        }
        assertThat(read(way, name, 6)).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatExpiresIsMissedByNobody(Way way) throws Exception {
        String name = world.name("strict");
        try (Connection connection = sender(way).createConnection();
                JMSContext context = sender(way).createContext()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            producer.send(session.createTextMessage("1"));
            producer.setTimeToLive(1);
            producer.send(session.createTextMessage("expires"));
            producer.setTimeToLive(0);
            producer.send(session.createTextMessage("2"));
            producer.send(session.createTextMessage("expires"), producer.getDeliveryMode(), 4, 1);
            producer.send(session.createTextMessage("3"));
            context.createProducer().setTimeToLive(1).send(context.createQueue(name), "expires");
            // The producers of a context of Artemis share their settings.
            context.createProducer().setTimeToLive(0).send(context.createQueue(name), "4");
        }
        assertThat(read(way, name, 4)).containsExactly("1", "2", "3", "4");
    }

    private ConnectionFactory sender(Way way) throws Exception {
        return way.connect(world, "order-entry", "delivery", "");
    }

    private List<String> read(Way way, String name, int count) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection connection =
                way.connect(world, "shipping", "delivery", "").createConnection()) {
            connection.start();
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            for (int i = 0; i < count; i++) {
                Message message = consumer.receive(PATIENCE_MILLIS);
                assertThat(message).as("after " + texts).isNotNull();
                texts.add(message.getBody(String.class));
            }
            Message more = consumer.receive(NO_MORE_MILLIS);
            if (more != null) {
                texts.add(more.getBody(String.class));
            }
        }
        return texts;
    }
}
