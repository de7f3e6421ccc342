package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.wire.Authenticity;
import java.util.List;

/**
 * An envelope whose headers are signed by the initiator and trusted. The guard has no key: that this very message comes
 * from {@code sender} is proven only where {@code senderProven} says so, and otherwise a claim, as are sequence and
 * destination. The receiver proves them.
 *
 * @param sender the service that claims to have sealed the message
 * @param senderFingerprint of the certificate the header names for it
 * @param senderProven whether the message carries the sender's own signature, and it was verified
 * @param initiator the service that opened the dialog and signed the headers
 * @param targets the services it was opened to
 * @param dialogId the dialog
 * @param direction which way
 * @param instance which of the instances of a target is sending, 0 for the initiator; each has an order of its own
 * @param sequence the place in order
 * @param identity what tells it from every other; points at the bytes that were checked, see {@link EnvelopeIdentity}
 * @param streamed whether only the head of the envelope was checked; then others with the same identity may differ behind it
 * @param destination the address the message was sealed for
 * @param suite the suite
 * @param authenticity what the keys prove
 * @param creationTimeMillis when it was sealed, milliseconds since the epoch, UTC
 */
public record VerifiedEnvelope(
        ServiceName sender,
        Bytes senderFingerprint,
        boolean senderProven,
        ServiceName initiator,
        List<ServiceName> targets,
        DialogId dialogId,
        Direction direction,
        long instance,
        long sequence,
        EnvelopeIdentity identity,
        boolean streamed,
        String destination,
        Suite suite,
        Authenticity authenticity,
        long creationTimeMillis)
        implements GuardOutcome {}
