package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one writer: takes what changed from memory to the database, all that came together in one transaction, and lets the
 * tail go on once that is on the disk. See {@link Journal} for why nothing falls between.
 *
 * <p>When a transaction fails, everything it had, and everything committed before that is not surely on the disk, is
 * written again in full with the next attempt. It rests ten times as long as a commit took, so that a slow disk gets larger
 * transactions instead of a busy writer.
 */
final class Committer implements AutoCloseable {

    private static final long FORCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PURGE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MOST_DRIFT_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final int PURGE_ROWS = 1_000;
    private static final Map<Integer, String> AGEING = Map.of(
            (int) Definition.SEND_SEQUENCE,
            "ds_send_sequence",
            (int) Definition.DIALOG,
            "ds_dialog",
            RowCounts.TOMBSTONE,
            "ds_tombstone");

    /** A copy of what is to be written of an entry. */
    private record Pending(Entry entry, Change change) {}

    private final Database database;
    private final Journal journal;
    private final KnownPairs pairs;
    private final InstantSource clock;
    private final Duration tombstoneLife;
    private final long restNanos;
    private final int maxClaimsPerService;
    private final boolean shared;
    private final long openedMillis;
    private final long openedNanos = System.nanoTime();
    private final Thread thread = new Thread(this::run, "dialog-security-state");
    private final Object wake = new Object();
    private boolean woken;
    private boolean stopped;

    /** Before what is queued: entries that were taken too early, and those whose changes were not written. */
    private final Queue<Entry> again = new ArrayDeque<>();

    /** Taken for a commit since the database was last forced. */
    private final Set<Entry> unforced = new HashSet<>();

    /** Up to where the database has the tail, forced or not. */
    private long committedTo;

    /** Whether the last batch ended before all that was queued. */
    private boolean more;

    private long lastForce = System.nanoTime();
    private long lastPurge = System.nanoTime() - PURGE_NANOS;

    /** Of which {@link #rows} are the totals. */
    private RowCounts counts;

    private volatile StoredRows rows;
    private final AtomicLong commits = new AtomicLong();
    private volatile Instant lastCommit;
    private volatile Duration lastTook = Duration.ZERO;

    Committer(Database database, Journal journal, KnownPairs pairs, StoreSettings settings, InstantSource clock) {
        this.database = database;
        this.journal = journal;
        this.pairs = pairs;
        this.clock = clock;
        this.tombstoneLife = settings.tombstoneLife();
        this.openedMillis = clock.millis();
        this.restNanos = settings.commitInterval().toNanos();
        this.maxClaimsPerService = settings.maxClaimsPerService();
        this.shared = settings.url().isPresent();
        this.counts = database.read(Rows::readCounts);
        this.rows = counts.totals();
        this.committedTo = journal.tail().start();
        this.lastCommit = clock.instant();
        thread.setDaemon(true);
    }

    void start() {
        journal.onUrgent(this::wake);
        thread.start();
    }

    private void wake() {
        synchronized (wake) {
            woken = true;
            wake.notifyAll();
        }
    }

    private void run() {
        long rest = restNanos;
        while (rest(rest)) {
            long begin = System.nanoTime();
            boolean good = commitAndForce(false);
            long took = System.nanoTime() - begin;
            rest = good && more ? 0 : good ? Math.max(restNanos, Math.min(10 * took, LONGEST_REST_NANOS)) : RETRY_NANOS;
        }
    }

    /** Returns false when there is nothing more to do. */
    private boolean rest(long nanos) {
        long end = System.nanoTime() + nanos;
        synchronized (wake) {
            boolean urgent = journal.isWritable(); // else nothing is gained by trying more often
            while (!stopped && !(woken && urgent)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                try {
                    wake.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    return false;
                }
            }
            woken = false;
            return !stopped;
        }
    }

