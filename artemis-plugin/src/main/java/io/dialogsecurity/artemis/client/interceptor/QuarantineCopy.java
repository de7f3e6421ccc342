package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.message.CoreBody;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;

/**
 * A refused message on its way to the quarantine, the only one that leaves the client without being judged. The type is the
 * mark, because applications have no way to make one; and it counts once, because they may come to hold one.
 */
final class QuarantineCopy extends ClientMessageImpl {

    private boolean mayLeave = true;

    private QuarantineCopy(ICoreMessage original, int bodyBytes) {
        super(
                original.getType(),
                original.isDurable(),
                original.getExpiration(),
                original.getTimestamp(),
                original.getPriority(),
                bodyBytes + CoreBody.HEADER_ROOM);
    }

    static QuarantineCopy of(ICoreMessage original, byte[] body, int length) {
        QuarantineCopy copy = new QuarantineCopy(original, length);
        copy.moveHeadersAndProperties(original);
        copy.getBodyBuffer().writeBytes(body, 0, length);
        return copy;
    }

    /** Whether it may leave; asked once. */
    synchronized boolean leaves() {
        boolean leaves = mayLeave;
        mayLeave = false;
        return leaves;
    }
}
