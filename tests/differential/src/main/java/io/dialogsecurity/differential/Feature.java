package io.dialogsecurity.differential;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
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
    /** One message that is held back while thousands pass it. */
    HELD_BACK;

    /** Of names with commas between, {@code all}, {@code ready} or {@code none}. */
    static Set<Feature> parse(String text) {
        if (text.equals("ready")) {
            return ready();
        }
        if (text.equals("all")) {
            return EnumSet.allOf(Feature.class);
        }
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (!text.equals("none")) {
            for (String name : text.split(",")) {
                features.add(valueOf(name.trim().toUpperCase(Locale.ROOT).replace('-', '_')));
            }
        }
        return features;
    }

    /** Those in which sealed equals unsealed already. */
    static Set<Feature> ready() {
        return EnumSet.noneOf(Feature.class);
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
