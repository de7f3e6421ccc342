package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.ArtemisDistribution;
import io.dialogsecurity.testkit.MirroredPair;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.Screen;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The take-over harness. It ends with an exit code other than 0 if a sealed message is lost, doubled, reordered, refused or
 * readable; {@link Books} says exactly what that means.
 */
public final class Main {

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final int WARM_MESSAGES = 10;
    private static final long WARM_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Options options;
    private final Path directory;
    private final Screen screen;
    private final RunLog log;
    private final List<Kill> kills = new ArrayList<>();

    private Main(Options options, Path directory, Screen screen) {
        this.options = options;
        this.directory = directory;
        this.screen = screen;
        this.log = new RunLog(directory);
    }

    /**
     * What the run is to be like.
     *
     * @param victims in this order
     * @param seed of everything that happens by chance
     * @param caches whether endpoints and guards may keep what they have derived
     * @param state whether they remember beyond the life of their process
     * @param rate messages a second in each lane
     * @param handBack whether B, once A is back, hands over to A; else B stays active until it is killed
     */
    record Options(List<Victim> victims, long seed, boolean caches, boolean state, double rate, boolean handBack) {}

    /**
     * Options: {@code --kills=10}, {@code --seed=random}, {@code --caches=on}, {@code --state=on}, {@code --rate=10},
     * {@code --fail-back=hand-over} or {@code kill}, and {@code --victims=active,consumer} for a fixed sequence instead of
     * one by chance.
     */
    public static void main(String[] arguments) throws IOException {
        int kills = 10;
        long seed = System.nanoTime() & 0xffff_ffffL;
        boolean caches = true;
        boolean state = true;
        double rate = 10;
        boolean handBack = true;
        List<Victim> victims = List.of();
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("--kills=")) {
                kills = Integer.parseInt(value);
            } else if (argument.startsWith("--seed=")) {
                seed = value.equals("random") ? seed : Long.parseLong(value);
            } else if (argument.startsWith("--caches=")) {
                caches = !value.equals("off");
            } else if (argument.startsWith("--state=")) {
                state = !value.equals("off");
            } else if (argument.startsWith("--rate=")) {
                rate = Double.parseDouble(value);
            } else if (argument.startsWith("--fail-back=")) {
                handBack = !value.equals("kill");
            } else if (argument.startsWith("--victims=")) {
                victims = Stream.of(value.toUpperCase(Locale.ROOT).split(","))
                        .map(Victim::valueOf)
                        .toList();
            } else {
                System.err.println("not understood: " + argument
                        + "; options are --kills= --seed= --caches= --state= --rate= --fail-back= --victims=");
                System.exit(2);
            }
        }
        if (victims.isEmpty()) {
            victims = Victim.draw(kills, new Random(seed));
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Screen screen = new Screen(out, Screen.isTerminal());
        Path directory = Path.of(System.getProperty("take-over.directory", "target/take-over"))
                .toAbsolutePath();
        try {
            System.exit(run(new Options(victims, seed, caches, state, rate, handBack), directory, screen) ? 0 : 1);
        } catch (RuntimeException | AssertionError e) {
            screen.bad("the harness itself failed: " + e);
            throw e;
        }
    }

    /** True if everything is as it has to be. */
    static boolean run(Options options, Path directory, Screen screen) throws IOException {
        return new Main(options, directory, screen).run();
    }

    private boolean run() throws IOException {
        screen.line(screen.bold("Take-over on Apache Artemis " + ArtemisDistribution.VERSION)
                + String.format(
                        Locale.ROOT,
                        ": %d kills, seed %d, caches %s, state %s, Java %s, %d processors",
                        options.victims().size(),
                        options.seed(),
                        options.caches() ? "on" : "off",
                        options.state() ? "on" : "off",
                        System.getProperty("java.version"),
                        Runtime.getRuntime().availableProcessors()));
        clear();
        Configuration configuration = Configuration.create(directory, options.caches(), options.state());
        try (MirroredPair pair = brokers(configuration).start()) {
            Plan plan = new Plan(
                    directory,
                    options.rate(),
                    // A core client otherwise calls a message acknowledged that may never have been, and now and then
                    // waits half a minute, sealed or not, for the answer to what it sent just when it failed over.
                    pair.coreUrl("&blockOnAcknowledge=true&callTimeout=15000"),
                    pair.amqpUrl());
            try (Cast cast = new Cast(plan, configuration, log)) {
                return play(pair, cast);
            }
        }
    }

    private MirroredPair.Builder brokers(Configuration configuration) throws IOException {
        Path guard = directory.resolve("guard.xml");
        configuration.writeGuard(guard);
        return MirroredPair.in(directory.resolve("brokers")).each(broker -> {
            Part.services().forEach(service -> broker.user(service, Plan.password(service), service));
            for (Lane lane : Lane.all()) {
                String sender = lane.flow().from().service();
                String receiver = lane.flow().to().service();
                broker.queue(lane.address())
                        .allow(lane.address(), "send", sender)
                        .allow(lane.address(), "consume", receiver)
                        .allow(lane.address(), "browse", receiver);
            }
            broker.queue(Configuration.QUARANTINE)
                    .allow(Configuration.QUARANTINE, "send", Part.services().toArray(String[]::new))
                    .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                    .plugin(PLUGIN, Map.of("config", guard.toString()));
        });
    }

    private boolean play(MirroredPair pair, Cast cast) throws IOException {
        Books books = new Books(Plan.instances(directory));
        Rounds rounds = new Rounds(options, directory, pair, cast, books, screen, log);
        Report report = new Report(screen);
        screen.section("Rounds");
        for (Part part : Part.values()) {
            cast.start(part);
        }
        warmUp(cast, books);
        for (Victim victim : options.victims()) {
            Kill kill = rounds.play(kills.size() + 1, victim);
            kills.add(kill);
            report.round(kill);
        }
        quiesce(cast, rounds);

        screen.section("By round: sealed messages, and how long until the first one came after the kill");
        report.table(kills);
        screen.section("By lane, to the end");
        report.lanes(books);
        screen.section("The gap, sealed beside unsealed, all lanes");
        report.gaps(kills);
        screen.section("Public-key operations, from the kill until all flows went on");
        report.operations(kills);
        return verdict(pair, rounds, books);
    }

    private void warmUp(Cast cast, Books books) {
        long deadline = System.nanoTime() + WARM_PATIENCE_NANOS;
        while (true) {
            cast.requireWell();
            books.read();
            long warm = Lane.all().stream()
                    .filter(lane -> books.tally(lane).received() >= WARM_MESSAGES)
                    .count();
            screen.progress(warm + " of " + Lane.all().size() + " lanes are warm");
            if (warm == Lane.all().size()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                cast.running().forEach(instance -> instance.troubles().forEach(line -> screen.bad(line.toString())));
                throw new IllegalStateException("not all lanes move");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** Nothing more is sent; what was sent is received, or lost. */
    private void quiesce(Cast cast, Rounds rounds) {
        List<Instance> senders = cast.running().stream()
                .filter(instance -> instance.part().initiates())
                .toList();
        senders.forEach(Instance::stopSending);
        senders.forEach(Instance::awaitStopped);
        rounds.awaitCaughtUp("the end");
    }

    private boolean verdict(MirroredPair pair, Rounds rounds, Books books) throws IOException {
        for (MirroredPair.Side side : MirroredPair.Side.values()) {
            pair.stop(side);
        }
        int control = PlaintextSearch.forMarkers(Lane.NO_SECRET).in(directory).size();
        long leaks = rounds.readable().size();
        books.read();
        Books.Tally sealed = rounds.total(Side.SEALED, Long.MAX_VALUE);
        Books.Tally unsealed = rounds.total(Side.UNSEALED, Long.MAX_VALUE);
        int refusals = kills.stream().mapToInt(kill -> kill.refusals().size()).sum()
                + rounds.refusals().size();
        long readable =
                leaks + kills.stream().mapToInt(kill -> kill.readable().size()).sum();
        boolean good = sealed.lost() == 0
                && sealed.doubled() == 0
                && sealed.reordered() == 0
                && sealed.altered() == 0
                && sealed.refused() == 0
                && refusals == 0
                && readable == 0
                && control > 0;
        screen.section((good ? screen.coloured(32, "PASSED") : screen.coloured(31, "FAILED"))
                + String.format(
                        Locale.ROOT,
                        ": %d kills, %,d sealed messages: %d lost, %d doubled, %d reordered, %d altered, %d refused, %d readable; "
                                + "unsealed in the same way %,d: %d lost, %d doubled, %d reordered, text found %d times; %s",
                        kills.size(),
                        sealed.sent(),
                        sealed.lost(),
                        sealed.doubled(),
                        sealed.reordered(),
                        sealed.altered(),
                        refusals,
                        readable,
                        unsealed.sent(),
                        unsealed.lost(),
                        unsealed.doubled(),
                        unsealed.reordered(),
                        control,
                        screen.elapsed()));
        return good;
    }

    /** Removes what an earlier run left, and nothing else. */
    private void clear() throws IOException {
        for (String name : List.of("trial", "guard.xml", "brokers", "instances", RunLog.NAME)) {
            Path ours = directory.resolve(name);
            if (Files.exists(ours)) {
                try (Stream<Path> tree = Files.walk(ours)) {
                    for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
        Files.createDirectories(Plan.instances(directory));
    }
}
