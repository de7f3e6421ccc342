package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.AddressPolicy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * The dialogs in which the broker seals for one session of a plain application: one per address and service, because messages
 * have to be stored in the order in which they were sealed, and only a session has an order. Bounded: of very many addresses
 * the one used least recently begins a new dialog when it is used again, which takes no public-key operation. Thread-safe.
 */
final class SessionDialogs implements AutoCloseable {

    static final int MAX_ADDRESSES = 1_024;

    private record Place(String address, ServiceName service) {}

    private final Map<Place, SessionDialog> dialogs = new LinkedHashMap<>(4, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, SessionDialog> eldest) {
            if (size() <= MAX_ADDRESSES) {
                return false;
            }
            eldest.getValue().close();
            return true;
        }
    };

    /** The dialog for what is sent next; another one than last time if policy has changed or a message was lost. */
    synchronized SessionDialog dialog(Generation generation, AddressPolicy rule, String address, ServiceName service) {
        Place place = new Place(address, service);
        SessionDialog dialog = dialogs.get(place);
        if (dialog != null && dialog.usable(generation)) {
            return dialog;
        }
        if (dialog != null) {
            dialog.close();
        }
        DialogSealer sealer = generation.begin(rule, address, service, new LinkedHashSet<>(rule.receivers()));
        dialog = new SessionDialog(generation, sealer);
        dialogs.put(place, dialog);
        return dialog;
    }

    /** Erases the keys. */
    @Override
    public synchronized void close() {
        dialogs.values().forEach(SessionDialog::close);
        dialogs.clear();
    }
}
