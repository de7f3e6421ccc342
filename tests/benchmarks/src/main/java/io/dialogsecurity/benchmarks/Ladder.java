package io.dialogsecurity.benchmarks;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Climbs from the bare cipher to whole dialogs and prints, as Markdown, how much of the bare cipher's speed is left on
 * each rung: the time of the bare operation over ours, 1.00 being no cost at all.
 *
 * <pre>{@code
 * ./mvnw -pl tests/benchmarks -am package -DskipTests
 * java -cp tests/benchmarks/target/benchmarks.jar io.dialogsecurity.benchmarks.Ladder [rounds]
 * }</pre>
 *
 * <p>In every round the bare cipher and each rung run one after the other, each in a process of its own that was primed
 * on exactly what it measures. Time is processor time of the measuring thread, because machines are shared. A process is
 * stood for by the lower quartile of its many short iterations, because whatever else goes on only ever adds; a rung by
 * the median of its rounds' ratios.
 *
 * <p>Messages are sealed into and opened into arrays that are used again, except "in new arrays".
 */
public final class Ladder {

    static final String COMMAND = "java -cp tests/benchmarks/target/benchmarks.jar io.dialogsecurity.benchmarks.Ladder";

    private static final int[] SIZES = {100, 1024, 16384, 1048576};
    private static final String[] SIZE_NAMES = {"100 B", "1 KiB", "16 KiB", "1 MiB"};
    private static final double[] BUDGET_17 = {0.70, 0.75, 0.93, 0.95};
    private static final double[] BUDGET_25 = {0.80, 0.85, 0.93, 0.95};
    private static final double[] AIM = {0.85, 0.92, 0.97, 0.99};

    /** A benchmark, and the bare one it is compared with. */
    private record Rung(String name, String benchmark, String bare) {}

    private static final List<String> BARE =
            List.of("BareCipher.both", "BareCipher.sealed", "BareCipher.opened", "BareCiphers.alternating");

    private static final List<Rung> RUNGS = List.of(
            new Rung("bare, with 48 bytes of associated data", "BareCipher.bothWithAssociatedData", "BareCipher.both"),
            new Rung("sealed", "WarmDialog.sealed", "BareCipher.sealed"),
            new Rung("opened", "WarmDialog.opened", "BareCipher.opened"),
            new Rung("**both: sealed and opened**", "WarmDialog.both", "BareCipher.both"),
            new Rung("both, in new arrays", "WarmDialog.bothInNewArrays", "BareCipher.both"),
            new Rung("a reply, both", "WarmDialog.reply", "BareCipher.both"),
            new Rung("1,000 dialogs alternating, both", "ManyDialogs.alternating", "BareCipher.both"),
            new Rung(
                    "the same, to 1,000 bare ciphers alternating",
                    "ManyDialogs.alternating",
                    "BareCiphers.alternating"));

    /** What one process measured: nanoseconds and bytes allocated, per operation. */
    private record Measured(double nanos, double bytes) {}

    private final int rounds;
    private final Map<String, List<Measured>> measured = new LinkedHashMap<>();

    private Ladder(int rounds) {
        this.rounds = rounds;
    }

    public static void main(String[] args) throws RunnerException {
        new Ladder(args.length == 0 ? 3 : Integer.parseInt(args[0])).climb();
    }

    private void climb() throws RunnerException {
        for (int round = 1; round <= rounds; round++) {
            for (int size : SIZES) {
                progress("round " + round + " of " + rounds + ", " + size + " bytes");
                for (String bare : BARE) {
                    measure(bare, size, null);
                }
                for (String benchmark :
                        RUNGS.stream().map(Rung::benchmark).distinct().toList()) {
                    measure(benchmark, size, null);
                }
            }
            for (String suite : List.of("SUITE_1", "SUITE_2")) {
                progress("round " + round + " of " + rounds + ", " + suite);
                measure("ColdStart.coldPair", 1024, suite);
                measure("ColdStart.newDialog", 1024, suite);
            }
        }
        print();
    }

