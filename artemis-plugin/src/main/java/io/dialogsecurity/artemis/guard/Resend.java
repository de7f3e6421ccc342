package io.dialogsecurity.artemis.guard;

/**
 * An identical copy of a message that is stored already, as far as it is known. Its sender was told that it is stored; no
 * consumer gets it a second time.
 *
 * @param sender the service that sealed it
 * @param user the authenticated user of the connection
 * @param remoteAddress of the connection, or empty
 * @param protocol of the connection, or empty
 * @param address where the message was to go
 * @param dialog the dialog id
 * @param sequence the sequence number
 */
public record Resend(
        String sender,
        String user,
        String remoteAddress,
        String protocol,
        String address,
        String dialog,
        long sequence) {}
