package io.dialogsecurity.artemis.endpoint;

import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;
import org.apache.activemq.artemis.spi.core.remoting.ReadyListener;

/** A consumer's way to its protocol, on which messages are exchanged for their opened copies. As thread-safe as the original. */
final class OpeningCallback implements SessionCallback {

    private final SessionCallback original;

    OpeningCallback(SessionCallback original) {
        this.original = original;
    }

    @Override
    public int sendMessage(MessageReference reference, ServerConsumer consumer, int deliveryCount) {
        return original.sendMessage(OpenedCopy.take(reference, consumer), consumer, deliveryCount);
    }

    @Override
    public int sendLargeMessage(MessageReference reference, ServerConsumer consumer, long bodySize, int deliveryCount) {
        return original.sendLargeMessage(reference, consumer, bodySize, deliveryCount);
    }

    @Override
    public int sendLargeMessageContinuation(
            ServerConsumer consumer, byte[] body, boolean continues, boolean requiresResponse) {
        return original.sendLargeMessageContinuation(consumer, body, continues, requiresResponse);
    }

    @Override
    public boolean supportsDirectDelivery() {
        return original.supportsDirectDelivery();
    }

    @Override
    public boolean hasCredits(ServerConsumer consumer) {
        return original.hasCredits(consumer);
    }

    @Override
    public boolean hasCredits(ServerConsumer consumer, MessageReference reference) {
        return original.hasCredits(consumer, reference);
    }

    @Override
    public void afterDelivery() throws Exception {
        original.afterDelivery();
    }

    @Override
    public boolean updateDeliveryCountAfterCancel(ServerConsumer consumer, MessageReference reference, boolean failed) {
        return original.updateDeliveryCountAfterCancel(consumer, reference, failed);
    }

    @Override
    public void sendProducerCreditsMessage(int credits, SimpleString address) {
        original.sendProducerCreditsMessage(credits, address);
    }

    @Override
    public void sendProducerCreditsFailMessage(int credits, SimpleString address) {
        original.sendProducerCreditsFailMessage(credits, address);
    }

    @Override
    public void closed() {
        original.closed();
    }

    @Override
    public void disconnect(ServerConsumer consumer, String errorMessage) {
        original.disconnect(consumer, errorMessage);
    }

    @Override
    public boolean isWritable(ReadyListener callback, Object protocolContext) {
        return original.isWritable(callback, protocolContext);
    }

    @Override
    public void browserFinished(ServerConsumer consumer) {
        original.browserFinished(consumer);
    }

    @Override
    public void close(boolean failed) {
        original.close(failed);
    }

    @Override
    public Transaction getCurrentTransaction() {
        return original.getCurrentTransaction();
    }
}
