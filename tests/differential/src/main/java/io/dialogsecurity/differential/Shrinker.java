package io.dialogsecurity.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Leaves out of a program what is not needed for it to differ. */
final class Shrinker {

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(90);

    private Shrinker() {}

    /** The smallest program found in some time for which the condition holds. */
    static Program shrink(Program program, Predicate<Program> differs) {
        long deadline = System.nanoTime() + MOST_NANOS;
        List<Step> steps = new ArrayList<>(program.steps());
        int chunk = Math.max(1, steps.size() / 2);
        while (true) {
            boolean smaller = false;
            for (int from = 0; from < steps.size(); ) {
                if (System.nanoTime() - deadline > 0) {
                    return program.with(steps);
                }
                List<Step> fewer = new ArrayList<>(steps.subList(0, from));
                fewer.addAll(steps.subList(Math.min(steps.size(), from + chunk), steps.size()));
                if (differs.test(program.with(fewer))) {
                    steps = fewer;
                    smaller = true;
                } else {
                    from += chunk;
                }
            }
            if (chunk > 1) {
                chunk /= 2;
            } else if (!smaller) {
                return program.with(steps);
            }
        }
    }
}
