package io.dialogsecurity.differential;

import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plays programs on both sides of a lane and judges. Not for use by several threads. */
final class Trial implements AutoCloseable {

    /** How long what does not come is waited for at first: it may be too short, and then everything is done again. */
    private static final long QUICK_MILLIS = 150;

    private static final long SURE_MILLIS = 1_500;
    private static final int SURE_ROUNDS = 3;

    private final Site unsealed;
    private final Site sealed;
    private final Set<Feature> features;

    Trial(World world, Lane lane, Set<Feature> features) {
        this.unsealed = world.unsealed(lane);
        this.sealed = world.sealed(lane);
        this.features = features;
    }

    /** What came of a program. */
    enum Result {
        /** Sealed equals unsealed. */
        EQUAL,
        /** Unsealed does not equal itself, however little is looked at. */
        UNSTABLE,
        /** A difference that does not come each time: something that the program leaves to chance, or a race. */
        DOUBTFUL,
        DIFFERENT
    }

    /**
     * What came of a program.
     *
     * @param view in which it was compared, null when unstable
     * @param report of the differences, or empty
     */
    record Verdict(Result result, Outcome.View view, String report) {}

    Verdict judge(Program program) {
        Outcome first = play(unsealed, program, QUICK_MILLIS);
        Outcome here = play(sealed, program, QUICK_MILLIS);
        Outcome second = play(unsealed, program, QUICK_MILLIS);
        Optional<Outcome.View> view = finest(program, List.of(first, second));
        if (view.isPresent() && here.isAs(first, view.get())) {
            return new Verdict(Result.EQUAL, view.get(), "");
        }
        return judgeSlowly(program);
    }

    private Verdict judgeSlowly(Program program) {
        List<Outcome> there = new ArrayList<>();
        List<Outcome> here = new ArrayList<>();
        for (int i = 0; i < SURE_ROUNDS; i++) {
            there.add(play(unsealed, program, SURE_MILLIS));
            here.add(play(sealed, program, SURE_MILLIS));
        }
        Optional<Outcome.View> found = finest(program, there);
        if (found.isEmpty()) {
            return new Verdict(Result.UNSTABLE, null, "");
        }
        Outcome.View view = found.get();
        List<Outcome> different = here.stream()
                .filter(outcome -> !outcome.isAs(there.get(0), view))
                .toList();
        if (different.isEmpty()) {
            return new Verdict(Result.EQUAL, view, "");
        }
        String report = different.get(0).differences(there.get(0), view);
        return new Verdict(different.size() == SURE_ROUNDS ? Result.DIFFERENT : Result.DOUBTFUL, view, report);
    }

    /** Whether a program, a part of one that differs, differs too. */
    boolean stillDiffers(Program program, Outcome.View view) {
        Outcome there = play(unsealed, program, SURE_MILLIS);
        Outcome here = play(sealed, program, SURE_MILLIS);
        return view.compareTo(Documented.finest(sealed.lane(), there)) >= 0
                && !here.isAs(there, view)
                && play(unsealed, program, SURE_MILLIS).isAs(there, view);
    }

    /** What differs in one more run, and what went to quarantine in it; empty if nothing does. */
    String differences(Program program, Outcome.View view) {
        sealed.quarantined();
        Outcome there = play(unsealed, program, SURE_MILLIS);
        String differences = play(sealed, program, SURE_MILLIS).differences(there, view);
        Map<String, Integer> quarantined = sealed.quarantined();
        return differences.isBlank()
                ? ""
                : differences + (quarantined.isEmpty() ? "" : "    in quarantine: " + quarantined + "\n");
    }

    private Outcome play(Site site, Program program, long nothingMillis) {
        Stage stage = new Stage(site, program, features, nothingMillis);
        try {
            return stage.play();
        } catch (JMSException | RuntimeException | AssertionError e) {
            reset(site);
            return stage.broken(e);
        }
    }

    private static void reset(Site site) {
        try {
            site.close();
        } catch (JMSException gone) {
            // It is the broken connection that was to be got rid of.
            return;
        }
    }

    private Optional<Outcome.View> finest(Program program, List<Outcome> outcomes) {
        for (Outcome.View view : Outcome.View.values()) {
            boolean mayBeChance = view == Outcome.View.EXACT && program.leavesOrderToChance();
            boolean mayDiffer = outcomes.stream()
                    .anyMatch(outcome -> view.compareTo(Documented.finest(sealed.lane(), outcome)) < 0);
            if (!mayBeChance
                    && !mayDiffer
                    && outcomes.stream().allMatch(outcome -> outcome.isAs(outcomes.get(0), view))) {
                return Optional.of(view);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        reset(unsealed);
        reset(sealed);
    }
}
