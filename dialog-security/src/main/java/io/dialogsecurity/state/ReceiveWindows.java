package io.dialogsecurity.state;

/** All receive windows of an endpoint. Thread-safe. */
public interface ReceiveWindows {

    /** The window of a dialog, made empty if there is none. */
    ReceiveWindow window(WindowKey key);

    /** Windows in memory, of which the least recently used vanish beyond {@code maxDialogs}. */
    static ReceiveWindows inMemory(int maxDialogs) {
        return new InMemoryReceiveWindows(maxDialogs);
    }
}
