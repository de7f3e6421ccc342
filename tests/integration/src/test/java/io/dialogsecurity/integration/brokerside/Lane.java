package io.dialogsecurity.integration.brokerside;

import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import io.dialogsecurity.testkit.plain.Routing;
import java.time.Duration;
import java.util.Optional;

/**
 * A consumer of one kind at the same address of both brokers. After trouble it goes on at another address with other
 * connections, so that one cell's trouble is not the next one's.
 */
final class Lane implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BrokerSideWorld world;
    private final PlainKind kind;
    private final Routing routing;
    private int troubles;
    private End unsealed;
    private End sealed;

    Lane(BrokerSideWorld world, PlainKind kind, Routing routing) {
        this.world = world;
        this.kind = kind;
        this.routing = routing;
        open();
    }

    private void open() {
        unsealed = new End(kind.connect(BrokerSideWorld.login(world.unsealed)), intake());
        sealed = new End(kind.connect(BrokerSideWorld.login(world.sealed)), intake());
    }

    private Intake intake() {
        return routing == Routing.QUEUE ? Intake.queue(address()) : Intake.topic(address());
    }

    PlainKind kind() {
        return kind;
    }

    Routing routing() {
        return routing;
    }

    String address() {
        return BrokerSideWorld.SEALED + (routing == Routing.QUEUE ? "queue." : "topic.") + kind.text() + "." + troubles;
    }

    Optional<Received> fromUnsealed() {
        return unsealed.consumer.receive(PATIENCE);
    }

    Optional<Received> fromSealed() {
        return sealed.consumer.receive(PATIENCE);
    }

    void renew() {
        close();
        troubles++;
        open();
    }

    @Override
    public void close() {
        unsealed.close();
        sealed.close();
    }

    /** A connection with its consumer. */
    private static final class End {

        private final PlainClient client;
        private final PlainConsumer consumer;

        private End(PlainClient client, Intake intake) {
            this.client = client;
            this.consumer = client.consume(intake);
        }

        private void close() {
            try {
                client.close();
            } catch (PlainFailure alreadyGone) {
                return;
            }
        }
    }
}