    /** One round. Returns whether all is well. */
    private boolean commitAndForce(boolean last) {
        more = false;
        List<Pending> batch = new ArrayList<>();
        try {
            long upTo = takeBatch(batch, journal.tail().next());
            // Without a batch the tail may still hold what was changed while the last copies were taken.
            if (!batch.isEmpty() || upTo > committedTo) {
                commit(batch, upTo);
            }
            long start = journal.tail().start();
            boolean full = upTo - start >= journal.tail().capacity() / 4;
            if (committedTo > start && (last || full || System.nanoTime() - lastForce >= FORCE_NANOS)) {
                force();
            }
            if (!last) {
                purgeIfDue();
            }
            journal.problem("");
            return true;
        } catch (DamagedException e) {
            putBack();
            journal.problem(database.damaged(e).getMessage());
        } catch (SQLException | RuntimeException | Error e) {
            // An error too, such as want of memory: nobody else would write, and nobody would say so.
            putBack();
            database.renew();
            journal.problem("The endpoint state in " + database.name() + " cannot be written: " + Database.reason(e)
                    + ". Make room on its disk, or bring its database back; it goes on by itself then.");
        }
        return false;
    }

    /**
     * Takes one copy of each entry that is queued; one that changes again meanwhile is for the next batch. When there is much,
     * the batch ends at a mark, so that a part of the tail is free before all of it is written.
     *
     * @param next the tail's next position, noted before
     * @return up to where the copies have the tail
     */
    private long takeBatch(List<Pending> batch, long next) {
        Set<Entry> taken = new HashSet<>();
        List<Entry> later = new ArrayList<>();
        long enough = journal.tail().start() + journal.tail().capacity() / 4;
        try {
            for (Entry entry = again.poll(); entry != null; entry = again.poll()) {
                take(entry, batch, taken, later);
            }
            for (Queued queued = journal.pollDirty(); queued != null; queued = journal.pollDirty()) {
                if (queued instanceof Entry entry) {
                    take(entry, batch, taken, later);
                } else if (queued instanceof Queued.Mark mark && isEnd(mark.position(), enough, next)) {
                    // What was taken and has changed again did so from the noted position on, which is after the mark.
                    more = true;
                    return mark.position();
                }
            }
            return next;
        } finally {
            again.addAll(later);
        }
    }

    /** A mark that was set late may be about a part the database has already. */
    private boolean isEnd(long position, long enough, long next) {
        return position >= enough && position > committedTo && position < next;
    }

    private void take(Entry entry, List<Pending> batch, Set<Entry> taken, List<Entry> later) {
        if (!taken.add(entry)) {
            later.add(entry);
            return;
        }
        synchronized (entry) {
            if (entry.dirty) {
                unforced.add(entry); // first: whatever fails from here on, it is put back
                entry.writing = true;
                batch.add(new Pending(entry, entry.takeChange()));
                entry.dirty = false;
            }
        }
    }

    private void commit(List<Pending> batch, long upTo) throws SQLException, DamagedException {
        long begin = System.nanoTime();
        // In one order for all who share the database, so that no two wait for each other.
        batch.sort((one, other) -> compare(one.entry.definition, other.entry.definition));
        long nowMillis = clock.millis();
        RowCounts more = new RowCounts();
        database.write(connection -> {
            try (Writes writes = new Writes(connection, shared, nowMillis)) {
                for (Pending pending : batch) {
                    pending.change.write(writes);
                }
                Rows.writeTailPosition(connection, journal.tail().name(), upTo);
                writes.flush();
                more.addAll(writes.counts());
            }
            return null;
        });
        counts.addAll(more);
        rows = counts.totals();
        for (Pending pending : batch) {
            synchronized (pending.entry) {
                pending.change.committed();
            }
        }
        committedTo = upTo;
        journal.committed();
        commits.incrementAndGet();
        lastTook = Duration.ofNanos(System.nanoTime() - begin);
        lastCommit = clock.instant();
    }

    private static int compare(Definition one, Definition other) {
        int byHigh = Long.compare(one.high(), other.high());
        return byHigh != 0 ? byHigh : Long.compare(one.low(), other.low());
    }

