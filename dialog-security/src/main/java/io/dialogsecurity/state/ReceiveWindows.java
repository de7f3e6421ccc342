package io.dialogsecurity.state;

/** All receive windows of an endpoint. Thread-safe. */
public interface ReceiveWindows {

    /** The window of a dialog, made empty if there is none. */
    ReceiveWindow window(WindowKey key);

    /** Windows in memory, of which each sender's least recently used vanish beyond {@code maxPerSender}. */
    static ReceiveWindows inMemory(int maxPerSender) {
        return new InMemoryReceiveWindows(maxPerSender);
    }
}
