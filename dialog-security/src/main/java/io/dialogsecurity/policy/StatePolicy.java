package io.dialogsecurity.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where endpoint state is kept. Immutable but for its passwords, which belong to the {@link SecurityPolicy} and are erased
 * with it.
 */
public final class StatePolicy implements AutoCloseable {
    static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofMillis(500);

    private final boolean enabled;
    private final Path directoryOrNull;
    private final String urlOrNull;
    private final String userOrNull;
    private final char[] passwordOrNull;
    private final char[] encryptionPasswordOrNull;
    private final Duration commitInterval;
    private final DamagedState onDamage;
    private final boolean force;

    StatePolicy(
            boolean enabled,
            Path directoryOrNull,
            String urlOrNull,
            String userOrNull,
            char[] passwordOrNull,
            char[] encryptionPasswordOrNull,
            Duration commitInterval,
            DamagedState onDamage,
            boolean force) {
        this.enabled = enabled;
        this.directoryOrNull = directoryOrNull;
        this.urlOrNull = urlOrNull;
        this.userOrNull = userOrNull;
        this.passwordOrNull = passwordOrNull;
        this.encryptionPasswordOrNull = encryptionPasswordOrNull;
        this.commitInterval = commitInterval;
        this.onDamage = onDamage;
        this.force = force;
    }

    /** What holds where the file says nothing: the place the process suggests, without a password. */
    public static StatePolicy defaults() {
        return new StatePolicy(true, null, null, null, null, null, DEFAULT_COMMIT_INTERVAL, DamagedState.REFUSE, false);
    }

    /** Whether state is kept beyond the life of the process. */
    public boolean enabled() {
        return enabled;
    }

    /** The directory of the database's files and of the tail; absolute. */
    public Optional<Path> directory() {
        return Optional.ofNullable(directoryOrNull);
    }

    /** The JDBC URL of another database than an embedded one. */
    public Optional<String> url() {
        return Optional.ofNullable(urlOrNull);
    }

    /** The database's user. */
    public Optional<String> user() {
        return Optional.ofNullable(userOrNull);
    }

    /** A copy of the database user's password; the caller erases it. */
    public Optional<char[]> password() {
        return Optional.ofNullable(passwordOrNull).map(char[]::clone);
    }

    /** A copy of the password the embedded database's file is encrypted with; the caller erases it. */
    public Optional<char[]> encryptionPassword() {
        return Optional.ofNullable(encryptionPasswordOrNull).map(char[]::clone);
    }

    /** How long a change may wait for the database. */
    public Duration commitInterval() {
        return commitInterval;
    }

    /** What is done when the state cannot be read. */
    public DamagedState onDamage() {
        return onDamage;
    }

    /** Whether every change is forced to the disk before it counts, so that not even a loss of power forgets it. */
    public boolean force() {
        return force;
    }

    @Override
    public void close() {
        erase(passwordOrNull);
        erase(encryptionPasswordOrNull);
    }

    private static void erase(char[] passwordOrNull) {
        if (passwordOrNull != null) {
            Arrays.fill(passwordOrNull, '\0');
        }
    }

    /** Of a URL no more than what kind it is, because passwords stand in many places of it. */
    @Override
    public String toString() {
        return enabled ? "state in " + (urlOrNull != null ? kind(urlOrNull) : directoryOrNull) : "no state";
    }

    private static String kind(String url) {
        int end = url.indexOf(':', url.indexOf(':') + 1);
        return end < 0 ? "another database" : url.substring(0, end + 1) + "...";
    }
}
