package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.state.Arrival;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations, whole and cut off. */
class SchemaTest {

    @TempDir
    Path directory;

    private static void sql(String url, Iterable<String> statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private StoreSettings shared(String url) {
        return StoreSettings.in(directory.resolve("tail-of-one"))
                .url(url)
                .onDamage(OnDamage.REBUILD)
                .build();
    }

    private String sharedFile() {
        return "jdbc:h2:file:" + directory.resolve("shared");
    }

    @Test
    @DisplayName("A shared database whose first migration was cut off is begun again")
    void firstMigrationCutOff() throws Exception {
        sql(
                sharedFile(),
                List.of(
                        "CREATE TABLE ds_tail (tail_name BIGINT NOT NULL PRIMARY KEY)",
                        "CREATE TABLE ds_count (kind INTEGER NOT NULL)"));
        try (EndpointStore store = EndpointStore.open(shared(sharedFile()), CLOCK)) {
            assertThat(store.windows().window(windowKey(1)).arrive(1, 1, false)).isEqualTo(Arrival.NEXT);
        }
    }

    @Test
    @DisplayName("Tables of the same names that somebody else has filled are left alone")
    void otherTables() throws Exception {
        sql(
                sharedFile(),
                List.of(
                        "CREATE TABLE ds_tail (tail_name BIGINT NOT NULL PRIMARY KEY)",
                        "CREATE TABLE ds_count (kind INTEGER NOT NULL)",
                        "INSERT INTO ds_count VALUES (1)"));
        assertThatThrownBy(() -> EndpointStore.open(shared(sharedFile()), CLOCK))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("already exists")
                .hasMessageNotContaining("\n");
        sql(sharedFile(), List.of("INSERT INTO ds_tail VALUES (1)", "INSERT INTO ds_count VALUES (2)"));
    }

    @Test
    @DisplayName("A database of a kind that is not known is refused, and its tail not taken for damaged")
    void unknownDatabase() throws Exception {
        Driver unknown = proxy(
                Driver.class,
                "connect",
                proxy(
                        Connection.class,
                        "getMetaData",
                        proxy(DatabaseMetaData.class, "getDatabaseProductName", "Abacus")));
        DriverManager.registerDriver(unknown);
        try (EndpointStore store = EndpointStore.open(shared(sharedFile()), CLOCK)) {
            store.windows().window(windowKey(1)).arrive(1, 1, false);
        }
        try {
            assertThatThrownBy(() -> EndpointStore.open(shared("jdbc:abacus:state"), CLOCK))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("Abacus is not among the databases it knows, H2 and PostgreSQL")
                    .hasMessageNotContaining("\n");
        } finally {
            DriverManager.deregisterDriver(unknown);
        }
        try (EndpointStore store = EndpointStore.open(shared(sharedFile()), CLOCK)) {
            assertThat(store.windows().window(windowKey(1)).arrive(1, 1, false)).isEqualTo(Arrival.REDELIVERED);
        }
    }

    /** Something of which one method returns what is given; a driver takes its own URL. */
    private static <T> T proxy(Class<T> type, String method, Object result) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> switch (called.getName()) {
                    case "acceptsURL" -> arguments[0].toString().startsWith("jdbc:abacus:");
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> called.getName().equals(method) && isOwn(arguments) ? result : null;
                }));
    }

    private static boolean isOwn(Object[] arguments) {
        return arguments == null
                || arguments.length == 0
                || arguments[0].toString().startsWith("jdbc:abacus:");
    }
}
