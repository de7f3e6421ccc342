package io.dialogsecurity.interaction;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;

/**
 * An envelope on its way, and what its sender knows of it.
 *
 * @param initiator who began the dialog
 * @param instance which of the target's instances sealed it; 0 for the initiator's
 * @param micPrefix by which copies are known
 * @param text what it says
 * @param last whether its sender says that it is the last
 * @param error whether it breaks the dialog off
 */
record Packet(
        byte[] bytes,
        ServiceName initiator,
        ServiceName to,
        DialogId dialogId,
        Direction direction,
        long instance,
        KeyId keyId,
        long sequence,
        long micPrefix,
        String text,
        boolean last,
        boolean error) {

    static final String ADDRESS = "everything";

    static Packet of(byte[] bytes, ServiceName initiator, ServiceName to, String text, boolean last, boolean error) {
        try {
            Envelope envelope = EnvelopeCodec.parse(bytes);
            return new Packet(
                    bytes,
                    initiator,
                    to,
                    envelope.dialogSessionKey().dialogId(),
                    envelope.dialogSessionKey().direction(),
                    envelope.dialogSessionKey().instance(),
                    envelope.dialogSessionKey().keyId(),
                    envelope.message().sequence(),
                    EnvelopeFrame.read(bytes, 0, bytes.length).micPrefix(),
                    text,
                    last,
                    error);
        } catch (EnvelopeFormatException e) {
            throw new IllegalStateException("What is sealed can be read", e);
        }
    }

    /** In which order it belongs. */
    record Line(ServiceName initiator, DialogId dialogId, Direction direction, long instance) {}

    Line line() {
        return new Line(initiator, dialogId, direction, instance);
    }
}
