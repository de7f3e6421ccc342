package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.message.CoreBody;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;

/** What is sent in place of the application's message, which it remembers for whoever is told that it has arrived. */
final class SealedMessage extends ClientMessageImpl {

    private final ICoreMessage original;

    SealedMessage(ICoreMessage original, byte[] envelope) {
        super(
                original.getType(),
                original.isDurable(),
                original.getExpiration(),
                original.getTimestamp(),
                original.getPriority(),
                envelope.length + CoreBody.HEADER_ROOM);
        this.original = original;
        moveHeadersAndProperties(original);
        getBodyBuffer().writeBytes(envelope);
    }

    /** The application's message. */
    ICoreMessage original() {
        return original;
    }

    /** Never equal to another object: what two messages seal is not compared. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
