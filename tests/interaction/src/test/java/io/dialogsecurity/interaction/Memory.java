package io.dialogsecurity.interaction;

import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.ReceiveWindows;

/** What a service remembers beyond the life of its instances. */
interface Memory extends AutoCloseable {

    ReceiveWindows windows();

    DialogStates dialogs();

    /** The instance that used it has died; what the next one finds. */
    Memory afterDeath();

    /** Whether the next one finds everything. */
    boolean keeps();

    @Override
    void close();

    /** In the memory of somebody who lives on. */
    static Memory kept() {
        return new InProcess(true);
    }

    /** In the memory of the instance itself. */
    static Memory lost() {
        return new InProcess(false);
    }

    /** Ports that keep what they hold, or a new pair of them for each life. */
    final class InProcess implements Memory {

        private static final int DIALOGS = 1000;

        private final boolean keeps;
        private final ReceiveWindows windows = ReceiveWindows.inMemory(DIALOGS);
        private final DialogStates dialogs = DialogStates.inMemory(DIALOGS);

        InProcess(boolean keeps) {
            this.keeps = keeps;
        }

        @Override
        public ReceiveWindows windows() {
            return windows;
        }

        @Override
        public DialogStates dialogs() {
            return dialogs;
        }

        @Override
        public Memory afterDeath() {
            return keeps ? this : lost();
        }

        @Override
        public boolean keeps() {
            return keeps;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
