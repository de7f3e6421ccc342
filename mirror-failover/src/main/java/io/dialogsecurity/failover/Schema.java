package io.dialogsecurity.failover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;

/** The database's schema, brought up to date however the last attempt at that ended. */
final class Schema {

    /** The newest version this code knows. */
    static final int VERSION = 1;

    private static final String SCRIPTS = "classpath:io/dialogsecurity/failover/schema";

    /** The type of a column of bytes, by database; others are not known here. */
    private static final Map<String, String> BYTES = Map.of("H2", "BINARY VARYING(1048576)", "PostgreSQL", "BYTEA");

    /** Instances that open a new database together get into each other's way until one of them has made the schema. */
    private static final int ATTEMPTS = 10;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private Schema() {}

    /**
     * Makes the schema, or brings it to its newest version.
     *
     * @param name what the database is called in messages
     * @param embedded whether it is this process's own; else others may do the same at this moment
     * @throws SQLException what the database said
     * @throws StoreException if it is of a kind that is not known, or others have changed its schema
     * @throws DamagedException if the schema of an embedded one is not as it was made
     */
    static void bringUpToDate(DataSource source, String name, boolean embedded, Connection connection)
            throws SQLException, DamagedException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!BYTES.containsKey(product)) {
            throw new StoreException("The endpoint state cannot be in " + name + ": " + product
                    + " is not among the databases it knows, H2 and PostgreSQL. Give the url of one of these.");
        }
        // The class loader is named because that of the calling thread may be anybody's in a broker.
        Flyway flyway = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations(SCRIPTS)
                .table("ds_schema_history")
                .placeholders(Map.of("bytes", BYTES.get(product)))
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .target(Integer.toString(VERSION))
                .validateMigrationNaming(true)
                .callbacks(new CutOffMigration())
                .load();
        for (int attempts = embedded ? 1 : ATTEMPTS; ; attempts--) {
            try {
                migrate(flyway, name);
                return;
            } catch (FlywayException e) {
                if (attempts == 1) {
                    explain(e, name, embedded);
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void migrate(Flyway flyway, String name) {
        MigrationInfoService info = flyway.info();
        MigrationVersion present =
                info.current() == null ? MigrationVersion.EMPTY : info.current().getVersion();
        if (present.isNewerThan(Integer.toString(VERSION))) {
            throw new StoreException("The endpoint state in " + name + " has schema version " + present
                    + ", this version knows " + VERSION
                    + ". Use the version that wrote it, or move it away and begin a new one.");
        }
        if (Arrays.stream(info.all()).anyMatch(migration -> migration.getState().isFailed())) {
            flyway.repair(); // forgets that it failed, for instance for want of room; it is begun again
        }
        flyway.migrate();
    }

    private static void explain(FlywayException e, String name, boolean embedded)
            throws SQLException, DamagedException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                throw sql;
            }
        }
        String what = "the schema in " + name + " is not as it was made: " + Database.reason(e);
        if (embedded) {
            throw new DamagedException(what, e);
        }
        // It is others' too: nothing that could be set aside here would help.
        throw new StoreException(
                "The endpoint state cannot be opened: " + what + ". Restore the database, or give an empty one.", e);
    }
}
