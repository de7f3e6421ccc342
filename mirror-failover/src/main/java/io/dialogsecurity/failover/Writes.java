package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One transaction in the making. New rows are collected and written many to a statement, because the statement costs more than
 * a row. So they are there for other statements only after {@link #flush}. Not thread-safe.
 */
final class Writes implements AutoCloseable {

    private static final int ROWS = 64;

    private final Connection connection;
    private final boolean shared;
    private final long nowMillis;
    private final RowCounts counts = new RowCounts();
    /** In one order for all who share the database. */
    private final Map<String, Inserts> inserts = new TreeMap<>();

    private final Set<Rows.PairKey> pairs = new HashSet<>();

    /**
     * @param shared whether others write to the database too: then all rows are inserted after everything else, so that no two
     *     wait for each other
     * @param nowMillis milliseconds since the epoch, UTC
     */
    Writes(Connection connection, boolean shared, long nowMillis) {
        this.connection = connection;
        this.shared = shared;
        this.nowMillis = nowMillis;
    }

    Connection connection() {
        return connection;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** Gets the rows that are made and deleted. */
    RowCounts counts() {
        return counts;
    }

    /** The pair layers this transaction is known to find in the database. */
    Set<Rows.PairKey> pairs() {
        return pairs;
    }

    /**
     * Inserts a row, at the latest with {@link #flush}.
     *
     * @param into the statement up to the values
     */
    void insert(String into, Object... row) throws SQLException {
        inserts.computeIfAbsent(into, Inserts::new).add(row);
    }

    /** Inserts what is left, and notes how many rows there are now. */
    void flush() throws SQLException {
        for (Inserts into : inserts.values()) {
            into.flush();
        }
        counts.store(connection);
    }

    @Override
    public void close() throws SQLException {
        for (Inserts into : inserts.values()) {
            into.close();
        }
    }

    /** The rows for one table. */
    private final class Inserts {

        private final String into;
        private final List<Object[]> rows = new ArrayList<>(ROWS);
        private PreparedStatement fullOrNull;

        private Inserts(String into) {
            this.into = into;
        }

        private void add(Object[] row) throws SQLException {
            rows.add(row);
            if (!shared && rows.size() == ROWS) {
                flush();
            }
        }

        private void flush() throws SQLException {
            int done = 0;
            for (; rows.size() - done >= ROWS; done += ROWS) {
                if (fullOrNull == null) {
                    fullOrNull = prepare(ROWS, rows.get(0).length);
                }
                write(fullOrNull, rows.subList(done, done + ROWS));
            }
            if (done < rows.size()) {
                try (PreparedStatement one = prepare(1, rows.get(0).length)) {
                    for (; done < rows.size(); done++) {
                        write(one, rows.subList(done, done + 1));
                    }
                }
            }
            rows.clear();
        }

        private PreparedStatement prepare(int count, int columns) throws SQLException {
            String row = "(?" + ", ?".repeat(columns - 1) + ")";
            return connection.prepareStatement(into + " VALUES " + row + (", " + row).repeat(count - 1));
        }

        private void write(PreparedStatement statement, List<Object[]> values) throws SQLException {
            int parameter = 1;
            for (Object[] row : values) {
                for (Object value : row) {
                    Rows.set(statement, parameter++, value);
                }
            }
            statement.executeUpdate();
        }

        private void close() throws SQLException {
            if (fullOrNull != null) {
                fullOrNull.close();
            }
        }
    }
}
