package io.dialogsecurity.state;

/**
 * The claim windows of all dialogs a guard sees, service by service: what a service makes up crowds out its own dialogs,
 * never another's. Thread-safe.
 */
public interface ClaimWindows {

    /**
     * The window of a dialog, direction and sender, made empty if there is none. The sender must be known and its connection
     * entitled.
     */
    ClaimWindow window(ClaimKey key);

    /** By what these windows know an envelope: all of its bytes, in eight. */
    long identify(EnvelopeIdentity envelope);

    /** How many windows are remembered. */
    long size();

    /**
     * Windows that live as long as the process.
     *
     * @param maxPerService per service the windows used longest ago vanish beyond this number
     */
    static ClaimWindows inMemory(int maxPerService) {
        return new InMemoryClaimWindows(maxPerService);
    }
}
