package io.dialogsecurity.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.management.ObjectName;

/**
 * Two brokers of the real distribution that mirror each other over AMQP. Only the one that holds a lock in a directory both
 * share accepts clients; the mirrors meet at second acceptors ({@link BrokerProcess#port()}), which are always open. Clients
 * are given the URLs of both and find the one that accepts.
 *
 * <p>Broker A mirrors synchronously: a client's send is answered when B has the message too, so that nothing that was
 * answered is lost with A. B mirrors asynchronously: with both waiting for the other, a survivor would answer nobody. The
 * price is that A answers nobody while B is down, and that messages answered by B alone come to A when B is back.
 *
 * <p>Not for use by several threads, but for {@link #coreUrl()}, {@link #amqpUrl()} and {@link #active()}.
 */
public final class MirroredPair implements AutoCloseable {

    private static final String LOCK_MANAGER = "org.apache.activemq.artemis.lockmanager.file.FileBasedLockManager";
    private static final String COORDINATOR = "clients";
    private static final String MIRROR = "mirror";
    /** The store-and-forward queue of a mirror. */
    private static final String MIRROR_QUEUE = "$ACTIVEMQ_ARTEMIS_MIRROR_" + MIRROR;

    private static final int LOCK_CHECK_MILLIS = 100;
    private static final int MIRROR_RETRY_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One of the two. */
    public enum Side {
        /** Mirrors synchronously, and starts first. */
        A,
        /** Mirrors asynchronously. */
        B;

        /** The one it mirrors to. */
        public Side other() {
            return this == A ? B : A;
        }
    }

    private final Map<Side, BrokerProcess> brokers = new EnumMap<>(Side.class);
    private final Map<Side, Integer> clientPorts = new EnumMap<>(Side.class);

    private MirroredPair() {}

    /** Describes a pair whose instances {@code a} and {@code b} and lock are made in a directory. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** Starts A, then B, and waits until A accepts clients and both mirrors are connected. */
    public MirroredPair start() {
        start(Side.A);
        awaitActive(Side.A);
        start(Side.B);
        awaitMirrored();
        return this;
    }

    /** Starts one broker; whether it becomes active is a question of the lock. */
    public void start(Side side) {
        broker(side).start();
    }

    /** Ends one broker as {@code kill -9} does. */
    public void kill(Side side) {
        broker(side).kill();
    }

    /** Asks one broker to end, and waits until it has. */
    public void stop(Side side) {
        broker(side).stop();
    }

    /** Ends one broker as {@code kill -9} does, and starts it on the same ports and data. */
    public void restart(Side side) {
        kill(side);
        start(side);
    }

    /** One of the brokers. */
    public BrokerProcess broker(Side side) {
        return brokers.get(side);
    }

    /** The port at which a broker accepts clients while it holds the lock. */
    public int clientPort(Side side) {
        return clientPorts.get(side);
    }

    /** Which broker accepts clients now; without a lock coordinator that may be A although it is B too. */
    public Optional<Side> active() {
        for (Side side : Side.values()) {
            if (accepts(side)) {
                return Optional.of(side);
            }
        }
        return Optional.empty();
    }

