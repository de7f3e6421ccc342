package io.dialogsecurity.failover;

import io.dialogsecurity.state.SendSequence;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * The numbers one side sends under. Its row says which was used last as far as the database knows, and up to which number
 * the owner of a tail may go without asking: whoever finds the row under the name of a tail that is not his, or that lost
 * what was not forced, begins after that. So no number is used twice, at the price of a gap. Who finds his own tail goes on
 * without one.
 */
final class StoredSequence extends Entry implements SendSequence {

    private final Journal journal;
    private final Supplier<? extends SendSequence> successor;
    /** How many numbers may be used beyond what the database knows. */
    private final long reserve;

    private final boolean shared;
    private long last;
    /** The largest number that is this tail's to use. */
    private long allowed;

    private long version;

    StoredSequence(
            long id,
            Definition definition,
            Journal journal,
            Supplier<? extends SendSequence> successor,
            long reserve,
            boolean shared) {
        super(id, definition);
        this.journal = journal;
        this.successor = successor;
        this.reserve = reserve;
        this.shared = shared;
        this.allowed = reserve;
    }

    /** Takes over what is stored. */
    void load(Rows.Sequence row) {
        stored = true;
        absent = false;
        version = row.version();
        if (row.tailName() == journal.tail().name()) {
            last = row.last();
            allowed = row.reservedTo();
        } else {
            last = row.reservedTo();
            allowed = shared ? last : last + reserve;
        }
    }

    /** Nothing is stored, but somebody else may have used as many numbers as one may without a row. */
    void beginAfterReserve() {
        last = reserve;
        allowed = reserve;
    }

    void replay(long sequence) {
        last = Math.max(last, sequence);
    }

    @Override
    public long last() {
        synchronized (this) {
            if (!detached) {
                return last;
            }
        }
        return successor.get().last();
    }

    @Override
    public void use(long sequence) {
        while (true) {
            boolean recorded = false;
            synchronized (this) {
                if (detached) {
                    break;
                }
                if (sequence != last + 1) {
                    throw new StoreException("Number " + sequence + " of dialog " + definition.dialogId()
                            + " is not free any more: another instance has gone on with it. Send the message again.");
                }
                if (!shared || sequence <= allowed) {
                    recorded = journal.record(this, Operation.USE, sequence, 0);
                    if (recorded) {
                        last = sequence;
                    }
                } else if (!dirty && !writing) {
                    recorded = false;
                    journal.record(this, Operation.USE, last, 0); // so that the committer reserves more
                }
            }
            if (recorded) {
                journal.settle();
                return;
            }
            awaitAllowance(sequence);
        }
        successor.get().use(sequence);
    }

    private void awaitAllowance(long sequence) {
        if (shared) {
            journal.awaitCommit(() -> mayUse(sequence));
        } else {
            journal.awaitRoom();
        }
    }

    private synchronized boolean mayUse(long sequence) {
        return detached || sequence <= allowed || sequence <= last;
    }

    @Override
    Change takeChange() {
        return new SequenceChange();
    }

    @Override
    void writeAll() {
        absent = false; // and every copy has all of it
    }

    private final class SequenceChange implements Change {

        private final long oldVersion = version;
        private final boolean isNew = absent;
        private Rows.Sequence row = row(last, version + 1);

        private Rows.Sequence row(long lastNumber, long newVersion) {
            return new Rows.Sequence(
                    definition, lastNumber, lastNumber + reserve, journal.tail().name(), newVersion);
        }

        @Override
        public void write(Writes writes) throws SQLException, DamagedException {
            Connection connection = writes.connection();
            if (stored && Rows.updateSequence(connection, row, oldVersion, writes.nowMillis())) {
                return;
            }
            Rows.Sequence present =
                    isNew ? null : Rows.readSequence(connection, definition.high(), definition.low(), true);
            if (present == null) {
                Rows.insertSequence(writes, row);
                return;
            }
            // Another instance went on: what it may use is not ours, whether it has used it or not.
            long after = present.tailName() == journal.tail().name() ? row.last() : present.reservedTo();
            row = row(Math.max(row.last(), after), present.version() + 1);
            if (!Rows.updateSequence(connection, row, present.version(), writes.nowMillis())) {
                throw new SQLException("a row that is locked was changed by somebody else");
            }
        }

        @Override
        public void committed() {
            stored = true;
            absent = false;
            version = row.version();
            last = Math.max(last, row.last());
            allowed = row.reservedTo();
        }
    }
}
