package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.id.Bytes;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Windows that live as long as the process. When a sender has too many, his oldest that nobody asked for again since its last
 * turn goes (the "second chance" algorithm): close to least recently used, without a lock for who finds his window. What one
 * sender does pushes out no window of another.
 */
final class InMemoryReceiveWindows implements ReceiveWindows {

    private final int maxPerSender;
    private final IdentityKey identityKey = IdentityKey.random();
    private final ConcurrentHashMap<WindowKey, SlidingReceiveWindow> windows = new ConcurrentHashMap<>();
    /** By the sender's certificate, which is trusted: who has none gets no place here. */
    private final Map<Bytes, Queue<WindowKey>> nextToGo = new ConcurrentHashMap<>();

    InMemoryReceiveWindows(int maxPerSender) {
        this.maxPerSender = maxPerSender;
    }

    @Override
    public ReceiveWindow window(WindowKey key) {
        SlidingReceiveWindow window = windows.get(key);
        return window != null && window.isCurrent() ? window : add(key);
    }

    private SlidingReceiveWindow add(WindowKey key) {
        Queue<WindowKey> ofSender = nextToGo.computeIfAbsent(key.sender(), sender -> new ArrayDeque<>());
        synchronized (ofSender) {
            SlidingReceiveWindow present = windows.get(key);
            if (present != null) {
                return present;
            }
            if (ofSender.size() >= maxPerSender) {
                removeOne(ofSender);
            }
            SlidingReceiveWindow window = new SlidingReceiveWindow(identityKey);
            ofSender.add(key);
            windows.put(key, window);
            return window;
        }
    }

    private void removeOne(Queue<WindowKey> ofSender) {
        for (int spared = 0; spared < maxPerSender; spared++) {
            WindowKey candidate = ofSender.remove();
            SlidingReceiveWindow window = windows.get(candidate);
            if (!window.askedFor) {
                remove(candidate);
                return;
            }
            window.askedFor = false;
            ofSender.add(candidate);
        }
        remove(ofSender.remove()); // all are in use: the oldest then
    }

    private void remove(WindowKey key) {
        windows.remove(key).remove();
    }
}
