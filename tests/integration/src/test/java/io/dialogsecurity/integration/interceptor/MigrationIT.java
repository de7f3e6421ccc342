package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.A_MOMENT;
import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.WHILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some senders seal already, others not yet, and policy tolerates it for the time being. */
class MigrationIT {

    private static final int LARGE = 500_000;

    @TempDir
    static Path directory;

    private static Applications applications;

    @BeforeAll
    static void start() throws Exception {
        applications = Applications.start(directory);
    }

    @AfterAll
    static void stop() {
        applications.close();
    }

    private enum Receiver {
        INTERCEPTORS(true),
        DECORATED(true),
        /**
         * Qpid's browser drains the link, waits 60 s for the answer, and takes its absence for an empty queue; while large
         * core messages are on their way the answer may be missing, without this project as well.
         */
        DECORATED_AMQP(false);

        final boolean browsesLarge;

        Receiver(boolean browsesLarge) {
            this.browsesLarge = browsesLarge;
        }

        ConnectionFactory factory() {
            return switch (this) {
                case INTERCEPTORS -> new ActiveMQConnectionFactory(applications.shippingUrl(), "admin", "admin");
                case DECORATED -> applications.shippingDecorated(applications.core());
                case DECORATED_AMQP -> applications.shippingDecorated(applications.amqp());
            };
        }
    }

    static Stream<Receiver> receivers() {
        return Stream.of(Receiver.values());
    }

    private static byte[] random() {
        byte[] bytes = new byte[LARGE];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    /** The third is compressed by the plain client. */
    private static List<Object> bodies() {
        return List.of(
                "sealed", "plain", "compressed".repeat(LARGE / 10), random(), "large ".repeat(LARGE / 6), "last");
    }

    private static void send() {
        try (JMSContext sealing = Applications.context(applications.orderEntryUrl());
                JMSContext plain = applications.plain();
                JMSContext compressing =
                        Applications.context(applications.broker.coreUrl() + "?compressLargeMessage=true")) {
            List<Object> bodies = bodies();
            var queue = plain.createQueue("migrating");
            sealing.createProducer().send(queue, (String) bodies.get(0));
            plain.createProducer().send(queue, (String) bodies.get(1));
            compressing.createProducer().send(queue, (String) bodies.get(2));
            plain.createProducer().send(queue, (byte[]) bodies.get(3));
            plain.createProducer().send(queue, (String) bodies.get(4));
            sealing.createProducer().send(queue, (String) bodies.get(5));
        }
    }

    private static List<String> browse(JMSContext context) throws JMSException {
        List<String> seen = new ArrayList<>();
        try (var browser = context.createBrowser(context.createQueue("migrating"))) {
            var messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                seen.add(summary((Message) messages.nextElement()));
            }
        }
        return seen;
    }

    private static List<String> receive(JMSContext context, int count) throws JMSException {
        List<String> received = new ArrayList<>();
        try (var consumer = context.createConsumer(context.createQueue("migrating"))) {
            for (int i = 0; i < count; i++) {
                received.add(summary(consumer.receive(PATIENCE)));
            }
            assertThat(consumer.receive(A_MOMENT)).isNull();
        }
        return received;
    }

    /** Comparable, and not half a megabyte in a report. */
    private static String summary(Message message) throws JMSException {
        return message instanceof TextMessage text
                ? summary(text.getText())
                : summary(((BytesMessage) message).getBody(byte[].class));
    }

    private static String summary(Object body) {
        return body instanceof String text
                ? text.length() + " characters " + text.hashCode()
                : ((byte[]) body).length + " bytes " + Arrays.hashCode((byte[]) body);
    }

    @ParameterizedTest
    @MethodSource("receivers")
    @DisplayName("Sealed and unsealed messages of every size reach a receiver and its browser side by side")
    void sideBySide(Receiver receiver) throws Exception {
        send();
        List<String> expected = bodies().stream().map(MigrationIT::summary).toList();
        try (JMSContext context = receiver.factory().createContext("admin", "admin")) {
            if (receiver.browsesLarge) {
                // Seen with plain clients too: a browser of the core client ends before it has shown all, now and then.
                Await.until(
                        WHILE,
                        "all messages in a browser",
                        () -> browse(context).equals(expected));
            }
            assertThat(receive(context, expected.size())).isEqualTo(expected);
        }
        assertThat(applications.stored(Applications.QUARANTINE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("receivers")
    @DisplayName("A browser of any provider shows sealed and unsealed messages side by side")
    void browsed(Receiver receiver) throws Exception {
        try (JMSContext sealing = Applications.context(applications.orderEntryUrl());
                JMSContext plain = applications.plain()) {
            var queue = plain.createQueue("migrating");
            sealing.createProducer().send(queue, "sealed");
            plain.createProducer().send(queue, "plain");
            sealing.createProducer().send(queue, "last");
        }
        List<String> expected =
                Stream.of("sealed", "plain", "last").map(MigrationIT::summary).toList();
        try (JMSContext context = receiver.factory().createContext("admin", "admin")) {
            assertThat(browse(context)).isEqualTo(expected);
            assertThat(receive(context, expected.size())).isEqualTo(expected);
        }
    }
}
