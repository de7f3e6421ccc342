package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.ArtemisDistribution;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.Line;
import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.wire.EnvelopeFormatException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The main job. It ends with an exit code other than 0 if a message is lost, disordered, readable, or forged. */
public final class Main {

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final long DEFAULT_SEED = 20_261_120;
    private static final int DEFAULT_ROUNDS = 4;
    private static final double DEFAULT_SCALE = 1;
    private static final int MOST_WARM_UPS = 2;

    private final Plan plan;
    private final int rounds;
    private final Screen screen;
    private final Path pluginJar;
    private final List<Line> troubles = new CopyOnWriteArrayList<>();

    private Main(Plan plan, int rounds, Path pluginJar, Screen screen) {
        this.plan = plan;
        this.rounds = rounds;
        this.pluginJar = pluginJar;
        this.screen = screen;
    }

    /** Options: {@code --seed=20261120}, {@code --rounds=4}, {@code --scale=1}. */
    public static void main(String[] arguments) throws IOException, JMSException, EnvelopeFormatException {
        long seed = DEFAULT_SEED;
        int rounds = DEFAULT_ROUNDS;
        double scale = DEFAULT_SCALE;
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("--seed=")) {
                seed = Long.parseLong(value);
            } else if (argument.startsWith("--rounds=")) {
                rounds = Integer.parseInt(value);
            } else if (argument.startsWith("--scale=")) {
                scale = Double.parseDouble(value);
            } else {
                System.err.println("not understood: " + argument + "; options are --seed=, --rounds= and --scale=");
                System.exit(2);
            }
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path directory =
                Path.of(System.getProperty("demo.directory", "target/demo")).toAbsolutePath();
        Screen screen = new Screen(out, Screen.isTerminal());
        try {
            System.exit(run(seed, scale, rounds, directory, screen) ? 0 : 1);
        } catch (JMSException | EnvelopeFormatException | RuntimeException e) {
            screen.bad("the demonstration itself failed: " + e);
            throw e;
        }
    }

    /** True if everything is as it has to be. */
    static boolean run(long seed, double scale, int rounds, Path directory, Screen screen)
            throws IOException, JMSException, EnvelopeFormatException {
        Path pluginJar = Path.of(System.getProperty("dialogsecurity.broker.jar"));
        Plan plan = new Plan(seed, scale, directory, FreePort.choose(), FreePort.choose());
        return new Main(plan, rounds, pluginJar, screen).run();
    }

    private boolean run() throws IOException, JMSException, EnvelopeFormatException {
        screen.line(screen.bold("Dialog Security over Apache Artemis " + ArtemisDistribution.VERSION)
                + String.format(
                        Locale.ROOT,
                        ", seed %d, Java %s, %d processors",
                        plan.seed(),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().availableProcessors()));
        boolean good;
        try (Stack stack = new Stack()) {
            set(stack);
            good = play(stack);
        }
        screen.section((good ? screen.coloured(32, "Everything as promised") : screen.coloured(31, "NOT as promised"))
                + ", after " + screen.elapsed());
        return good;
    }

    private void set(Stack stack) throws IOException {
        screen.section("1  The stage");
        clear();
        long start = System.nanoTime();
        Pki pki = Pki.create(plan.pki());
        Configuration configuration = new Configuration(pki);
        Path guard = plan.directory().resolve("config").resolve("guard.xml");
        configuration.writeGuard(guard);
        for (Service service : Service.values()) {
            configuration.writeService(
                    plan.configuration(service),
                    service.title(),
                    service.title(),
                    service.suite().code());
        }
        screen.line("certificates  one authority, " + Service.values().length
                + " services, suite 1 (RSA) for treasury and billing, 2 (Ed25519, X25519) for the others; "
                + Screen.seconds(System.nanoTime() - start));
        start = System.nanoTime();
        stack.sealed = Brokers.sealed(plan, pluginJar, guard);
        stack.sealed.start();
        stack.unsealed = Brokers.unsealed(plan);
        stack.unsealed.start();
        screen.line("brokers       sealed on port " + plan.sealedPort() + " with the guard, unsealed on port "
                + plan.unsealedPort() + " as distributed; " + Screen.seconds(System.nanoTime() - start));
        start = System.nanoTime();
        Set<String> names = new LinkedHashSet<>();
        for (Service service : Service.values()) {
            names.add(service.application());
        }
        for (String name : names) {
            stack.applications.add(Application.start(name, ServiceProcess.class.getName(), troubles::add, plan));
        }
        stack.applications.forEach(application -> application.await("ready", START_PATIENCE));
        StringBuilder processes = new StringBuilder("processes    ");
        stack.applications.forEach(application -> processes
                .append(' ')
                .append(application.name())
                .append(" (")
                .append(application.pid())
                .append(')'));
        screen.line(processes + "; " + Screen.seconds(System.nanoTime() - start));
    }

    private boolean play(Stack stack) throws IOException, JMSException, EnvelopeFormatException {
        List<Application> applications = stack.applications;
        GuardWatch guard = new GuardWatch(stack.sealed.management());

        screen.section("2  The same load over both brokers");
        int warmUps = Math.min(rounds, MOST_WARM_UPS);
        Load load = new Load(plan, screen, applications, warmUps, rounds);
        load.run();

        screen.section("3  The dialogs over the sealed broker, all rounds");
        boolean good = load.reportDialogs();

        screen.section("4  Rates");
        load.reportRates();

        screen.section("5  Public-key operations");
        good &= new Amortisation(plan, screen, applications).report(warmUps + rounds, guard);

        screen.section("6  Attacks");
        good &= new Attacks(
                        plan,
                        screen,
                        Pki.at(plan.pki()),
                        stack.application("order-entry"),
                        stack.application("inventory"),
                        guard)
                .run();

        screen.section("7  What is on the brokers' disks");
        for (Application application : applications) {
            application.tell(Line.of("leave"));
            application.await("left", START_PATIENCE);
        }
        Path envelope = new Keepsake(plan).take();
        stack.close();
        good &= new DiskSearch(plan, screen).run();

        for (Line trouble : troubles) {
            screen.bad(trouble.text("process") + ": " + trouble.text("what"));
        }
        tellHowToLook(stack, envelope);
        return good && troubles.isEmpty();
    }

    private void tellHowToLook(Stack stack, Path envelope) {
        screen.section("See for yourself");
        String cli = "java -jar " + System.getProperty("dialogsecurity.client.jar") + " ";
        Pki pki = Pki.at(plan.pki());
        String inventory = Service.INVENTORY.title();
        screen.line("The sealed broker, with an envelope left in every queue (admin/admin):");
        screen.line("  " + stack.sealed.shellCommand());
        screen.line("An envelope taken from its queue 'orders', as everybody can read it, and as only its target can:");
        screen.line("  " + cli + "inspect " + envelope + " --trust " + pki.anchor());
        screen.line("  " + cli + "open " + envelope + " --trust " + pki.anchor() + " --key-store "
                + pki.keyStore(inventory) + " --password-file " + pki.passwordFile(inventory));
    }

    /** Removes what an earlier run left, and nothing else. */
    private void clear() throws IOException {
        List<Path> ours = List.of(
                plan.pki(),
                plan.directory().resolve("config"),
                plan.brokerDirectory(Side.SEALED),
                plan.brokerDirectory(Side.UNSEALED));
        for (Path directory : ours) {
            if (Files.exists(directory)) {
                try (Stream<Path> tree = Files.walk(directory)) {
                    for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
        Files.createDirectories(plan.directory());
    }

    /** Everything that runs. */
    private static final class Stack implements AutoCloseable {

        private final List<Application> applications = new ArrayList<>();
        private BrokerProcess sealed;
        private BrokerProcess unsealed;

        private Application application(String name) {
            return applications.stream()
                    .filter(application -> application.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void close() {
            applications.forEach(Application::close);
            for (BrokerProcess broker : new BrokerProcess[] {sealed, unsealed}) {
                if (broker != null) {
                    broker.stop();
                }
            }
        }
    }
}
