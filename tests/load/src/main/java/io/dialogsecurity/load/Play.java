package io.dialogsecurity.load;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.testkit.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run from the first client to the verdict. Not for use by several threads. */
final class Play {

    private static final long CUT_EVERY_MILLIS = 250;
    private static final long POLICY_EVERY_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A broker that hands on nothing for so long, with so many applications, stands still. */
    private static final long SILENCE_SECONDS = 20;
    /** What the heap may have more, garbage taken away, from the first look to the last: caches and classes still fill. */
    private static final long GROWTH_BYTES = 48L << 20;

    /** A closed browser may be known until the broker has seen so many consumers go. */
    private static final long BROWSERS_UNSWEPT = 127;

    private final Main.Options options;
    private final Path directory;
    private final BrokerProcess broker;
    private final Policies policies;
    private final Crowd crowd;
    private final Screen screen;
    private final Random random;
    private final Books books;
    private final Table history = new Table(
            ">s",
            ">accepted",
            ">arrivals",
            ">again",
            ">cuts",
            ">kills",
            ">good policies",
            ">wrong",
            ">envelopes seen",
            ">refused",
            ">heap KiB",
            ">threads",
            ">dialogs",
            "connected");

    Play(
            Main.Options options,
            Path directory,
            BrokerProcess broker,
            Policies policies,
            Crowd crowd,
            Screen screen,
            Random random) {
        this.options = options;
        this.directory = directory;
        this.broker = broker;
        this.policies = policies;
        this.crowd = crowd;
        this.screen = screen;
        this.random = random;
        this.books = crowd.books();
    }

    boolean run() throws IOException, InterruptedException {
        Watch watch = new Watch(broker);
        Verdict verdict = new Verdict(screen);
        crowd.start();
        List<Long> heap = new ArrayList<>();
        boolean stuck = trouble(watch, heap);

        screen.section("Nobody sends any more");
        crowd.stopSending();
        policies.writeGood();
        Await.until(
                PATIENCE, "the last policy", () -> watch.text("PolicyProblem").isEmpty());
        boolean drained = !stuck && drained(watch);
        if (!drained) {
            watch.dumpThreads(directory.resolve("threads-not-drained.txt"));
        }
        look(watch, heap);
        List<String> lost = books.outstanding();
        List<String> waiting = watch.waiting(crowd.places());
        crowd.stopReading();
        boolean forgotten = forgotten(watch);
        look(watch, heap);
        watch.dumpHistogram(directory.resolve("histogram-at-the-end.txt"));

        screen.section("As it went");
        history.lines().forEach(screen::line);
        screen.section("Slowest first arrival of a message, milliseconds");
        for (Audience audience : Audience.values()) {
            screen.line(String.format(Locale.ROOT, "%-6s %,d", audience, books.slowestMillis(audience)));
        }
        screen.section("Verdict, seed " + options.seed());
        books.told().forEach(screen::bad);
        verdict.require(lost.isEmpty(), lost.size() + " lost " + some(lost));
        verdict.require(waiting.isEmpty(), waiting.size() + " queues with messages left in them " + some(waiting));
        List<String> conjured = books.conjuredUp();
        verdict.require(
                conjured.isEmpty(), conjured.size() + " taken back and received all the same " + some(conjured));
        verdict.require(books.wrongCount() == 0, books.wrongCount() + " shown wrongly, doubled or taken without right");
        verdict.require(books.troubleCount() == 0, books.troubleCount() + " troubles nobody caused");
        verdict.require(
                books.accepted() > 0 && crowd.envelopes() > 0 && crowd.refusals() > 0, "there was something to see");
        Map<String, Long> refused = watch.numbers("RefusedByReason");
        refused.values().removeIf(count -> count == 0);
        refused.remove("PLAINTEXT_REFUSED"); // what strangers send
        verdict.require(refused.isEmpty(), "refused without reason: " + refused);
        verdict.require(watch.number("QuarantinedCount") == 0, watch.number("QuarantinedCount") + " in quarantine");
        verdict.require(watch.number("HookFailureCount") == 0, watch.number("HookFailureCount") + " failures of hooks");
        verdict.require(!stuck, "the broker never stood still");
        verdict.require(drained, "all was received in the end");
        verdict.require(forgotten, "remembered of those who are gone: " + watch.numbers("ConnectedState"));
        long growth = heap.get(heap.size() - 1) - heap.get(0);
        verdict.require(growth < GROWTH_BYTES, "the heap has grown by " + (growth >> 10) + " KiB");
        List<String> complaints = watch.complaints();
        verdict.require(
                complaints.isEmpty(), complaints.size() + " complaints in the broker's log " + some(complaints));
        screen.section(verdict.isGood() ? screen.coloured(32, "PASSED") : screen.coloured(31, "FAILED"));
        return verdict.isGood();
    }

