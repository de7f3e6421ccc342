package io.dialogsecurity.dialog;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import java.util.Optional;

/**
 * Two authentic messages of one sender have the same number in a dialog and direction.
 *
 * @param cause what that means
 * @param dialogId the dialog
 * @param direction which way
 * @param sender the service whose keys sealed both
 * @param sequence the number
 * @param first the message that came first, as far as it is remembered
 * @param second the other one
 */
public record ForkReport(
        Cause cause,
        DialogId dialogId,
        Direction direction,
        ServiceName sender,
        long sequence,
        Optional<Evidence> first,
        Evidence second) {

    /** What a fork means. */
    public enum Cause {
        /** Sealed under different dialog keys of the sender: two of its instances go on in the dialog, a split brain. */
        TWO_INSTANCES("under different dialog keys of the sender: two of its instances send in this dialog"),
        /** Sealed under one dialog key: somebody has it, or an instance was cloned with its memory. */
        ONE_KEY("under one and the same dialog key: somebody else has it, or the sender was cloned while it ran"),
        /** The first message is not remembered any more. */
        UNKNOWN("under a dialog key that is not remembered");

        private final String description;

        Cause(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }
    }

    /**
     * One of the two messages.
     *
     * @param dialogKeyId the dialog key it was sealed under
     * @param envelope as it arrived; without its body where that is too large to be remembered, or streamed
     * @param whole whether the body is there too
     */
    public record Evidence(KeyId dialogKeyId, Bytes envelope, boolean whole) {}
}
