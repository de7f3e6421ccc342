package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.connection;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away under the applications, and comes back. */
class ReconnectionIT {

    private static final String[] RECONNECTING = {
        "reconnectAttempts=-1", "retryInterval=200", "callTimeout=10000", "confirmationWindowSize=100000"
    };

    @TempDir
    static Path directory;

    @Test
    @DisplayName("After a broker was killed the same sessions go on: nothing is lost, and refusals still work")
    void brokerComesBack() throws Exception {
        try (Applications applications = Applications.start(directory);
                Connection sending = connection(applications.orderEntryUrl(RECONNECTING));
                Connection receiving = connection(applications.shippingUrl(RECONNECTING))) {
            Session out = sending.createSession();
            MessageProducer producer = out.createProducer(out.createQueue("orders"));
            Session in = receiving.createSession(true, Session.SESSION_TRANSACTED);
            MessageConsumer consumer = in.createConsumer(in.createQueue("orders"));
            producer.send(out.createTextMessage("before"));
            producer.send(out.createTextMessage("uncommitted"));
            assertThat(consumer.receive(PATIENCE).getBody(String.class)).isEqualTo("before");
            in.commit();
            assertThat(consumer.receive(PATIENCE).getBody(String.class)).isEqualTo("uncommitted");

            applications.broker.kill();
            applications.broker.restart();

            sendInTheEnd(producer, out, "after");
            applications.inject("orders", "not sealed".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            sendInTheEnd(producer, out, "last");
            Set<String> got = new LinkedHashSet<>();
            Await.until(Applications.WHILE, "everything that was not committed", () -> {
                receiveAndCommit(in, consumer, got);
                return got.contains("last");
            });
            assertThat(got).containsExactly("uncommitted", "after", "last");
            Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
            assertThat(applications.quarantined())
                    .extracting(Map.Entry::getValue)
                    .containsExactly("PLAINTEXT_REFUSED");
        }
    }

    /** A send during the failure may fail, and is then repeated. */
    private static void sendInTheEnd(MessageProducer producer, Session session, String text) {
        Await.until(Applications.WHILE, "a successful send", () -> {
            try {
                producer.send(session.createTextMessage(text));
                return true;
            } catch (JMSException e) {
                return false;
            }
        });
    }

    /** The transaction open during the failure is rolled back, and its messages come again. */
    private static void receiveAndCommit(Session session, MessageConsumer consumer, Set<String> got) {
        try {
            Message message = consumer.receive(1_000);
            session.commit();
            if (message != null) {
                got.add(message.getBody(String.class));
            }
        } catch (JMSException expected) {
            return; // rolled back: received again
        }
    }
}
