package io.dialogsecurity.state;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;

/**
 * Which window.
 *
 * @param sender fingerprint of the sending service's certificate: a dialog id chosen by somebody else names another
 *     window
 * @param receiver name of the receiving service; several may live in one process
 * @param dialogId the dialog
 * @param direction which way
 * @param instance which of the instances of a target is sending, 0 for the initiator
 * @param subscription through which of the queues that are each given a copy the messages come, or empty
 */
public record WindowKey(
        Bytes sender, String receiver, DialogId dialogId, Direction direction, long instance, String subscription) {

    /** The same dialog through this subscription. */
    public WindowKey through(String queue) {
        return subscription.equals(queue)
                ? this
                : new WindowKey(sender, receiver, dialogId, direction, instance, queue);
    }
}
