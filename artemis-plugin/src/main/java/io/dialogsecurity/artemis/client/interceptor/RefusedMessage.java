package io.dialogsecurity.artemis.client.interceptor;

import io.netty.buffer.ByteBuf;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;

/**
 * Takes the place of a message that must not be sent, and refuses to be encoded. An interceptor that says no makes some
 * ways of sending fail and others lose the message silently, and one that throws lets it pass; encoding happens on the
 * application's thread before anything is written or kept, and what it throws comes out of the application's call, in every
 * way of sending.
 */
final class RefusedMessage extends ClientMessageImpl {

    private final ActiveMQException reason;

    RefusedMessage(ActiveMQException reason) {
        this.reason = reason;
    }

    @Override
    public int getEncodeSize() {
        throw Unchecked.rethrow(reason);
    }

    @Override
    public void sendBuffer(ByteBuf sendBuffer, int deliveryCount) {
        throw Unchecked.rethrow(reason);
    }

    @Override
    public void sendBuffer_1X(ByteBuf sendBuffer) {
        throw Unchecked.rethrow(reason);
    }

    @Override
    public void encodeHeadersAndProperties(ByteBuf buffer) {
        throw Unchecked.rethrow(reason);
    }

    @Override
    public String toString() {
        return "RefusedMessage[" + reason.getMessage() + "]";
    }
}
