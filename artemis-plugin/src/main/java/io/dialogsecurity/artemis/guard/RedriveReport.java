package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What became of messages that were to be driven back. Not thread-safe. */
public final class RedriveReport {

    /** Of more that stay, only the number is told. */
    private static final int MOST_TOLD = 1_000;

    private final List<String> stayed = new ArrayList<>();
    private final Map<Rejection, Long> reasons = new EnumMap<>(Rejection.class);
    private long driven;

    void driven() {
        driven++;
    }

    void stays(long id, Rejected why) {
        reasons.merge(why.reason(), 1L, Long::sum);
        if (stayed.size() < MOST_TOLD) {
            stayed.add("stayed id=" + id + " reason=" + why.reason() + " detail=" + why.detail());
        }
    }

    /** How many have been driven back. */
    public long drivenCount() {
        return driven;
    }

    /** How many stay where they are. */
    public long stayedCount() {
        return reasons.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many stay, by reason. */
    public Map<Rejection, Long> reasons() {
        return Map.copyOf(reasons);
    }

    /** One line with the numbers, and one for each message that stays: id, reason, detail. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(stayed.size() + 1);
        lines.add("redriven=" + driven + " stayed=" + stayedCount());
        lines.addAll(stayed);
        return List.copyOf(lines);
    }
}
