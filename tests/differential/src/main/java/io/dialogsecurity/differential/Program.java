package io.dialogsecurity.differential;

import java.util.List;
import java.util.SortedMap;

/**
 * What applications and an administrator do, one after the other. Immutable.
 *
 * @param seed from which it was made
 * @param queues that are there, by name
 * @param transacted the producers with transactions
 * @param steps what is done
 */
record Program(long seed, SortedMap<String, QueueKind> queues, List<Integer> transacted, List<Step> steps) {

    /** The queue where requests are sent. */
    static final String ASKED = "asked";

    /** The queue of replies. */
    static final String REPLIES = "replies";

    /** Where diverts lead. */
    static final String TARGET = "q9";

    /** Where dead messages go. */
    static final String DEAD = "dead";

    /** Where messages go whose time is up. */
    static final String EXPIRED = "expired";

    Program with(List<Step> others) {
        return new Program(seed, queues, transacted, List.copyOf(others));
    }

    /**
     * Whether the broker delivers by chance: more is sent than consumers fetch at once, or {@link #changesPriorities}.
     */
    boolean leavesOrderToChance() {
        return changesPriorities() || steps.stream().anyMatch(Step.Burst.class::isInstance);
    }

    /**
     * Whether somebody changes the priority of what is queued. The broker changes the message and leaves it where it is: what
     * has its place among others by then keeps it, what has none yet gets that of the new priority.
     */
    boolean changesPriorities() {
        return steps.stream()
                .anyMatch(step ->
                        step instanceof Step.Administer administer && administer.order() == Step.Order.PRIORITY);
    }

    String text() {
        return "program %d: %s%s%n%s"
                .formatted(
                        seed,
                        queues,
                        transacted.isEmpty() ? "" : ", transacted producers " + transacted,
                        Step.text(steps));
    }
}
