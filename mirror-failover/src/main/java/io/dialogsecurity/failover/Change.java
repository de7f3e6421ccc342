package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.SQLException;

/** Something to be written within a transaction of the committer. */
interface Change {

    /**
     * Writes it.
     *
     * @param counts gets the rows that are made and deleted
     * @param nowMillis milliseconds since the epoch, UTC
     * @throws SQLException if it could not be written; the transaction is then rolled back
     * @throws DamagedException if the rows that are there are damaged
     */
    void write(Connection connection, RowCounts counts, long nowMillis) throws SQLException, DamagedException;

    /** The transaction was committed. Under the lock of the entry. */
    void committed();
}
