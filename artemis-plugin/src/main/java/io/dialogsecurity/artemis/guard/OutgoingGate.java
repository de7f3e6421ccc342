package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;

/** Decides which consumer is given which message, and in which form. Thread-safe. */
public interface OutgoingGate {

    /**
     * Whether a message may be delivered to a consumer now. One that may not stays queued, for others. Called on the broker's
     * delivering thread, with the queue's lock held.
     *
     * @throws Exception if that cannot be found out: the message is not delivered
     */
    boolean admits(ServerConsumer consumer, MessageReference reference) throws Exception;

    /** Nothing more is delivered to the consumer. */
    void consumerClosed(ServerConsumer consumer);
}
