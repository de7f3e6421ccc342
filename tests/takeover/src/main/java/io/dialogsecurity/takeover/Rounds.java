package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.MirroredPair;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** Kills one process after the other, waits until all is well again, and looks what has come of it. For one thread. */
final class Rounds {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Without a message that was missed before. A core client may take half a minute to notice that a session is gone. */
    private static final Duration CATCH_UP = Duration.ofSeconds(45);

    /** Messages under way between the mirrors that are no backlog. */
    private static final long LITTLE = 100;

    private static final long SHORTEST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 2500;

    private final Path directory;
    private final MirroredPair pair;
    private final Cast cast;
    private final Books books;
    private final Refusals refusals;
    private final Random random;
    private final boolean handBack;
    private final Screen screen;
    private final RunLog log;
    private final PlaintextSearch search = PlaintextSearch.forMarkers(Lane.SECRET);
    private final Map<Side, Books.Tally> before = new EnumMap<>(Side.class);

    Rounds(Main.Options options, Path directory, MirroredPair pair, Cast cast, Books books, Screen screen, RunLog log) {
        this.directory = directory;
        this.pair = pair;
        this.cast = cast;
        this.books = books;
        this.random = new Random(options.seed());
        this.handBack = options.handBack();
        this.screen = screen;
        this.log = log;
        this.refusals = new Refusals(pair, cast);
        for (Side side : Side.values()) {
            before.put(side, Books.Tally.NONE);
        }
    }

    /** Which lanes a victim interrupts, and how to notice that they go on. */
    private record Wound(String who, long atMicros, long deadMicros, Map<Lane, Boolean> lanes) {}

    Kill play(int round, Victim victim) throws IOException {
        String what = "round " + round + ", " + victim.title();
        pause(what);
        Map<Lane, Integer> marks = marks();
        Map<Instance, Operations> operations = cast.operations();
        Map<MirroredPair.Side, Long> verifications = verifications();
        Wound wound = switch (victim) {
            case ACTIVE -> killActive();
            case STANDBY -> killStandby();
            case PRODUCER -> killInstance(random.nextBoolean() ? Part.SALES_OUT : Part.STORE_OUT);
            case CONSUMER -> killInstance(random.nextBoolean() ? Part.STORE_IN : Part.SALES_IN);
        };
        log.line(what + ": killed " + wound.who());
        Map<Lane, Double> gaps = awaitRecovery(what, wound, marks);
        log.line(what + ": gaps in milliseconds " + gaps);
        LockSupport.parkNanos(Participant.STATUS_NANOS * 2);
        Operations endpoints = cast.operationsSince(operations);
        MirroredPair.Side survivor = pair.active().orElseThrow();
        long guard = verifications(pair.broker(survivor)) - verifications.get(survivor);
        restore(what, victim);
        log.line(what + ": restored");
        long until = awaitCaughtUp(what);
        log.line(what + ": caught up");
        return new Kill(
                round,
                victim,
                wound.who(),
                gaps,
                next(Side.SEALED, until),
                next(Side.UNSEALED, until),
                refusals.next(),
                endpoints,
                guard,
                readable());
    }

    /** Some time under load. */
    private void pause(String what) {
        long millis =
                SHORTEST_PAUSE_MILLIS + (long) (random.nextDouble() * (LONGEST_PAUSE_MILLIS - SHORTEST_PAUSE_MILLIS));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            screen.progress(what + " is alive");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        cast.requireWell();
    }

    // --- Kills

    private Wound killActive() {
        MirroredPair.Side side = pair.active().orElseThrow();
        return killBroker(side, "broker " + side + ", active");
    }

    private Wound killStandby() {
        MirroredPair.Side side = pair.active().orElseThrow().other();
        return killBroker(side, "broker " + side + ", standby");
    }

    private Wound killBroker(MirroredPair.Side side, String who) {
        long at = Ledger.nowMicros();
        pair.kill(side);
        Wound wound = new Wound(who, at, Ledger.nowMicros(), lanes(null));
        if (side == MirroredPair.Side.B) {
            // A answers nobody until B has what it has: B has to come back before anything goes on.
            pair.start(side);
        }
        return wound;
    }

    private Wound killInstance(Part part) throws IOException {
        Instance next = cast.next(part);
        int left = cast.count(part) - 1;
        long at = Ledger.nowMicros();
        cast.kill(part);
        long dead = Ledger.nowMicros();
        if (left == 0) {
            cast.start(part);
        }
        return new Wound(next.name() + (left == 0 ? "" : ", another runs"), at, dead, lanes(part));
    }

    /** The lanes a part has to do with, or all; true where what was sent before is received after it. */
    private static Map<Lane, Boolean> lanes(Part partOrNull) {
        return Lane.all().stream()
                .filter(lane -> partOrNull == null || lane.concerns(partOrNull))
                .collect(Collectors.toMap(
                        lane -> lane, lane -> lane.flow().to() == partOrNull, (one, other) -> one, LinkedHashMap::new));
    }

    // --- Recovery

    private Map<Lane, Integer> marks() {
        books.read();
        Map<Lane, Integer> marks = new LinkedHashMap<>();
        Lane.all().forEach(lane -> marks.put(lane, books.mark(lane)));
        return marks;
    }

