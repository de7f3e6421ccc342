package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Routing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Every message, what became of it at every place it had to come to, and what went wrong.
 *
 * <ul>
 *   <li>Lost: its sender was told that the broker has it, and at one of its places nobody came as far as acknowledging it.
 *   <li>Doubled: two readers of one place both know for sure that nobody gets it again.
 *   <li>Conjured up: it arrived, and its sender took it back, or nobody sent it.
 * </ul>
 *
 * <p>That a message comes again because a reader was cut off is as it should be, and is counted. Safe for use by several
 * threads.
 */
final class Books implements Ledger {

    private static final int MOST_TOLD = 20;

    private enum Fate {
        SENDING,
        ACCEPTED,
        /** The line was cut before the answer. */
        UNCERTAIN,
        TAKEN_BACK
    }

    private static final class Entry {
        private final Routing routing;
        private final long sentNanos = System.nanoTime();
        private volatile Fate fate = Fate.SENDING;
        private final Map<Place, Stage> stages = new ConcurrentHashMap<>();

        private Entry(Routing routing) {
            this.routing = routing;
        }
    }

    private static final class Stage {
        private final AtomicLong arrivals = new AtomicLong();
        private volatile boolean acknowledging;
        private final AtomicLong settled = new AtomicLong();
    }

    private final List<Place> places;
    private final Map<Note, Entry> entries = new ConcurrentHashMap<>();
    private final LongAdder arrivals = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder cuts = new LongAdder();
    private final AtomicLong lastArrivalNanos = new AtomicLong(System.nanoTime());
    private final Map<Audience, AtomicLong> slowestNanos = new ConcurrentHashMap<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final List<String> wrongs = new CopyOnWriteArrayList<>();

    /** @param places all that messages have to come to */
    Books(Collection<Place> places) {
        this.places = List.copyOf(places);
    }

    // --- Told by senders

    void sending(Note note, Routing routing) {
        entries.put(note, new Entry(routing));
    }

    void accepted(Note note) {
        entries.get(note).fate = Fate.ACCEPTED;
    }

    void uncertain(Note note) {
        entries.get(note).fate = Fate.UNCERTAIN;
    }

    void takenBack(Note note) {
        entries.get(note).fate = Fate.TAKEN_BACK;
    }

    // --- Told by readers

    @Override
    public void arrived(Place place, Note note) {
        long now = System.nanoTime();
        lastArrivalNanos.set(now);
        arrivals.increment();
        Entry entry = entries.get(note);
        if (entry == null) {
            wrong(place.text(), "conjured up: " + note);
            return;
        }
        if (stage(entry, place).arrivals.incrementAndGet() > 1) {
            repeated.increment();
        } else {
            slowestNanos
                    .computeIfAbsent(note.audience(), audience -> new AtomicLong())
                    .accumulateAndGet(now - entry.sentNanos, Math::max);
        }
    }

    private static Stage stage(Entry entry, Place place) {
        return entry.stages.computeIfAbsent(place, here -> new Stage());
    }

    @Override
    public void acknowledging(Place place, Note note) {
        Entry entry = entries.get(note);
        if (entry != null) {
            stage(entry, place).acknowledging = true;
        }
    }

    @Override
    public void settled(Place place, Note note) {
        Entry entry = entries.get(note);
        if (entry != null && stage(entry, place).settled.incrementAndGet() > 1) {
            wrong(place.text(), "doubled: " + note);
        }
    }

    @Override
    public void cutOff(Place place) {
        cuts.increment();
    }

    @Override
    public void trouble(String who, String what) {
        troubles.add(who + ": " + what);
    }

    @Override
    public void wrong(String who, String what) {
        wrongs.add(who + ": " + what);
    }

    // --- What came of it

    /** Messages the broker has taken that somebody has still to receive, once for each place. */
    List<String> outstanding() {
        List<String> open = new ArrayList<>();
        entries.forEach((note, entry) -> {
            if (entry.fate == Fate.ACCEPTED) {
                for (Place place : places) {
                    boolean awaited = place.audience() == note.audience() && place.routing() == entry.routing;
                    Stage stage = entry.stages.get(place);
                    if (awaited && (stage == null || !stage.acknowledging)) {
                        open.add(note + " at " + place.text());
                    }
                }
            }
        });
        return open;
    }

    /** Messages that arrived although they were taken back. */
    List<String> conjuredUp() {
        List<String> found = new ArrayList<>();
        entries.forEach((note, entry) -> {
            if (entry.fate == Fate.TAKEN_BACK && !entry.stages.isEmpty()) {
                found.add(note + " at " + entry.stages.keySet());
            }
        });
        return found;
    }

    private long count(Fate fate) {
        return entries.values().stream().filter(entry -> entry.fate == fate).count();
    }

    long accepted() {
        return count(Fate.ACCEPTED);
    }

    long uncertain() {
        return count(Fate.UNCERTAIN);
    }

    long takenBack() {
        return count(Fate.TAKEN_BACK);
    }

    long arrivals() {
        return arrivals.sum();
    }

    long repeated() {
        return repeated.sum();
    }

    long cuts() {
        return cuts.sum();
    }

    /** How long nothing at all has arrived. */
    long silenceSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastArrivalNanos.get());
    }

    /** How long a message of an audience took at most until it arrived first. */
    long slowestMillis(Audience audience) {
        AtomicLong slowest = slowestNanos.get(audience);
        return slowest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(slowest.get());
    }

    int troubleCount() {
        return troubles.size();
    }

    int wrongCount() {
        return wrongs.size();
    }

    /** What went wrong, the first of it. */
    List<String> told() {
        List<String> all = new ArrayList<>(wrongs);
        all.addAll(troubles);
        return all.subList(0, Math.min(MOST_TOLD, all.size()));
    }
}
