package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.id.Bytes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Brings what a tail has into the database. Of records the database has already only the definitions count: after a loss of
 * power the next ones about the same number may be missing, and the number would go back to what it was. A record without a
 * definition before it was written by a commit that is complete, see {@link Journal}.
 */
final class Replay {

    private final Connection connection;
    private final Journal journal;
    private final StoreSettings settings;
    private final KnownPairs pairs;
    private final IdentityKey identityKey;
    private final long databaseHas;
    private final Map<Long, Entry> byId = new HashMap<>();
    private final Map<String, Entry> byKey = new HashMap<>();
    private final Set<Entry> changed = new LinkedHashSet<>();
    private final Map<Rows.PairKey, Bytes> layers = new HashMap<>();

    private Replay(
            Connection connection, Journal journal, StoreSettings settings, IdentityKey identityKey, long databaseHas) {
        this.identityKey = identityKey;
        this.connection = connection;
        this.databaseHas = databaseHas;
        this.journal = journal;
        this.settings = settings;
        this.pairs = new KnownPairs(true);
    }

    /** Does it within the connection's transaction. */
    static void run(
            Tail.Found found,
            Connection connection,
            Journal journal,
            StoreSettings settings,
            IdentityKey identityKey,
            long databaseHas,
            long nowMillis)
            throws SQLException, DamagedException {
        Replay replay = new Replay(connection, journal, settings, identityKey, databaseHas);
        for (Tail.Found.Entry record : found.entries()) {
            replay.apply(record);
        }
        try (Writes writes = new Writes(connection, settings.url().isPresent(), nowMillis)) {
            for (Entry entry : replay.changed) {
                synchronized (entry) {
                    entry.takeChange().write(writes);
                }
            }
            writes.flush();
        }
    }

    private void apply(Tail.Found.Entry record) throws SQLException, DamagedException {
        if (record.operation() == Operation.DEFINE) {
            byId.put(record.id(), entry(Definition.read(record.blobOrNull())));
            return;
        }
        if (record.operation() == Operation.LAYERS) {
            Bytes found = Bytes.copyOf(record.blobOrNull());
            layers.put(Rows.PairKey.of(found), found);
            return;
        }
        Entry entry = byId.get(record.id());
        if (entry == null || record.position() < databaseHas) {
            return;
        }
        changed.add(entry);
        switch (record.operation()) {
            case Operation.MARK_1,
                    Operation.MARK_2,
                    Operation.MARK_3,
                    Operation.DIGEST_1,
                    Operation.DIGEST_2,
                    Operation.DIGEST_3,
                    Operation.RELEASE,
                    Operation.END -> ((WindowEntry) entry).replay(record.operation(), record.a(), record.b());
            case Operation.USE -> ((StoredSequence) entry).replay(record.a());
            case Operation.STATE -> ((StoredDialog) entry).replay(record.blobOrNull(), layers, connection);
            default -> throw new DamagedException("the tail has a record of unknown kind " + record.operation());
        }
    }

    private Entry entry(Definition definition) throws SQLException, DamagedException {
        String key = Long.toHexString(definition.high()) + '-' + Long.toHexString(definition.low());
        Entry present = byKey.get(key);
        if (present == null) {
            present = load(definition);
            byKey.put(key, present);
        }
        return present;
    }

    private Entry load(Definition definition) throws SQLException, DamagedException {
        switch (definition.kind()) {
            case Definition.RECEIVE_WINDOW, Definition.CLAIM_WINDOW -> {
                WindowEntry window = definition.kind() == Definition.RECEIVE_WINDOW
                        ? new StoredReceiveWindow(0, definition, journal, identityKey, null, null)
                        : new StoredClaimWindow(0, definition, journal, identityKey, null, null);
                Rows.Window row = Rows.readWindow(connection, definition.high(), definition.low());
                if (row != null) {
                    window.load(row);
                }
                return window;
            }
            case Definition.SEND_SEQUENCE -> {
                StoredSequence sequence = new StoredSequence(
                        0,
                        definition,
                        journal,
                        null,
                        StoredDialogs.reserve(settings),
                        settings.url().isPresent());
                Rows.Sequence row = Rows.readSequence(connection, definition.high(), definition.low(), false);
                if (row != null) {
                    sequence.load(row);
                }
                return sequence;
            }
            case Definition.DIALOG -> {
                return new StoredDialog(0, definition, journal, pairs);
            }
            default -> throw new DamagedException("the tail defines an entry of unknown kind " + definition.kind());
        }
    }
}
