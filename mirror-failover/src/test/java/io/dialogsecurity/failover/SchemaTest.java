package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.claimKey;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.DialogStatus;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Migrations, whole and cut off. The store in {@code schema-1.zip} was written and closed by the code that knew no other schema
 * than the first. Of each kind it has 20 windows, the first with 1500 numbers, the second with 200, the others with 3, of which
 * the odd ones are acknowledged; a dialog for each, every second one ended by an error; and in dialog <i>n</i> <i>n</i> messages
 * sent.
 */
class SchemaTest {

    private static final int DIALOGS = 20;
    private static final long FORGOTTEN = 1500 - 1024;

    /** What the second migration does, statement by statement. */
    private static final List<String> SECOND = List.of(
            "ALTER TABLE ds_window ADD COLUMN places BINARY VARYING(1048576)",
            "UPDATE ds_window SET places = (SELECT s.places FROM ds_window_segment s"
                    + " WHERE s.key_high = ds_window.key_high AND s.key_low = ds_window.key_low AND s.segment = 0)",
            "DELETE FROM ds_window_segment WHERE segment = 0");

    @TempDir
    Path directory;

    private void unpack() throws IOException {
        try (InputStream packed = SchemaTest.class.getResourceAsStream("schema-1.zip");
                ZipInputStream files = new ZipInputStream(packed)) {
            for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
                Files.copy(files, directory.resolve(file.getName()));
            }
        }
    }

    private EndpointStore open() {
        return EndpointStore.open(
                StoreSettings.in(directory)
                        .tombstoneLife(Duration.ofDays(200 * 365))
                        .onDamage(OnDamage.REBUILD)
                        .build(),
                CLOCK);
    }

    private void hasEverything() throws IOException {
        try (EndpointStore store = open()) {
            assertThat(store.openedEmpty()).isFalse();
            assertThat(store.needsRebuild()).isFalse();
            for (int dialog = 0; dialog < DIALOGS; dialog++) {
                int numbers = dialog == 0 ? 1500 : dialog == 1 ? 200 : 3;
                for (int number = 1; number <= numbers; number++) {
                    boolean forgotten = dialog == 0 && number <= FORGOTTEN;
                    boolean odd = number % 2 == 1;
                    long mic = 1000L * dialog + number;
                    assertThat(store.windows().window(windowKey(dialog)).arrive(number, mic, false))
                            .as("%d in dialog %d", number, dialog)
                            .isEqualTo(
                                    forgotten ? Arrival.BEFORE_WINDOW : odd ? Arrival.DUPLICATE : Arrival.REDELIVERED);
                    assertThat(store.claims().window(claimKey(dialog)).take(number, mic, false))
                            .as("%d in dialog %d", number, dialog)
                            .isEqualTo(forgotten ? Claim.TOO_OLD : odd ? Claim.REPLAYED : Claim.PENDING);
                }
                DialogId id = new DialogId(7, dialog);
                assertThat(store.dialogs().find("orders", id).orElseThrow().status())
                        .isEqualTo(dialog % 2 == 0 ? DialogStatus.OPEN : DialogStatus.ERROR);
                assertThat(store.dialogs().sending("orders", id, 0).last()).isEqualTo(dialog);
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("damaged"));
        }
    }

    private static void sql(String url, Iterable<String> statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String embedded() {
        return "jdbc:h2:file:" + directory.resolve("state");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @DisplayName(
            "A store of the first schema opens with everything, wherever an earlier attempt to migrate it was cut off")
    void firstSchema(int statementsBefore) throws Exception {
        unpack();
        sql(embedded(), SECOND.subList(0, statementsBefore));
        hasEverything();
        hasEverything();
    }

    @Test
    @DisplayName("A migration that failed is begun again")
    void failedMigration() throws Exception {
        unpack();
        sql(embedded(), SECOND.subList(0, 2));
        sql(
                embedded(),
                List.of("INSERT INTO \"ds_schema_history\" VALUES (2, '2', 'first segment in window', 'SQL',"
                        + " 'V2__first_segment_in_window.sql', 1742231897, 'sa', NOW(), 1, FALSE)"));
        hasEverything();
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
