package io.dialogsecurity.dialog;

import io.dialogsecurity.wire.Layer;

/**
 * The message was refused.
 *
 * @param reason the stable code
 * @param layer the layer that noticed
 * @param detail one line for audit log and quarantine, without bytes of the message; not for the sender
 */
public record Rejected(Rejection reason, Layer layer, String detail)
        implements OpenOutcome, StreamOutcome, GuardOutcome {}