    private void measure(String benchmark, int size, String suite) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + benchmark.replace(".", "\\.") + "$")
                .param("size", Integer.toString(size))
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(200))
                .measurementIterations(20)
                .measurementTime(TimeValue.milliseconds(50))
                // A busy machine starves the compiler, which then must not be left to the background.
                .jvmArgsAppend("-Xbatch")
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .verbosity(VerboseMode.SILENT);
        if (suite != null) {
            options.param("suite", suite);
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            double[] times = result.getBenchmarkResults().iterator().next().getIterationResults().stream()
                    .mapToDouble(Ladder::nanos)
                    .toArray();
            double bytes =
                    result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
            measured.computeIfAbsent(key(benchmark, size, suite), ignored -> new ArrayList<>())
                    .add(new Measured(lowerQuartile(times), bytes));
        }
    }

    private static double nanos(IterationResult iteration) {
        return iteration.getSecondaryResults().get(CpuTime.NAME).getScore();
    }

    private static String key(String benchmark, int size, String suite) {
        return benchmark + " " + size + " " + suite;
    }

    private static double lowerQuartile(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 4];
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double ratio(String bare, String ours, int size) {
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            ratios[round] = measured.get(key(bare, size, null)).get(round).nanos()
                    / measured.get(key(ours, size, null)).get(round).nanos();
        }
        return median(ratios);
    }

    private double nanos(String benchmark, int size, String suite) {
        return median(measured.get(key(benchmark, size, suite)).stream()
                .mapToDouble(Measured::nanos)
                .toArray());
    }

    private double bytes(String benchmark, int size, String suite) {
        return median(measured.get(key(benchmark, size, suite)).stream()
                .mapToDouble(Measured::bytes)
                .toArray());
    }

    private void print() {
        int java = Runtime.version().feature();
        line(
                "Java %s, %s, %d rounds: `%s %d`",
                Runtime.version(), System.getProperty("os.arch"), rounds, COMMAND, rounds);
        line("");
        line("| ratio to bare AES-256-GCM | %s |", String.join(" | ", SIZE_NAMES));
        line("|---|---|---|---|---|");
        for (Rung rung : RUNGS) {
            row(rung.name(), "%.2f", size -> ratio(rung.bare(), rung.benchmark(), size));
        }
        budget("at least (both)", java >= 25 ? BUDGET_25 : BUDGET_17);
        budget("aim for (both)", AIM);
        line("");
        line("| nanoseconds per operation | %s |", String.join(" | ", SIZE_NAMES));
        line("|---|---|---|---|---|");
        row("bare, both", "%,.0f", size -> nanos("BareCipher.both", size, null));
        row("1,000 bare ciphers alternating", "%,.0f", size -> nanos("BareCiphers.alternating", size, null));
        for (Rung rung : RUNGS.subList(0, RUNGS.size() - 1)) {
            row(rung.name(), "%,.0f", size -> nanos(rung.benchmark(), size, null));
        }
        line("");
        line("| bytes allocated per operation | %s |", String.join(" | ", SIZE_NAMES));
        line("|---|---|---|---|---|");
        row("bare, both", "%,.0f", size -> bytes("BareCipher.both", size, null));
        for (Rung rung : RUNGS.subList(0, RUNGS.size() - 1)) {
            row(rung.name(), "%,.0f", size -> bytes(rung.benchmark(), size, null));
        }
        row(
                "both, in new arrays, without those (at most 2,500)",
                "%,.0f",
                size -> bytes("WarmDialog.bothInNewArrays", size, null) - arrayBytes(size) - envelopeBytes(size));
        line("");
        line(
                "| first message of a dialog, 1 KiB, sealed and opened | suite 1 (RSA-3072) | suite 2 (X25519, Ed25519) |");
        line("|---|---|---|");
        for (String benchmark : List.of("coldPair", "newDialog")) {
            line(
                    "| %s | %,.0f µs | %,.0f µs |",
                    benchmark.equals("coldPair") ? "of a pair that never met" : "of a warm pair",
                    nanos("ColdStart." + benchmark, 1024, "SUITE_1") / 1000,
                    nanos("ColdStart." + benchmark, 1024, "SUITE_2") / 1000);
        }
    }

    private static long envelopeBytes(int size) {
        Services services = new Services(Suite.SUITE_2);
        MessageContent content = MessageContent.bytes(new byte[size]);
        try (DialogSealer sealer = services.initiator.begin(Services.TARGETS)) {
            return arrayBytes(sealer.seal(content, Services.ADDRESS).length);
        }
    }

    private static long arrayBytes(int length) {
        return (16L + length + 7) / 8 * 8;
    }

    private interface Value {
        double of(int size);
    }

    private static void row(String name, String format, Value value) {
        StringBuilder row = new StringBuilder("| ").append(name).append(" |");
        for (int size : SIZES) {
            row.append(' ')
                    .append(String.format(Locale.ROOT, format, value.of(size)))
                    .append(" |");
        }
        line("%s", row);
    }

    private static void budget(String name, double[] budget) {
        StringBuilder row = new StringBuilder("| ").append(name).append(" |");
        for (double each : budget) {
            row.append(String.format(Locale.ROOT, " %.2f |", each));
        }
        line("%s", row);
    }

    private static void line(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** On the other stream, so that the table can be piped. */
    private static void progress(String what) {
        System.err.println(what);
    }
}
