package io.dialogsecurity.artemis.management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps one who has the same thing happen again and again from filling a log: of lines that say the same of the same user, only so
 * many are written in a minute, and then how many more there were. Bounded. Thread-safe.
 */
final class RepeatedLines {

    private static final long MINUTE_MILLIS = 60_000;
    private static final int MOST_KINDS = 10_000;

    /** So many lines were not written. */
    record LeftOut(String what, long count) {}

    private static final class Kind {
        private long since;
        private int written;
        private long leftOut;
    }

    private final int perMinute;
    private final Map<String, Kind> kinds = new LinkedHashMap<>(16, 0.75f, true);

    /** @param perMinute how many lines of one kind are written in a minute */
    RepeatedLines(int perMinute) {
        this.perMinute = perMinute;
    }

    /**
     * Whether a line is to be written; if not, it is counted.
     *
     * @param what of which kind it is
     */
    synchronized boolean admits(String what, long nowMillis) {
        Kind kind = kinds.computeIfAbsent(what, any -> new Kind());
        if (kind.leftOut == 0 && nowMillis - kind.since >= MINUTE_MILLIS) {
            kind.since = nowMillis;
            kind.written = 0;
        }
        if (kind.written < perMinute) {
            kind.written++;
            return true;
        }
        kind.leftOut++;
        return false;
    }

    /** What was left out in minutes that are over, or of which there are too many kinds; told once. */
    synchronized List<LeftOut> takeLeftOut(long nowMillis) {
        List<LeftOut> told = new ArrayList<>();
        kinds.entrySet().removeIf(entry -> {
            Kind kind = entry.getValue();
            boolean over = nowMillis - kind.since >= MINUTE_MILLIS || kinds.size() > MOST_KINDS;
            if (over && kind.leftOut > 0) {
                told.add(new LeftOut(entry.getKey(), kind.leftOut));
            }
            return over;
        });
        return told;
    }
}
