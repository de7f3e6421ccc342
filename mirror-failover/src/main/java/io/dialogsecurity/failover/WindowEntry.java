package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.state.SequenceMemory;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A window with its rows: one with what counts for all of it, and one for each further part of its memory, so that a commit
 * writes only what changed.
 */
abstract class WindowEntry extends Entry {

    final Journal journal;
    SequenceMemory memory;

    private final byte doneMark;
    private final IdentityKey identityKey;
    /** Where others write too; null where nobody else does. */
    private final Database sharedOrNull;

    /** The parts that have a row, or are in the window's own, each with the checksum of it. */
    private TreeMap<Long, Long> storedParts = new TreeMap<>();

    /** The numbers that were marked since the last change was taken, each with whether it was given back though it was done with. */
    private Map<Long, Boolean> uncommitted = new HashMap<>();

    /** The same of those that are in changes that were taken and are not committed. */
    private final Map<Long, Boolean> beingWritten = new HashMap<>();

    /** Of the row, counted up by whoever writes it, so that instances notice each other. */
    private long version;

    WindowEntry(
            long id,
            Definition definition,
            Journal journal,
            byte doneMark,
            IdentityKey identityKey,
            Database sharedOrNull) {
        super(id, definition);
        this.sharedOrNull = sharedOrNull;
        this.journal = journal;
        this.doneMark = doneMark;
        this.identityKey = identityKey;
        this.memory = new SequenceMemory(doneMark, identityKey);
    }

    /**
     * Two instances have marked a number: whether this one's mark stays.
     *
     * @param sequence the number
     * @param same whether it is the mark of the same message
     */
    abstract boolean prefersMine(long sequence, byte mine, byte theirs, boolean same);

    /** A record of this instance's tail says something else than is stored: whether that counts. The parameters are as above. */
    boolean replaces(long sequence, byte recorded, byte present, boolean same) {
        return prefersMine(sequence, recorded, present, same);
    }

    /** Replays that a number was given back although its message was stored. Returns whether it was. */
    abstract boolean replayRelease(long sequence, long identity) throws DamagedException;

    /**
     * Replays a record of the tail. They are replayed in the order in which they were written, and all of them that came after one that is;
     * the database may have more than the first of them say.
     */
    final void replay(int operation, long a, long b) throws DamagedException {
        if (operation == Operation.END) {
            if (memory.last() == 0) {
                memory.end(a);
            }
        } else if (operation == Operation.RELEASE) {
            if (replayRelease(a, b)) {
                uncommitted.put(a, true);
            }
        } else if (a > 0) {
            uncommitted.putIfAbsent(a, false);
            memory.merge(a, Operation.markOf(operation), Operation.knownBy(operation), b, this::replaces);
        }
    }

    /**
     * Notes that this instance has marked a number, so that its mark can be told from those others have written. Only where others write.
     *
     * @param givenBack whether it was done with before
     */
    final void noteMark(long sequence, boolean givenBack) {
        if (sharedOrNull != null) {
            uncommitted.merge(sequence, givenBack, Boolean::logicalOr);
        }
    }

    /** Whether this instance has marked a number and not committed that. */
    final boolean isNoted(long sequence) {
        return uncommitted.containsKey(sequence) || beingWritten.containsKey(sequence);
    }

    /** The same, and it was done with before. */
    final boolean isGivenBack(long sequence) {
        return uncommitted.getOrDefault(sequence, false) || beingWritten.getOrDefault(sequence, false);
    }

    // --- Rows

    /**
     * Before something is judged by what is remembered: what others have committed counts too. Without the lock, because it asks
     * the database, each time; nobody pays for that whose database is his own.
     *
     * @throws StoreException if it cannot be read: then nothing can be judged
     */
    final void refresh() {
        if (sharedOrNull == null) {
            return;
        }
        sharedOrNull.read(connection -> {
            if (isCurrent(Rows.windowVersion(connection, definition.high(), definition.low()))) {
                return null;
            }
            Rows.Window row = Rows.readWindow(connection, definition.high(), definition.low());
            if (row != null) {
                mergeIfNew(row);
            }
            return null;
        });
    }

    /** @param present the version of the row, -1 if there is none */
    private synchronized boolean isCurrent(long present) {
        return detached || present < 0 || present == version;
    }

