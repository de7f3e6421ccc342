package io.dialogsecurity.testkit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A broker instance of the real distribution, made by its own {@code artemis create}, and the process
 * that runs it. It can be stopped, killed and started again; port and data stay. Not for use by
 * several threads.
 *
 * <p>The broker runs on the JDK of this JVM with the instance's own directories. Its disk is never
 * "full" ({@code max-disk-usage} 100), its journal is NIO, and it listens on the loopback interface
 * only.
 */
public final class BrokerProcess implements AutoCloseable {

    /** The user of role {@value #ADMIN_ROLE}, who may do everything. */
    public static final String ADMIN = "admin";

    /** The password of {@link #ADMIN}. */
    public static final String ADMIN_PASSWORD = "admin";

    private static final String ADMIN_ROLE = "amq";
    // A name and no class literal: only the broker has what the class needs.
    private static final String METER_PROBE = "io.dialogsecurity.testkit.MeterProbe";
    private static final String ACTIVE = "AMQ221007";
    private static final String WAITS_FOR_LOCK = "AMQ221032";
    private static final String REPLICATED = "AMQ221024";
    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);
    private static final int LINES_IN_MESSAGES = 40;

    private final ArtemisDistribution distribution;
    private final Path directory;
    private final String name;
    private final int port;
    private final Path javaHome;
    private final List<String> jvmOptions;
    private Process process;
    private BrokerManagement management;

    private BrokerProcess(Builder builder) {
        this.distribution = builder.distribution;
        this.directory = builder.directory;
        this.name = builder.name;
        this.port = builder.port;
        this.javaHome = builder.javaHome;
        this.jvmOptions = List.copyOf(builder.jvmOptions);
    }

    /**
     * Describes a broker instance to be made in a directory, which must not exist or be empty. Its
     * name is that of the directory.
     */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /**
     * Starts the broker and waits until it is active and accepts connections.
     *
     * @throws BrokerStartException when it does not; tells the last lines of its log
     */
    public BrokerProcess start() {
        launch(alreadyLogged -> await(
                alreadyLogged,
                "the broker to accept connections",
                () -> logged(alreadyLogged).contains(ACTIVE) && accepts()));
        return this;
    }

    private void launch(LongConsumer waiting) {
        if (isAlive()) {
            throw new IllegalStateException(name + " already runs");
        }
        try {
            long alreadyLogged = Files.exists(consoleLog()) ? Files.size(consoleLog()) : 0;
            process = ProcessReaper.watch(new ProcessBuilder(command("run"))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(consoleLog().toFile()))
                    .start());
            waiting.accept(alreadyLogged);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started", e);
        }
    }

    /**
     * Starts the broker and waits until it has found another one active with the same files, or has all that one has.
     *
     * @throws BrokerStartException when it has not; tells the last lines of its log
     */
    public BrokerProcess startPassive() {
        launch(alreadyLogged -> await(alreadyLogged, "the broker to wait", () -> {
            String log = logged(alreadyLogged);
            return log.contains(WAITS_FOR_LOCK) || log.contains(REPLICATED);
        }));
        return this;
    }

    /** Waits until a broker that was started passive has become active and accepts connections. */
    public void awaitTakeOver() {
        Await.until(START_PATIENCE, name + " to take over", this::accepts);
    }

    /** Asks the broker to end, as an operator does, and waits until it has. */
    public void stop() {
        end(false);
    }

    /** Ends the broker as {@code kill -9} does: nothing in it gets a chance to tidy up. */
    public void kill() {
        end(true);
    }

    /** Stops the broker if it runs, and starts it on the same port and data. */
    public BrokerProcess restart() {
        stop();
        return start();
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The number the operating system gave the process. */
    public long pid() {
        return process.pid();
    }

    /** The broker's name. */
    public String name() {
        return name;
    }

    /** The port on which it accepts CORE, AMQP, MQTT, STOMP and OpenWire. */
    public int port() {
        return port;
    }

    /** The URL for core clients, to which parameters may be added with {@code ?}. */
    public String coreUrl() {
        return "tcp://127.0.0.1:" + port;
    }

    /** The URL for AMQP clients, to which parameters may be added with {@code ?}. */
    public String amqpUrl() {
        return "amqp://127.0.0.1:" + port;
    }

    /** The instance's directory, with {@code etc}, {@code data}, {@code lib} and {@code log}. */
    public Path directory() {
        return directory;
    }

    /** Where the broker keeps journal, pages and large messages. */
    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** Where configuration is. */
    public Path etcDirectory() {
        return directory.resolve("etc");
    }

    /** What all runs of the broker wrote, the JVM's own messages included. */
    public Path consoleLog() {
        return directory.resolve("log").resolve("console.log");
    }

    /** The command that starts this broker from a shell. */
    public String shellCommand() {
        return directory.resolve("bin").resolve("artemis") + " run";
    }

    /** The broker's MBeans; connected at the first call after a start. */
    public BrokerManagement management() {
        if (management == null) {
            management = BrokerManagement.attach(pid(), name);
        }
        return management;
    }

    /** Kills the broker if it still runs; its files stay. */
    @Override
    public void close() {
        kill();
    }

    private void end(boolean forcibly) {
        if (management != null) {
            management.close();
            management = null;
        }
        if (!isAlive()) {
            return;
        }
        if (forcibly) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(name + " did not stop:\n" + lastLines(consoleLog(), 0));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void await(long alreadyLogged, String what, Callable<Boolean> condition) {
        try {
            Await.until(START_PATIENCE, what, () -> !process.isAlive() || condition.call());
        } catch (AssertionError timeUp) {
            String log = lastLines(consoleLog(), alreadyLogged);
            kill();
            throw new BrokerStartException(name + " does not become active; it wrote:\n" + log);
        }
        if (!process.isAlive()) {
            throw new BrokerStartException(name
                    + " ended with "
                    + process.exitValue()
                    + " when started; it wrote:\n"
                    + lastLines(consoleLog(), alreadyLogged));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private String logged(long from) throws IOException {
        return text(consoleLog(), from);
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        command.add("-Dlog4j2.disableJmx=true");
        command.add("-Djava.security.auth.login.config=" + etcDirectory().resolve("login.config"));
        command.add("-Dartemis.home=" + distribution.home());
        command.add("-Dartemis.instance=" + directory);
        command.add("-Dartemis.instance.etc=" + etcDirectory());
        command.add("-Ddata.dir=" + dataDirectory());
        command.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(distribution.bootJar().toString());
        command.add("org.apache.activemq.artemis.boot.Artemis");
        command.addAll(List.of(arguments));
        return command;
    }

    private static String text(Path file, long from) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(Math.max(0, in.length() - from))];
            in.seek(from);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String lastLines(Path file, long from) {
        try {
            List<String> lines = text(file, from).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_IN_MESSAGES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** A broker did not start; the message holds the end of its log. */
    public static final class BrokerStartException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private BrokerStartException(String message) {
            super(message);
        }
    }

    /** Describes a broker instance; not for use by several threads. */
    public static final class Builder {

        private final Path directory;
        private final Map<String, String> passwords = new LinkedHashMap<>();
        private final Map<String, TreeSet<String>> usersByRole = new TreeMap<>();
        private final Map<String, Map<String, TreeSet<String>>> permissions = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> addressSettings = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> plugins = new LinkedHashMap<>();
        private final Map<String, String> coreElements = new LinkedHashMap<>();
        private final Map<String, String> acceptorParameters = new LinkedHashMap<>();
        private final List<AddressLine> addresses = new ArrayList<>();
        private final List<Path> libraries = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>(List.of("-Xms128m", "-Xmx512m"));
        private ArtemisDistribution distribution;
        private String name;
        private int port;
        private Path javaHome = Path.of(System.getProperty("java.home"));
        private Consumer<BrokerXml> lastChanges = xml -> {};
        private boolean metrics;

        private record AddressLine(String name, String routingType, List<String> queues) {}

        private Builder(Path directory) {
            this.directory = directory.toAbsolutePath().normalize();
            this.name = this.directory.getFileName().toString();
            user(ADMIN, ADMIN_PASSWORD, ADMIN_ROLE);
            coreElements.put("journal-type", "NIO");
            coreElements.put("max-disk-usage", "100");
            acceptorParameters.put("protocols", "CORE,AMQP,MQTT,STOMP,OPENWIRE");
            acceptorParameters.put("amqpMinLargeMessageSize", "102400");
        }

        /** The distribution; otherwise what {@link ArtemisDistribution#find()} finds. */
        public Builder distribution(ArtemisDistribution unpacked) {
            this.distribution = unpacked;
            return this;
        }

        /** The broker's name instead of its directory's. */
        public Builder name(String brokerName) {
            this.name = brokerName;
            return this;
        }

        /** A port chosen before, with {@link FreePort}, because others have to know it. */
        public Builder port(int freePort) {
            this.port = freePort;
            return this;
        }

        /** Another JDK than that of this JVM. */
        public Builder javaHome(Path home) {
            this.javaHome = home;
            return this;
        }

        /** Adds JVM options, after {@code -Xms128m -Xmx512m}, so that a later {@code -Xmx} wins. */
        public Builder jvmOptions(String... more) {
            jvmOptions.addAll(List.of(more));
            return this;
        }

        /** Adds a user with roles. */
        public Builder user(String user, String password, String... roles) {
            passwords.put(user, password);
            for (String role : roles) {
                usersByRole.computeIfAbsent(role, r -> new TreeSet<>()).add(user);
            }
            return this;
        }

        /**
         * Lets roles do something on an address, as the broker's security settings do: a match replaces
         * what more general ones say about all permissions. The admin's role always may.
         *
         * @param match an address with Artemis wildcards
         * @param permission such as {@code send}, {@code consume}, {@code createDurableQueue}
         */
        public Builder allow(String match, String permission, String... roles) {
            permissions
                    .computeIfAbsent(match, m -> adminPermissions())
                    .computeIfAbsent(permission, p -> new TreeSet<>(List.of(ADMIN_ROLE)))
                    .addAll(List.of(roles));
            return this;
        }

        /** Adds an anycast address with a queue of the same name. */
        public Builder queue(String queue) {
            addresses.add(new AddressLine(queue, "anycast", List.of(queue)));
            return this;
        }

        /** Adds a multicast address. */
        public Builder topic(String topic) {
            addresses.add(new AddressLine(topic, "multicast", List.of()));
            return this;
        }

        /** Sets an element of an address-setting, {@code max-size-bytes} for instance. */
        public Builder addressSetting(String match, String element, String text) {
            addressSettings.computeIfAbsent(match, m -> new LinkedHashMap<>()).put(element, text);
            return this;
        }

        /** Sets a simple element of the core configuration, {@code journal-buffer-timeout} e.g. */
        public Builder coreElement(String element, String text) {
            coreElements.put(element, text);
            return this;
        }

        /** Sets a parameter of the acceptor's URL. */
        public Builder acceptorParameter(String key, String value) {
            acceptorParameters.put(key, value);
            return this;
        }

        /** Adds elements to the core configuration, such as {@code <bridges>}; what is in one that is there is added to it. */
        public Builder coreElements(String elements) {
            return change(xml -> xml.merge(elements));
        }

        /** Copies what is sent to an address to another one too. */
        public Builder divert(String address, String forwardTo) {
            return change(xml -> xml.addDivert(address + "-to-" + forwardTo, address, forwardTo));
        }

        /**
         * Makes it one of two brokers that keep their messages in the same directory, of which one is active.
         *
         * @param primary whether it becomes active whenever it runs, as soon as the other one has stepped back
         */
        public Builder sharedStore(Path data, boolean primary) {
            for (String part : List.of("journal", "bindings", "paging", "large-messages")) {
                coreElement(
                        part + "-directory", data.resolve(part).toAbsolutePath().toString());
            }
            return change(xml -> xml.setSharedStore(primary));
        }

        /** Adds a broker plugin with its properties. */
        public Builder plugin(String className, Map<String, String> properties) {
            plugins.put(className, new LinkedHashMap<>(properties));
            return this;
        }

        /** Sets the plugin that keeps the broker's meters, for {@link BrokerManagement#meters()}. */
        public Builder metrics() {
            this.metrics = true;
            return this;
        }

        /** Puts a jar into the instance's {@code lib}. */
        public Builder library(Path jar) {
            libraries.add(jar);
            return this;
        }

        /** Changes {@code broker.xml} after everything else. */
        Builder change(Consumer<BrokerXml> more) {
            lastChanges = lastChanges.andThen(more);
            return this;
        }

        /** Makes the instance; the broker does not run yet. */
        public BrokerProcess create() {
            if (distribution == null) {
                distribution = ArtemisDistribution.find();
            }
            if (port == 0) {
                port = FreePort.choose();
            }
            BrokerProcess broker = new BrokerProcess(this);
            try {
                runArtemisCreate();
                writeUsers();
                openManagement();
                patchBrokerXml();
                copyLibraries();
            } catch (IOException e) {
                throw new UncheckedIOException("the broker instance " + directory + " cannot be made", e);
            }
            return broker;
        }

        /** Makes the instance and starts the broker. */
        public BrokerProcess start() {
            return create().start();
        }

        private void runArtemisCreate() throws IOException {
            Files.createDirectories(directory.getParent());
            Path log = Files.createTempFile(directory.getParent(), "artemis-create-", ".log");
            List<String> command = List.of(
                    javaHome.resolve("bin").resolve("java").toString(),
                    "-Dartemis.home=" + distribution.home(),
                    "-cp",
                    distribution.bootJar().toString(),
                    "org.apache.activemq.artemis.boot.Artemis",
                    "create",
                    directory.toString(),
                    "--name",
                    name,
                    "--user",
                    ADMIN,
                    "--password",
                    ADMIN_PASSWORD,
                    "--role",
                    ADMIN_ROLE,
                    "--require-login",
                    "--no-autotune",
                    "--no-web",
                    "--nio",
                    "--silent");
            Process create = ProcessReaper.watch(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
            try {
                if (!create.waitFor(CREATE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    create.destroyForcibly();
                    throw new IOException("artemis create does not end:\n" + lastLines(log, 0));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (create.exitValue() != 0) {
                throw new IOException("artemis create failed:\n" + lastLines(log, 0));
            }
            Files.delete(log);
        }

        private void writeUsers() throws IOException {
            Path etc = directory.resolve("etc");
            Files.write(
                    etc.resolve("artemis-users.properties"),
                    passwords.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .toList());
            Files.write(
                    etc.resolve("artemis-roles.properties"),
                    usersByRole.entrySet().stream()
                            .map(e -> e.getKey() + "=" + String.join(",", e.getValue()))
                            .toList());
        }

        // Who attaches to the process has no role; what the operating system lets in may see everything.
        private void openManagement() throws IOException {
            Path file = directory.resolve("etc").resolve("management.xml");
            String closed = Files.readString(file);
            String open = closed.replace("<allowlist>", "<allowlist><entry domain=\"*\"/>");
            if (open.equals(closed)) {
                throw new IOException(file + " has no allowlist to add to");
            }
            Files.writeString(file, open);
        }

        private void patchBrokerXml() throws IOException {
            Path file = directory.resolve("etc").resolve("broker.xml");
            BrokerXml xml = BrokerXml.read(file);
            coreElements.forEach(xml::set);
            StringBuilder url =
                    new StringBuilder("tcp://127.0.0.1:").append(port).append('?');
            acceptorParameters.forEach(
                    (key, value) -> url.append(key).append('=').append(value).append(';'));
            xml.replaceAcceptors(Map.of("artemis", url.substring(0, url.length() - 1)));
            permissions.forEach((match, byPermission) -> {
                Map<String, String> rolesByPermission = new LinkedHashMap<>();
                byPermission.forEach((permission, roles) -> rolesByPermission.put(permission, String.join(",", roles)));
                xml.addSecuritySetting(match, rolesByPermission);
            });
            addressSettings.forEach(xml::addAddressSetting);
            addresses.forEach(
                    a -> xml.addAddress(a.name(), a.routingType(), a.queues().toArray(String[]::new)));
            plugins.forEach(xml::addPlugin);
            if (metrics) {
                xml.setMetricsPlugin(METER_PROBE);
            }
            lastChanges.accept(xml);
            xml.write(file);
        }

        private void copyLibraries() throws IOException {
            Path lib = directory.resolve("lib");
            for (Path jar : libraries) {
                Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            if (metrics) {
                ClassJar.write(lib.resolve("testkit-meter-probe.jar"), METER_PROBE, METER_PROBE + "MXBean");
            }
        }

        private static Map<String, TreeSet<String>> adminPermissions() {
            Map<String, TreeSet<String>> all = new LinkedHashMap<>();
            for (String permission : List.of(
                    "createNonDurableQueue",
                    "deleteNonDurableQueue",
                    "createDurableQueue",
                    "deleteDurableQueue",
                    "createAddress",
                    "deleteAddress",
                    "consume",
                    "browse",
                    "send",
                    "manage")) {
                all.put(permission, new TreeSet<>(List.of(ADMIN_ROLE)));
            }
            return all;
        }
    }
}
