package io.dialogsecurity.interaction;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.StoreSettings;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.ReceiveWindows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** In a database on disk, which the next instance finds as the one before it left it. */
abstract class StoredMemory implements Memory {

    /** So few that what is used again was often put out of memory before. */
    private static final int WINDOWS_IN_MEMORY = 16;

    private static final int TAIL_RECORDS = 1 << 10;
    private static final Duration SOON = Duration.ofMillis(5);
    private static final Duration NEVER = Duration.ofDays(1);

    private final Path directory;
    private final EndpointStore store;

    private StoredMemory(Path directory, Duration commitInterval) {
        this.directory = directory;
        try (StoreSettings settings = StoreSettings.in(directory)
                .commitInterval(commitInterval)
                .maxWindowsInMemory(WINDOWS_IN_MEMORY)
                .tailRecords(TAIL_RECORDS)
                .build()) {
            this.store = EndpointStore.open(settings, () -> Pki.NOW);
        }
    }

    /** Each instance closes its database, and the next one opens it. */
    static Memory closed() {
        return new Closed(newDirectory());
    }

    /** Each instance dies with its database open. */
    static Memory killed() {
        return new Killed(newDirectory());
    }

    /** One database for many services. */
    static Shared shared() {
        return new Shared();
    }

    @Override
    public ReceiveWindows windows() {
        return store.windows();
    }

    @Override
    public DialogStates dialogs() {
        return store.dialogs();
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public void close() {
        store.close();
        delete(directory);
    }

    Path directory() {
        return directory;
    }

    void end() {
        store.close();
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("interaction");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try {
            for (Path file : filesOf(directory)) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in a directory, the deepest first. */
    private static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.equals(directory))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    /** Written soon, and closed as a process that ends in order does. */
    private static final class Closed extends StoredMemory {

        Closed(Path directory) {
            super(directory, SOON);
        }

        @Override
        public Memory afterDeath() {
            end();
            return new Closed(directory());
        }
    }

    /** Nothing reaches the database before the next life: it finds all that is new in the tail. */
    private static final class Killed extends StoredMemory {

        Killed(Path directory) {
            super(directory, NEVER);
        }

        /** What a killed process leaves are its files as they are at that moment. */
        @Override
        public Memory afterDeath() {
            Path copy = newDirectory();
            try {
                for (Path file : filesOf(directory())) {
                    Files.copy(file, copy.resolve(directory().relativize(file)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Memory next = new Killed(copy);
            close(); // only now, and nobody sees what it writes
            return next;
        }
    }

    /** One database for many services, which stays open when their instances die. */
    static final class Shared implements AutoCloseable {

        private final Closed only = new Closed(newDirectory());

        private Shared() {}

        /** For one more service. */
        Memory memory() {
            return new Part(only);
        }

        @Override
        public void close() {
            only.close();
        }
    }

    private record Part(StoredMemory whole) implements Memory {

        @Override
        public ReceiveWindows windows() {
            return whole.windows();
        }

        @Override
        public DialogStates dialogs() {
            return whole.dialogs();
        }

        @Override
        public Memory afterDeath() {
            return this;
        }

        @Override
        public boolean keeps() {
            return true;
        }

        @Override
        public void close() {
            // the others use it still
        }
    }
}
