package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PASSWORD;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PATIENCE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.STORE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.guard;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.MirroredPair;
import io.dialogsecurity.testkit.MirroredPair.Side;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Login;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirrored pair that seals and opens with the same keys: what one has sealed the other one opens, after a kill and back again. */
class SealingPairIT {

    private static final String SECRET = "eleven sacks of pepper for the abbey";

    @TempDir
    Path directory;

    private MirroredPair pair;

    @Test
    void theMirrorOpensWhatTheOtherHasSealedAndSealsInDialogsOfItsOwn() throws Exception {
        LinkedBrokers brokers = new LinkedBrokers();
        try (MirroredPair mirrored = MirroredPair.in(directory)
                .each(builder -> LinkedBrokers.guarded(builder).queue("pair.orders"))
                .create()) {
            pair = mirrored;
            for (Side side : Side.values()) {
                brokers.writePolicy(pair.broker(side), """
                        <address match="pair.#" action="apply" senders="order-entry" receivers="shipping" gaps="refuse">
                          <seal service="order-entry"/>
                          <open service="shipping" users="*"/>
                        </address>
                        """, "order-entry", "shipping");
            }
            pair.start();
            send(Side.A, PlainKind.CORE, 1);
            send(Side.A, PlainKind.AMQP, 2);
            pair.awaitCounts("pair.orders", 2);
            assertThat(guard(pair.broker(Side.A), "OpenedCount")).isZero();
            pair.kill(Side.A);

            pair.awaitActive(Side.B);
            send(Side.B, PlainKind.AMQP, 3);
            assertReceived(Side.B, 1);
            send(Side.B, PlainKind.CORE, 4);
            pair.start(Side.A);
            pair.awaitMirrored();
            pair.awaitCounts("pair.orders", 3);
            pair.handOver(Side.A);

            assertReceived(Side.A, 2, 3, 4);
            send(Side.A, PlainKind.CORE, 5);
            assertReceived(Side.A, 5);
            for (Side side : Side.values()) {
                assertThat(guard(pair.broker(side), "RefusedCount")).isZero();
                pair.stop(side);
                assertThat(PlaintextSearch.forMarkers(SECRET)
                                .in(pair.broker(side).directory()))
                        .isEmpty();
            }
        }
    }

    private Login login(Side side, String user) {
        return new Login(pair.clientPort(side), user, PASSWORD, null, false, null);
    }

    private void send(Side side, PlainKind kind, int number) {
        try (PlainClient sales = kind.connect(login(side, SALES))) {
            sales.send(Outgoing.toQueue("pair.orders", new Body.Text(SECRET + number)));
        }
    }

    private void assertReceived(Side side, int... numbers) {
        for (int number : numbers) {
            try (PlainClient store = (number % 2 == 0 ? PlainKind.CORE : PlainKind.AMQP).connect(login(side, STORE));
                    PlainConsumer consumer = store.consume(Intake.queue("pair.orders"))) {
                assertThat(consumer.receive(PATIENCE).orElseThrow().body()).isEqualTo(SECRET + number);
            }
        }
    }
}
