package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directory of a store: who has it, and whether what is in it belongs together.
 *
 * <p>Tail and database know each other: the database has a row for the tail with the position up to which it has it, the
 * tail has the position up to which the database surely does. From these it is seen when one of them is missing, is another
 * one's, or was restored from an older copy without the other. (When both are restored together, nothing is seen.)
 */
final class StoreFiles implements AutoCloseable {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * The directories this process has. The system's lock does not tell: it lets go of a file as soon as any channel to it is
     * closed in this process, so a second one must not even be opened.
     */
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final StoreSettings settings;
    private final Path directory;
    private final InstantSource clock;
    private final Path tailFile;
    private final Path newTailFile;
    /** There while something that was set aside has not been learned again. */
    private final Path rebuildFile;
    /** There while something may be missing, since the first start or a loss of power, and has not been learned. */
    private final Path incompleteFile;

    private final FileChannel lockChannel;

    /** What was opened. */
    record Opened(
            Database database,
            Tail tail,
            Journal journal,
            IdentityKey identityKey,
            boolean empty,
            boolean rebuild,
            boolean incomplete) {}

    private StoreFiles(StoreSettings settings, InstantSource clock, Path directory, FileChannel lockChannel) {
        this.settings = settings;
        this.directory = directory;
        this.clock = clock;
        this.lockChannel = lockChannel;
        this.tailFile = settings.directory().resolve("tail");
        this.newTailFile = settings.directory().resolve("tail.new");
        this.rebuildFile = settings.directory().resolve("rebuild");
        this.incompleteFile = settings.directory().resolve("incomplete");
    }

    /** Makes the directory if need be, and takes it for this store alone. */
    static StoreFiles lock(StoreSettings settings, InstantSource clock) {
        try {
            OwnerOnly.createDirectories(settings.directory());
            Path directory = settings.directory().toRealPath();
            if (!TAKEN.add(directory)) {
                throw inUse(settings);
            }
            try {
                return new StoreFiles(settings, clock, directory, lock(directory.resolve("lock"), settings));
            } catch (IOException | RuntimeException e) {
                TAKEN.remove(directory);
                throw e;
            }
        } catch (IOException e) {
            throw cannot(settings.directory(), e);
        }
    }

