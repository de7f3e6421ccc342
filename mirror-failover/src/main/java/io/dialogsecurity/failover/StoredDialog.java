package io.dialogsecurity.failover;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * What is remembered of a dialog. Remembering does not read what is stored; what both say together is found when it is
 * written.
 */
final class StoredDialog extends Entry {

    private static final DialogStatus[] STATUS = DialogStatus.values();

    private final Journal journal;
    private final KnownPairs pairs;
    private DialogState stateOrNull;
    private long version;

    StoredDialog(long id, Definition definition, Journal journal, KnownPairs pairs) {
        super(id, definition);
        this.journal = journal;
        this.pairs = pairs;
    }

    /** Returns false if this object has been replaced. */
    boolean remember(DialogState state) {
        boolean layersKnown = state.pairLayers().length() == 0 || pairs.contains(Rows.PairKey.of(state.pairLayers()));
        byte[] layers = layersKnown ? null : state.pairLayers().toArray();
        byte[] bytes = encode(state);
        while (true) {
            boolean recorded;
            synchronized (this) {
                if (detached) {
                    return false;
                }
                recorded = journal.record(this, Operation.LAYERS, layers, Operation.STATE, bytes);
                if (recorded) {
                    add(state);
                }
            }
            if (recorded) {
                journal.settle();
                return true;
            }
            journal.awaitRoom();
        }
    }

    /** What is remembered in memory, and may be newer than what is stored; or null. */
    synchronized DialogState state() {
        return stateOrNull;
    }

    void add(DialogState newer) {
        stateOrNull = stateOrNull == null ? newer : stateOrNull.with(newer);
    }

    // --- In the tail: own index (4) suite (4) status (4) changed (8) pair (16), which is 0 where there are no layers

    private static byte[] encode(DialogState state) {
        Rows.PairKey pair = pairOf(state.pairLayers());
        return ByteBuffer.allocate(36)
                .putInt(state.ownIndex())
                .putInt(state.suite())
                .putInt(state.status().ordinal())
                .putLong(state.changedMillis())
                .putLong(pair.high())
                .putLong(pair.low())
                .array();
    }

    /**
     * Replays a state of the tail.
     *
     * @param inTail the layers found in the tail; others are stored, unless they were just deleted because nobody had used
     *     them for long: then the dialog can be received in, and not be resumed
     */
    void replay(byte[] bytes, Map<Rows.PairKey, Bytes> inTail, Connection connection)
            throws DamagedException, SQLException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int ownIndex = buffer.getInt();
        int suite = buffer.getInt();
        DialogStatus status = status(buffer.getInt());
        long changed = buffer.getLong();
        Rows.PairKey pair = new Rows.PairKey(buffer.getLong(), buffer.getLong());
        Bytes layers = inTail.get(pair);
        if (layers == null && !pair.equals(Rows.PairKey.NONE)) {
            layers = Rows.readPair(connection, pair);
        }
        add(new DialogState(
                definition.service(),
                definition.dialogId(),
                ownIndex,
                suite,
                layers == null ? Bytes.EMPTY : layers,
                status,
                changed));
    }

    private static Rows.PairKey pairOf(Bytes layers) {
        return layers.length() == 0 ? Rows.PairKey.NONE : Rows.PairKey.of(layers);
    }

    private static DialogStatus status(int code) throws DamagedException {
        if (code < 0 || code >= STATUS.length) {
            throw new DamagedException("a dialog has status " + code + ", which there is not");
        }
        return STATUS[code];
    }

    /** A stored dialog or tombstone as the library knows it. */
    static DialogState stateOf(Definition definition, Rows.Dialog row, Connection connection)
            throws SQLException, DamagedException {
        Bytes layers = Bytes.EMPTY;
        if (row.hasPair()) {
            layers = Rows.readPair(connection, new Rows.PairKey(row.pairHigh(), row.pairLow()));
            if (layers == null) {
                throw new DamagedException("the headers of dialog " + definition.dialogId() + " are missing");
            }
        }
        return new DialogState(
                definition.service(),
                definition.dialogId(),
                row.ownIndex(),
                row.suite(),
                layers,
                status(row.status()),
                row.changed());
    }

    @Override
    Change takeChange() {
        return new DialogChange(stateOrNull, version, absent);
    }

    @Override
    void writeAll() {
        absent = false; // and every copy has all of it
    }

    private final class DialogChange implements Change {

        private DialogState state;
        private final long oldVersion;
        private final boolean isNew;
        private long newVersion;

        private DialogChange(DialogState state, long version, boolean isNew) {
            this.isNew = isNew;
            this.state = state;
            this.oldVersion = version;
            this.newVersion = version + 1;
        }

        @Override
        public void write(Writes writes) throws SQLException, DamagedException {
            if (isNew && !state.status().closed()) {
                Rows.insertDialog(writes, definition, row(writes));
                return;
            }
            Connection connection = writes.connection();
            if (stored && !state.status().closed()) {
                if (Rows.updateDialog(connection, definition, row(writes), oldVersion)) {
                    return;
                }
            }
            Rows.Dialog tombstone = Rows.readTombstone(connection, definition);
            if (tombstone != null) {
                state = stateOf(definition, tombstone, connection).with(state);
                Rows.bury(connection, writes.counts(), definition, row(writes));
                return;
            }
            Rows.Dialog present = Rows.readDialog(connection, definition, true);
            if (present != null) {
                state = stateOf(definition, present, connection).with(state);
                newVersion = present.version() + 1;
            }
            if (state.status().closed()) {
                Rows.bury(connection, writes.counts(), definition, row(writes));
            } else if (present == null) {
                Rows.insertDialog(writes, definition, row(writes));
            } else if (!Rows.updateDialog(connection, definition, row(writes), present.version())) {
                throw new SQLException("a row that is locked was changed by somebody else");
            }
        }

        private Rows.Dialog row(Writes writes) throws SQLException, DamagedException {
            Rows.PairKey pair = pairOf(state.pairLayers());
            if (!pair.equals(Rows.PairKey.NONE)
                    && pairs.mustLookFor(pair)
                    && writes.pairs().add(pair)) {
                if (Rows.readPair(writes.connection(), pair) == null) {
                    Rows.insertPair(writes.connection(), pair, state.pairLayers(), writes.nowMillis());
                }
            }
            boolean closed = state.status().closed();
            return new Rows.Dialog(
                    state.ownIndex(),
                    state.suite(),
                    closed ? 0 : pair.high(),
                    closed ? 0 : pair.low(),
                    state.status().ordinal(),
                    state.changedMillis(),
                    closed ? 0 : newVersion);
        }

        @Override
        public void committed() {
            boolean closed = state.status().closed();
            stored = !closed;
            absent = false;
            version = newVersion;
            stateOrNull = state.with(stateOrNull);
            if (!closed && state.pairLayers().length() > 0) {
                pairs.add(Rows.PairKey.of(state.pairLayers()));
            }
        }
    }
}