    private Map<Lane, Double> awaitRecovery(String what, Wound wound, Map<Lane, Integer> marks) {
        Map<Lane, Double> gaps = new LinkedHashMap<>();
        Await.until(
                PATIENCE,
                () -> what + ": messages in " + missing(wound, gaps) + "\n" + troubles(wound.atMicros()),
                () -> {
                    cast.requireWell();
                    books.read();
                    wound.lanes().forEach((lane, evenIfSentBefore) -> {
                        OptionalLong first = gaps.containsKey(lane)
                                ? OptionalLong.empty()
                                : books.firstReceived(lane, marks.get(lane), wound.deadMicros(), evenIfSentBefore);
                        first.ifPresent(micros -> gaps.put(lane, (micros - wound.atMicros()) / 1000.0));
                    });
                    screen.progress(what + " is dead: " + gaps.size() + " of "
                            + wound.lanes().size() + " lanes go on");
                    return gaps.size() == wound.lanes().size();
                });
        return gaps;
    }

    private static String missing(Wound wound, Map<Lane, Double> gaps) {
        return wound.lanes().keySet().stream()
                .filter(lane -> !gaps.containsKey(lane))
                .map(Lane::address)
                .collect(Collectors.joining(" "));
    }

    private String troubles(long sinceMicros) {
        return cast.running().stream()
                .flatMap(instance -> instance.troubles().stream()
                        .filter(line -> line.number("at") >= sinceMicros)
                        .map(line -> instance.name() + " " + line))
                .limit(40)
                .collect(Collectors.joining("\n"));
    }

    /** Both brokers run and mirror each other, the first is active, and every part has an instance. */
    private void restore(String what, Victim victim) throws IOException {
        for (MirroredPair.Side side : MirroredPair.Side.values()) {
            if (!pair.broker(side).isAlive()) {
                pair.start(side);
            }
        }
        if (victim == Victim.ACTIVE || victim == Victim.STANDBY) {
            Await.until(PATIENCE, what + ": the mirrors to be connected", this::mirrored);
        }
        if (victim == Victim.ACTIVE && handBack && pair.active().orElseThrow() == MirroredPair.Side.B) {
            pair.handOver(MirroredPair.Side.A);
        }
        for (Part part : Part.values()) {
            boolean another = victim == Victim.CONSUMER && !part.initiates() && random.nextBoolean();
            if (cast.count(part) == 0 || (another && cast.count(part) == 1)) {
                cast.start(part);
            }
        }
    }

    private boolean mirrored() {
        for (MirroredPair.Side side : MirroredPair.Side.values()) {
            if (!pair.isMirrorConnected(side) || pair.owed(side) > LITTLE) {
                return false;
            }
        }
        return true;
    }

    /**
     * Until every message sent before now has been received. What does not come while nothing else does is lost.
     *
     * @return now, in microseconds
     */
    long awaitCaughtUp(String what) {
        long now = Ledger.nowMicros();
        int fewest = Integer.MAX_VALUE;
        long deadline = System.nanoTime() + CATCH_UP.toNanos();
        for (int missing = missing(now); missing > 0 && System.nanoTime() < deadline; missing = missing(now)) {
            screen.progress(what + ": " + missing + " messages are on their way");
            if (missing < fewest) {
                fewest = missing;
                deadline = System.nanoTime() + CATCH_UP.toNanos();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        for (Lane lane : Lane.all()) {
            Set<Integer> missing = books.missing(lane, now);
            if (!missing.isEmpty()) {
                log.line(what + ": in " + lane + " there are missing " + missing);
            }
        }
        return now;
    }

    private int missing(long untilMicros) {
        books.read();
        return Lane.all().stream()
                .mapToInt(lane -> books.missing(lane, untilMicros).size())
                .sum();
    }

    // --- What came of it

    /** Of this round; what is on its way is not lost. */
    private Books.Tally next(Side side, long sentUntilMicros) {
        Books.Tally now = total(side, sentUntilMicros);
        Books.Tally round = now.minus(before.get(side));
        before.put(side, now);
        return round;
    }

    /** Of all lanes of a side so far. */
    Books.Tally total(Side side, long sentUntilMicros) {
        Books.Tally sum = Books.Tally.NONE;
        for (Lane lane : Lane.all()) {
            if (lane.side() == side) {
                sum = sum.plus(books.tally(lane, sentUntilMicros));
            }
        }
        return sum;
    }

    /** What has been refused since the last round. */
    List<String> refusals() throws IOException {
        return refusals.next();
    }

    private Map<MirroredPair.Side, Long> verifications() {
        Map<MirroredPair.Side, Long> verifications = new EnumMap<>(MirroredPair.Side.class);
        for (MirroredPair.Side side : MirroredPair.Side.values()) {
            verifications.put(side, verifications(pair.broker(side)));
        }
        return verifications;
    }

    private static long verifications(BrokerProcess broker) {
        BrokerManagement management = broker.management();
        try {
            return (Long) management.attribute(
                    new ObjectName(management.server() + ",component=dialog-security"), "VerificationCount");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the sealed text is on the disks of brokers and instances. */
    List<String> readable() throws IOException {
        return search.in(directory).stream()
                .map(hit -> directory.relativize(hit.file()) + " at " + hit.offset() + " in " + hit.encoding())
                .toList();
    }
}
