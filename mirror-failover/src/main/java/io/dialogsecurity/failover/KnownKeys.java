package io.dialogsecurity.failover;

import java.util.List;

/**
 * Knows of most keys that the database has no row for them, so that something new, which is what comes most often when many
 * dialogs are begun, is not looked for. It learns the keys that are there in the background, and knows nothing until it has
 * them all.
 *
 * <p>Every entry asks here when it is made. So a key that is not known belongs neither to a row that was there when
 * the store was opened, nor to anything that was in memory since, and only that is ever written. Where others write to the
 * database too nothing is known. Thread-safe.
 */
final class KnownKeys implements AutoCloseable {

    private static final List<String> TABLES = List.of("ds_window", "ds_send_sequence", "ds_dialog", "ds_tombstone");
    private static final int PAGE_ROWS = 10_000;
    private static final long MOST_BYTES =
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

    private final Database database;
    private final Thread thread = new Thread(this::learn, "dialog-security-state-keys");
    private volatile boolean complete;
    private volatile boolean stopped;
    /** Null once it is of no use. */
    private volatile KeyFilter filterOrNull;

    /** @param shared whether others write to the database too */
    KnownKeys(Database database, boolean shared) {
        this.database = database;
        this.filterOrNull = shared ? null : new KeyFilter();
        thread.setDaemon(true);
    }

    void start() {
        if (filterOrNull != null) {
            thread.start();
        }
    }

    /**
     * Whether there is surely no row for an entry that is being made. It is known from now on. Nobody may make the same entry
     * at the same time.
     */
    boolean isNew(Definition definition) {
        KeyFilter filter = filterOrNull;
        if (filter == null) {
            return false;
        }
        boolean all = complete; // first: what is learned from here on is not in the answer
        boolean known = filter.mayContain(definition.high(), definition.low());
        if (!known) {
            filter.add(definition.high(), definition.low());
            if (filter.bytes() > MOST_BYTES) {
                filterOrNull = null;
            }
        }
        return all && !known;
    }

    /** Whether all that is there has been learned. */
    boolean isComplete() {
        return complete;
    }

    private void learn() {
        try {
            for (String table : TABLES) {
                if (!learn(table)) {
                    filterOrNull = null;
                    return;
                }
            }
            complete = true;
        } catch (StoreException e) {
            filterOrNull = null; // who asks for what cannot be read is told so; nobody is kept from asking
        }
    }

    private boolean learn(String table) {
        long from = Long.MIN_VALUE;
        while (true) {
            long[][] keys = database.read(page(table, from));
            KeyFilter filter = filterOrNull;
            if (stopped || filter == null || filter.bytes() > MOST_BYTES) {
                return false;
            }
            for (long[] key : keys) {
                filter.add(key[0], key[1]);
            }
            if (keys.length < PAGE_ROWS) {
                return true;
            }
            long last = keys[keys.length - 1][0];
            if (last == from) {
                return false;
            }
            from = last; // once more: the page may have ended between two rows that begin with it
        }
    }

    private static Database.Work<long[][]> page(String table, long from) {
        return connection -> Rows.readKeys(connection, table, from, PAGE_ROWS);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
