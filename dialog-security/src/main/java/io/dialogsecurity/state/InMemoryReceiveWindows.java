package io.dialogsecurity.state;

import java.util.LinkedHashMap;
import java.util.Map;

/** Windows that live as long as the process, least recently used first to go. */
final class InMemoryReceiveWindows implements ReceiveWindows {

    private final Map<WindowKey, ReceiveWindow> windows;

    InMemoryReceiveWindows(int maxDialogs) {
        this.windows = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<WindowKey, ReceiveWindow> eldest) {
                return size() > maxDialogs;
            }
        };
    }

    @Override
    public ReceiveWindow window(WindowKey key) {
        synchronized (windows) {
            return windows.computeIfAbsent(key, ignored -> new SlidingReceiveWindow());
        }
    }
}