    private static String some(List<String> lines) {
        return lines.isEmpty()
                ? ""
                : lines.subList(0, Math.min(12, lines.size())).toString();
    }

    /** Cuts, kills and replaces policies as long as the run lasts; true if the broker stood still. */
    private boolean trouble(Watch watch, List<Long> heap) throws IOException {
        long start = System.nanoTime();
        long length = TimeUnit.SECONDS.toNanos(options.seconds());
        int looks = Math.max(3, options.seconds() / 30);
        int kills = Math.max(2, options.seconds() / 15);
        Due cut = new Due(start, TimeUnit.MILLISECONDS.toNanos(CUT_EVERY_MILLIS));
        Due policy = new Due(start, TimeUnit.MILLISECONDS.toNanos(POLICY_EVERY_MILLIS));
        Due kill = new Due(start, length / (kills + 1));
        Due look = new Due(start, length / (looks + 1));
        while (System.nanoTime() - start < length) {
            if (cut.isNow()) {
                crowd.cutOne();
            }
            if (policy.isNow()) {
                policies.writeAny();
            }
            if (kill.isNow()) {
                crowd.killOne();
            }
            if (look.isNow()) {
                look(watch, heap);
            }
            if (watch.isDeadlocked() || books.silenceSeconds() > SILENCE_SECONDS) {
                watch.dumpThreads(directory.resolve("threads-standing-still.txt"));
                return true;
            }
            screen.progress(String.format(
                    Locale.ROOT,
                    "%s: %,d accepted, %,d arrivals",
                    screen.elapsed(),
                    books.accepted(),
                    books.arrivals()));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(50)));
        }
        return false;
    }

    /** What happens every so often. */
    private static final class Due {
        private final long period;
        private long next;

        private Due(long start, long period) {
            this.period = period;
            this.next = start + period;
        }

        private boolean isNow() {
            if (System.nanoTime() - next < 0) {
                return false;
            }
            next += period;
            return true;
        }
    }

    private void look(Watch watch, List<Long> heap) {
        long bytes = watch.heapBytes();
        heap.add(bytes);
        history.row(
                screen.elapsed(),
                books.accepted(),
                books.arrivals(),
                books.repeated(),
                books.cuts(),
                crowd.kills(),
                watch.number("ReloadCount"),
                watch.number("FailedReloadCount"),
                crowd.envelopes(),
                watch.number("RefusedCount"),
                bytes >> 10,
                watch.threads(),
                watch.number("DialogsRemembered"),
                watch.numbers("ConnectedState"));
    }

    private boolean drained(Watch watch) {
        try {
            Await.until(
                    PATIENCE,
                    "readers",
                    () -> books.outstanding().isEmpty()
                            && watch.waiting(crowd.places()).isEmpty());
            return true;
        } catch (AssertionError timeIsUp) {
            screen.bad("not everything was received: " + timeIsUp.getMessage());
            return false;
        }
    }

    private boolean forgotten(Watch watch) {
        try {
            Await.until(
                    PATIENCE,
                    "the broker to forget",
                    () -> watch.numbers("ConnectedState").entrySet().stream()
                            .allMatch(held ->
                                    held.getValue() <= (held.getKey().equals("consumers") ? BROWSERS_UNSWEPT : 0)));
            return true;
        } catch (AssertionError timeIsUp) {
            screen.bad(timeIsUp.getMessage());
            return false;
        }
    }
}
