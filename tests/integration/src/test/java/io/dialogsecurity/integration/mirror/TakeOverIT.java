package io.dialogsecurity.integration.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.integration.mirror.GuardedPair.Provider;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.MirroredPair.Side;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeOverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BEFORE_THE_KILL = 200;
    private static final int BEFORE_HANDING_BACK = 600;
    private static final int ALL = 900;

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "A broker is killed under load: the other takes over and hands back, and every message arrives once, in"
                    + " order")
    void nothingLostDoubledOrReordered() throws Exception {
        try (GuardedPair pair = GuardedPair.start(directory, false)) {
            for (Provider provider : Provider.values()) {
                takeOver(pair, provider);
            }
        }
    }

    private static void takeOver(GuardedPair pair, Provider provider) throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        try (ClientEndpoint sending = pair.endpoint(GuardedPair.ORDER_ENTRY);
                ClientEndpoint receiving = pair.endpoint(GuardedPair.SHIPPING);
                Connection consumers = pair.connect(provider, GuardedPair.SHIPPING, receiving);
                Connection producers = pair.connect(provider, GuardedPair.ORDER_ENTRY, sending)) {
            Session consuming = consumers.createSession(false, Session.AUTO_ACKNOWLEDGE);
            consuming
                    .createConsumer(consuming.createQueue(GuardedPair.ORDERS))
                    .setMessageListener(message -> received.add(text(message)));
            consumers.start();
            Session session = producers.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(GuardedPair.ORDERS));

            Thread[] operator = new Thread[1];
            long warm = 0;
            for (int number = 1; number <= ALL; number++) {
                TextMessage message = session.createTextMessage(provider + " " + number);
                sendUntilItIs(producer, message);
                if (number == BEFORE_THE_KILL) {
                    Await.until(PATIENCE, "the first messages", () -> received.size() > BEFORE_THE_KILL / 2);
                    warm = publicKeyOperations(sending, receiving);
                    operator[0] = new Thread(() -> pair.brokers.kill(Side.A), "operator");
                    operator[0].start();
                } else if (number == BEFORE_HANDING_BACK) {
                    operator[0].join();
                    operator[0] = new Thread(() -> handBack(pair), "operator");
                    operator[0].start();
                }
            }
            operator[0].join();
            Await.until(PATIENCE, () -> ALL + " messages; " + received.size() + " came", () -> received.size() >= ALL);
            pair.brokers.awaitMirrored();
            pair.brokers.awaitCounts(GuardedPair.ORDERS, 0);

            assertThat(received)
                    .isEqualTo(IntStream.rangeClosed(1, ALL)
                            .mapToObj(number -> provider + " " + number)
                            .toList());
            assertThat(publicKeyOperations(sending, receiving)).isEqualTo(warm);
            for (Side side : Side.values()) {
                assertThat(pair.guard(side, "RefusedCount")).isEqualTo(0L);
            }
        }
    }

    private static long publicKeyOperations(ClientEndpoint sending, ClientEndpoint receiving) {
        return sending.cryptoCounters().publicKeyOperations()
                + receiving.cryptoCounters().publicKeyOperations();
    }

    private static void handBack(GuardedPair pair) {
        pair.brokers.start(Side.A);
        pair.brokers.awaitMirrored();
        pair.brokers.handOver(Side.A);
    }

    /** As an application does that does not know whether its message arrived. */
    private static void sendUntilItIs(MessageProducer producer, Message message) {
        List<JMSException> failures = new ArrayList<>();
        Await.until(PATIENCE, () -> "a message to be sent: " + failures, () -> {
            try {
                producer.send(message);
                return true;
            } catch (JMSException e) {
                failures.add(e);
                return false;
            }
        });
    }

    private static String text(Message message) {
        try {
            return ((TextMessage) message).getText();
        } catch (JMSException e) {
            return e.toString();
        }
    }
}
