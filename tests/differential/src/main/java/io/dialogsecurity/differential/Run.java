package io.dialogsecurity.differential;

import io.dialogsecurity.testkit.Screen;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** All programs of all lanes, each lane in a thread of its own, and what came of them. */
final class Run {

    /** After so many differences of a lane the others would tell nothing new. */
    private static final int ENOUGH = 4;

    private final Main.Options options;
    private final World world;
    private final Screen screen;
    private final AtomicBoolean good = new AtomicBoolean(true);

    Run(Main.Options options, World world, Screen screen) {
        this.options = options;
        this.world = world;
        this.screen = screen;
    }

    /** True if sealed equals unsealed everywhere. */
    boolean judgeAll() throws InterruptedException {
        Map<Lane, Thread> threads = new EnumMap<>(Lane.class);
        for (Lane lane : options.lanes()) {
            Thread thread = new Thread(() -> judge(lane), "lane " + lane.text());
            thread.setUncaughtExceptionHandler((failed, e) -> {
                good.set(false);
                screen.bad(failed.getName() + " broke off: " + e);
            });
            threads.put(lane, thread);
            thread.start();
        }
        for (Thread thread : threads.values()) {
            thread.join();
        }
        screen.line((good.get() ? "PASSED" : "FAILED") + " in " + screen.elapsed() + "; documented differences: "
                + Documented.sentences());
        return good.get();
    }

    private void judge(Lane lane) {
        Map<Trial.Result, Integer> results = new EnumMap<>(Trial.Result.class);
        Map<Outcome.View, Integer> views = new EnumMap<>(Outcome.View.class);
        Set<Feature> features = options.features().apply(lane);
        try (Trial trial = new Trial(world, lane, features)) {
            for (int i = 0; i < options.programs(); i++) {
                Program program = Writer.write(options.seed() + i, features);
                Trial.Verdict verdict = trial.judge(program);
                results.merge(tell(lane, trial, program, verdict), 1, Integer::sum);
                if (verdict.view() != null) {
                    views.merge(verdict.view(), 1, Integer::sum);
                }
                if (results.getOrDefault(Trial.Result.DIFFERENT, 0) >= ENOUGH) {
                    screen.line(lane + ": left off after program " + (i + 1));
                    break;
                }
                screen.progress(lane + ": " + (i + 1) + " of " + options.programs());
            }
        }
        screen.verdict(
                !results.containsKey(Trial.Result.DIFFERENT),
                lane + ", " + Feature.text(features) + ": " + results + ", compared as " + views + ", "
                        + screen.elapsed());
    }

    /** Tells of a difference. Returns what counts: one that is gone when it is looked at closely is doubtful. */
    private Trial.Result tell(Lane lane, Trial trial, Program program, Trial.Verdict verdict) {
        if (verdict.result() == Trial.Result.DIFFERENT) {
            Program small = Shrinker.shrink(program, fewer -> trial.stillDiffers(fewer, verdict.view()));
            String differences = trial.differences(small, verdict.view());
            if (!differences.isEmpty()) {
                good.set(false);
                screen.bad(lane + ": sealed differs from unsealed, compared as " + verdict.view() + "; again: "
                        + options.repeat(lane, program.seed()) + "\n" + small.text() + differences);
                return Trial.Result.DIFFERENT;
            }
        }
        if (verdict.result() == Trial.Result.DIFFERENT || verdict.result() == Trial.Result.DOUBTFUL) {
            screen.line(lane + ": program " + program.seed() + " differed, but not each time: "
                    + options.repeat(lane, program.seed()) + "\n" + verdict.report());
            return Trial.Result.DOUBTFUL;
        }
        return verdict.result();
    }
}
