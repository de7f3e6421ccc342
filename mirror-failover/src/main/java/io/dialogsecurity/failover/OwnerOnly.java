package io.dialogsecurity.failover;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files and directories that the process's user alone may read: who talks to whom, and when, stands in them. Where a file
 * system knows no such permissions nothing is done; it has rules of its own.
 */
final class OwnerOnly {

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    /** How the names of a store's files begin; a directory may have other files, which are none of its business. */
    private static final List<String> OURS = List.of("tail", "lock", "rebuild", "incomplete", "state.");

    private OwnerOnly() {}

    /** Makes a directory, and those it is in, if need be. */
    static void createDirectories(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, attributes(existing(directory.toAbsolutePath()), DIRECTORY));
        }
    }

    private static Path existing(Path directory) {
        Path place = directory;
        while (place.getParent() != null && !Files.exists(place)) {
            place = place.getParent();
        }
        return place;
    }

    /** Opens a file, made for the owner alone if it is new. */
    static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(List.of(options));
        return FileChannel.open(file, all, attributes(existing(file.toAbsolutePath()), FILE));
    }

    /**
     * Takes from all others what they may do with a store's directory and files, which an earlier version or another program
     * may have made. A directory that is somebody else's, such as a volume that is mounted there, stays as it is.
     *
     * @throws StoreException if a file is somebody else's and may be read by others
     */
    static void restrict(Path directory) throws IOException {
        if (!hasPermissions(directory)) {
            return;
        }
        try {
            restrict(directory, DIRECTORY);
        } catch (IOException e) {
            // Its files count.
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(OwnerOnly::isOurs).toList();
        }
        for (Path file : files) {
            try {
                restrict(file, FILE);
            } catch (IOException e) {
                throw new StoreException(
                        file + " may be read by other users, and that cannot be taken from them: " + e
                                + ". Give it to the process's user, or let that user alone read it.",
                        e);
            }
        }
    }

    private static boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && OURS.stream().anyMatch(name::startsWith);
    }

    private static void restrict(Path path, Set<PosixFilePermission> most) throws IOException {
        Set<PosixFilePermission> has = Files.getPosixFilePermissions(path);
        if (!most.containsAll(has)) {
            Set<PosixFilePermission> kept = new HashSet<>(has);
            kept.retainAll(most);
            Files.setPosixFilePermissions(path, kept);
        }
    }

    private static FileAttribute<?>[] attributes(Path place, Set<PosixFilePermission> permissions) throws IOException {
        return hasPermissions(place)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path place) throws IOException {
        return Files.getFileStore(place).supportsFileAttributeView(PosixFileAttributeView.class);
    }
}
