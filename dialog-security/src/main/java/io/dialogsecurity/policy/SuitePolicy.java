package io.dialogsecurity.policy;

import io.dialogsecurity.crypto.Suite;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which suites are good enough. Nothing outside of {@code accepted} is ever sealed with or opened.
 *
 * @param accepted at least one
 * @param preferred one of the accepted: the one to seal with where sender and receivers can
 */
public record SuitePolicy(Set<Suite> accepted, Suite preferred) {
    /** What holds without a {@code <suites>} element. */
    public static final SuitePolicy DEFAULTS = new SuitePolicy(EnumSet.of(Suite.SUITE_1, Suite.SUITE_2), Suite.SUITE_1);

    /** @throws IllegalArgumentException if nothing is accepted, or the preferred one is not */
    public SuitePolicy {
        if (!accepted.contains(preferred)) {
            throw new IllegalArgumentException("the preferred suite must be an accepted one");
        }
        accepted = Collections.unmodifiableSet(EnumSet.copyOf(accepted));
    }

    /** Whether an envelope of this suite may be opened. */
    public boolean accepts(Suite suite) {
        return accepted.contains(suite);
    }
}
