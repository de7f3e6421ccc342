package io.dialogsecurity.failover;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Where and how endpoint state is kept. Immutable but for its passwords, which {@link #close} erases. */
public final class StoreSettings implements AutoCloseable {

    private final Path directory;
    private final String url;
    private final String user;
    private final char[] password;
    private final char[] encryptionPassword;
    private final Duration commitInterval;
    private final Duration tombstoneLife;
    private final OnDamage onDamage;
    private final boolean sync;
    private final int maxWindowsInMemory;
    private final int tailRecords;
    private final int maxClaimsPerService;

    private StoreSettings(Builder builder) {
        directory = builder.directory;
        url = builder.url;
        user = builder.user;
        password = builder.password;
        encryptionPassword = builder.encryptionPassword;
        commitInterval = builder.commitInterval;
        tombstoneLife = builder.tombstoneLife;
        onDamage = builder.onDamage;
        sync = builder.sync;
        maxWindowsInMemory = builder.maxWindowsInMemory;
        tailRecords = builder.tailRecords;
        maxClaimsPerService = builder.maxClaimsPerService;
    }

    /**
     * Settings for an embedded database without encryption.
     *
     * @param directory where the tail is, and the files of an embedded database; of this process alone, made if missing
     */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** The directory of the tail, and of the files of an embedded database; absolute. */
    public Path directory() {
        return directory;
    }

    /** The JDBC URL of another database than an embedded one. */
    public Optional<String> url() {
        return Optional.ofNullable(url);
    }

    String user() {
        return user;
    }

    /** A copy, which the caller erases. */
    char[] password() {
        return password.clone();
    }

    boolean encrypted() {
        return encryptionPassword.length > 0;
    }

    /** A copy, which the caller erases. */
    char[] encryptionPassword() {
        return encryptionPassword.clone();
    }

    Duration commitInterval() {
        return commitInterval;
    }

    Duration tombstoneLife() {
        return tombstoneLife;
    }

    OnDamage onDamage() {
        return onDamage;
    }

    boolean sync() {
        return sync;
    }

    int maxWindowsInMemory() {
        return maxWindowsInMemory;
    }

    int tailRecords() {
        return tailRecords;
    }

    int maxClaimsPerService() {
        return maxClaimsPerService;
    }

    /** Erases the passwords. */
    @Override
    public void close() {
        Arrays.fill(password, '\0');
        Arrays.fill(encryptionPassword, '\0');
    }

    @Override
    public String toString() {
        return "state in " + (url == null ? directory : Database.withoutSecrets(url) + ", tail in " + directory);
    }

    /** Settings in the making. Not thread-safe. */
    public static final class Builder {

        private final Path directory;
        private String url;
        private String user = "sa";
        private char[] password = {};
        private char[] encryptionPassword = {};
        private Duration commitInterval = Duration.ofMillis(500);
        private Duration tombstoneLife = Duration.ofDays(7);
        private OnDamage onDamage = OnDamage.REFUSE;
        private boolean sync;
        private int maxWindowsInMemory = 20_000;
        private int tailRecords = 1 << 19;
        private int maxClaimsPerService = 1_000_000;

        private Builder(Path directory) {
            this.directory = directory.toAbsolutePath().normalize();
        }

        /** Another database than an embedded one: its JDBC URL. Several instances of a service may share it. */
        public Builder url(String value) {
            url = Objects.requireNonNull(value);
            return this;
        }

        /** The database's user, {@code sa} unless set. */
        public Builder user(String value) {
            user = Objects.requireNonNull(value);
            return this;
        }

        /** The database user's password; copied. */
        public Builder password(char[] value) {
            password = value.clone();
            return this;
        }

        /**
         * The password an embedded database's file is encrypted with; copied. It hides whose dialogs these are from who
         * reads the file; it does not authenticate them.
         */
        public Builder encryptionPassword(char[] value) {
            encryptionPassword = value.clone();
            return this;
        }

        /** How long a change may wait in the tail for the database, 500 ms unless set. */
        public Builder commitInterval(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("The commit interval must be positive, not " + value);
            }
            commitInterval = value;
            return this;
        }

        /**
         * How long a closed dialog's tombstone is kept, and what is remembered of a dialog in which nothing moves: as long as
         * a message may live, and clocks may differ. Seven days unless set.
         */
        public Builder tombstoneLife(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("A tombstone's life must be positive, not " + value);
            }
            tombstoneLife = value;
            return this;
        }

        /** What is done with damaged files, {@link OnDamage#REFUSE} unless set. */
        public Builder onDamage(OnDamage value) {
            onDamage = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Whether every change is forced to the disk before the caller goes on, so that not even a loss of power forgets
         * it. Costs a few milliseconds per change. Off, a loss of power (never the death of the process) may forget what
         * the operating system had not written yet.
         */
        public Builder sync(boolean value) {
            sync = value;
            return this;
        }

        /** How many windows are kept in memory; idle ones beyond it are read again when they are needed. */
        public Builder maxWindowsInMemory(int value) {
            if (value < 16) {
                throw new IllegalArgumentException("At least 16 windows in memory, not " + value);
            }
            maxWindowsInMemory = value;
            return this;
        }

        /** How many changes the tail holds until the database has them: a power of two, 524,288 (20 MiB) unless set. */
        public Builder tailRecords(int value) {
            if (value < 256 || Integer.bitCount(value) != 1 || value > 1 << 24) {
                throw new IllegalArgumentException(
                        "The tail holds a power of two from 256 to 2^24 records, not " + value);
            }
            tailRecords = value;
            return this;
        }

        /**
         * How many windows of a guard are kept for each service that sends, a million unless set: beyond it those in which
         * nothing has moved for longest are forgotten, of this service alone, some time after.
         */
        public Builder maxClaimsPerService(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("At least 1 window of a guard per service, not " + value);
            }
            maxClaimsPerService = value;
            return this;
        }

        /** The settings. */
        public StoreSettings build() {
            return new StoreSettings(this);
        }
    }
}
