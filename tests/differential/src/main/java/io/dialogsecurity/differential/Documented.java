package io.dialogsecurity.differential;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Differences that the documents tell of, each with their sentence. They are not compared. */
final class Documented {

    private record Difference(Set<Lane.Place> places, String sentence, Set<String> headers, Set<String> properties) {}

    private static final List<Difference> ALL = List.of(new Difference(
            Set.of(Lane.Place.DECORATOR),
            // What only the provider's own classes tell.
            "Those of AMQP are left out: by them brokers tell clients how a message of AMQP was carried. (AlikeIT)",
            Set.of("content type", "group", "user"),
            Set.of()));

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

    /** The sentences. */
    static List<String> sentences() {
        return ALL.stream().map(Difference::sentence).toList();
    }
}
