package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Takes back what is left of a migration that was cut off, so that it can be begun again. A database that commits with every
 * change of its schema, as H2 does, keeps each statement of it that was carried out before the process died, while its
 * history does not know of it. Called before each migration, while other instances are kept from migrating.
 */
final class CutOffMigration extends BaseCallback {

    private static final List<String> TABLES = List.of(
            "ds_tail",
            "ds_count",
            "ds_window",
            "ds_window_part",
            "ds_identity_secret",
            "ds_send_sequence",
            "ds_pair",
            "ds_dialog",
            "ds_tombstone");

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
        Connection connection = context.getConnection();
        try {
            if (!connection.getMetaData().dataDefinitionCausesTransactionCommit()) {
                return;
            }
            if (context.getMigrationInfo().getVersion().getVersion().equals("1")) {
                takeBackTables(connection);
            } // a later one has to be such that it can be begun again, or is added here
        } catch (SQLException e) {
            throw new FlywayException("What is left of a migration that was cut off cannot be taken back", e);
        }
    }

    /** Tables without a history: they are ours if nothing is in them. */
    private static void takeBackTables(Connection connection) throws SQLException {
        List<String> present = new ArrayList<>();
        try (ResultSet table = connection
                .getMetaData()
                .getTables(null, connection.getSchema(), null, new String[] {"TABLE", "BASE TABLE"})) {
            while (table.next()) {
                String name = table.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                if (TABLES.contains(name)) {
                    present.add(name);
                }
            }
        }
        for (String table : present) {
            if (hasRows(connection, table)) {
                return; // somebody else's, or ours and robbed of its history: the migration says that they are there
            }
        }
        for (String table : present) {
            execute(connection, "DROP TABLE " + table);
        }
    }

    private static boolean hasRows(Connection connection, String table) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT * FROM " + table + " FETCH FIRST 1 ROWS ONLY");
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
