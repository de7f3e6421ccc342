package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.testkit.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs the same rounds over both brokers, in turns, and keeps what came of them. */
final class Load {

    private static final Duration PREPARE_PATIENCE = Duration.ofSeconds(120);
    private static final Duration ROUND_PATIENCE = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Plan plan;
    private final Screen screen;
    private final List<Application> applications;
    private final int warmUps;
    private final int rounds;
    private final Map<String, Received> received = new LinkedHashMap<>();
    private final Map<String, Long> sent = new LinkedHashMap<>();
    private final Map<Side, List<Double>> rates = new EnumMap<>(Side.class);
    private final Map<Side, Map<Lane, Rate>> laneRates = new EnumMap<>(Side.class);

    /** One receiver's part of one dialog, all rounds together. */
    private static final class Received {
        private long count;
        private long missing;
        private long disordered;
        private long doubled;
        private long altered;

        private boolean flawless() {
            return missing + disordered + doubled + altered == 0;
        }
    }

    /** Of a lane: messages and the time from the first to the last. */
    private static final class Rate {
        private long messages;
        private long nanos;

        private double perSecond() {
            return nanos == 0 ? 0 : messages * 1e9 / nanos;
        }
    }

    /**
     * A load to run.
     *
     * @param warmUps rounds whose rates do not count
     * @param rounds that do
     */
    Load(Plan plan, Screen screen, List<Application> applications, int warmUps, int rounds) {
        this.plan = plan;
        this.warmUps = warmUps;
        this.rounds = rounds;
        this.screen = screen;
        this.applications = applications;
        for (Side side : Side.values()) {
            rates.put(side, new ArrayList<>());
            laneRates.put(side, new EnumMap<>(Lane.class));
        }
    }

    /** Runs, and measures after the warm-ups; which side begins changes from round to round. */
    void run() {
        for (int round = 0; round < warmUps + rounds; round++) {
            List<Side> order =
                    round % 2 == 0 ? List.of(Side.SEALED, Side.UNSEALED) : List.of(Side.UNSEALED, Side.SEALED);
            String title = round < warmUps ? "warm-up" : "round " + (round - warmUps + 1);
            StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-8s", title));
            for (Side side : order) {
                long nanos = run(side, round);
                double rate = messagesPerRound() * 1e9 / nanos;
                if (round >= warmUps) {
                    rates.get(side).add(rate);
                }
                text.append(String.format(
                        Locale.ROOT,
                        "   %-8s %s messages in %s, %s/s",
                        side.title(),
                        Screen.number(messagesPerRound()),
                        Screen.seconds(nanos),
                        Screen.number(Math.round(rate))));
            }
            screen.line(text.toString());
        }
    }

    private long run(Side side, int round) {
        Line prepare = Line.of("prepare").with("side", side).with("round", round);
        applications.forEach(application -> application.tell(prepare));
        applications.forEach(application -> application.await("prepared", PREPARE_PATIENCE));
        long start = System.nanoTime();
        Line go = Line.of("go").with("side", side).with("round", round);
        applications.forEach(application -> application.tell(go));
        List<Application> running = new ArrayList<>(applications);
        List<Line> results = new ArrayList<>();
        long end = start;
        while (!running.isEmpty()) {
            Application first = running.get(0);
            if (first.poll("done", LOOK, results::add) != null) {
                running.remove(first);
            } else if (System.nanoTime() - start > ROUND_PATIENCE.toNanos()) {
                throw new IllegalStateException("round " + round + " does not end at " + first.name());
            }
            long moved = applications.stream().mapToLong(Application::progress).sum();
            screen.progress(String.format(
                    Locale.ROOT,
                    "%d of %d, %s: %s of %s sent and received",
                    round + 1,
                    warmUps + rounds,
                    side.title(),
                    Screen.number(moved),
                    Screen.number(sendsPerRound() + messagesPerRound())));
        }
        for (Line result : results) {
            if (result.is("moved")) {
                end = Math.max(end, start + result.number("nanos"));
            }
        }
        results.forEach(line -> keep(side, line));
        keepRates(side, round, results);
        return end - start;
    }

    private void keep(Side side, Line line) {
        if (line.is("sent")) {
            sent.merge(side + line.text("lane") + line.text("dialog"), line.number("count"), Long::sum);
        } else if (line.is("received")) {
            Received sum = received.computeIfAbsent(
                    side + line.text("lane") + line.text("part") + line.text("at") + line.text("dialog"),
                    key -> new Received());
            sum.count += line.number("count");
            sum.missing += line.number("missing");
            sum.disordered += line.number("disordered");
            sum.doubled += line.number("doubled");
            sum.altered += line.number("altered");
        }
    }

