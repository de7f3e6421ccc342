package io.dialogsecurity.takeover;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.takeover.Ledger.Entry;
import io.dialogsecurity.testkit.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The process of an instance. It sends and receives from its start until it is told to stop, or killed, goes on from what
 * the ledgers in its directory say, and tells four times a second what its endpoint has computed.
 */
public final class Participant {

    /** How often it tells. */
    static final long STATUS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Plan plan;
    private final Part part;
    private final String instance;
    private final PrintStream out;
    private final List<Sender> senders = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();

    private Participant(Plan plan, Part part, String instance, PrintStream out) {
        this.plan = plan;
        this.part = part;
        this.instance = instance;
        this.out = out;
    }

    /** Arguments: the part, the instance, then those of a {@link Plan}. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Plan plan = Plan.fromArguments(Arrays.copyOfRange(arguments, 2, arguments.length));
        new Participant(plan, Part.valueOf(arguments[0]), arguments[1], out).run();
    }

    private void run() throws IOException {
        Path home = Plan.home(plan.directory(), instance);
        Map<Lane, Integer> lastSent = lastSent(home);
        Ledger ledger = Ledger.beginIn(home);
        Troubles troubles = new Troubles(this::tell);
        Connections connections = new Connections(plan, part, instance);
        for (Lane lane : Lane.all()) {
            if (lane.flow().from() == part && lane.flow().answered() == null) {
                Sender sender = new Sender(connections, plan, lane, lastSent.getOrDefault(lane, 0), ledger, troubles);
                senders.add(sender);
                start(sender, lane + "-sender");
            }
            if (lane.flow().to() == part) {
                Receiver receiver = new Receiver(connections, lane, ledger, troubles);
                receivers.add(receiver);
                start(receiver, lane + "-receiver");
            }
        }
        tell(Line.of("goes-on").with("from", lastSent));
        start(() -> tellStatus(connections), "status");
        obey();
    }

    private void start(Runnable what, String name) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((failed, e) -> {
            tell(Line.of("failed").with("thread", failed.getName()).with("what", String.valueOf(e)));
            e.printStackTrace(out);
        });
        thread.start();
    }

    /** A sender's numbers are certain up to some number, and uncertain from there. */
    private static Map<Lane, Integer> lastSent(Path home) throws IOException {
        Map<Lane, Integer> last = new HashMap<>();
        for (Path file : Ledger.files(home)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(Ledger.Record::parse)
                    .filter(record -> record.entry() == Entry.SENT)
                    .forEach(record -> last.merge(record.lane(), record.number(), Math::max));
        }
        return last;
    }

    /** Until the standard input ends. */
    private void obey() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = commands.readLine(); text != null; text = commands.readLine()) {
            if (!Line.parse(text).orElseThrow().is("stop-sending")) {
                throw new IOException("not understood: " + text);
            }
            senders.forEach(Sender::stop);
            while (!senders.stream().allMatch(Sender::hasStopped)) {
                LockSupport.parkNanos(STATUS_NANOS);
            }
            tell(Line.of("stopped-sending"));
        }
        receivers.forEach(Receiver::stop);
    }

    private void tellStatus(Connections connections) {
        ClientEndpoint endpoint = ClientEndpoint.shared(connections.configuration());
        while (true) {
            CryptoCounters.Snapshot operations = endpoint.cryptoCounters();
            tell(Line.of("status")
                    .with("signatures", operations.signatures())
                    .with("verifications", operations.verifications())
                    .with("wraps", operations.publicKeyWraps())
                    .with("unwraps", operations.publicKeyUnwraps())
                    .with("duplicates", endpoint.counters().duplicates()));
            LockSupport.parkNanos(STATUS_NANOS);
        }
    }

    private void tell(Line line) {
        out.println(line);
    }
}
