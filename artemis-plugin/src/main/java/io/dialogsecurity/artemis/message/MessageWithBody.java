package io.dialogsecurity.artemis.message;

import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;

/** A message with the headers and properties of another and a body of its own. */
public class MessageWithBody extends ClientMessageImpl {

    /**
     * Copies both.
     *
     * @param body its first {@code length} bytes are the body
     */
    public MessageWithBody(ICoreMessage original, byte[] body, int length) {
        super(
                original.getType(),
                original.isDurable(),
                original.getExpiration(),
                original.getTimestamp(),
                original.getPriority(),
                length + CoreBody.HEADER_ROOM);
        moveHeadersAndProperties(original);
        getBodyBuffer().writeBytes(body, 0, length);
    }
}
