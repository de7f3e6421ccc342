package io.dialogsecurity.state;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;

/**
 * What one side remembers of a dialog: enough for another instance with the same private key to go on in it. Everything in
 * it was on the wire; a key is in it only wrapped.
 *
 * @param service this side: the name of its service; where it did not begin the dialog, also, after a line feed, the
 *     initiator's, because a dialog id chosen by somebody else names another dialog. 257 bytes at most
 * @param dialogId the dialog
 * @param ownIndex 0 if this side is the initiator, i + 1 if it is target i
 * @param suite code of the suite
 * @param pairLayers layers 2 and 3 with their frames, exactly as they were on the wire: who the parties are, and the
 *     wrapped key exchange key
 * @param status where it stands
 * @param changedMillis when it was last written, milliseconds since the epoch, UTC
 */
public record DialogState(
        String service,
        DialogId dialogId,
        int ownIndex,
        int suite,
        Bytes pairLayers,
        DialogStatus status,
        long changedMillis) {

    /** What is remembered of a closed dialog is its status: the layers are left out. */
    public DialogState {
        if (status.closed()) {
            pairLayers = Bytes.EMPTY;
        }
    }

    /** What this and something newer say together. */
    public DialogState with(DialogState newer) {
        return new DialogState(
                service,
                dialogId,
                newer.ownIndex,
                newer.suite,
                newer.pairLayers.length() == 0 ? pairLayers : newer.pairLayers,
                status.with(newer.status),
                newer.changedMillis);
    }
}