    /** Whether one broker accepts clients now. */
    public boolean accepts(Side side) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clientPort(side))) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * Waits until one broker accepts clients.
     *
     * @throws AssertionError when it does not in time
     */
    public void awaitActive(Side side) {
        Await.until(PATIENCE, "broker " + side + " to accept clients", () -> accepts(side));
    }

    /**
     * Waits until each broker has handed on to the other what it owes it; both must run. What clients do meanwhile may
     * prolong it.
     *
     * @throws AssertionError when it has not in time
     */
    public void awaitMirrored() {
        Await.until(
                PATIENCE,
                () -> "the mirrors to have nothing more to say; A owes " + owed(Side.A) + ", B " + owed(Side.B),
                () -> isMirrorConnected(Side.A) && isMirrorConnected(Side.B) && owed(Side.A) == 0 && owed(Side.B) == 0);
    }

    /** How many messages and acknowledgements a running broker has still to hand on to the other. */
    public long owed(Side side) {
        return broker(side).management().messageCount(MIRROR_QUEUE);
    }

    /** Whether a running broker's mirror is connected to the other. */
    public boolean isMirrorConnected(Side side) {
        BrokerManagement management = broker(side).management();
        return management
                .query(management.server() + ",component=addresses,subcomponent=queues,queue="
                        + ObjectName.quote(MIRROR_QUEUE) + ",*")
                .stream()
                .anyMatch(queue -> (Integer) management.attribute(queue, "ConsumerCount") > 0);
    }

    /** Waits until a queue holds a number of messages at both brokers. */
    public void awaitCounts(String queue, long messages) {
        Await.until(
                PATIENCE,
                () -> messages + " messages in " + queue + " at both brokers; there are " + count(Side.A, queue)
                        + " at A, " + count(Side.B, queue) + " at B",
                () -> count(Side.A, queue) == messages && count(Side.B, queue) == messages);
    }

    private long count(Side side, String queue) {
        return broker(side).management().messageCount(queue);
    }

    /**
     * Lets a broker take over from the other as an operator does: the other stops to accept clients, hands on what it
     * owes, and only then lets this one accept them. Both must run.
     */
    public void handOver(Side to) {
        coordinator(to, "stopLockCoordinator");
        coordinator(to.other(), "stopLockCoordinator");
        awaitMirrored();
        coordinator(to, "startLockCoordinator");
        awaitActive(to);
        coordinator(to.other(), "startLockCoordinator");
    }

    private void coordinator(Side side, String operation) {
        BrokerManagement management = broker(side).management();
        management.invoke(
                management.server(), operation, new Object[] {COORDINATOR}, new String[] {String.class.getName()});
    }

    /** The URL with which core clients find the broker that accepts them, and fail over. */
    public String coreUrl() {
        return coreUrl("");
    }

    /** As {@link #coreUrl()}, with more parameters, each with a leading {@code &}. */
    public String coreUrl(String parameters) {
        return "(tcp://127.0.0.1:" + clientPort(Side.A) + ",tcp://127.0.0.1:" + clientPort(Side.B) + ")?ha=true"
                + "&reconnectAttempts=3&failoverAttempts=-1&initialConnectAttempts=-1&retryInterval=100"
                + "&useTopologyForLoadBalancing=false" + parameters;
    }

    /** The URL with which Qpid JMS clients find the broker that accepts them, and fail over. */
    public String amqpUrl() {
        return amqpUrl("");
    }

    /** As {@link #amqpUrl()}, with more parameters, each with a leading {@code &}. */
    public String amqpUrl(String parameters) {
        return "failover:(amqp://127.0.0.1:" + clientPort(Side.A) + ",amqp://127.0.0.1:" + clientPort(Side.B)
                + ")?failover.maxReconnectAttempts=-1&failover.reconnectDelay=50&failover.maxReconnectDelay=200"
                + parameters;
    }

    /** Kills what still runs; the files stay. */
    @Override
    public void close() {
        brokers.values().forEach(BrokerProcess::close);
    }

    /** Describes a pair; not for use by several threads. */
    public static final class Builder {

        private final Path directory;
        private final Map<Side, BrokerProcess.Builder> builders = new EnumMap<>(Side.class);
        private boolean coordinated = true;

        private Builder(Path directory) {
            this.directory = directory.toAbsolutePath().normalize();
            for (Side side : Side.values()) {
                builders.put(side, BrokerProcess.in(this.directory.resolve(side == Side.A ? "a" : "b")));
            }
        }

        /** Says the same of both brokers. */
        public Builder each(Consumer<BrokerProcess.Builder> description) {
            builders.values().forEach(description);
            return this;
        }

        /** Without the lock both brokers accept clients at the same time, as after a split of the network. */
        public Builder bothAccept() {
            coordinated = false;
            return this;
        }

        /** Makes the instances; the brokers do not run yet. */
        public MirroredPair create() {
            MirroredPair pair = new MirroredPair();
            Map<Side, Integer> mirrorPorts = new EnumMap<>(Side.class);
            Predicate<Integer> used = port -> mirrorPorts.containsValue(port) || pair.clientPorts.containsValue(port);
            for (Side side : Side.values()) {
                mirrorPorts.put(side, unused(used));
                pair.clientPorts.put(side, unused(used));
            }
            Path locks = directory.resolve("locks");
            try {
                Files.createDirectories(locks);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            for (Side side : Side.values()) {
                pair.brokers.put(
                        side,
                        builders.get(side)
                                .port(mirrorPorts.get(side))
                                .change(xml -> mirror(
                                        xml, pair.clientPorts.get(side), mirrorPorts.get(side.other()), side, locks))
                                .create());
            }
            return pair;
        }

        /** Makes the instances and starts the pair. */
        public MirroredPair start() {
            return create().start();
        }

        private void mirror(BrokerXml xml, int clientPort, int otherPort, Side side, Path locks) {
            if (coordinated) {
                xml.addLockCoordinator(
                        COORDINATOR,
                        LOCK_MANAGER,
                        COORDINATOR,
                        LOCK_CHECK_MILLIS,
                        Map.of("locks-folder", locks.toString()));
            }
            xml.addAcceptorLike("artemis", COORDINATOR, clientPort, coordinated ? COORDINATOR : null);
            xml.addMirror(
                    MIRROR,
                    "tcp://127.0.0.1:" + otherPort,
                    BrokerProcess.ADMIN,
                    BrokerProcess.ADMIN_PASSWORD,
                    MIRROR_RETRY_MILLIS,
                    side == Side.A);
        }

        private static int unused(Predicate<Integer> used) {
            int port;
            do {
                port = FreePort.choose();
            } while (used.test(port));
            return port;
        }
    }
}
