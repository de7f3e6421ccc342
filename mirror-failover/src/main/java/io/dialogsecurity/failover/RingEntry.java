package io.dialogsecurity.failover;

import io.dialogsecurity.state.SequenceRing;
import java.nio.ByteBuffer;
import java.sql.SQLException;

/**
 * A window with its rows: one with what counts for all of it, and one for each 64 of its 1024 places that were ever used, so
 * that a commit writes only what changed.
 */
abstract class RingEntry extends Entry {

    static final int SEGMENTS = 16;
    private static final int PLACES = SequenceRing.SIZE / SEGMENTS;
    private static final int PLACE_BYTES = 10;

    final Journal journal;
    SequenceRing ring = new SequenceRing();

    /** A bit for each segment that is to be written. */
    private int dirtySegments;

    /** A bit for each segment that has a row. */
    private int storedSegments;

    /** The checksum of each segment's row, 0 where there is none. */
    private final long[] segmentChecks = new long[SEGMENTS];

    /** Of the row, counted up by whoever writes it, so that instances notice each other. */
    private long version;

    RingEntry(long id, Definition definition, Journal journal) {
        super(id, definition);
        this.journal = journal;
    }

    /**
     * Two instances have marked a number: whether this one's mark stays.
     *
     * @param same whether it is the mark of the same message
     */
    abstract boolean prefersMine(byte mine, byte theirs, boolean same);

    /** Marks a number and notes which segments that changes. Under the lock. */
    final void mark(long sequence, long micPrefix, byte mark) {
        long newest = ring.newest();
        ring.mark(sequence, micPrefix, mark);
        if (newest != 0 && sequence > newest) {
            for (long changed = Math.max(newest + 1, sequence - SequenceRing.SIZE + 1);
                    changed < sequence;
                    changed += PLACES) {
                dirtySegments |= 1 << segment(changed);
            }
        }
        dirtySegments |= 1 << segment(sequence);
    }

    /** Replays a record of the tail; what has become too old since is passed over. */
    final void replay(int operation, long a, long b) {
        if (operation == Operation.END) {
            if (ring.last() == 0) {
                ring.end(a);
            }
        } else if (a > 0 && !ring.isForgotten(a)) {
            mark(a, b, Operation.markOf(operation));
        }
    }

    private static int segment(long sequence) {
        return (int) (sequence & (SequenceRing.SIZE - 1)) / PLACES;
    }

    // --- Rows

    /** Takes over what is stored. Under the lock, or before anybody else has this entry. */
    final void load(Rows.Window row) throws DamagedException {
        stored = true;
        absent = false;
        version = row.version();
        ring = new SequenceRing();
        storedSegments = 0;
        if (row.newest() > 0) {
            byte[][] segments = row.segments();
            // The newest first: the others have their places from it.
            for (int pass = 0; pass < 2; pass++) {
                for (int segment = 0; segment < SEGMENTS; segment++) {
                    if (segments[segment] != null) {
                        storedSegments |= 1 << segment;
                        segmentChecks[segment] = segmentCheck(segment, segments[segment]);
                        read(segment, segments[segment], row.newest(), pass == 0);
                    }
                }
            }
            if (ring.newest() != row.newest()) {
                throw new DamagedException("a window's newest number is missing in its places");
            }
        }
        if (row.last() != 0) {
            ring.end(row.last());
        }
    }

    private void read(int segment, byte[] places, long newest, boolean onlyNewest) {
        ByteBuffer buffer = ByteBuffer.wrap(places);
        while (buffer.remaining() >= PLACE_BYTES) {
            int place = segment * PLACES + buffer.get();
            byte mark = buffer.get();
            long micPrefix = buffer.getLong();
            long sequence = newest - ((newest - place) & (SequenceRing.SIZE - 1));
            if (sequence > 0 && onlyNewest == (sequence == newest)) {
                ring.mark(sequence, micPrefix, mark);
            }
        }
    }

