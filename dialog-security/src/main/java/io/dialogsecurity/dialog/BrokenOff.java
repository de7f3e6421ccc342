package io.dialogsecurity.dialog;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The dialogs one side has broken off lately, so that sealers at work in them stop. A sealer looks when something has
 * happened, not for each message. Bounded; what is forgotten here is known to {@code DialogStates} all the same, which is
 * asked before a dialog is resumed. Thread-safe.
 */
final class BrokenOff {

    private static final int MAX_DIALOGS = 10_000;

    private record Dialog(Bytes initiator, DialogId dialogId) {}

    private final Map<Dialog, Boolean> dialogs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Dialog, Boolean> eldest) {
            return size() > MAX_DIALOGS;
        }
    };

    private volatile int changes;

    /** Grows with each dialog that is broken off. */
    int changes() {
        return changes;
    }

    /** @param initiator fingerprint of the initiator's certificate, without whom a dialog id names nothing */
    void add(Bytes initiator, DialogId dialogId) {
        synchronized (dialogs) {
            if (dialogs.put(new Dialog(initiator, dialogId), Boolean.TRUE) == null) {
                changes = changes + 1;
            }
        }
    }

    boolean contains(Bytes initiator, DialogId dialogId) {
        synchronized (dialogs) {
            return dialogs.containsKey(new Dialog(initiator, dialogId));
        }
    }
}
