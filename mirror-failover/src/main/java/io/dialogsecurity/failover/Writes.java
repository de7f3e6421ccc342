package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One transaction in the making. New rows are collected and written many to a statement, because of a row that is written alone
 * the statement around it costs more than the row. So they are there for other statements only after {@link #flush}. Not
 * thread-safe.
 */
final class Writes implements AutoCloseable {

    private static final int ROWS = 64;

    private final Connection connection;
    private final long nowMillis;
    private final RowCounts counts = new RowCounts();
    private final Map<String, Inserts> inserts = new HashMap<>();
    private final Set<Rows.PairKey> pairs = new HashSet<>();

    /** @param nowMillis milliseconds since the epoch, UTC */
    Writes(Connection connection, long nowMillis) {
        this.connection = connection;
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
            if (rows.size() == ROWS) {
                if (fullOrNull == null) {
                    fullOrNull = prepare(ROWS, row.length);
                }
                write(fullOrNull, rows);
                rows.clear();
            }
        }

        private void flush() throws SQLException {
            if (!rows.isEmpty()) {
                try (PreparedStatement one = prepare(1, rows.get(0).length)) {
                    for (Object[] row : rows) {
                        write(one, List.<Object[]>of(row));
                    }
                }
                rows.clear();
            }
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
