package io.dialogsecurity.failover;

import java.sql.SQLException;

/** Something to be written within a transaction of the committer. */
interface Change {

    /**
     * Writes it.
     *
     * @param writes the transaction
     * @throws SQLException if it could not be written; the transaction is then rolled back
     * @throws DamagedException if the rows that are there are damaged
     */
    void write(Writes writes) throws SQLException, DamagedException;

    /** The transaction was committed. Under the lock of the entry. */
    void committed();
}
