package io.dialogsecurity.benchmarks;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.testkit.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;

/**
 * Messages of plain applications through a real broker, durable, one producer and one consumer of the same protocol: sealed
 * and opened by the broker, beside an address that policy lets pass in the same broker, beside the same in a broker without
 * the plugin; in interleaved rounds of one run, both brokers alive all the time.
 *
 * <p>Producers do not wait for one answer before they send the next message, but never have more than
 * {@value #UNANSWERED} unanswered, where the protocol lets them see. Beside each rate stands the processor time a message
 * takes in the broker, in microseconds.
 */
final class BrokerSide {

    static final int UNANSWERED = 200;
    static final String PASSWORD = "secret";

    private static final String SENDER = "device";
    private static final String RECEIVER = "collector";
    private static final int WARM_UP_ROUNDS = 3;

    private final int bytes;
    private final int messages;

    private BrokerSide(int bytes, int messages) {
        this.bytes = bytes;
        this.messages = messages;
    }

    /** The three ways through. */
    private enum Way {
        SEALED("bench.sealed"),
        BYPASSED("bench.plain"),
        WITHOUT_PLUGIN("bench.plain");

        private final String address;

        Way(String address) {
            this.address = address;
        }
    }

    private record Rate(double perSecond, double brokerMicros) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,7.0f/s (%5.1f us)", perSecond, brokerMicros);
        }
    }

    /** Measures. Kinds of clients by name, as in {@code core,amqp,mqtt3,mqtt5,stomp,openwire}. */
    static void run(int bytes, int rounds, int messages, String[] kinds) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d cores; messages of %d bytes, durable, one plain producer, one plain consumer, %d messages a round%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                bytes,
                messages);
        Path directory = Files.createTempDirectory("broker-side");
        try (BrokerProcess with = broker(directory, true);
                BrokerProcess without = broker(directory, false)) {
            for (String kind : kinds) {
                new BrokerSide(bytes, messages).measure(kind, rounds, with, without);
            }
        }
    }

    /** Who is first rotates, so that nobody always comes after the same one. */
    private void measure(String kind, int rounds, BrokerProcess with, BrokerProcess without) throws Exception {
        List<Rate[]> all = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Rate[] rates = new Rate[Way.values().length];
            if (round < 0) {
                // The broker with the plugin does two of three ways, and would be the warmer one.
                rate(kind, without, Way.WITHOUT_PLUGIN.address);
            }
            for (int i = 0; i < rates.length; i++) {
                Way way = Way.values()[Math.floorMod(i + round, rates.length)];
                rates[way.ordinal()] = rate(kind, way == Way.WITHOUT_PLUGIN ? without : with, way.address);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %-8s sealed %s  bypassed %s  without plugin %s%n",
                    kind,
                    round < 0 ? "warm-up" : "round " + (round + 1),
                    rates[0],
                    rates[1],
                    rates[2]);
            if (round >= 0) {
                all.add(rates);
            }
        }
        print(kind, "sealed / bypassed", all, rates -> rates[0].perSecond / rates[1].perSecond);
        print(kind, "sealed / without plugin", all, rates -> rates[0].perSecond / rates[2].perSecond);
        print(kind, "bypassed / without plugin", all, rates -> rates[1].perSecond / rates[2].perSecond);
        print(kind, "broker's us, sealed - bypassed", all, rates -> rates[0].brokerMicros - rates[1].brokerMicros);
        print(kind, "broker's us, bypassed - without", all, rates -> rates[1].brokerMicros - rates[2].brokerMicros);
    }

    private static void print(String kind, String what, List<Rate[]> rounds, ToDoubleFunction<Rate[]> figure) {
        List<Double> figures = new ArrayList<>();
        rounds.forEach(rates -> figures.add(figure.applyAsDouble(rates)));
        Collections.sort(figures);
        System.out.printf(
                Locale.ROOT,
                "%-8s %-32s median %.3f, from %.3f to %.3f%n",
                kind,
                what,
                figures.get(figures.size() / 2),
                figures.get(0),
                figures.get(figures.size() - 1));
    }

    /** From the first send to the last receipt. */
    private Rate rate(String kind, BrokerProcess broker, String address) throws Exception {
        try (LeanClient in = LeanClient.connect(kind, broker.port(), RECEIVER);
                LeanClient out = LeanClient.connect(kind, broker.port(), SENDER)) {
            in.subscribe(address);
            double processor = processorMicros(broker.pid());
            long start = System.nanoTime();
            CompletableFuture<Void> received = CompletableFuture.runAsync(() -> in.receive(messages, bytes));
            out.send(address, messages, bytes);
            received.join();
            long nanos = System.nanoTime() - start;
            return new Rate(messages * 1e9 / nanos, (processorMicros(broker.pid()) - processor) / messages);
        }
    }

    private static double processorMicros(long process) {
        return ProcessHandle.of(process)
                        .flatMap(handle -> handle.info().totalCpuDuration())
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e3;
    }

    private static BrokerProcess broker(Path directory, boolean plugin) throws IOException {
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve(plugin ? "with-plugin" : "without-plugin"))
                .queue("bench.sealed")
                .queue("bench.plain")
                .topic("bench.sealed" + LeanClient.TOPIC)
                .topic("bench.plain" + LeanClient.TOPIC)
                .user(SENDER, PASSWORD, "services")
                .user(RECEIVER, PASSWORD, "services");
        for (String permission : new String[] {
            "send",
            "consume",
            "createNonDurableQueue",
            "deleteNonDurableQueue",
            "createDurableQueue",
            "deleteDurableQueue",
            "createAddress",
            "deleteAddress"
        }) {
            builder.allow("#", permission, "services");
        }
        if (!plugin) {
            return builder.start();
        }
        BrokerProcess broker = builder.library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin("io.dialogsecurity.artemis.DialogSecurityPlugin", Map.of("config", "dialog-security.xml"))
                .create();
        writePolicy(broker.etcDirectory());
        return broker.start();
    }

    private static void writePolicy(Path etc) throws IOException {
        Instant now = Instant.now();
        CertificateAuthority authority =
                CertificateAuthority.root("Benchmark Root", now.minusSeconds(60), now.plus(Duration.ofDays(100)));
        authority.writeCertificate(etc.resolve("root.pem"));
        for (String name : List.of(SENDER, RECEIVER)) {
            var issued = authority.issue(
                    new ServiceName(name), Suite.SUITE_2, now.minusSeconds(60), now.plus(Duration.ofDays(99)));
            issued.writeCertificate(etc.resolve(name + ".pem"));
            issued.writePem(etc.resolve(name + ".key.pem"));
        }
        Files.writeString(etc.resolve("dialog-security.xml"), """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="root.pem"/></trust>
              <identity service="device" key-store="device.key.pem"/>
              <identity service="collector" key-store="collector.key.pem"/>
              <services>
                <service name="device" certificate="device.pem" users="device"/>
                <service name="collector" certificate="collector.pem" users="collector"/>
              </services>
              <suites accept="2"/>
              <addresses default="bypass">
                <address match="bench.sealed.#" action="apply" senders="device" receivers="collector">
                  <seal service="device"/>
                  <open service="collector"/>
                </address>
              </addresses>
            </dialog-security>
            """);
    }
}