    private byte[] places(int segment) {
        ByteBuffer buffer = ByteBuffer.allocate(PLACES * PLACE_BYTES);
        long newest = ring.newest();
        for (int i = 0; i < PLACES; i++) {
            int place = segment * PLACES + i;
            long sequence = newest - ((newest - place) & (SequenceRing.SIZE - 1));
            byte mark = sequence > 0 ? ring.mark(sequence) : SequenceRing.UNMARKED;
            if (mark != SequenceRing.UNMARKED) {
                buffer.put((byte) i).put(mark).putLong(ring.micPrefix(sequence));
            }
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private long segmentCheck(int segment, byte[] places) {
        return Rows.segmentCheck(definition.high(), definition.low(), segment, places);
    }

    @Override
    final Change takeChange() {
        return new WindowChange();
    }

    @Override
    final void writeAll() {
        absent = false;
        dirtySegments = (1 << SEGMENTS) - 1;
    }

    /** A copy of what changed. */
    private final class WindowChange implements Change {

        private int changedSegments = dirtySegments;
        private final byte[][] segments = new byte[SEGMENTS][];
        private final long[] checks = segmentChecks.clone();
        private long newest = ring.newest();
        private long last = ring.last();
        private final long oldVersion = version;
        private final boolean isNew = absent;
        private long newVersion = version + 1;
        private int rows = storedSegments;

        private WindowChange() {
            dirtySegments = 0;
            copySegments();
        }

        private void copySegments() {
            newest = ring.newest();
            last = ring.last();
            for (int segment = 0; segment < SEGMENTS; segment++) {
                if ((changedSegments & 1 << segment) != 0) {
                    segments[segment] = places(segment);
                    checks[segment] = segmentCheck(segment, segments[segment]);
                }
            }
        }

        @Override
        public void write(Writes writes) throws SQLException, DamagedException {
            if (isNew) {
                insert(writes);
            } else if (!stored || !update(writes, oldVersion)) {
                Rows.Window present = Rows.lockWindow(writes.connection(), definition.high(), definition.low());
                if (present == null) {
                    everything();
                    rows = 0;
                    insert(writes);
                } else {
                    merge(present);
                    if (!update(writes, present.version())) {
                        throw new SQLException("a row that is locked was changed by somebody else");
                    }
                }
            }
            for (int segment = 1; segment < SEGMENTS; segment++) {
                if ((changedSegments & 1 << segment) != 0) {
                    Rows.writeSegment(writes, definition, segment, segments[segment], (rows & 1 << segment) != 0);
                }
            }
            rows |= changedSegments;
        }

        private void insert(Writes writes) throws SQLException {
            Rows.insertWindow(writes, definition, newVersion, newest, last, sum(), segments[0]);
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
                    segments[0],
                    writes.nowMillis());
        }

        private long sum() {
            long sum = 0;
            for (long check : checks) {
                sum += check;
            }
            return sum;
        }

        private void everything() {
            synchronized (RingEntry.this) {
                changedSegments = 0;
                for (int segment = 0; segment < SEGMENTS; segment++) {
                    if (places(segment).length > 0) {
                        changedSegments |= 1 << segment;
                    } else {
                        checks[segment] = 0;
                    }
                }
                copySegments();
            }
        }

        /** Another instance has written the row: what either has seen, both have. */
        private void merge(Rows.Window present) throws DamagedException {
            synchronized (RingEntry.this) {
                SequenceRing mine = ring;
                load(present);
                SequenceRing theirs = ring;
                ring = new SequenceRing();
                SequenceRing newer = mine.newest() > theirs.newest() ? mine : theirs;
                for (long age = 0; age < SequenceRing.SIZE && age < newer.newest(); age++) {
                    long sequence = newer.newest() - age;
                    byte markMine = mine.mark(sequence);
                    byte markTheirs = theirs.mark(sequence);
                    if (markTheirs == SequenceRing.UNMARKED && markMine == SequenceRing.UNMARKED) {
                        continue;
                    }
                    boolean same = mine.micPrefix(sequence) == theirs.micPrefix(sequence);
                    boolean takeMine = markTheirs == SequenceRing.UNMARKED
                            || (markMine != SequenceRing.UNMARKED && prefersMine(markMine, markTheirs, same));
                    ring.mark(
                            sequence,
                            takeMine ? mine.micPrefix(sequence) : theirs.micPrefix(sequence),
                            takeMine ? markMine : markTheirs);
                }
                long end = theirs.last() != 0 ? theirs.last() : mine.last();
                if (end != 0) {
                    ring.end(end);
                }
                rows = storedSegments;
                System.arraycopy(segmentChecks, 0, checks, 0, SEGMENTS);
                newVersion = present.version() + 1;
                changedSegments = rows;
                for (int segment = 0; segment < SEGMENTS; segment++) {
                    if (places(segment).length > 0) {
                        changedSegments |= 1 << segment;
                    }
                }
                copySegments();
            }
        }

        @Override
        public void committed() {
            stored = true;
            absent = false;
            version = newVersion;
            storedSegments = rows;
            System.arraycopy(checks, 0, segmentChecks, 0, SEGMENTS);
        }
    }
}
