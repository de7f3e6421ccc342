package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
    private static final int PURGE_ROWS = 1_000;
    private static final String[] AGEING = {"ds_window", "ds_send_sequence", "ds_dialog", "ds_tombstone"};

    /** A copy of what is to be written of an entry. */
    private record Pending(Entry entry, Change change) {}

    private final Database database;
    private final Journal journal;
    private final KnownPairs pairs;
    private final InstantSource clock;
    private final Duration tombstoneLife;
    private final long restNanos;
    private final Thread thread = new Thread(this::run, "dialog-security-state");
    private final Object wake = new Object();
    private boolean woken;
    private boolean stopped;

    /** Committed since the database was last forced. */
    private final Set<Entry> unforced = new HashSet<>();

    /** Up to where the database has the tail, forced or not. */
    private long committedTo;

    private long lastForce = System.nanoTime();
    private long lastPurge = System.nanoTime() - PURGE_NANOS;

    private final AtomicLong commits = new AtomicLong();
    private volatile Instant lastCommit;
    private volatile Duration lastTook = Duration.ZERO;

    Committer(Database database, Journal journal, KnownPairs pairs, StoreSettings settings, InstantSource clock) {
        this.database = database;
        this.journal = journal;
        this.pairs = pairs;
        this.clock = clock;
        this.tombstoneLife = settings.tombstoneLife();
        this.restNanos = settings.commitInterval().toNanos();
        this.committedTo = journal.tail().start();
        this.lastCommit = clock.instant();
        thread.setDaemon(true);
    }

    void start() {
        journal.onFull(this::wake);
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
            rest = good ? Math.max(restNanos, Math.min(10 * took, LONGEST_REST_NANOS)) : RETRY_NANOS;
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
        long upTo = journal.tail().next();
        List<Pending> batch = takeBatch();
        try {
            // Without a batch the tail may still hold what was changed while the last copies were taken.
            if (!batch.isEmpty() || upTo > committedTo) {
                commit(batch, upTo);
            }
            long start = journal.tail().start();
            boolean full = upTo - start > journal.tail().capacity() / 4;
            if (committedTo > start && (last || full || System.nanoTime() - lastForce >= FORCE_NANOS)) {
                force();
            }
            if (!last) {
                purgeIfDue();
            }
            journal.problem("");
            return true;
        } catch (DamagedException e) {
            putBack(batch);
            journal.problem(database.damaged(e).getMessage());
        } catch (SQLException | RuntimeException e) {
            putBack(batch);
            database.renew();
            journal.problem("The endpoint state in " + database.name() + " cannot be written: " + Database.reason(e)
                    + ". Make room on its disk, or bring its database back; it goes on by itself then.");
        }
        return false;
    }

    /** One copy of each entry; one that changes again meanwhile is for the next batch. */
    private List<Pending> takeBatch() {
        List<Pending> batch = new ArrayList<>();
        Set<Entry> taken = new HashSet<>();
        List<Entry> later = new ArrayList<>();
        for (Entry entry = journal.pollDirty(); entry != null; entry = journal.pollDirty()) {
            if (!taken.add(entry)) {
                later.add(entry);
                continue;
            }
            synchronized (entry) {
                if (entry.dirty) {
                    entry.dirty = false;
                    entry.writing = true;
                    batch.add(new Pending(entry, entry.takeChange()));
                }
            }
        }
        journal.queueAgain(later);
        return batch;
    }

    private void commit(List<Pending> batch, long upTo) throws SQLException, DamagedException {
        long begin = System.nanoTime();
        // In one order for all who share the database, so that no two wait for each other.
        batch.sort((one, other) -> compare(one.entry.definition, other.entry.definition));
        long nowMillis = clock.millis();
        database.write(connection -> {
            for (Pending pending : batch) {
                pending.change.write(connection, nowMillis);
            }
            Rows.writeTailPosition(connection, journal.tail().name(), upTo);
            return null;
        });
        for (Pending pending : batch) {
            synchronized (pending.entry) {
                pending.change.committed();
            }
            unforced.add(pending.entry);
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

    private void putBack(List<Pending> batch) {
        for (Pending pending : batch) {
            unforced.add(pending.entry);
        }
        for (Entry entry : unforced) {
            synchronized (entry) {
                entry.writeAll();
                journal.requeue(entry);
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

    /** Deletes a batch of what no message can ask for any more. Returns whether there is more of it. */
    private boolean purge() throws SQLException, DamagedException {
        long before = clock.instant().minus(tombstoneLife).toEpochMilli();
        boolean[] more = new boolean[1];
        database.write(connection -> {
            more[0] = deleteOld(connection, before);
            return null;
        });
        pairs.clear();
        return more[0];
    }

    private static boolean deleteOld(Connection connection, long before) throws SQLException {
        boolean more = false;
        for (String table : AGEING) {
            more |= Rows.deleteOld(connection, table, before, PURGE_ROWS) == PURGE_ROWS;
        }
        Rows.deleteUnusedPairs(connection, before);
        return more;
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
        commitAndForce(true);
    }
}
