package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many rows there are of each kind, or how many more a transaction makes. They are kept in a table of their own, in the
 * same transaction as the rows, because counting a large table takes seconds. Of claim windows it is known whose they are.
 * Not thread-safe.
 */
final class RowCounts {

    /** Of tombstones; the other kinds are those of a {@link Definition}. */
    static final int TOMBSTONE = 5;

    /**
     * Rows that are counted together.
     *
     * @param claimant whose claim windows, 0 of all others
     */
    record Group(int kind, long claimant) implements Comparable<Group> {

        @Override
        public int compareTo(Group other) {
            int byKind = Integer.compare(kind, other.kind);
            return byKind != 0 ? byKind : Long.compare(claimant, other.claimant);
        }
    }

    /** In order, so that no two instances wait for each other. */
    private final Map<Group, Long> counts = new TreeMap<>();

    void add(int kind, long claimant, long rows) {
        if (rows != 0) {
            counts.merge(new Group(kind, claimant), rows, Long::sum);
        }
    }

    void addAll(RowCounts others) {
        others.counts.forEach((group, rows) -> add(group.kind, group.claimant, rows));
    }

    Map<Group, Long> groups() {
        return counts;
    }

    long of(int kind) {
        long sum = 0;
        for (Map.Entry<Group, Long> count : counts.entrySet()) {
            sum += count.getKey().kind == kind ? count.getValue() : 0;
        }
        return sum;
    }

    StoredRows totals() {
        return new StoredRows(
                of(Definition.RECEIVE_WINDOW),
                of(Definition.CLAIM_WINDOW),
                of(Definition.SEND_SEQUENCE),
                of(Definition.DIALOG),
                of(TOMBSTONE));
    }

    /** Adds these to what is stored, as the last of a transaction: others may wait for the rows. */
    void store(Connection connection) throws SQLException {
        for (Map.Entry<Group, Long> count : counts.entrySet()) {
            Rows.addCount(connection, count.getKey(), count.getValue());
        }
    }
}
