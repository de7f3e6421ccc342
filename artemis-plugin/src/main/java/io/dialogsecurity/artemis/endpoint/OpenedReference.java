package io.dialogsecurity.artemis.endpoint;

import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.transaction.Transaction;

/**
 * A reference to a stored message that shows the protocol its opened copy, until it has been written; everything else is about
 * the stored one. As thread-safe as the original.
 *
 * <p>AMQP writes later, on another thread, by running the reference. Once it has, the stored message is shown again, so that
 * what the receiver answers is noted where the queue looks for it, and the plaintext need not stay until then.
 */
final class OpenedReference implements MessageReference, Runnable {

    private final MessageReference original;
    private volatile Message clear;
    private volatile Consumer<? super MessageReference> writer;

    OpenedReference(MessageReference original, Message clear) {
        this.original = original;
        this.clear = clear;
    }

    @Override
    public Message getMessage() {
        Message copy = clear;
        return copy != null ? copy : original.getMessage();
    }

    @Override
    public void onDelivery(Consumer<? super MessageReference> callback) {
        writer = callback;
    }

    @Override
    public void run() {
        try {
            writer.accept(this);
        } finally {
            writer = null;
            clear = null;
        }
    }

    @Override
    public boolean skipDelivery() {
        return original.skipDelivery();
    }

    @Override
    public boolean isPaged() {
        return original.isPaged();
    }

    @Override
    public long getMessageID() {
        return original.getMessageID();
    }

    @Override
    public boolean isDurable() {
        return original.isDurable();
    }

    @Override
    public SimpleString getLastValueProperty() {
        return original.getLastValueProperty();
    }

    @Override
    public int getMessageMemoryEstimate() {
        return original.getMessageMemoryEstimate();
    }

    @Override
    public <T> T getProtocolData(Class<T> type) {
        return original.getProtocolData(type);
    }

    @Override
    public <T> void setProtocolData(Class<T> type, T data) {
        original.setProtocolData(type, data);
    }

    @Override
    public MessageReference copy(Queue queue) {
        return original.copy(queue);
    }

    @Override
    public long getScheduledDeliveryTime() {
        return original.getScheduledDeliveryTime();
    }

    @Override
    public void setScheduledDeliveryTime(long time) {
        original.setScheduledDeliveryTime(time);
    }

    @Override
    public int getDeliveryCount() {
        return original.getDeliveryCount();
    }

    @Override
    public void setDeliveryCount(int count) {
        original.setDeliveryCount(count);
    }

    @Override
    public void setPersistedCount(int count) {
        original.setPersistedCount(count);
    }

    @Override
    public int getPersistedCount() {
        return original.getPersistedCount();
    }

    @Override
    public void incrementDeliveryCount() {
        original.incrementDeliveryCount();
    }

    @Override
    public void decrementDeliveryCount() {
        original.decrementDeliveryCount();
    }

    @Override
    public Queue getQueue() {
        return original.getQueue();
    }

    @Override
    public void acknowledge() throws Exception {
        original.acknowledge();
    }

    @Override
    public void acknowledge(Transaction transaction) throws Exception {
        original.acknowledge(transaction);
    }

    @Override
    public void acknowledge(Transaction transaction, ServerConsumer consumer) throws Exception {
        original.acknowledge(transaction, consumer);
    }

    @Override
    public void acknowledge(Transaction transaction, AckReason reason, ServerConsumer consumer) throws Exception {
        original.acknowledge(transaction, reason, consumer);
    }

    @Override
    public void acknowledge(Transaction transaction, AckReason reason, ServerConsumer consumer, boolean delivering)
            throws Exception {
        original.acknowledge(transaction, reason, consumer, delivering);
    }

    @Override
    public void emptyConsumerID() {
        original.emptyConsumerID();
    }

    @Override
    public void setConsumerId(long consumerId) {
        original.setConsumerId(consumerId);
    }

    @Override
    public boolean hasConsumerId() {
        return original.hasConsumerId();
    }

    @Override
    public long getConsumerId() {
        return original.getConsumerId();
    }

    @Override
    public void handled() {
        original.handled();
    }

    @Override
    public void setInDelivery(boolean delivered) {
        original.setInDelivery(delivered);
    }

    @Override
    public boolean isInDelivery() {
        return original.isInDelivery();
    }

    @Override
    public void setAlreadyAcked() {
        original.setAlreadyAcked();
    }

    @Override
    public boolean isAlreadyAcked() {
        return original.isAlreadyAcked();
    }

    @Override
    public long getPersistentSize() throws ActiveMQException {
        return original.getPersistentSize();
    }

    @Override
    public long getSequence() {
        return original.getSequence();
    }

    @Override
    public void setSequence(long sequence) {
        original.setSequence(sequence);
    }

    @Override
    public String toString() {
        return original.toString(); // never of the copy
    }
}