    private void keepRates(Side side, int round, List<Line> results) {
        if (round < warmUps) {
            return;
        }
        for (Lane lane : Lane.values()) {
            List<Line> ofLane = results.stream()
                    .filter(line -> line.is("received") && line.text("lane").equals(lane.name()))
                    .toList();
            Rate rate = laneRates.get(side).computeIfAbsent(lane, key -> new Rate());
            rate.messages +=
                    ofLane.stream().mapToLong(line -> line.number("count")).sum();
            rate.nanos += ofLane.stream()
                    .mapToLong(line -> line.number("nanos"))
                    .max()
                    .orElse(0);
        }
    }

    private long sendsPerRound() {
        long sum = 0;
        for (Lane lane : Lane.values()) {
            sum += plan.messagesOfAllDialogs(lane);
        }
        return sum;
    }

    /** Deliveries: a message to two targets is two, and an answer is one too. */
    private long messagesPerRound() {
        long sum = 0;
        for (Lane lane : Lane.values()) {
            int receivers = lane.to().size() + (lane.shape() == Lane.Shape.REQUEST_REPLY ? 1 : 0);
            sum += (long) plan.messagesOfAllDialogs(lane) * receivers;
        }
        return sum;
    }

    /** Prints every dialog; true if all of both sides arrived, once, unaltered and in order. */
    boolean reportDialogs() {
        Table table = new Table(
                "address",
                "dialog from -> to",
                "shape",
                "client out -> in",
                "documents",
                ">sent",
                ">received",
                "in order");
        boolean all = true;
        for (Lane lane : Lane.values()) {
            for (Service target : lane.to()) {
                for (int dialog = 1; dialog <= lane.dialogs(); dialog++) {
                    all &= row(table, lane, ReceivingFlow.Part.MESSAGES, lane.from(), target, dialog);
                    if (lane.shape() == Lane.Shape.REQUEST_REPLY) {
                        all &= row(table, lane, ReceivingFlow.Part.ANSWERS, target, lane.from(), dialog);
                    }
                }
            }
        }
        table.lines().forEach(screen::line);
        boolean unsealed = received.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(Side.UNSEALED.name()))
                .allMatch(entry -> entry.getValue().flawless());
        screen.verdict(all, "every message of every dialog arrived once, unaltered and in order");
        screen.verdict(unsealed, "and so it did without sealing");
        return all && unsealed;
    }

    private boolean row(Table table, Lane lane, ReceivingFlow.Part part, Service from, Service to, int dialog) {
        boolean answers = part == ReceivingFlow.Part.ANSWERS;
        Service at = answers ? lane.from() : to;
        Received sum = received.getOrDefault(Side.SEALED.name() + lane + part + at + dialog, new Received());
        long sentCount = answers
                ? received.getOrDefault(
                                Side.SEALED.name() + lane + ReceivingFlow.Part.MESSAGES + from + dialog, new Received())
                        .count
                : sent.getOrDefault(Side.SEALED.name() + lane + dialog, 0L);
        boolean good = sum.flawless() && sum.count == sentCount && sentCount > 0;
        table.row(
                answers ? lane.replyAddress() : lane.address(),
                (answers ? "  " : dialog + " ") + from.title() + " -> " + to.title(),
                answers ? "  reply" : lane.shape().title(),
                (answers ? lane.receiving() : lane.sending()).title() + " -> "
                        + (answers ? lane.sending() : lane.receiving()).title(),
                answers ? "" : lane.kind().title(),
                Screen.number(sentCount),
                Screen.number(sum.count),
                good
                        ? "yes"
                        : "NO: missing " + sum.missing + ", disordered " + sum.disordered + ", doubled " + sum.doubled
                                + ", altered " + sum.altered);
        return good;
    }

    /** Prints how fast the sides were; nothing is asserted of it. */
    void reportRates() {
        Table table = new Table("messages/s", ">sealed", ">unsealed", ">ratio");
        for (Lane lane : Lane.values()) {
            rateRow(
                    table,
                    lane.address(),
                    laneRates.get(Side.SEALED).get(lane).perSecond(),
                    laneRates.get(Side.UNSEALED).get(lane).perSecond());
        }
        rateRow(table, "all together", median(Side.SEALED), median(Side.UNSEALED));
        table.lines().forEach(screen::line);
        screen.line("all together: median of the rounds; sealed "
                + rates.get(Side.SEALED).stream()
                        .map(rate -> Screen.number(Math.round(rate)))
                        .collect(Collectors.joining(" "))
                + ", unsealed "
                + rates.get(Side.UNSEALED).stream()
                        .map(rate -> Screen.number(Math.round(rate)))
                        .collect(Collectors.joining(" ")));
    }

    private static void rateRow(Table table, String what, double sealed, double unsealed) {
        table.row(
                what,
                Screen.number(Math.round(sealed)),
                Screen.number(Math.round(unsealed)),
                String.format(Locale.ROOT, "%.2f", sealed / unsealed));
    }

    private double median(Side side) {
        List<Double> sorted = rates.get(side).stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
