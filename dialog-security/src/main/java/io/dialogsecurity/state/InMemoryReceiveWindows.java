package io.dialogsecurity.state;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Windows that live as long as the process. When there are too many, the oldest that nobody asked for again since its last
 * turn goes (the "second chance" algorithm): close to least recently used, without a lock for who finds his window.
 */
final class InMemoryReceiveWindows implements ReceiveWindows {

    private final int maxDialogs;
    private final ConcurrentHashMap<WindowKey, SlidingReceiveWindow> windows = new ConcurrentHashMap<>();
    private final Queue<WindowKey> nextToGo = new ArrayDeque<>();

    InMemoryReceiveWindows(int maxDialogs) {
        this.maxDialogs = maxDialogs;
    }

    @Override
    public ReceiveWindow window(WindowKey key) {
        SlidingReceiveWindow window = windows.get(key);
        return window != null && window.isCurrent() ? window : add(key);
    }

    private SlidingReceiveWindow add(WindowKey key) {
        synchronized (nextToGo) {
            SlidingReceiveWindow present = windows.get(key);
            if (present != null) {
                return present;
            }
            if (nextToGo.size() >= maxDialogs) {
                removeOne();
            }
            SlidingReceiveWindow window = new SlidingReceiveWindow();
            nextToGo.add(key);
            windows.put(key, window);
            return window;
        }
    }

    private void removeOne() {
        for (int spared = 0; spared < maxDialogs; spared++) {
            WindowKey candidate = nextToGo.remove();
            SlidingReceiveWindow window = windows.get(candidate);
            if (!window.askedFor) {
                remove(candidate);
                return;
            }
            window.askedFor = false;
            nextToGo.add(candidate);
        }
        remove(nextToGo.remove()); // all are in use: the oldest then
    }

    private void remove(WindowKey key) {
        windows.remove(key).remove();
    }
}
