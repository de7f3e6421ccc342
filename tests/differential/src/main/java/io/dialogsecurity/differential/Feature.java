package io.dialogsecurity.differential;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What programs may do beyond sending, receiving and giving back. */
enum Feature {
    /** An administrator moves messages to other queues. */
    MOVES,
    /** Messages die, expire, and are taken from where they go then. */
    GRAVES,
    /** Queues that keep the newest message of each key. */
    LAST_VALUES,
    /** Queues that give what they have to everybody. */
    NON_DESTRUCTIVE,
    /** Copies and detours that the broker makes. */
    DIVERTS,
    /** An administrator changes the priority of what is queued. */
    PRIORITIES,
    /** What the broker has moved once it moves once more: copies that expire, dead letters of what an administrator has moved. */
    MOVED_AGAIN,
    /** One message that is held back while thousands pass it. */
    HELD_BACK,
    /** Queues that hold only so many, are filtered, paged, emptied when nobody reads them, or for one reader. */
    LIMITS,
    /** Messages that the broker stores in files of their own. */
    LARGE;

    /** Of names with commas between, {@code all} or {@code none}. A lane leaves out what it does not do. */
    static Function<Lane, Set<Feature>> parse(String text) {
        Set<Feature> features = text.equals("all") ? EnumSet.allOf(Feature.class) : EnumSet.noneOf(Feature.class);
        if (!text.equals("all") && !text.equals("none")) {
            for (String name : text.split(",")) {
                features.add(valueOf(name.trim().toUpperCase(Locale.ROOT).replace('-', '_')));
            }
        }
        return lane -> features.stream()
                .filter(lane::does)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Feature.class)));
    }

    /** As {@link #parse} understands it. */
    static String text(Set<Feature> features) {
        if (features.size() == values().length) {
            return "all";
        }
        return features.isEmpty()
                ? "none"
                : features.stream()
                        .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.joining(","));
    }
}
