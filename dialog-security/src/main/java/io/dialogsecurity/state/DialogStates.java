package io.dialogsecurity.state;

import io.dialogsecurity.id.DialogId;
import java.util.Optional;

/**
 * The dialogs of the services of a process: the endpoint state of the source document, without the windows (see {@link
 * ReceiveWindows}). Thread-safe. Only {@link #find} may wait for a disk; everything else is remembered at once and written
 * behind.
 */
public interface DialogStates {

    /**
     * Remembers a dialog, or what has changed of it. Called when a side seals or opens its first message in a dialog, when
     * the key exchange key changes, and when the status does.
     *
     * <p>The caller does not look first at what is remembered: a status only goes forward ({@link DialogStatus#with}), and
     * where the new state has no pair layers, the remembered ones stay.
     */
    void remember(DialogState state);

    /** What is remembered of a dialog; a tombstone has the status alone and empty layers. */
    Optional<DialogState> find(String service, DialogId dialogId);

    /**
     * The numbers this side sends under. Of an initiator they go on where the last instance stopped; a target's instance
     * numbers its own messages.
     *
     * @param instance 0 for the initiator
     */
    SendSequence sending(String service, DialogId dialogId, long instance);

    /** Dialogs remembered that are not closed. */
    long open();

    /** Closed dialogs of which a tombstone is kept, so that nothing late is taken for a new dialog. */
    long tombstones();

    /**
     * Dialogs that live as long as the process.
     *
     * @param maxDialogs of more than these, closed ones included, the one used longest ago is forgotten; who holds its
     *     sequence keeps it
     */
    static DialogStates inMemory(int maxDialogs) {
        return new InMemoryDialogStates(maxDialogs);
    }
}
