package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Queues whose content stays, or is replaced by what comes later, are read as often as somebody likes, where policy says so:
 * what sealed applications get is what unsealed ones get.
 */
class KeptContentIT {

    private static final long NO_MORE_MILLIS = 300;
    private static final String LAST_VALUE = "_AMQ_LVQ_NAME";

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatStaysIsReadAgain(Way way) throws Exception {
        String name = world.name("prices");
        ConnectionFactory receiver = way.connect(world, "shipping", "kept", "");
        send(way, name, "a", "b", "c");
        assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).containsExactly("a", "b", "c");
        assertThat(read(receiver, name, JMSContext.CLIENT_ACKNOWLEDGE)).containsExactly("a", "b", "c");
        assertThat(read(receiver, name, JMSContext.SESSION_TRANSACTED)).containsExactly("a", "b", "c");
        send(way, name, "d");
        assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).containsExactly("a", "b", "c", "d");
        assertThat(browse(receiver, name)).containsExactly("a", "b", "c", "d");
        assertThat(world.broker().management().messageCount(name)).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void eachConsumerOfASessionReadsItAll(Way way) throws Exception {
        String name = world.name("prices");
        send(way, name, "a", "b");
        try (JMSContext context =
                way.connect(world, "shipping", "two", "").createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            JMSConsumer first = context.createConsumer(context.createQueue(name));
            assertThat(receive(first)).containsExactly("a", "b");
            JMSConsumer second = context.createConsumer(context.createQueue(name));
            assertThat(receive(second)).containsExactly("a", "b");
            context.acknowledge();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void lastValuesAreReadAgain(Way way) throws Exception {
        for (String kind : List.of("prices.latest", "prices.taken")) {
            String name = world.name(kind);
            ConnectionFactory receiver = way.connect(world, "shipping", "latest", "");
            sendValues(way, name, "x=1", "y=1", "x=2");
            assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).containsExactlyInAnyOrder("y=1", "x=2");
            sendValues(way, name, "x=3", "x=4");
            List<String> expected = kind.equals("prices.latest") ? List.of("y=1", "x=4") : List.of("x=4");
            assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"CORE", "AMQP"})
    void afterARestartWithStateToo(Way way) throws Exception {
        String name = world.name("prices");
        send(way, name, "a", "b", "c");
        Path file = world.configuration("shipping", "restarted-" + way, "<state directory=\"restarted-" + way + "\"/>");
        for (int life = 0; life < 3; life++) {
            try (ClientEndpoint endpoint = ClientEndpoint.open(file)) {
                assertThat(read(way.connect(world, file, endpoint), name, JMSContext.AUTO_ACKNOWLEDGE))
                        .containsExactly("a", "b", "c");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void withoutTheWordEachIsGivenOnce(Way way) throws Exception {
        String name = world.name("kept");
        ConnectionFactory receiver = way.connect(world, "shipping", "once", "");
        send(way, name, "a", "b");
        assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).containsExactly("a", "b");
        assertThat(read(receiver, name, JMSContext.AUTO_ACKNOWLEDGE)).isEmpty();
        assertThat(browse(receiver, name)).containsExactly("a", "b");
    }

    private void send(Way way, String name, String... texts) throws Exception {
        try (JMSContext context = way.connect(world, "order-entry", "kept", "").createContext()) {
            for (String text : texts) {
                context.createProducer().send(context.createQueue(name), text);
            }
        }
    }

    private void sendValues(Way way, String name, String... texts) throws Exception {
        try (JMSContext context =
                way.connect(world, "order-entry", "latest", "").createContext()) {
            for (String text : texts) {
                context.createProducer()
                        .setProperty(LAST_VALUE, text.substring(0, 1))
                        .send(context.createQueue(name), text);
            }
        }
    }

    private static List<String> read(ConnectionFactory factory, String name, int mode) throws JMSException {
        try (JMSContext context = factory.createContext(mode)) {
            List<String> texts = receive(context.createConsumer(context.createQueue(name)));
            if (mode == JMSContext.SESSION_TRANSACTED) {
                context.commit();
            } else {
                context.acknowledge();
            }
            return texts;
        }
    }

    private static List<String> receive(JMSConsumer consumer) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message = consumer.receive(PATIENCE_MILLIS / 10);
                message != null;
                message = consumer.receive(NO_MORE_MILLIS)) {
            texts.add(message.getBody(String.class));
        }
        return texts;
    }

    private static List<String> browse(ConnectionFactory factory, String name) throws JMSException {
        try (JMSContext context = factory.createContext();
                QueueBrowser browser = context.createBrowser(context.createQueue(name))) {
            List<String> texts = new ArrayList<>();
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                texts.add(((Message) messages.nextElement()).getBody(String.class));
            }
            return texts;
        }
    }
}