    private static FileChannel lock(Path file, StoreSettings settings) throws IOException {
        FileChannel channel = OwnerOnly.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(settings);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(settings);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static StoreException inUse(StoreSettings settings) {
        return new StoreException("The endpoint state in " + settings.directory()
                + " is in use by another process. Stop that, or give this one a directory of its own.");
    }

    private static StoreException cannot(Path path, IOException e) {
        return new StoreException(
                "The endpoint state in " + path + " cannot be opened: " + e
                        + ". Let the process's user read and write there, and make room on the disk.",
                e);
    }

    /** Opens what is there, or something new; or refuses. */
    Opened open() {
        restrict();
        Opened opened = openOrRebuild();
        try {
            restrict(); // the database makes its file as the system's default is
            return opened;
        } catch (StoreException e) {
            close(opened.database(), opened.tail());
            throw e;
        }
    }

    private void restrict() {
        try {
            OwnerOnly.restrict(directory);
        } catch (IOException e) {
            throw cannot(settings.directory(), e);
        }
    }

    private Opened openOrRebuild() {
        try {
            return openFiles();
        } catch (DamagedException e) {
            if (settings.onDamage() == OnDamage.REFUSE) {
                throw new StoreException(
                        "The endpoint state in " + settings.directory() + " is damaged: " + e.getMessage()
                                + ". Restore a backup of the whole directory, or set on-damage=\"rebuild\" to set it aside and learn"
                                + " again from queued messages.",
                        e);
            }
            return rebuild(e);
        }
    }

    private Opened rebuild(DamagedException because) {
        try {
            note(rebuildFile);
            setAside();
            return openFiles();
        } catch (DamagedException e) {
            e.addSuppressed(because);
            throw new StoreException(
                    "The endpoint state in " + settings.directory() + " is damaged, and no new one can be begun: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Before anything is set aside or begun: wherever that is cut off, the next start knows of it. */
    private void note(Path file) {
        try (FileChannel note = OwnerOnly.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            note.force(true);
        } catch (IOException e) {
            throw cannot(settings.directory(), e);
        }
    }

    /** What was set aside, or is missing otherwise, has been learned. */
    void learned() {
        for (Path note : List.of(rebuildFile, incompleteFile)) {
            try {
                Files.deleteIfExists(note);
            } catch (IOException e) {
                throw new StoreException(note + " cannot be removed: " + e, e);
            }
        }
    }

    private void setAside() {
        String suffix = ".damaged-" + TIME.format(clock.instant());
        for (Path file : new Path[] {tailFile, newTailFile, Database.file(settings)}) {
            try {
                if (Files.exists(file)) {
                    Files.move(file, file.resolveSibling(file.getFileName() + suffix));
                }
            } catch (IOException e) {
                throw new StoreException(file + " is damaged, and cannot be set aside: " + e, e);
            }
        }
    }

    private Opened openFiles() throws DamagedException {
        boolean databaseThere = settings.url().isPresent() || Files.exists(Database.file(settings));
        boolean tailThere = Files.exists(tailFile) || Files.exists(newTailFile);
        if (!databaseThere && tailThere) {
            throw new DamagedException(Database.file(settings) + " is missing, but its tail is there");
        }
        if (settings.url().isEmpty() && databaseThere && !tailThere && Database.isUnfinished(settings)) {
            moveUnfinished();
        }
        Database database = Database.open(settings);
        Tail tail = null;
        try {
            finishNewTail(database);
            IdentityKey identityKey = identityKey(database);
            boolean empty = !Files.exists(tailFile);
            tail = empty ? firstTail(database) : lastTail(database, identityKey);
            return new Opened(
                    database,
                    tail,
                    new Journal(tail, settings.sync()),
                    identityKey,
                    empty,
                    Files.exists(rebuildFile),
                    Files.exists(incompleteFile));
        } catch (IOException e) {
            close(database, tail);
            throw cannot(settings.directory(), e);
        } catch (SQLException e) {
            close(database, tail);
            throw new StoreException(
                    "The endpoint state in " + database.name() + " cannot be read or written: " + Database.reason(e)
                            + ". Make room on its disk, or bring its database back.",
                    e);
        } catch (DamagedException | RuntimeException e) {
            close(database, tail);
            throw e;
        }
    }

    /** The secret of the database, made before it has its first tail, and so before anything is known under it. */
    private static IdentityKey identityKey(Database database) throws DamagedException, SQLException {
        byte[][] secret = new byte[1][];
        boolean[] inUse = new boolean[1];
        database.write(connection -> {
            inUse[0] = Rows.knowsAnyTail(connection); // first: who has a tail has made a secret before
            secret[0] = Rows.readIdentitySecret(connection);
            return null;
        });
        if (secret[0] == null && inUse[0]) {
            throw new DamagedException("the secret of its identities is missing in " + database.name());
        }
        if (secret[0] == null) {
            secret[0] = newSecret(database);
        }
        try {
            return new IdentityKey(secret[0]);
        } finally {
            Arrays.fill(secret[0], (byte) 0);
        }
    }

    /** Instances that begin a database together have the secret of whoever was first. */
    private static byte[] newSecret(Database database) throws DamagedException, SQLException {
        byte[] fresh = new byte[IdentityKey.BYTES];
        new SecureRandom().nextBytes(fresh);
        try {
            database.write(connection -> {
                Rows.insertIdentitySecret(connection, fresh);
                return null;
            });
            database.force();
            return fresh;
        } catch (SQLException e) {
            byte[][] others = new byte[1][];
            database.write(connection -> {
                others[0] = Rows.readIdentitySecret(connection);
                return null;
            });
            if (others[0] == null) {
                throw e;
            }
            return others[0];
        }
    }

    /** The first start was cut off before there was a tail, so nothing was ever remembered. */
    private void moveUnfinished() {
        Path file = Database.file(settings);
        try {
            Files.move(
                    file, file.resolveSibling(file.getFileName() + ".unfinished"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw cannot(settings.directory(), e);
        }
    }

    private static void close(Database database, Tail tailOrNull) {
        database.close();
        if (tailOrNull != null) {
            try {
                tailOrNull.close();
            } catch (IOException e) {
                throw new StoreException("The tail of the endpoint state cannot be closed: " + e, e);
            }
        }
    }

    /** A tail is made under another name, then the database is told, then it gets its name: wherever that was cut off. */
    private void finishNewTail(Database database) throws IOException, DamagedException, SQLException {
        if (!Files.exists(newTailFile)) {
            return;
        }
        long[] position = {-1};
        try (Tail tail = Tail.open(newTailFile, SystemBoot.id())) {
            database.write(connection -> {
                position[0] = Rows.tailPosition(connection, tail.name());
                return null;
            });
        } catch (DamagedException e) {
            Files.delete(newTailFile); // it was not written to the end, so nobody has used it
            return;
        }
        if (position[0] >= 0) {
            Files.move(newTailFile, tailFile, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(newTailFile);
        }
    }

    private Tail firstTail(Database database) throws IOException, DamagedException, SQLException {
        if (settings.url().isEmpty()) {
            boolean[] known = new boolean[1];
            database.write(connection -> {
                known[0] = Rows.knowsAnyTail(connection);
                return null;
            });
            if (known[0]) {
                throw new DamagedException(tailFile + " is missing, but " + database.name() + " had one");
            }
        }
        note(incompleteFile);
        return newTail(database, new SecureRandom().nextLong(), 1, null);
    }

    private Tail newTail(Database database, long name, long first, Tail oldOrNull)
            throws IOException, DamagedException, SQLException {
        Tail tail = Tail.create(newTailFile, settings.tailRecords(), name, first, SystemBoot.id());
        database.write(connection -> {
            Rows.writeTailPosition(connection, name, first);
            if (oldOrNull != null && oldOrNull.name() != name) {
                Rows.forgetTail(connection, oldOrNull.name());
            }
            return null;
        });
        database.force();
        if (oldOrNull != null) {
            oldOrNull.close();
        }
        Files.move(newTailFile, tailFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return tail;
    }

    private Tail lastTail(Database database, IdentityKey identityKey)
            throws IOException, DamagedException, SQLException {
        Tail tail = Tail.open(tailFile, SystemBoot.id());
        try {
            Tail.Found found = tail.read();
            long databaseHas = check(database, tail, found);
            Journal journal = new Journal(tail, settings.sync());
            database.write(connection -> {
                Replay.run(found, connection, journal, settings, identityKey, databaseHas, clock.millis());
                Rows.writeTailPosition(connection, tail.name(), tail.next());
                return null;
            });
            database.force();
            tail.release(tail.next());
            if (found.powerLost()) {
                // What was not forced is lost. By the new name sequences know that they have to leave a gap.
                note(incompleteFile);
                return newTail(database, new SecureRandom().nextLong(), 1, tail);
            }
            if (tail.capacity() != settings.tailRecords()) {
                return newTail(database, tail.name(), tail.next(), tail);
            }
            tail.begin();
            return tail;
        } catch (DamagedException | SQLException | RuntimeException e) {
            tail.close();
            throw e;
        }
    }

    /** Returns the position up to which the database has the tail. */
    private long check(Database database, Tail tail, Tail.Found found) throws SQLException, DamagedException {
        long[] position = new long[1];
        database.write(connection -> {
            position[0] = Rows.tailPosition(connection, tail.name());
            return null;
        });
        if (position[0] < 0) {
            throw new DamagedException(tailFile + " does not belong to " + database.name());
        }
        if (position[0] < tail.start()) {
            throw new DamagedException(database.name() + " is older than " + tailFile);
        }
        if (position[0] > tail.next()) {
            if (!found.powerLost()) {
                throw new DamagedException(tailFile + " is older than " + database.name());
            }
            tail.skipTo(position[0]);
        }
        return position[0];
    }

    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new StoreException("The lock of " + settings.directory() + " cannot be released: " + e, e);
        } finally {
            TAKEN.remove(directory);
        }
    }
}
