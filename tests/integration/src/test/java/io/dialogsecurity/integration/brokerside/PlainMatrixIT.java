package io.dialogsecurity.integration.brokerside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import io.dialogsecurity.testkit.plain.Routing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of producer to every kind of consumer: what the consumer's library tells of a message that was sealed and
 * opened by the broker is what it tells of one that went through a broker that does neither.
 */
class PlainMatrixIT {

    @TempDir
    static Path directory;

    private static BrokerSideWorld world;
    private static final Map<PlainKind, PlainClient> TO_UNSEALED = new EnumMap<>(PlainKind.class);
    private static final Map<PlainKind, PlainClient> TO_SEALED = new EnumMap<>(PlainKind.class);
    private static final List<Lane> LANES = new ArrayList<>();

    @BeforeAll
    static void start() {
        // Nobody waits for the disk here: what matters is what arrives.
        world = BrokerSideWorld.start(
                directory, builder -> builder.coreElement("journal-sync-non-transactional", "false"), "");
        for (PlainKind kind : PlainKind.values()) {
            TO_UNSEALED.put(kind, kind.connect(BrokerSideWorld.login(world.unsealed)));
            TO_SEALED.put(kind, kind.connect(BrokerSideWorld.login(world.sealed)));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            LANES.forEach(Lane::close);
            TO_UNSEALED.values().forEach(PlainClient::close);
            TO_SEALED.values().forEach(PlainClient::close);
            world.stopAndSearch(Exchange.MARKERS);
        } finally {
            world.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> overTopics() {
        return consumers(Routing.TOPIC, Stream.of(PlainKind.values()));
    }

    @TestFactory
    Stream<DynamicNode> overQueues() {
        return consumers(Routing.QUEUE, Stream.of(PlainKind.values()).filter(kind -> kind.can(Ability.QUEUES)));
    }

    private static Stream<DynamicNode> consumers(Routing routing, Stream<PlainKind> kinds) {
        return kinds.map(kind -> {
            Lane lane = new Lane(world, kind, routing);
            LANES.add(lane);
            return dynamicContainer("to " + kind, Stream.of(PlainKind.values()).flatMap(from -> cells(from, lane)));
        });
    }

    private static Stream<DynamicTest> cells(PlainKind from, Lane lane) {
        return Exchange.all().stream()
                .filter(exchange -> exchange.cells().test(from, lane.kind()))
                .map(exchange -> {
                    String cell = exchange.name() + ", " + from + " to " + lane.kind() + " over a " + lane.routing();
                    return dynamicTest(cell, () -> equal(cell, from, lane, exchange));
                });
    }

    private static void equal(String cell, PlainKind from, Lane lane, Exchange exchange) {
        boolean well = false;
        try {
            String unsealedAnswer = send(TO_UNSEALED, from, exchange.to(lane.routing(), lane.address()));
            String sealedAnswer = send(TO_SEALED, from, exchange.to(lane.routing(), lane.address()));
            assertThat(sealedAnswer).as(cell).isEqualTo(unsealedAnswer);
            Optional<Received> unsealed = lane.fromUnsealed();
            Optional<Received> sealed = lane.fromSealed();
            assertThat(sealed.isPresent()).as(cell + ": whether something came").isEqualTo(unsealed.isPresent());
            if (unsealed.isPresent()) {
                assertThat(sealed.get().differencesTo(unsealed.get())).as(cell).isEmpty();
            }
            well = unsealed.isPresent();
        } finally {
            if (!well) {
                lane.renew();
            }
        }
    }

    /** What went wrong; empty if nothing. */
    private static String send(Map<PlainKind, PlainClient> clients, PlainKind from, Outgoing message) {
        try {
            clients.get(from).send(message);
            return "";
        } catch (PlainFailure e) {
            return e.getMessage();
        }
    }
}
