package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The windows of all dialogs, service by service: what a service makes up crowds out its own dialogs, never another's.
 * Per service the dialogs used longest ago are forgotten first. They live as long as the broker runs; after a restart,
 * what is younger than the policy's {@code message-max-age} passes once more here, and the receiver, who has a window of
 * its own, refuses it. Thread-safe.
 */
final class SendWindows {

    static final int DIALOGS_PER_SERVICE = 10_000;

    private record Key(Bytes sender, DialogId dialogId, Direction direction, long instance) {}

    private final Map<ServiceName, Map<Key, SendWindow>> services = new ConcurrentHashMap<>();

    /** The window of the envelope's dialog, direction and sender. The sender is known and its connection entitled. */
    SendWindow of(VerifiedEnvelope envelope) {
        Map<Key, SendWindow> windows = services.computeIfAbsent(envelope.sender(), name -> new Dialogs());
        Key key = new Key(envelope.senderFingerprint(), envelope.dialogId(), envelope.direction(), envelope.instance());
        synchronized (windows) {
            return windows.computeIfAbsent(key, ignored -> new SendWindow());
        }
    }

    /** How many dialogs are remembered. */
    long size() {
        long size = 0;
        for (Map<Key, SendWindow> windows : services.values()) {
            synchronized (windows) {
                size += windows.size();
            }
        }
        return size;
    }

    private static final class Dialogs extends LinkedHashMap<Key, SendWindow> {

        private static final long serialVersionUID = 1L;

        private Dialogs() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SendWindow> eldest) {
            return size() > DIALOGS_PER_SERVICE;
        }
    }
}
