package io.dialogsecurity.integration.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.MirroredPair.Side;
import io.dialogsecurity.wire.WireFormat;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitBrainIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    @DisplayName("Both brokers took another message with the same number; when they meet again, both say so")
    void forkIsReportedByBoth() throws Exception {
        try (GuardedPair pair = GuardedPair.start(directory, true)) {
            byte[] envelope = pair.seal("an order");
            byte[] twin = envelope.clone();
            twin[WireFormat.MIC_OFFSET] ^= 1;

            pair.brokers.kill(Side.A);
            send(pair, Side.B, twin);
            pair.brokers.kill(Side.B);
            pair.brokers.start(Side.A);
            // A answers, and shows the message to consumers, when B has it too.
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(pair, Side.A, envelope));
            Await.until(
                    PATIENCE,
                    "A to take it",
                    () -> pair.guard(Side.A, "AcceptedCount").equals(1L));
            pair.brokers.start(Side.B);
            sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            pair.brokers.awaitMirrored();
            pair.brokers.awaitCounts(GuardedPair.ORDERS, 2);

            for (Side side : Side.values()) {
                assertThat(pair.guard(side, "ForkCount"))
                        .as("forks seen by %s", side)
                        .isEqualTo(1L);
            }
        }
    }

    private static void send(GuardedPair pair, Side side, byte[] envelope) {
        try (Connection connection = pair.connectPlain(side, GuardedPair.ORDER_ENTRY)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(GuardedPair.ORDERS));
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(envelope);
            producer.send(message);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
