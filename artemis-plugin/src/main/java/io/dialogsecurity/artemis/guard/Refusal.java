package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;

/**
 * A message that was refused, as far as it is known. Everything the message itself says is a claim. Holds no bytes of the
 * message.
 *
 * @param rejected why
 * @param claimedSender the service the headers name as the sender, or empty
 * @param user the authenticated user of the connection, or empty where the broker itself moved the message
 * @param remoteAddress of the connection, or empty
 * @param protocol of the connection, or empty
 * @param address where the message was to go
 * @param dialog the dialog id, or empty
 * @param sequence the sequence number, or 0
 * @param quarantined whether the message is in quarantine
 */
public record Refusal(
        Rejected rejected,
        String claimedSender,
        String user,
        String remoteAddress,
        String protocol,
        String address,
        String dialog,
        long sequence,
        boolean quarantined) {}
