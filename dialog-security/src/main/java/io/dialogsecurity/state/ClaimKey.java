package io.dialogsecurity.state;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;

/**
 * Which claim window.
 *
 * @param service the sending service
 * @param sender fingerprint of its certificate
 * @param dialogId the dialog
 * @param direction which way
 * @param instance which of the instances of a target is sending, 0 for the initiator
 */
public record ClaimKey(ServiceName service, Bytes sender, DialogId dialogId, Direction direction, long instance) {}
