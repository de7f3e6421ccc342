package io.dialogsecurity.artemis.endpoint;

import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;

/**
 * What has been opened for a consumer and is about to be handed to it. The broker asks whether a message may be delivered, and
 * delivers it, on one thread without anything between, so it waits there.
 *
 * @param consumer for whom
 * @param stored the message as it is in the queue
 * @param clear the copy, with the same id
 */
record OpenedCopy(ServerConsumer consumer, Message stored, Message clear) {

    private static final ThreadLocal<OpenedCopy> WAITING = new ThreadLocal<>();

    /** Lets the copy wait on this thread, in place of one that waited before. */
    void await() {
        WAITING.set(this);
    }

    /** Whether this message already waits here for this consumer: it was opened, and the consumer was busy then. */
    static boolean awaits(ServerConsumer consumer, Message stored) {
        OpenedCopy waiting = WAITING.get();
        return waiting != null && waiting.consumer == consumer && waiting.stored == stored;
    }

    /** Nothing waits on this thread any more. */
    static void forget() {
        WAITING.remove();
    }

    /** The reference to hand on: the stored message's, or one to its opened copy. */
    static MessageReference take(MessageReference reference, ServerConsumer consumer) {
        OpenedCopy waiting = WAITING.get();
        if (waiting == null) {
            return reference;
        }
        WAITING.remove();
        return waiting.consumer == consumer && waiting.stored.getMessageID() == reference.getMessageID()
                ? new OpenedReference(reference, waiting.clear)
                : reference;
    }
}
