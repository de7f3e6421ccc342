package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.policy.AddressPolicy;
import java.util.List;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;

/**
 * What has been opened for a consumer and is about to be handed to it. The broker asks whether a message may be delivered, and
 * delivers it, on one thread without anything between, so it waits there, and no longer than to the next question: a copy is
 * only ever handed on by the answer that let it wait.
 *
 * @param consumer for whom
 * @param stored the message as it is in the queue
 * @param rule by which it was opened
 * @param endpoints those that might open for the consumer
 * @param clear the copy, with the same id
 */
record OpenedCopy(
        ServerConsumer consumer, Message stored, AddressPolicy rule, List<DialogEndpoint> endpoints, Message clear) {

    private static final class Slot {
        private OpenedCopy waiting;
    }

    private static final ThreadLocal<Slot> SLOT = ThreadLocal.withInitial(Slot::new);

    /** Lets the copy wait on this thread. */
    void await() {
        SLOT.get().waiting = this;
    }

    /** What waited on this thread, which nothing does any more; or null. */
    static OpenedCopy takeWaiting() {
        Slot slot = SLOT.get();
        OpenedCopy waiting = slot.waiting;
        slot.waiting = null;
        return waiting;
    }

    /** Whether it may wait again: it was opened for the same consumer by the same decision, and the consumer was busy. */
    @SuppressWarnings("ReferenceEquality") // another reading of the policy is another rule
    boolean serves(
            ServerConsumer sameConsumer,
            Message sameStored,
            AddressPolicy sameRule,
            List<DialogEndpoint> sameEndpoints) {
        return consumer == sameConsumer && stored == sameStored && rule == sameRule && endpoints.equals(sameEndpoints);
    }

    /** The reference to hand on: the stored message's, or one to its opened copy. */
    static MessageReference take(MessageReference reference, ServerConsumer consumer) {
        OpenedCopy waiting = takeWaiting();
        return waiting != null
                        && waiting.consumer == consumer
                        && waiting.stored.getMessageID() == reference.getMessageID()
                ? new OpenedReference(reference, waiting.clear)
                : reference;
    }
}
