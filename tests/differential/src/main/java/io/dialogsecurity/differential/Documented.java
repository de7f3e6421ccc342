package io.dialogsecurity.differential;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Differences that the documents tell of, each with their sentence. They are not compared. */
final class Documented {

    private record Difference(Set<Lane.Place> places, String sentence, Set<String> headers, Set<String> properties) {}

    private static final List<Difference> ALL = List.of(
            new Difference(
                    Set.of(Lane.Place.DECORATOR),
                    // What only the provider's own classes tell.
                    "Those of AMQP are left out: by them brokers tell clients how a message of AMQP was carried. (AlikeIT)",
                    Set.of("content type", "group", "user"),
                    Set.of()),
            new Difference(
                    Set.of(Lane.Place.DECORATOR),
                    "_AMQ_LARGE_SIZE is the size of what is stored: of the envelope. (README)",
                    Set.of(),
                    Set.of("_AMQ_LARGE_SIZE")));

    private static final String COPIES_THAT_MEET =
            "Copies of one message that meet at one address, from two subscriptions or a divert and its origin, are one"
                    + " message there for a client. (THREAT-MODEL 7)";

    private Documented() {}

    /** Removes them from what an application was told, on both sides. */
    static void leaveOut(Lane lane, Map<String, Object> headers, Map<String, Object> properties) {
        for (Difference difference : ALL) {
            if (difference.places().contains(lane.place())) {
                headers.keySet().removeAll(difference.headers());
                properties.keySet().removeAll(difference.properties());
            }
        }
    }

    /** How closely sealed can be as unsealed was. */
    static Outcome.View finest(Lane lane, Outcome unsealed) {
        boolean once = unsealed.haveCopiesMet() && lane.place() != Lane.Place.BROKER;
        return once ? Outcome.View.LEAST : Outcome.View.EXACT;
    }

    /** The sentences. */
    static List<String> sentences() {
        return Stream.concat(ALL.stream().map(Difference::sentence), Stream.of(COPIES_THAT_MEET))
                .toList();
    }
}
