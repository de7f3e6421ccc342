package io.dialogsecurity.failover;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/** The database under the store: opened, its schema brought up to date, its errors said in one line. Thread-safe. */
final class Database implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final String H2 = "jdbc:h2:";
    private static final int SHORTEST_SECRET = 3;
    private static final Pattern KIND = Pattern.compile("jdbc:[A-Za-z0-9+.-]+:");
    /** How an encrypted file begins. */
    private static final byte[] ENCRYPTED = "H2encrypt".getBytes(StandardCharsets.US_ASCII);

    /** What is read or written with a connection. */
    interface Work<T> {
        T with(Connection connection) throws SQLException, DamagedException;
    }

    private final String name;
    /** The file of an embedded database, opened once more to force it. */
    private final FileChannel fileOrNull;

    private final HikariDataSource pool;
    private final OwnThreads readers = new OwnThreads(CONNECTIONS);
    private volatile Consumer<DamagedException> onDamage = damage -> {};

    private Database(String name, FileChannel fileOrNull, HikariDataSource pool) {
        this.name = name;
        this.fileOrNull = fileOrNull;
        this.pool = pool;
    }

    /** The file of an embedded database. */
    static Path file(StoreSettings settings) {
        return settings.directory().resolve("state.mv.db");
    }

    /**
     * Opens the database and brings its schema up to date.
     *
     * @throws DamagedException if it cannot be read any more
     * @throws StoreException if it cannot be opened for another reason
     */
    static Database open(StoreSettings settings) throws DamagedException {
        boolean embedded = settings.url().isEmpty();
        String name = embedded
                ? file(settings).toString()
                : withoutSecrets(settings.url().orElseThrow());
        DataSource source = source(settings, embedded);
        try (Connection connection = source.getConnection()) {
            Schema.bringUpToDate(source, name, embedded, connection);
        } catch (SQLException e) {
            throw explain(name, embedded, withoutSecrets(e, settings.url().orElse(null)));
        }
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(source);
        pool.setPoolName("dialog-security-state");
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(10_000);
        pool.setRegisterMbeans(false);
        try {
            FileChannel file = embedded ? FileChannel.open(file(settings), StandardOpenOption.WRITE) : null;
            return new Database(name, file, new HikariDataSource(pool));
        } catch (IOException | RuntimeException e) {
            throw new StoreException("The endpoint state in " + name + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Whether an embedded database was begun and never had a tail: then nothing is in it. */
    static boolean isUnfinished(StoreSettings settings) throws DamagedException {
        try (Connection connection = source(settings, true).getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT table_name FROM INFORMATION_SCHEMA.TABLES WHERE table_name = 'DS_TAIL'");
                ResultSet table = select.executeQuery()) {
            return !table.next() || !Rows.knowsAnyTail(connection);
        } catch (SQLException e) {
            throw explain(file(settings).toString(), true, e);
        }
    }

    private static DataSource source(StoreSettings settings, boolean embedded) {
        if (embedded && !settings.encrypted() && isEncrypted(file(settings))) {
            // Said here because the database would take the file for a damaged one.
            throw new StoreException("The endpoint state in " + file(settings)
                    + " is encrypted. Give its encryption password in <state>.");
        }
        char[] password = password(settings, embedded);
        try {
            if (!embedded && !settings.url().orElseThrow().startsWith(H2)) {
                return new DriverSource(settings.url().orElseThrow(), settings.user(), password);
            }
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setUrl(embedded ? embeddedUrl(settings) : settings.url().orElseThrow());
            h2.setUser(settings.user());
            h2.setPasswordChars(password.clone()); // it keeps the array it is given
            return h2;
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private static boolean isEncrypted(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        try (InputStream start = Files.newInputStream(file)) {
            return Arrays.equals(start.readNBytes(ENCRYPTED.length), ENCRYPTED);
        } catch (IOException e) {
            throw new StoreException(
                    "The endpoint state in " + file + " cannot be opened: " + e
                            + ". Let the process's user read and write there.",
                    e);
        }
    }

    /**
     * With a write delay of zero a commit is in the file when it returns. (The statement that is meant to force the file also
     * compacts it, which is too much twice a second.)
     */
    private static String embeddedUrl(StoreSettings settings) {
        String path = settings.directory().resolve("state").toString();
        if (path.indexOf(';') >= 0) {
            throw new StoreException("The endpoint state cannot be in " + settings.directory()
                    + ": the embedded database takes no ';' in a path. Choose another directory.");
        }
        return H2 + "file:" + path
                + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;WRITE_DELAY=0;QUERY_CACHE_SIZE=64;CACHE_SIZE=16384"
                + (Files.exists(file(settings)) ? ";IFEXISTS=TRUE" : "")
                + (settings.encrypted() ? ";CIPHER=AES" : "");
    }

    /** H2 takes the file's password and the user's in one, with a space between. */
    private static char[] password(StoreSettings settings, boolean embedded) {
        char[] user = settings.password();
        if (!embedded || !settings.encrypted()) {
            return user;
        }
        char[] file = settings.encryptionPassword();
        if (CharBuffer.wrap(file).chars().anyMatch(c -> c == ' ')) {
            throw new StoreException("The encryption password of the endpoint state must not have a space in it.");
        }
        char[] both = Arrays.copyOf(file, file.length + 1 + user.length);
        both[file.length] = ' ';
        System.arraycopy(user, 0, both, file.length + 1, user.length);
        Arrays.fill(user, '\0');
        Arrays.fill(file, '\0');
        return both;
    }

    /** What an error on opening means: damage, or something that has another remedy. */
    private static StoreException explain(String name, boolean embedded, SQLException e) throws DamagedException {
        String what = "The endpoint state in " + name;
        if (embedded && isOfDisk(e)) {
            return new StoreException(
                    what + " cannot be opened: " + reason(e)
                            + ". Let the process's user read and write there, and make room on its disk.",
                    e);
        }
        return switch (e.getErrorCode()) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                new StoreException(
                        what + " is in use by another process. Stop that, or give this one a directory of its own.", e);
            case ErrorCode.WRONG_USER_OR_PASSWORD ->
                new StoreException(what + " does not accept user and password. Correct them in <state>.", e);
            case ErrorCode.FILE_ENCRYPTION_ERROR_1, ErrorCode.WRONG_PASSWORD_FORMAT ->
                new StoreException(what + " cannot be decrypted. Correct the encryption password in <state>.", e);
            case ErrorCode.FILE_CORRUPTED_1,
                    ErrorCode.GENERAL_ERROR_1,
                    ErrorCode.FILE_VERSION_ERROR_1,
                    ErrorCode.IO_EXCEPTION_1,
                    ErrorCode.IO_EXCEPTION_2 -> {
                if (embedded) {
                    throw new DamagedException(name + " cannot be read: " + reason(e), e);
                }
                yield new StoreException(what + " cannot be opened: " + reason(e), e);
            }
            default ->
                new StoreException(what + " cannot be opened: " + reason(e) + ". Correct <state>, or its database.", e);
        };
    }

    /** Whether an error says something of the disk, or of who may use it, or of memory, and nothing of what is in the file. */
    private static boolean isOfDisk(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException) {
                return false;
            }
            if (cause instanceof IOException
                    || cause instanceof VirtualMachineError
                    || (cause instanceof MVStoreException store
                            && store.getErrorCode() == DataUtils.ERROR_WRITING_FAILED)) {
                return true;
            }
        }
        return false;
    }

    /** The error without the statement and stack that H2 appends. */
    static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String own = String.valueOf(e.getMessage());
        String deepest = root == e ? "" : " (" + root.getMessage() + ")";
        String text =
                (own + deepest).replaceAll("\\s*\\R\\s*", " ").replaceAll("; SQL statement:.*?\\[\\d+-\\d+\\]", "");
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }

    /** A JDBC URL as it may be shown: where it leads, without login and parameters. */
    static String withoutSecrets(String url) {
        Matcher kind = KIND.matcher(url);
        String start = kind.lookingAt() ? kind.group() : "";
        String place = url.substring(start.length()).split("[?;]", 2)[0];
        int login = place.lastIndexOf('@');
        if (login < 0 && url.indexOf('@') >= 0) {
            return start + "..."; // a password that has a sign of the URL's in it: nobody knows where it ends
        }
        return login < 0 ? start + place : start + (place.startsWith("//") ? "//" : "") + place.substring(login + 1);
    }

    /** Drivers quote a URL that they do not understand, or parts of it, with what is in them. */
    private static SQLException withoutSecrets(SQLException e, String urlOrNull) {
        if (urlOrNull == null) {
            return e;
        }
        String shown = withoutSecrets(urlOrNull);
        for (String word : urlOrNull.split("[:/@?;&=]")) {
            boolean hidden = word.length() >= SHORTEST_SECRET && !shown.contains(word);
            for (Throwable cause = e; hidden && cause != null; cause = cause.getCause()) {
                if (String.valueOf(cause.getMessage()).contains(word)) {
                    return new SQLException(
                            "its driver cannot connect, or does not take the url", e.getSQLState(), e.getErrorCode());
                }
            }
        }
        return e;
    }

    void onDamage(Consumer<DamagedException> action) {
        onDamage = action;
    }

    String name() {
        return name;
    }

    /**
     * Reads, whoever calls: he may be interrupted.
     *
     * @throws StoreException if that is not possible; what was to be judged with it is then refused
     */
    <T> T read(Work<T> work) {
        return readers.call(() -> readHere(work));
    }

    private <T> T readHere(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw new StoreException("The endpoint state in " + name + " cannot be read: " + reason(e), e);
        } catch (DamagedException e) {
            onDamage.accept(e);
            throw damaged(e);
        }
    }

    StoreException damaged(DamagedException e) {
        return new StoreException(
                "The endpoint state in " + name + " is damaged: " + e.getMessage() + ". Restore a backup of"
                        + " its whole directory, or set on-damage=\"rebuild\" to set it aside and learn again from queued messages.",
                e);
    }

    /** Does all of the work, or nothing. Only for threads that nobody interrupts. */
    void write(Work<Void> work) throws SQLException, DamagedException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.with(connection);
                connection.commit();
            } catch (SQLException | DamagedException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
        }
    }

    private static void rollBack(Connection connection, Exception because) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    /** Returns when what was committed is on the disk; of another than an embedded database that is its own concern. */
    void force() throws SQLException {
        if (fileOrNull != null) {
            try {
                fileOrNull.force(false);
            } catch (IOException e) {
                throw new SQLException("the file could not be forced to the disk: " + e, e);
            }
        }
    }

    /** Lets go of connections that may be broken, and so of an embedded database that closed itself when its disk was full. */
    void renew() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public void close() {
        readers.close();
        pool.close();
        if (fileOrNull != null) {
            try {
                fileOrNull.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Any JDBC driver that the class path has, which may be that of this class only: the driver manager looks where the first
     * thread that asked it happened to look.
     */
    private static final class DriverSource extends AbstractSource {

        private final String url;
        private final String user;
        private final char[] password;

        private DriverSource(String url, String user, char[] password) {
            this.url = url;
            this.user = user;
            this.password = password.clone();
        }

        @Override
        public Connection getConnection() throws SQLException {
            Properties login = new Properties();
            login.setProperty("user", user);
            login.setProperty("password", new String(password));
            Connection connection = driver().connect(url, login);
            if (connection == null) {
                throw new SQLException("the driver does not take this URL");
            }
            return connection;
        }

        private Driver driver() throws SQLException {
            for (Driver driver : ServiceLoader.load(Driver.class, Database.class.getClassLoader())) {
                if (driver.acceptsURL(url)) {
                    return driver;
                }
            }
            return DriverManager.getDriver(url);
        }

        @Override
        public String toString() {
            return withoutSecrets(url).toLowerCase(Locale.ROOT);
        }
    }
}
