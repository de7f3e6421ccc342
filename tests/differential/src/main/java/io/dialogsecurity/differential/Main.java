package io.dialogsecurity.differential;

import io.dialogsecurity.testkit.ArtemisDistribution;
import io.dialogsecurity.testkit.Screen;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The differential run. It ends with an exit code other than 0 if applications got something else sealed than unsealed. */
public final class Main {

    private Main() {}

    /**
     * What the run is to be like.
     *
     * @param programs in each lane
     * @param seed of the first program; those of the others follow
     * @param lanes that are run
     * @param features of the programs of each lane
     */
    record Options(int programs, long seed, Set<Lane> lanes, Function<Lane, Set<Feature>> features) {

        /** The command that runs one program again. */
        String repeat(Lane lane, long program) {
            return "./mvnw -Pdifferential -Dprograms=1 -Dseed=%d -Dlanes=%s -Dfeatures=%s"
                    .formatted(program, lane.text(), Feature.text(features.apply(lane)));
        }
    }

    /** Options: {@code --programs=2000}, {@code --seed=random}, {@code --lanes=all}, {@code --features=all}. */
    public static void main(String[] arguments) throws Exception {
        int programs = 2_000;
        long seed = System.nanoTime() & 0xffff_ffffL;
        Set<Lane> lanes = Lane.parse("all");
        Function<Lane, Set<Feature>> features = Feature.parse("all");
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("--programs=")) {
                programs = Integer.parseInt(value);
            } else if (argument.startsWith("--seed=")) {
                seed = value.equals("random") ? seed : Long.parseLong(value);
            } else if (argument.startsWith("--lanes=")) {
                lanes = Lane.parse(value);
            } else if (argument.startsWith("--features=")) {
                features = Feature.parse(value);
            } else {
                System.err.println(
                        "not understood: " + argument + "; options are --programs= --seed= --lanes= --features=");
                System.exit(2);
            }
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Screen screen = new Screen(out, Screen.isTerminal());
        Path directory = Path.of(System.getProperty("differential.directory", "target/differential"))
                .toAbsolutePath();
        try {
            System.exit(run(new Options(programs, seed, lanes, features), directory, screen) ? 0 : 1);
        } catch (RuntimeException | AssertionError e) {
            screen.bad("the harness itself failed: " + e);
            throw e;
        }
    }

    /** True if sealed equals unsealed. */
    static boolean run(Options options, Path directory, Screen screen) throws IOException, InterruptedException {
        screen.line(screen.bold("Sealed equals unsealed on Apache Artemis " + ArtemisDistribution.VERSION)
                + String.format(
                        Locale.ROOT,
                        ": %s programs from seed %d in each of the lanes %s, Java %s, %d processors",
                        Screen.number(options.programs()),
                        options.seed(),
                        options.lanes(),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().availableProcessors()));
        clear(directory);
        try (World world = World.start(directory.resolve("world"))) {
            return new Run(options, world, screen).judgeAll();
        }
    }

    /** Removes what an earlier run left, and nothing else. */
    private static void clear(Path directory) throws IOException {
        Path world = directory.resolve("world");
        if (Files.exists(world)) {
            try (Stream<Path> tree = Files.walk(world)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
    }
}
