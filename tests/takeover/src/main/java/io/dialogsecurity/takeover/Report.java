package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.testkit.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Says what has come of the rounds. */
final class Report {

    private static final int MOST_REASONS = 5;

    private final Screen screen;

    Report(Screen screen) {
        this.screen = screen;
    }

    /** Of one round, as soon as it is over. */
    void round(Kill kill) {
        Books.Tally tally = kill.tally();
        String text = String.format(
                Locale.ROOT,
                "%3d  %-27s %5d sent  %d lost  %d doubled  %d reordered  %d refused  %d readable  gap %.0f ms (unsealed %.0f)",
                kill.round(),
                kill.who(),
                tally.sent(),
                tally.lost(),
                tally.doubled(),
                tally.reordered(),
                kill.refusals().size(),
                kill.readable().size(),
                median(gaps(List.of(kill), Side.SEALED)),
                median(gaps(List.of(kill), Side.UNSEALED)));
        if (kill.good()) {
            screen.line(text);
        } else {
            screen.bad(text);
            kill.refusals().stream().limit(MOST_REASONS).forEach(line -> screen.line("       " + line));
            kill.readable().stream().limit(MOST_REASONS).forEach(line -> screen.line("       readable: " + line));
        }
    }

    /** All rounds. */
    void table(List<Kill> kills) {
        Table table = new Table(
                ">",
                "killed",
                ">sent",
                ">received",
                ">lost",
                ">doubled",
                ">reordered",
                ">refused",
                ">redelivered",
                ">gap ms: median",
                ">worst",
                ">unsealed: median",
                ">worst",
                ">sign/wrap/verify/unwrap",
                ">guard verifies",
                ">readable");
        for (Kill kill : kills) {
            Books.Tally tally = kill.tally();
            List<Double> sealed = gaps(List.of(kill), Side.SEALED);
            List<Double> unsealed = gaps(List.of(kill), Side.UNSEALED);
            table.row(
                    kill.round(),
                    kill.who(),
                    tally.sent(),
                    tally.received(),
                    tally.lost(),
                    tally.doubled(),
                    tally.reordered(),
                    kill.refusals().size(),
                    tally.redelivered(),
                    millis(median(sealed)),
                    millis(worst(sealed)),
                    millis(median(unsealed)),
                    millis(worst(unsealed)),
                    kill.endpoints(),
                    kill.guard(),
                    kill.readable().size());
        }
        table.lines().forEach(screen::line);
    }

    /** Sealed beside unsealed, by what was killed; at the end the median of what each kill did to each flow's two lanes. */
    void gaps(List<Kill> kills) {
        Table table = new Table(
                "killed",
                ">kills",
                ">sealed: median ms",
                ">worst",
                ">unsealed: median ms",
                ">worst",
                ">sealed / unsealed",
                ">flow by flow");
        for (Victim victim : Victim.values()) {
            List<Kill> those =
                    kills.stream().filter(kill -> kill.victim() == victim).toList();
            if (!those.isEmpty()) {
                gapRow(table, victim.title(), those);
            }
        }
        gapRow(table, "all", kills);
        table.lines().forEach(screen::line);
    }

    private static void gapRow(Table table, String title, List<Kill> kills) {
        List<Double> sealed = gaps(kills, Side.SEALED);
        List<Double> unsealed = gaps(kills, Side.UNSEALED);
        table.row(
                title,
                kills.size(),
                millis(median(sealed)),
                millis(worst(sealed)),
                millis(median(unsealed)),
                millis(worst(unsealed)),
                ratio(median(sealed) / median(unsealed)),
                ratio(median(ratios(kills))));
    }

    private static List<Double> ratios(List<Kill> kills) {
        List<Double> ratios = new ArrayList<>();
        for (Kill kill : kills) {
            kill.gapMillis().forEach((lane, gap) -> {
                if (lane.side() == Side.SEALED) {
                    ratios.add(gap / kill.gapMillis().get(lane.twin()));
                }
            });
        }
        return ratios;
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** The most after one kill, by what was killed; the guards have two service pairs to verify, each endpoint one. */
    void operations(List<Kill> kills) {
        Table table = new Table(
                "killed",
                ">kills",
                ">most signatures",
                ">wraps",
                ">verifications",
                ">unwraps",
                ">verifications of the guard");
        for (Victim victim : Victim.values()) {
            List<Kill> those =
                    kills.stream().filter(kill -> kill.victim() == victim).toList();
            if (!those.isEmpty()) {
                table.row(
                        victim.title(),
                        those.size(),
                        most(those, kill -> kill.endpoints().signatures()),
                        most(those, kill -> kill.endpoints().wraps()),
                        most(those, kill -> kill.endpoints().verifications()),
                        most(those, kill -> kill.endpoints().unwraps()),
                        most(those, Kill::guard));
            }
        }
        table.lines().forEach(screen::line);
    }

    private static long most(List<Kill> kills, ToLongFunction<Kill> count) {
        return kills.stream().mapToLong(count).max().orElse(0);
    }

    /** What came of each lane. */
    void lanes(Books books) {
        Table table = new Table(
                "lane",
                "from",
                "to",
                ">sent",
                ">received",
                ">lost",
                ">doubled",
                ">reordered",
                ">redelivered",
                ">refused");
        for (Lane lane : Lane.all()) {
            Books.Tally tally = books.tally(lane);
            Flow flow = lane.flow();
            table.row(
                    lane,
                    flow.from().title() + ", " + flow.sending(),
                    flow.to().title() + ", " + flow.receiving()
                            + (flow.transaction() > 1 ? ", transactions of " + flow.transaction() : ""),
                    tally.sent(),
                    tally.received(),
                    tally.lost(),
                    tally.doubled(),
                    tally.reordered(),
                    tally.redelivered(),
                    tally.refused());
        }
        table.lines().forEach(screen::line);
    }

    private static List<Double> gaps(Collection<Kill> kills, Side side) {
        List<Double> gaps = new ArrayList<>();
        for (Kill kill : kills) {
            kill.gapMillis().forEach((lane, gap) -> {
                if (lane.side() == side) {
                    gaps.add(gap);
                }
            });
        }
        return gaps;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().collect(Collectors.toList());
        int middle = sorted.size() / 2;
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double worst(List<Double> values) {
        return values.stream().mapToDouble(value -> value).max().orElse(Double.NaN);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.0f", millis);
    }
}
