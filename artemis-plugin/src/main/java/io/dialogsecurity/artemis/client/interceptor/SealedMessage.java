package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.message.MessageWithBody;
import org.apache.activemq.artemis.api.core.ICoreMessage;

/** What is sent in place of the application's message, which it remembers for whoever is told that it has arrived. */
final class SealedMessage extends MessageWithBody {

    private final ICoreMessage original;

    SealedMessage(ICoreMessage original, byte[] envelope) {
        super(original, envelope, envelope.length);
        this.original = original;
    }

    /** The application's message. */
    ICoreMessage original() {
        return original;
    }
}
