package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.message.MessageWithBody;
import org.apache.activemq.artemis.api.core.ICoreMessage;

/**
 * A refused message on its way to the quarantine, the only one that leaves the client without being judged. The type is the
 * mark, because applications have no way to make one; and it counts once, because they may come to hold one.
 */
final class QuarantineCopy extends MessageWithBody {

    private boolean mayLeave = true;

    QuarantineCopy(ICoreMessage original, byte[] body, int length) {
        super(original, body, length);
    }

    /** Whether it may leave; asked once. */
    synchronized boolean leaves() {
        boolean leaves = mayLeave;
        mayLeave = false;
        return leaves;
    }
}
