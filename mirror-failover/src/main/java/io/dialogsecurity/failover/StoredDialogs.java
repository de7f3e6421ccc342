package io.dialogsecurity.failover;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.SendSequence;
import java.util.Optional;

/** Dialogs that outlive the process. */
final class StoredDialogs implements DialogStates {

    private record DialogKey(String service, DialogId dialogId) {}

    private record SequenceKey(String service, DialogId dialogId, long instance) {}

    private final Database database;
    private final EntryCache<DialogKey, StoredDialog> dialogs;
    private final EntryCache<SequenceKey, StoredSequence> sequences;

    StoredDialogs(Database database, Journal journal, KnownPairs pairs, KnownKeys keys, StoreSettings settings) {
        this.database = database;
        boolean shared = settings.url().isPresent();
        long reserve = reserve(settings);
        dialogs = new EntryCache<>(settings.maxWindowsInMemory(), key -> {
            StoredDialog dialog =
                    new StoredDialog(journal.newId(), Definition.ofDialog(key.service, key.dialogId), journal, pairs);
            dialog.absent = keys.isNew(dialog.definition);
            return dialog;
        });
        sequences = new EntryCache<>(settings.maxWindowsInMemory(), key -> {
            StoredSequence sequence = new StoredSequence(
                    journal.newId(),
                    Definition.ofSequence(key.service, key.dialogId, key.instance),
                    journal,
                    () -> sending(key.service, key.dialogId, key.instance),
                    reserve,
                    shared);
            sequence.absent = keys.isNew(sequence.definition);
            if (!sequence.absent) {
                load(sequence, Definition.ofDialog(key.service, key.dialogId), shared);
            }
            return sequence;
        });
    }

    /**
     * How many numbers may be used beyond what the database has. Where instances share it, few, so that the gap left by who
     * takes over is within a receiver's window; else as many as the tail can hold.
     */
    static long reserve(StoreSettings settings) {
        return settings.url().isPresent() ? 512 : settings.tailRecords();
    }

    private void load(StoredSequence sequence, Definition dialog, boolean shared) {
        database.read(connection -> {
            Rows.Sequence row =
                    Rows.readSequence(connection, sequence.definition.high(), sequence.definition.low(), false);
            if (row != null) {
                sequence.load(row);
            } else if (shared && Rows.readDialog(connection, dialog, false) != null) {
                sequence.beginAfterReserve();
            }
            sequence.absent = row == null && !shared;
            return null;
        });
    }

    @Override
    public void remember(DialogState state) {
        DialogKey key = new DialogKey(state.service(), state.dialogId());
        while (!dialogs.get(key).remember(state)) {
            // an idle entry was replaced while we had it in hand
        }
    }

    @Override
    public Optional<DialogState> find(String service, DialogId dialogId) {
        Definition definition = Definition.ofDialog(service, dialogId);
        // Memory first: what leaves it from here on is in the database when that is read.
        StoredDialog entry = dialogs.peek(new DialogKey(service, dialogId));
        DialogState inMemory = entry == null ? null : entry.state();
        DialogState stored = database.read(connection -> {
            Rows.Dialog row = Rows.readDialog(connection, definition, false);
            if (row == null) {
                row = Rows.readTombstone(connection, definition);
            }
            return row == null ? null : StoredDialog.stateOf(definition, row, connection);
        });
        if (stored == null || inMemory == null) {
            return Optional.ofNullable(stored == null ? inMemory : stored);
        }
        return Optional.of(stored.with(inMemory));
    }

    @Override
    public SendSequence sending(String service, DialogId dialogId, long instance) {
        return sequences.get(new SequenceKey(service, dialogId, instance));
    }

    @Override
    public long open() {
        return database.read(connection -> Rows.readCounts(connection).of(Definition.DIALOG));
    }

    @Override
    public long tombstones() {
        return database.read(connection -> Rows.readCounts(connection).of(RowCounts.TOMBSTONE));
    }

    int inMemory() {
        return dialogs.size() + sequences.size();
    }
}
