package io.dialogsecurity.vectors;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** The checks of one run, of which one may be left out; remembers what was decided, and how close to a limit. */
final class Checks {

    /** A message that is refused. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final Check check;
        final String code;
        final int layer;

        Refused(Check check, String code, int layer) {
            super(check + ", layer " + layer, null, false, false);
            this.check = check;
            this.code = code;
            this.layer = layer;
        }
    }

    /** That a value stood exactly at a limit of a check, or one beyond it. */
    record Edge(Check check, String where) {}

    private final Check off;
    private final Set<Check> mattered = EnumSet.noneOf(Check.class);
    private final Set<Edge> edges = new HashSet<>();

    /** @param off the check that is left out, or null */
    Checks(Check off) {
        this.off = off;
    }

    /** Refuses if the check does not hold. */
    void require(Check check, boolean holds, int layer) {
        if (!holds) {
            mattered.add(check);
            if (check != off) {
                throw new Refused(check, check.code(), layer);
            }
        }
    }

    /** Refuses what only an opener refuses that does not know the rule. */
    void unlessFollowed(Check rule, boolean strange, int layer) {
        if (strange && !follows(rule)) {
            throw new Refused(rule, rule.code(), layer);
        }
    }

    /** Refuses what is outside the limits, both included. */
    void within(Check check, long value, long min, long max, int layer) {
        atLeast(check, value, min, layer);
        atMost(check, value, max, layer);
    }

    /** Refuses what is below the limit. */
    void atLeast(Check check, long value, long min, int layer) {
        edge(check, "at least", value, min, -1);
        require(check, value >= min, layer);
    }

    /** Refuses what is above the limit. */
    void atMost(Check check, long value, long max, int layer) {
        edge(check, "at most", value, max, 1);
        require(check, value <= max, layer);
    }

    private void edge(Check check, String what, long value, long limit, int beyond) {
        edges.add(new Edge(check, what + " asked"));
        if (value == limit) {
            edges.add(new Edge(check, what));
        } else if (value == limit + beyond) {
            edges.add(new Edge(check, what + " beyond"));
        }
    }

    /** Whether a rule is followed that decides otherwise than by refusing. */
    boolean follows(Check check) {
        mattered.add(check);
        return check != off;
    }

    /** The checks without which this run might have ended otherwise: that did not hold, or that decided something. */
    Set<Check> mattered() {
        return mattered;
    }

    /** The limits that values of this run stood at. */
    Set<Edge> edges() {
        return edges;
    }
}