    private void force() throws SQLException {
        journal.tail().force();
        database.force();
        for (Entry entry : unforced) {
            synchronized (entry) {
                entry.writing = false;
            }
        }
        unforced.clear();
        journal.release(committedTo);
        lastForce = System.nanoTime();
    }

    /**
     * Queues again all that is not surely on the disk; no more than that, because only of those the tail still has the
     * definition, which an entry that is dirty does not repeat.
     */
    private void putBack() {
        for (Entry entry : unforced) {
            synchronized (entry) {
                entry.writeAll();
                entry.dirty = true;
                again.add(entry);
            }
        }
        unforced.clear();
        pairs.clear();
    }

    private void purgeIfDue() throws SQLException, DamagedException {
        if (System.nanoTime() - lastPurge < PURGE_NANOS) {
            return;
        }
        boolean more = purge();
        lastPurge = System.nanoTime() - (more ? PURGE_NANOS - restNanos : 0);
    }

    /**
     * The time by which rows are deleted. A clock that jumps ahead is not believed until the store is opened again, because
     * when it is set back, what was deleted would be forgotten too early.
     */
    private long agedMillis() {
        long run = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedNanos);
        return Math.min(clock.millis(), openedMillis + run + MOST_DRIFT_MILLIS);
    }

    /** Deletes a batch of what no message can ask for any more, and of what is too much. Returns whether there is more of it. */
    private boolean purge() throws SQLException, DamagedException {
        long before = agedMillis() - tombstoneLife.toMillis();
        boolean[] more = new boolean[1];
        boolean[] pairsDeleted = new boolean[1];
        RowCounts[] left = new RowCounts[1];
        database.write(connection -> {
            RowCounts present = Rows.readCounts(connection);
            RowCounts deleted = new RowCounts();
            more[0] = deleteOld(connection, deleted, before) | deleteWindows(connection, present, deleted, before);
            pairsDeleted[0] = Rows.deleteUnusedPairs(connection, before) > 0;
            deleted.store(connection);
            present.addAll(deleted);
            left[0] = present;
            return null;
        });
        if (pairsDeleted[0]) {
            pairs.clear();
        }
        counts = left[0];
        rows = counts.totals();
        return more[0];
    }

    private static boolean deleteOld(Connection connection, RowCounts deleted, long before) throws SQLException {
        boolean more = false;
        for (Map.Entry<Integer, String> kind : AGEING.entrySet()) {
            more |= Rows.deleteOld(connection, deleted, kind.getKey(), kind.getValue(), before, PURGE_ROWS)
                    == PURGE_ROWS;
        }
        return more;
    }

    /** Windows that are too old; and of a service that claims without end its own oldest, never another's. */
    private boolean deleteWindows(Connection connection, RowCounts present, RowCounts deleted, long before)
            throws SQLException {
        boolean more = false;
        for (Map.Entry<RowCounts.Group, Long> count : present.groups().entrySet()) {
            RowCounts.Group group = count.getKey();
            boolean claims = group.kind() == Definition.CLAIM_WINDOW;
            if (!claims && group.kind() != Definition.RECEIVE_WINDOW) {
                continue;
            }
            int old = Rows.deleteOldWindows(connection, deleted, group, before, PURGE_ROWS);
            more |= old == PURGE_ROWS;
            long surplus = count.getValue() - old - maxClaimsPerService;
            if (claims && surplus > 0) {
                int batch = (int) Math.min(surplus, PURGE_ROWS);
                Rows.deleteOldWindows(connection, deleted, group, Long.MAX_VALUE, batch);
                more |= surplus > batch;
            }
        }
        return more;
    }

    StoredRows rows() {
        return rows;
    }

    long commits() {
        return commits.get();
    }

    Instant lastCommit() {
        return lastCommit;
    }

    Duration lastTook() {
        return lastTook;
    }

    /** Stops, and writes what is left. Afterwards the journal's problem says whether all is written. */
    @Override
    public void close() {
        synchronized (wake) {
            stopped = true;
            wake.notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        boolean good;
        do {
            good = commitAndForce(true);
        } while (good && more);
    }
}
