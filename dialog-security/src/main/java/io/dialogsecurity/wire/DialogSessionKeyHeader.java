package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.KeyId;

/**
 * Layer 4: the dialog session key. It belongs to one dialog, one direction and one sending instance.
 *
 * @param dialogId the dialog
 * @param direction which way its messages travel
 * @param senderIndex 0 for the initiator, i + 1 for target i
 * @param keyId the key's name
 * @param notBeforeMillis first moment of use, milliseconds since the epoch, UTC
 * @param notAfterMillis last moment of use, milliseconds since the epoch, UTC
 * @param wrappedSecret 40 bytes, the dialog secret under the key exchange key
 * @param commitment 32 bytes that only this secret in this place derives
 */
public record DialogSessionKeyHeader(
        DialogId dialogId,
        Direction direction,
        int senderIndex,
        KeyId keyId,
        long notBeforeMillis,
        long notAfterMillis,
        Bytes wrappedSecret,
        Bytes commitment)
        implements HeaderLayer {

    /**
     * Whose order the sequence numbers belong to. The initiator has one order per dialog, and a second one is a fork;
     * the instances of a target reply each in an order of its own.
     */
    public long instance() {
        return direction == Direction.INITIATOR_TO_TARGET ? 0 : keyId.high();
    }

    @Override
    public Layer layer() {
        return Layer.DIALOG_SESSION_KEY_HEADER;
    }
}
