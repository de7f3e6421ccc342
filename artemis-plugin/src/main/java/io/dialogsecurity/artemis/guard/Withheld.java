package io.dialogsecurity.artemis.guard;

/**
 * Messages a consumer is not given, or given as they are stored.
 *
 * @param address of the messages
 * @param queue where they are
 * @param user the authenticated user of the consumer's connection
 * @param remoteAddress of the connection
 * @param protocol of the connection
 * @param why in words, with what to do about it
 */
public record Withheld(String address, String queue, String user, String remoteAddress, String protocol, String why) {}
