package io.dialogsecurity.load;

import io.dialogsecurity.testkit.ArtemisDistribution;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.Screen;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The load harness. It ends with an exit code other than 0 if a message is lost, doubled, shown to somebody whom it is not
 * for, or refused without reason, if the broker stands still, or if it remembers what is over; {@link Books} and
 * {@link Verdict} say exactly what that means.
 */
public final class Main {

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final int HEAP_MEGABYTES = 768;

    private Main() {}

    /**
     * What the run is to be like.
     *
     * @param clients of all kinds together, those in processes to be killed included
     * @param seconds how long messages are sent
     * @param seed of everything that happens by chance
     * @param rate messages a second, all senders together
     */
    record Options(int clients, int seconds, long seed, double rate) {}

    /** Options: {@code --clients=200}, {@code --seconds=200}, {@code --seed=random}, {@code --rate=150}. */
    public static void main(String[] arguments) throws Exception {
        int clients = 200;
        int seconds = 200;
        long seed = System.nanoTime() & 0xffff_ffffL;
        double rate = 150;
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("--clients=")) {
                clients = Integer.parseInt(value);
            } else if (argument.startsWith("--seconds=")) {
                seconds = Integer.parseInt(value);
            } else if (argument.startsWith("--seed=")) {
                seed = value.equals("random") ? seed : Long.parseLong(value);
            } else if (argument.startsWith("--rate=")) {
                rate = Double.parseDouble(value);
            } else {
                System.err.println(
                        "not understood: " + argument + "; options are --clients= --seconds= --seed= --rate=");
                System.exit(2);
            }
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Screen screen = new Screen(out, Screen.isTerminal());
        Path directory =
                Path.of(System.getProperty("load.directory", "target/load")).toAbsolutePath();
        try {
            System.exit(run(new Options(clients, seconds, seed, rate), directory, screen) ? 0 : 1);
        } catch (RuntimeException | AssertionError e) {
            screen.bad("the harness itself failed: " + e);
            throw e;
        }
    }

    /** True if everything is as it has to be. */
    static boolean run(Options options, Path directory, Screen screen) throws IOException, InterruptedException {
        screen.line(screen.bold("Load on Apache Artemis " + ArtemisDistribution.VERSION)
                + String.format(
                        Locale.ROOT,
                        ": %d clients, %d s, %.0f messages/s, seed %d, Java %s, %d processors",
                        options.clients(),
                        options.seconds(),
                        options.rate(),
                        options.seed(),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().availableProcessors()));
        clear(directory);
        Random random = new Random(options.seed());
        try (BrokerProcess broker = builder(directory).create()) {
            Policies policies = Policies.create(broker.etcDirectory(), random);
            broker.start();
            try (Crowd crowd = new Crowd(options, broker, random)) {
                return new Play(options, directory, broker, policies, crowd, screen, random).run();
            }
        }
    }

    private static BrokerProcess.Builder builder(Path directory) {
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve("broker"))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(PLUGIN, Map.of("config", Policies.FILE))
                .jvmOptions("-Xms" + HEAP_MEGABYTES + "m", "-Xmx" + HEAP_MEGABYTES + "m")
                .coreElement("configuration-file-refresh-period", "200")
                // Whoever is cut off often enough would otherwise send what it was about to read to the dead letters.
                .addressSetting("load.#", "max-delivery-attempts", "-1")
                .queue(Policies.QUARANTINE)
                .user(Stranger.NOBODY, Broker.PASSWORD, "everybody");
        for (Audience audience : Audience.values()) {
            builder.queue(audience.queue())
                    .topic(audience.topic())
                    .user(audience.sender(), Broker.PASSWORD, "everybody")
                    .user(audience.reader(), Broker.PASSWORD, "everybody");
        }
        for (String permission : new String[] {
            "send",
            "consume",
            "browse",
            "createAddress",
            "deleteAddress",
            "createDurableQueue",
            "deleteDurableQueue",
            "createNonDurableQueue",
            "deleteNonDurableQueue"
        }) {
            builder.allow("#", permission, "everybody");
        }
        return builder;
    }

    /** Removes what an earlier run left, and nothing else. */
    private static void clear(Path directory) throws IOException {
        Path broker = directory.resolve("broker");
        if (Files.exists(broker)) {
            try (Stream<Path> tree = Files.walk(broker)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
    }
}