    private synchronized void mergeIfNew(Rows.Window row) throws DamagedException {
        if (!isCurrent(row.version())) {
            merge(row);
        }
    }

    /** Takes over what is stored. Under the lock, or before anybody else has this entry. */
    final void load(Rows.Window row) throws DamagedException {
        stored = true;
        absent = false;
        version = row.version();
        try {
            memory = SequenceMemory.load(doneMark, identityKey, row.newest(), row.last(), row.parts());
        } catch (IllegalArgumentException e) {
            throw new DamagedException("the parts of a window do not fit together: " + e.getMessage(), e);
        }
        storedParts = new TreeMap<>();
        row.parts().forEach((part, bytes) -> storedParts.put(part, check(part, bytes)));
    }

    /**
     * Another instance has written the row: what either has seen, both have. Under the lock. What others do not know is then
     * among the changes.
     */
    private void merge(Rows.Window present) throws DamagedException {
        SequenceMemory mine = memory;
        load(present);
        memory.add(mine, this::prefersMine);
    }

    private long check(long part, byte[] bytes) {
        return Rows.partCheck(definition.high(), definition.low(), part, bytes);
    }

    @Override
    final Change takeChange() {
        return new WindowChange();
    }

    @Override
    final void writeAll() {
        absent = false;
        memory.everythingChanged();
    }

    /** A copy of what changed. */
    private final class WindowChange implements Change {

        private final long oldVersion = version;
        private final boolean isNew = absent;
        private long newVersion = version + 1;
        private Map<Long, byte[]> changes;
        private long newest;
        private long last;
        /** The parts that have rows before this change, and after it. */
        private TreeMap<Long, Long> before;

        private TreeMap<Long, Long> after;

        private WindowChange() {
            copy(storedParts);
        }

        private void copy(TreeMap<Long, Long> storedBefore) {
            memory.identify();
            changes = memory.takeChanges(storedBefore.keySet());
            uncommitted.forEach((sequence, givenBack) -> beingWritten.merge(sequence, givenBack, Boolean::logicalOr));
            uncommitted = new HashMap<>();
            newest = memory.newest();
            last = memory.last();
            before = storedBefore;
            after = new TreeMap<>(before);
            changes.forEach((part, bytes) -> {
                if (bytes.length == 0) {
                    after.remove(part);
                } else {
                    after.put(part, check(part, bytes));
                }
            });
        }

        @Override
        public void write(Writes writes) throws SQLException, DamagedException {
            if (isNew) {
                insert(writes);
            } else if (!stored || !update(writes, oldVersion)) {
                Rows.Window present = Rows.lockWindow(writes.connection(), definition.high(), definition.low());
                if (present == null) {
                    everything();
                    insert(writes);
                } else {
                    mergeAndCopy(present);
                    if (!update(writes, present.version())) {
                        throw new SQLException("a row that is locked was changed by somebody else");
                    }
                }
            }
            for (Map.Entry<Long, byte[]> change : changes.entrySet()) {
                if (change.getKey() != 0) {
                    Rows.writePart(
                            writes,
                            definition,
                            change.getKey(),
                            change.getValue(),
                            before.containsKey(change.getKey()));
                }
            }
        }

        private void insert(Writes writes) throws SQLException {
            Rows.insertWindow(writes, definition, newVersion, newest, last, sum(), changes.get(0L));
        }

        private boolean update(Writes writes, long from) throws SQLException {
            return Rows.updateWindow(
                    writes.connection(),
                    definition,
                    from,
                    newVersion,
                    newest,
                    last,
                    sum(),
                    changes.get(0L),
                    writes.nowMillis());
        }

        private long sum() {
            long sum = 0;
            for (long check : after.values()) {
                sum += check;
            }
            return sum;
        }

        private void everything() {
            synchronized (WindowEntry.this) {
                memory.everythingChanged();
                copy(new TreeMap<>());
            }
        }

        private void mergeAndCopy(Rows.Window present) throws DamagedException {
            synchronized (WindowEntry.this) {
                merge(present);
                newVersion = present.version() + 1;
                copy(storedParts);
            }
        }

        @Override
        public void committed() {
            stored = true;
            absent = false;
            version = newVersion;
            storedParts = after;
            beingWritten.clear();
        }
    }
}
