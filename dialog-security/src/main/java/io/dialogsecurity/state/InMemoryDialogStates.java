package io.dialogsecurity.state;

import io.dialogsecurity.id.DialogId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Dialogs that live as long as the process; the one used longest ago goes first, and its sequences with it. */
final class InMemoryDialogStates implements DialogStates {

    private record Key(String service, DialogId dialogId) {}

    private static final class Dialog {
        private DialogState state;
        private final Map<Long, Sequence> sequences = new HashMap<>();
    }

    private final LinkedHashMap<Key, Dialog> dialogs;

    InMemoryDialogStates(int maxDialogs) {
        dialogs = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Dialog> eldest) {
                return size() > maxDialogs;
            }
        };
    }

    @Override
    public synchronized void remember(DialogState state) {
        Dialog dialog = dialog(state.service(), state.dialogId());
        dialog.state = dialog.state == null ? state : dialog.state.with(state);
    }

    @Override
    public synchronized Optional<DialogState> find(String service, DialogId dialogId) {
        Dialog dialog = dialogs.get(new Key(service, dialogId));
        return dialog == null ? Optional.empty() : Optional.ofNullable(dialog.state);
    }

    @Override
    public synchronized SendSequence sending(String service, DialogId dialogId, long instance) {
        return dialog(service, dialogId).sequences.computeIfAbsent(instance, ignored -> new Sequence());
    }

    private Dialog dialog(String service, DialogId dialogId) {
        return dialogs.computeIfAbsent(new Key(service, dialogId), ignored -> new Dialog());
    }

    @Override
    public synchronized long open() {
        return dialogs.values().stream()
                .filter(dialog -> dialog.state != null && !dialog.state.status().closed())
                .count();
    }

    @Override
    public synchronized long tombstones() {
        return dialogs.values().stream()
                .filter(dialog -> dialog.state != null && dialog.state.status().closed())
                .count();
    }

    private static final class Sequence implements SendSequence {

        private volatile long last;

        @Override
        public long last() {
            return last;
        }

        @Override
        public void use(long sequence) {
            last = sequence;
        }
    }
}
