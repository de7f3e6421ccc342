package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.id.Bytes;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The store's statements: standard SQL, one method each. What they read is checked before it is believed. */
final class Rows {

    private Rows() {}

    // --- Windows

    /**
     * A window as stored, its parts by number. The first one is in the window's own row: a short dialog has no other, and so one
     * row.
     */
    record Window(Definition definition, long newest, long last, long version, Map<Long, byte[]> parts) {}

    private static final String SELECT_VERSION = "SELECT row_version FROM ds_window WHERE key_high = ? AND key_low = ?";

    /**
     * A window's row, once for each of its other parts, or once without any. One statement, because that is what a database answers as
     * of one moment: of two, one would be as it was before another instance's commit and the other as after it. No number of attempts
     * mends that, because H2 may give the old answer again to a statement that it was given before, while that commit ends.
     */
    private static final String SELECT_WINDOW =
            "SELECT w.definition, w.newest, w.last_number, w.parts, w.row_version, w.changed, w.check_sum, w.places,"
                    + " p.part, p.places FROM ds_window w LEFT JOIN ds_window_part p"
                    + " ON p.key_high = w.key_high AND p.key_low = w.key_low WHERE w.key_high = ? AND w.key_low = ?";

    /** The window, all of it as of one moment, or null. */
    static Window readWindow(Connection connection, long high, long low) throws SQLException, DamagedException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_WINDOW)) {
            set(select, high, low);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? window(row, high, low) : null;
            }
        }
    }

    /** The same, and nobody else changes it until the transaction ends. */
    static Window lockWindow(Connection connection, long high, long low) throws SQLException, DamagedException {
        return version(connection, SELECT_VERSION + " FOR UPDATE", high, low) < 0
                ? null
                : readWindow(connection, high, low);
    }

    /** The version of a window's row, -1 if there is none. */
    static long windowVersion(Connection connection, long high, long low) throws SQLException {
        return version(connection, SELECT_VERSION, high, low);
    }

    private static long version(Connection connection, String sql, long high, long low) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            set(select, high, low);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    private static Window window(ResultSet row, long high, long low) throws SQLException, DamagedException {
        Definition definition = definition(row.getBytes(1), high, low, "window");
        long newest = row.getLong(2);
        long last = row.getLong(3);
        long sum = row.getLong(4);
        long version = row.getLong(5);
        if (row.getLong(7) != checkOf(high, low, newest, last, sum, version, row.getLong(6))) {
            throw damaged("window", definition);
        }
        return new Window(definition, newest, last, version, parts(row, definition, sum));
    }

    private static Map<Long, byte[]> parts(ResultSet row, Definition definition, long expectedSum)
            throws SQLException, DamagedException {
        Map<Long, byte[]> parts = new TreeMap<>();
        byte[] first = row.getBytes(8);
        if (first != null && first.length > 0) {
            parts.put(0L, first);
        }
        do {
            byte[] places = row.getBytes(10);
            if (places != null && parts.put(row.getLong(9), places) != null) {
                throw damaged("window", definition);
            }
        } while (row.next());
        long sum = 0;
        for (Map.Entry<Long, byte[]> part : parts.entrySet()) {
            sum += partCheck(definition.high(), definition.low(), part.getKey(), part.getValue());
        }
        if (sum != expectedSum) {
            throw damaged("window", definition);
        }
        return parts;
    }

    static long partCheck(long high, long low, long part, byte[] places) {
        return new Checksum(high).add(low).add(part).add(places).value();
    }

    static boolean updateWindow(
            Connection connection,
            Definition definition,
            long oldVersion,
            long newVersion,
            long newest,
            long last,
            long sum,
            byte[] firstOrNull,
            long nowMillis)
            throws SQLException {
        return update(
                        connection,
                        "UPDATE ds_window SET newest = ?, last_number = ?, parts = ?, row_version = ?, changed = ?,"
                                + " check_sum = ?, places = COALESCE(?, places)"
                                + " WHERE key_high = ? AND key_low = ? AND row_version = ?",
                        newest,
                        last,
                        sum,
                        newVersion,
                        nowMillis,
                        checkOf(definition.high(), definition.low(), newest, last, sum, newVersion, nowMillis),
                        firstOrNull,
                        definition.high(),
                        definition.low(),
                        oldVersion)
                == 1;
    }

    static void insertWindow(
            Writes writes, Definition definition, long version, long newest, long last, long sum, byte[] firstOrNull)
            throws SQLException {
        long nowMillis = writes.nowMillis();
        writes.insert(
                "INSERT INTO ds_window (key_high, key_low, definition, service, claimant, newest, last_number, parts,"
                        + " row_version, changed, check_sum, places)",
                definition.high(),
                definition.low(),
                definition.bytes(),
                definition.service(),
                definition.claimant(),
                newest,
                last,
                sum,
                version,
                nowMillis,
                checkOf(definition.high(), definition.low(), newest, last, sum, version, nowMillis),
                firstOrNull);
        writes.counts().add(definition.kind(), definition.claimant(), 1);
    }

    /**
     * Writes a part that is not the first.
     *
     * @param places empty for a part that is gone
     * @param present whether it has a row
     */
    static void writePart(Writes writes, Definition definition, long part, byte[] places, boolean present)
            throws SQLException {
        if (!present) {
            if (places.length > 0) {
                writes.insert(
                        "INSERT INTO ds_window_part (key_high, key_low, part, places)",
                        definition.high(),
                        definition.low(),
                        part,
                        places);
            }
            return;
        }
        int rows = places.length == 0
                ? update(
                        writes.connection(),
                        "DELETE FROM ds_window_part WHERE key_high = ? AND key_low = ? AND part = ?",
                        definition.high(),
                        definition.low(),
                        part)
                : update(
                        writes.connection(),
                        "UPDATE ds_window_part SET places = ? WHERE key_high = ? AND key_low = ? AND part = ?",
                        places,
                        definition.high(),
                        definition.low(),
                        part);
        if (rows != 1) {
            throw new SQLException("part " + part + " of a window has no row any more");
        }
    }

    // --- The secret

    /** The secret under which envelopes are known, or null. */
    static byte[] readIdentitySecret(Connection connection) throws SQLException, DamagedException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT secret, check_sum FROM ds_identity_secret WHERE one = 1");
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            byte[] secret = row.getBytes(1);
            if (secret.length != IdentityKey.BYTES || row.getLong(2) != Checksum.of(secret)) {
                throw new DamagedException("the secret of its identities does not agree with its checksum");
            }
            return secret;
        }
    }

    static void insertIdentitySecret(Connection connection, byte[] secret) throws SQLException {
        update(
                connection,
                "INSERT INTO ds_identity_secret (one, secret, check_sum) VALUES (?, ?, ?)",
                1,
                secret,
                Checksum.of(secret));
    }

    // --- Send sequences

    /** A send sequence as stored. */
    record Sequence(Definition definition, long last, long reservedTo, long tailName, long version) {}

    static Sequence readSequence(Connection connection, long high, long low, boolean lock)
            throws SQLException, DamagedException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT definition, last_number, reserved_to, tail_name, row_version, changed, check_sum"
                        + " FROM ds_send_sequence WHERE key_high = ? AND key_low = ?" + (lock ? " FOR UPDATE" : ""))) {
            set(select, high, low);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Sequence sequence = new Sequence(
                        definition(row.getBytes(1), high, low, "send sequence"),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5));
                if (row.getLong(7) != checkOf(sequence, row.getLong(6))) {
                    throw damaged("send sequence", sequence.definition());
                }
                return sequence;
            }
        }
    }

    private static long checkOf(Sequence s, long changed) {
        return checkOf(s.definition.high(), s.definition.low(), s.last, s.reservedTo, s.tailName, s.version, changed);
    }

    static boolean updateSequence(Connection connection, Sequence sequence, long oldVersion, long nowMillis)
            throws SQLException {
        return update(
                        connection,
                        "UPDATE ds_send_sequence SET last_number = ?, reserved_to = ?, tail_name = ?, row_version = ?,"
                                + " changed = ?, check_sum = ? WHERE key_high = ? AND key_low = ? AND row_version = ?",
                        sequence.last,
                        sequence.reservedTo,
                        sequence.tailName,
                        sequence.version,
                        nowMillis,
                        checkOf(sequence, nowMillis),
                        sequence.definition.high(),
                        sequence.definition.low(),
                        oldVersion)
                == 1;
    }

    static void insertSequence(Writes writes, Sequence sequence) throws SQLException {
        long nowMillis = writes.nowMillis();
        writes.insert(
                "INSERT INTO ds_send_sequence (key_high, key_low, definition, service, last_number, reserved_to,"
                        + " tail_name, row_version, changed, check_sum)",
                sequence.definition.high(),
                sequence.definition.low(),
                sequence.definition.bytes(),
                sequence.definition.service(),
                sequence.last,
                sequence.reservedTo,
                sequence.tailName,
                sequence.version,
                nowMillis,
                checkOf(sequence, nowMillis));
        writes.counts().add(Definition.SEND_SEQUENCE, 0, 1);
    }

    // --- Dialogs

    /** A dialog as stored; a tombstone has no pair and version 0. */
    record Dialog(int ownIndex, int suite, long pairHigh, long pairLow, int status, long changed, long version) {

        boolean hasPair() {
            return pairHigh != 0 || pairLow != 0;
        }
    }

    static Dialog readDialog(Connection connection, Definition key, boolean lock)
            throws SQLException, DamagedException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT own_index, suite, pair_high, pair_low, status, changed, row_version, check_sum FROM ds_dialog"
                        + " WHERE key_high = ? AND key_low = ?" + (lock ? " FOR UPDATE" : ""))) {
            set(select, key.high(), key.low());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Dialog dialog = new Dialog(
                        row.getInt(1),
                        row.getInt(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getInt(5),
                        row.getLong(6),
                        row.getLong(7));
                if (row.getLong(8) != checkOf(key, dialog)) {
                    throw damaged("dialog", key);
                }
                return dialog;
            }
        }
    }

    static Dialog readTombstone(Connection connection, Definition key) throws SQLException, DamagedException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT own_index, suite, status, changed, check_sum FROM ds_tombstone"
                        + " WHERE key_high = ? AND key_low = ?")) {
            set(select, key.high(), key.low());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Dialog dialog = new Dialog(row.getInt(1), row.getInt(2), 0, 0, row.getInt(3), row.getLong(4), 0);
                if (row.getLong(5) != checkOf(key, dialog)) {
                    throw damaged("tombstone", key);
                }
                return dialog;
            }
        }
    }

    private static long checkOf(Definition key, Dialog dialog) {
        return checkOf(
                key.high(),
                key.low(),
                dialog.ownIndex,
                dialog.suite,
                dialog.pairHigh,
                dialog.pairLow,
                dialog.status,
                dialog.changed,
                dialog.version);
    }

    static boolean updateDialog(Connection connection, Definition key, Dialog dialog, long oldVersion)
            throws SQLException {
        return update(
                        connection,
                        "UPDATE ds_dialog SET own_index = ?, suite = ?, pair_high = ?, pair_low = ?, status = ?,"
                                + " changed = ?, row_version = ?, check_sum = ?"
                                + " WHERE key_high = ? AND key_low = ? AND row_version = ?",
                        dialog.ownIndex,
                        dialog.suite,
                        dialog.pairHigh,
                        dialog.pairLow,
                        dialog.status,
                        dialog.changed,
                        dialog.version,
                        checkOf(key, dialog),
                        key.high(),
                        key.low(),
                        oldVersion)
                == 1;
    }

    static void insertDialog(Writes writes, Definition key, Dialog dialog) throws SQLException {
        writes.insert(
                "INSERT INTO ds_dialog (key_high, key_low, definition, service, own_index, suite, pair_high, pair_low,"
                        + " status, changed, row_version, check_sum)",
                key.high(),
                key.low(),
                key.bytes(),
                key.service(),
                dialog.ownIndex,
                dialog.suite,
                dialog.pairHigh,
                dialog.pairLow,
                dialog.status,
                dialog.changed,
                dialog.version,
                checkOf(key, dialog));
        writes.counts().add(Definition.DIALOG, 0, 1);
    }

    /** The dialog's row gives way to a tombstone. */
    static void bury(Connection connection, RowCounts counts, Definition key, Dialog dialog) throws SQLException {
        int dialogs =
                update(connection, "DELETE FROM ds_dialog WHERE key_high = ? AND key_low = ?", key.high(), key.low());
        int tombstones = update(
                connection, "DELETE FROM ds_tombstone WHERE key_high = ? AND key_low = ?", key.high(), key.low());
        counts.add(Definition.DIALOG, 0, -dialogs);
        counts.add(RowCounts.TOMBSTONE, 0, 1 - tombstones);
        update(
                connection,
                "INSERT INTO ds_tombstone (key_high, key_low, own_index, suite, status, changed, check_sum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                key.high(),
                key.low(),
                dialog.ownIndex,
                dialog.suite,
                dialog.status,
                dialog.changed,
                checkOf(key, dialog));
    }

    // --- Pairs

    /** The name of pair layers: the first 128 bits of their SHA-256. */
    record PairKey(long high, long low) {

        /** Of a dialog without layers. */
        static final PairKey NONE = new PairKey(0, 0);

        static PairKey of(Bytes layers) {
            ByteBuffer hash = ByteBuffer.wrap(Definition.sha256(layers.toArray()));
            return new PairKey(hash.getLong(), hash.getLong());
        }
    }

    static Bytes readPair(Connection connection, PairKey key) throws SQLException, DamagedException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT layers FROM ds_pair WHERE pair_high = ? AND pair_low = ?")) {
            set(select, key.high, key.low);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Bytes layers = Bytes.copyOf(row.getBytes(1));
                if (!PairKey.of(layers).equals(key)) {
                    throw new DamagedException("the headers of a service pair are damaged");
                }
                return layers;
            }
        }
    }

    static void insertPair(Connection connection, PairKey key, Bytes layers, long nowMillis) throws SQLException {
        update(
                connection,
                "INSERT INTO ds_pair (pair_high, pair_low, layers, changed) VALUES (?, ?, ?, ?)",
                key.high,
                key.low,
                layers.toArray(),
                nowMillis);
    }

    // --- Tails

    /** How much of a tail the database has, or -1 if it does not know it. */
    static long tailPosition(Connection connection, long name) throws SQLException, DamagedException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT tail_position, check_sum FROM ds_tail WHERE tail_name = ?")) {
            set(select, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return -1;
                }
                if (row.getLong(2) != checkOf(name, row.getLong(1))) {
                    throw new DamagedException("the row of the tail is damaged");
                }
                return row.getLong(1);
            }
        }
    }

    static boolean knowsAnyTail(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT tail_name FROM ds_tail FETCH FIRST 1 ROWS ONLY");
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    static void writeTailPosition(Connection connection, long name, long position) throws SQLException {
        int rows = update(
                connection,
                "UPDATE ds_tail SET tail_position = ?, check_sum = ? WHERE tail_name = ?",
                position,
                checkOf(name, position),
                name);
        if (rows == 0) {
            update(
                    connection,
                    "INSERT INTO ds_tail (tail_name, tail_position, check_sum) VALUES (?, ?, ?)",
                    name,
                    position,
                    checkOf(name, position));
        }
    }

    static void forgetTail(Connection connection, long name) throws SQLException {
        update(connection, "DELETE FROM ds_tail WHERE tail_name = ?", name);
    }

    // --- All of them

    /** How many rows there are, as the transactions that made them have noted. */
    static RowCounts readCounts(Connection connection) throws SQLException {
        RowCounts counts = new RowCounts();
        try (PreparedStatement select = connection.prepareStatement("SELECT kind, claimant, row_count FROM ds_count");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                counts.add(row.getInt(1), row.getLong(2), row.getLong(3));
            }
        }
        return counts;
    }

    static void addCount(Connection connection, RowCounts.Group group, long rows) throws SQLException {
        int present = update(
                connection,
                "UPDATE ds_count SET row_count = row_count + ? WHERE kind = ? AND claimant = ?",
                rows,
                group.kind(),
                group.claimant());
        if (present == 0) {
            update(
                    connection,
                    "INSERT INTO ds_count (kind, claimant, row_count) VALUES (?, ?, ?)",
                    group.kind(),
                    group.claimant(),
                    rows);
        }
    }

    /** Keys in their order, each as two numbers, of which the first is at least the one given. */
    static long[][] readKeys(Connection connection, String table, long fromHigh, int atMost) throws SQLException {
        List<long[]> keys = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT key_high, key_low FROM " + table
                + " WHERE key_high >= ? ORDER BY key_high FETCH FIRST " + atMost + " ROWS ONLY")) {
            set(select, fromHigh);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keys.add(new long[] {row.getLong(1), row.getLong(2)});
                }
            }
        }
        return keys.toArray(long[][]::new);
    }

    /** A row to delete, unless it has changed since. */
    private record Old(long high, long low, long changed) {}

    /**
     * Deletes windows, those that changed longest ago first.
     *
     * @param group of which windows
     * @param beforeMillis only what has not changed since
     * @return how many were found
     */
    static int deleteOldWindows(
            Connection connection, RowCounts counts, RowCounts.Group group, long beforeMillis, int atMost)
            throws SQLException {
        List<Old> found = old(
                connection,
                "SELECT key_high, key_low, changed FROM ds_window WHERE claimant = ? AND changed < ?"
                        + " ORDER BY claimant, changed FETCH FIRST " + atMost + " ROWS ONLY",
                group.claimant(),
                beforeMillis);
        for (Old old : found) {
            if (delete(connection, "ds_window", old)) {
                counts.add(group.kind(), group.claimant(), -1);
                update(connection, "DELETE FROM ds_window_part WHERE key_high = ? AND key_low = ?", old.high, old.low);
            }
        }
        return found.size();
    }

    /** The same of another table. */
    static int deleteOld(Connection connection, RowCounts counts, int kind, String table, long beforeMillis, int atMost)
            throws SQLException {
        List<Old> found = old(
                connection,
                "SELECT key_high, key_low, changed FROM " + table + " WHERE changed < ? ORDER BY changed FETCH FIRST "
                        + atMost + " ROWS ONLY",
                beforeMillis);
        for (Old old : found) {
            if (delete(connection, table, old)) {
                counts.add(kind, 0, -1);
            }
        }
        return found.size();
    }

    private static List<Old> old(Connection connection, String sql, long... values) throws SQLException {
        List<Old> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            set(select, values);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Old(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
        }
        return found;
    }

    private static boolean delete(Connection connection, String table, Old old) throws SQLException {
        return update(
                        connection,
                        "DELETE FROM " + table + " WHERE key_high = ? AND key_low = ? AND changed = ?",
                        old.high,
                        old.low,
                        old.changed)
                == 1;
    }

    /** Deletes pair layers that no dialog has and that are not new. Returns how many. */
    static int deleteUnusedPairs(Connection connection, long beforeMillis) throws SQLException {
        return update(
                connection,
                "DELETE FROM ds_pair WHERE changed < ? AND NOT EXISTS (SELECT 1 FROM ds_dialog d"
                        + " WHERE d.pair_high = ds_pair.pair_high AND d.pair_low = ds_pair.pair_low)",
                beforeMillis);
    }

    private static Definition definition(byte[] bytes, long high, long low, String what) throws DamagedException {
        Definition definition = Definition.read(bytes);
        if (definition.high() != high || definition.low() != low) {
            throw damaged(what, definition);
        }
        return definition;
    }

    private static DamagedException damaged(String what, Definition of) {
        return new DamagedException(
                "the " + what + " of dialog " + of.dialogId() + " does not agree with its checksum");
    }

    private static long checkOf(long... values) {
        Checksum sum = new Checksum(values.length);
        for (long value : values) {
            sum.add(value);
        }
        return sum.value();
    }

    private static void set(PreparedStatement statement, long... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setLong(i + 1, values[i]);
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                set(statement, i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** Sets a parameter; null stands for bytes that are missing. */
    static void set(PreparedStatement statement, int parameter, Object value) throws SQLException {
        if (value == null || value instanceof byte[]) {
            statement.setBytes(parameter, (byte[]) value);
        } else if (value instanceof String text) {
            statement.setString(parameter, text);
        } else if (value instanceof Integer number) {
            statement.setInt(parameter, number);
        } else {
            statement.setLong(parameter, (Long) value);
        }
    }
}
