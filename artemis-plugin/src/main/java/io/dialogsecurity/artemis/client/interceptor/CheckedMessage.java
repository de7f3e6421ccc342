package io.dialogsecurity.artemis.client.interceptor;

import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;

/**
 * A message that may leave the client as it is: sealed here, or a refused one on its way to the quarantine. The type is the
 * mark, because applications have no way to make one.
 */
final class CheckedMessage extends ClientMessageImpl {

    private static final int HEADER_ROOM = 512;

    private CheckedMessage(ICoreMessage original, int bodyBytes) {
        super(
                original.getType(),
                original.isDurable(),
                original.getExpiration(),
                original.getTimestamp(),
                original.getPriority(),
                bodyBytes + HEADER_ROOM);
    }

    /** A message with the headers and properties of another and its own body. */
    static CheckedMessage of(ICoreMessage original, byte[] body) {
        CheckedMessage message = new CheckedMessage(original, body.length);
        message.moveHeadersAndProperties(original);
        message.getBodyBuffer().writeBytes(body);
        return message;
    }
}
