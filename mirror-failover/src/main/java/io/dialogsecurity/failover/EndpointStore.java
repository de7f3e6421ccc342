package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.ReceiveWindows;
import io.dialogsecurity.state.WindowKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;

/**
 * Open endpoint state: what the ports of {@code io.dialogsecurity.state} remember, beyond the life of the process.
 *
 * <p>All of it is used in memory. A change is written to a memory-mapped {@linkplain Tail tail} before the call returns,
 * and to the database by one {@linkplain Committer writer} soon after. So the death of the process forgets nothing; a loss
 * of power forgets what the operating system had not written, unless {@link StoreSettings.Builder#sync sync} is set. What
 * is idle leaves memory and is read again when it is needed; who still holds it need not know.
 *
 * <p>Thread-safe. Every call may throw a {@link StoreException}: what was to be judged with it is then to be refused.
 */
public final class EndpointStore implements AutoCloseable {

    private final StoreFiles files;
    private final Database database;
    private final Tail tail;
    private final Journal journal;
    private final Committer committer;
    private final KnownKeys keys;
    private final IdentityKey identityKey;
    private final EntryCache<WindowKey, StoredReceiveWindow> receiveWindows;
    private final EntryCache<ClaimKey, StoredClaimWindow> claimWindows;
    private final ClaimWindows claims = new Claims();
    private final StoredDialogs dialogs;
    private final boolean openedEmpty;
    /** Whether others write to the database too. */
    private final boolean shared;

    private volatile boolean needsRebuild;
    private volatile boolean complete;
    private boolean closed;

    private EndpointStore(StoreFiles files, StoreFiles.Opened opened, StoreSettings settings, InstantSource clock) {
        this.files = files;
        this.database = opened.database();
        this.tail = opened.tail();
        this.journal = opened.journal();
        this.identityKey = opened.identityKey();
        this.openedEmpty = opened.empty();
        this.needsRebuild = opened.rebuild();
        this.complete = !opened.rebuild() && !opened.incomplete();
        this.shared = settings.url().isPresent();
        this.keys = new KnownKeys(database, shared);
        KnownPairs pairs = new KnownPairs(shared);
        this.committer = new Committer(database, journal, pairs, settings, clock);
        this.receiveWindows = new EntryCache<>(settings.maxWindowsInMemory(), this::loadReceiveWindow);
        this.claimWindows = new EntryCache<>(settings.maxWindowsInMemory(), this::loadClaimWindow);
        database.onDamage(damage -> journal.damage(database.damaged(damage).getMessage()));
        this.dialogs = new StoredDialogs(database, journal, pairs, keys, settings);
    }

    /**
     * Opens the store, and makes it if there is none. Of what is stored it reads the tail and a few rows, however much there
     * is.
     *
     * @param settings may be closed when this returns
     * @throws StoreException if it cannot be opened as it was left; the message says what to do
     */
    public static EndpointStore open(StoreSettings settings, InstantSource clock) {
        return OwnThreads.callOnce(() -> openHere(settings, clock));
    }

    private static EndpointStore openHere(StoreSettings settings, InstantSource clock) {
        StoreFiles files = StoreFiles.lock(settings, clock);
        try {
            EndpointStore store = new EndpointStore(files, files.open(), settings, clock);
            store.committer.start();
            store.keys.start();
            return store;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private StoredReceiveWindow loadReceiveWindow(WindowKey key) {
        StoredReceiveWindow window = new StoredReceiveWindow(
                journal.newId(),
                Definition.of(key),
                journal,
                identityKey,
                shared ? database : null,
                () -> receiveWindows.get(key));
        load(window);
        return window;
    }

    private StoredClaimWindow loadClaimWindow(ClaimKey key) {
        StoredClaimWindow window = new StoredClaimWindow(
                journal.newId(),
                Definition.of(key),
                journal,
                identityKey,
                shared ? database : null,
                () -> claimWindows.get(key));
        load(window);
        return window;
    }

    private void load(WindowEntry window) {
        window.absent = keys.isNew(window.definition);
        if (window.absent) {
            return;
        }
        database.read(connection -> {
            Rows.Window row = Rows.readWindow(connection, window.definition.high(), window.definition.low());
            if (row != null) {
                window.load(row);
            } else {
                window.absent = !shared;
            }
            return null;
        });
    }

    /** How far receivers have come. A window may be kept by whoever asks often. */
    public ReceiveWindows windows() {
        return this::receiveWindow;
    }

    private ReceiveWindow receiveWindow(WindowKey key) {
        return receiveWindows.get(key);
    }

    /** What a guard has let pass. */
    public ClaimWindows claims() {
        return claims;
    }

    /** The dialogs of this process's services. */
    public DialogStates dialogs() {
        return dialogs;
    }

    /** Whether there was nothing when the store was opened: the first start, or a new beginning after damage. */
    public boolean openedEmpty() {
        return openedEmpty;
    }

    /**
     * Whether damaged files were set aside, now or earlier, so that what was remembered has to be learned again from messages
     * that are still queued. It stays so, also when the store is opened again, until it is said that this is {@linkplain
     * #learned done}.
     */
    public boolean needsRebuild() {
        return needsRebuild;
    }

    /**
     * Whether everything is known that was ever remembered in this place. It is not at the first start, after damage, and after
     * a loss of power without {@link StoreSettings.Builder#sync sync}, until all was {@linkplain #learned learned}. Of a message
     * that was on its way when the process died it may be unknown whether it was stored.
     */
    public boolean isComplete() {
        return complete;
    }

    /**
     * All that can be was learned from what is queued.
     *
     * @throws StoreException if that cannot be noted; then it is to be learned once more at the next start
     */
    public void learned() {
        files.learned();
        needsRebuild = false;
        complete = true;
    }

    /** Whether it is known of every key whether there may be a row, so that what is new is not looked for. */
    boolean knowsKeys() {
        return keys.isComplete();
    }

    /** How it is doing. */
    public Health health() {
        String problem = journal.problem();
        return new Health(
                problem.isEmpty(),
                problem,
                receiveWindows.size() + claimWindows.size() + dialogs.inMemory(),
                committer.rows(),
                journal.dirtyEntries(),
                committer.commits(),
                committer.lastCommit(),
                committer.lastTook(),
                (double) (tail.next() - tail.start()) / tail.capacity());
    }

    /** Writes what is left to write, and lets go of the files. What could not be written stays in the tail. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        journal.close();
        OwnThreads.callOnce(() -> {
            closeFiles();
            return null;
        });
    }

    private void closeFiles() {
        keys.close();
        committer.close();
        try {
            if (tail.start() == tail.next()) {
                tail.closeClean();
            } else {
                tail.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            database.close();
            files.close();
        }
    }

    private final class Claims implements ClaimWindows {

        @Override
        public ClaimWindow window(ClaimKey key) {
            return claimWindows.get(key);
        }

        @Override
        public long identify(EnvelopeIdentity envelope) {
            return envelope.digest(identityKey);
        }

        @Override
        public long size() {
            return claimWindows.size();
        }
    }
}
