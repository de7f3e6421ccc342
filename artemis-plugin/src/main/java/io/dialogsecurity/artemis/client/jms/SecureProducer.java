package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.Delivery;
import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.SealingRefusedException;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueSender;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * A producer that seals what it sends, or refuses to send it. As the providers' own producers, it is also what the older
 * interfaces call one.
 */
final class SecureProducer implements QueueSender, TopicPublisher {

    /** By which a client of the core protocol says when a message is due, in milliseconds since the epoch. */
    private static final String SCHEDULED = "_AMQ_SCHED_DELIVERY";

    /** By which the broker knows that it has a message already. */
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    private final SecureSession session;
    private final MessageProducer delegate;
    private final Destination fixed;
    /** Whether nothing has been sent to the fixed one yet. A pool may give the producer to others of the same name later. */
    private boolean fresh = true;

    /** @param fixed may be null */
    SecureProducer(SecureSession session, MessageProducer delegate, Destination fixed) {
        this.session = session;
        this.delegate = delegate;
        this.fixed = fixed;
    }

    /** One of the provider's ways to send, which all take another message in place of the application's. */
    private interface Sending {
        void send(Message outer) throws JMSException;
    }

    /** The same, telling a listener what came of it. */
    private interface SendingAsync {
        void send(Message outer, CompletionListener listener) throws JMSException;
    }

    private void send(Destination destination, Message message, long timeToLive, Sending sending) throws JMSException {
        send(destination, message, timeToLive, null, (outer, none) -> sending.send(outer));
    }

    private void send(
            Destination destination,
            Message message,
            long timeToLive,
            CompletionListener completion,
            SendingAsync sending)
            throws JMSException {
        if (message == null) {
            throw new MessageFormatException("There is no message");
        }
        if (destination == null) {
            sending.send(message, completion); // fails in the provider's way
            throw new InvalidDestinationException("There is no destination");
        }
        Optional<SealingDialog> dialog = dialogFor(destination, message);
        if (dialog.isEmpty()) {
            Message outer = unsealed(message);
            sending.send(outer, completion == null ? null : new Completion(message, null, completion));
            session.sent();
            if (completion == null && outer != message) {
                copyHeaders(outer, message);
            }
        } else {
            send(dialog.get(), message, false, delivery(message, timeToLive), completion, sending);
        }
    }

    private Optional<SealingDialog> dialogFor(Destination destination, Message message) throws JMSException {
        String correlationId =
                MessageNames.correlationName(session.correlationIds().of(message));
        boolean certain = destination != fixed || fresh;
        fresh = false;
        try {
            return session.outgoing()
                    .dialogFor(
                            Addresses.of(destination),
                            correlationId,
                            Addresses.ofNullable(message.getJMSReplyTo()),
                            certain ? destination : null);
        } catch (SealingRefusedException e) {
            throw Failures.refused(e);
        }
    }

    private Delivery delivery(Message message, long timeToLive) throws JMSException {
        long delay = delegate.getDeliveryDelay();
        if (message.propertyExists(SCHEDULED)) {
            long now = session.endpoint().clock().millis();
            delay = Math.max(delay, message.getLongProperty(SCHEDULED) - now);
        }
        return new Delivery(delay, timeToLive > 0 || message.propertyExists(DUPLICATE_ID));
    }

    private void send(
            SealingDialog dialog,
            Message message,
            boolean ending,
            Delivery delivery,
            CompletionListener completion,
            SendingAsync sending)
            throws JMSException {
        boolean sent = false;
        Unsettled unsettled = null;
        try {
            dialog.prepare(delivery);
            MessageSealing.Sealed sealed = session.sealing().seal(message, dialog, ending);
            unsettled = new Unsettled(session.endpoint(), dialog, message, sealed);
            sending.send(sealed.outer(), completion == null ? null : new Completion(message, unsettled, completion));
            sent = true;
            session.sent(unsettled);
            if (completion == null) {
                copyHeaders(sealed.outer(), message);
            }
        } catch (SealingRefusedException e) {
            throw Failures.refused(e);
        } catch (JMSException e) {
            if (unsettled != null && !session.transacted()) {
                unsettled.failed(e);
            }
            throw e;
        } finally {
            if (!sent && (unsettled == null || !unsettled.again())) {
                dialog.abandon();
            }
        }
    }

    /** Sends in a dialog the application holds. */
    void sendIn(SealingDialog dialog, Destination destination, Message message, boolean ending) throws JMSException {
        send(
                dialog,
                message,
                ending,
                delivery(message, delegate.getTimeToLive()),
                null,
                (outer, none) -> delegate.send(destination, outer));
    }

    /** To a provider this package's messages are another provider's, which it takes; only a stream it takes from its own. */
    private Message unsealed(Message message) throws JMSException {
        InputStream source = message instanceof ClearBytesMessage bytes ? bytes.source() : null;
        if (source == null) {
            return message;
        }
        BytesMessage own = session.delegate().createBytesMessage();
        own.setObjectProperty(ClearMessage.INPUT_STREAM, source);
        for (Map.Entry<String, Object> property :
                ((ClearMessage) message).applicationProperties().entrySet()) {
            own.setObjectProperty(property.getKey(), property.getValue());
        }
        own.setJMSType(message.getJMSType());
        CorrelationIds.set(session.correlationIds().of(message), own);
        own.setJMSReplyTo(message.getJMSReplyTo());
        return own;
    }

    /** What the provider has set on the message it sent, the application finds on its own. */
    private static void copyHeaders(Message outer, Message message) throws JMSException {
        if (message instanceof ClearMessage clear) {
            clear.takeHeaders(outer);
            return;
        }
        message.setJMSMessageID(outer.getJMSMessageID());
        message.setJMSTimestamp(outer.getJMSTimestamp());
        message.setJMSDestination(outer.getJMSDestination());
        message.setJMSDeliveryMode(outer.getJMSDeliveryMode());
        message.setJMSExpiration(outer.getJMSExpiration());
        message.setJMSPriority(outer.getJMSPriority());
        message.setJMSDeliveryTime(outer.getJMSDeliveryTime());
    }

    /** Tells the application of its own message. */
    private record Completion(Message message, Unsettled unsettled, CompletionListener listener)
            implements CompletionListener {

        @Override
        public void onCompletion(Message outer) {
            try {
                if (outer != message) {
                    copyHeaders(outer, message);
                }
            } catch (JMSException e) {
                listener.onException(message, e);
                return;
            }
            listener.onCompletion(message);
        }

        @Override
        public void onException(Message outer, Exception failure) {
            if (unsettled != null) {
                unsettled.failed(failure);
                unsettled.abandonDialog();
            }
            listener.onException(message, failure);
        }
    }

    private static void require(CompletionListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("There is no completion listener");
        }
    }

    private Destination fixed() {
        if (fixed == null) {
            throw new UnsupportedOperationException("This producer has no destination of its own");
        }
        return fixed;
    }

    @Override
    public void send(Message message) throws JMSException {
        send(fixed(), message, delegate.getTimeToLive(), delegate::send);
    }

    @Override
    public void send(Message message, int deliveryMode, int priority, long timeToLive) throws JMSException {
        send(fixed(), message, timeToLive, outer -> delegate.send(outer, deliveryMode, priority, timeToLive));
    }

    @Override
    public void send(Destination destination, Message message) throws JMSException {
        send(destination, message, delegate.getTimeToLive(), outer -> delegate.send(destination, outer));
    }

    @Override
    public void send(Destination destination, Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send(
                destination,
                message,
                timeToLive,
                outer -> delegate.send(destination, outer, deliveryMode, priority, timeToLive));
    }

    @Override
    public void send(Message message, CompletionListener listener) throws JMSException {
        require(listener);
        send(fixed(), message, delegate.getTimeToLive(), listener, delegate::send);
    }

    @Override
    public void send(Message message, int deliveryMode, int priority, long timeToLive, CompletionListener listener)
            throws JMSException {
        require(listener);
        send(
                fixed(),
                message,
                timeToLive,
                listener,
                (outer, told) -> delegate.send(outer, deliveryMode, priority, timeToLive, told));
    }

    @Override
    public void send(Destination destination, Message message, CompletionListener listener) throws JMSException {
        require(listener);
        send(
                destination,
                message,
                delegate.getTimeToLive(),
                listener,
                (outer, told) -> delegate.send(destination, outer, told));
    }

    @Override
    public void send(
            Destination destination,
            Message message,
            int deliveryMode,
            int priority,
            long timeToLive,
            CompletionListener listener)
            throws JMSException {
        require(listener);
        send(
                destination,
                message,
                timeToLive,
                listener,
                (outer, told) -> delegate.send(destination, outer, deliveryMode, priority, timeToLive, told));
    }

    // --- By the older names

    @Override
    public Queue getQueue() throws JMSException {
        return getDestination() instanceof Queue queue ? queue : null;
    }

    @Override
    public void send(Queue queue, Message message) throws JMSException {
        send((Destination) queue, message);
    }

    @Override
    public void send(Queue queue, Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send((Destination) queue, message, deliveryMode, priority, timeToLive);
    }

    @Override
    public Topic getTopic() throws JMSException {
        return getDestination() instanceof Topic topic ? topic : null;
    }

    @Override
    public void publish(Message message) throws JMSException {
        send(message);
    }

    @Override
    public void publish(Message message, int deliveryMode, int priority, long timeToLive) throws JMSException {
        send(message, deliveryMode, priority, timeToLive);
    }

    @Override
    public void publish(Topic topic, Message message) throws JMSException {
        send((Destination) topic, message);
    }

    @Override
    public void publish(Topic topic, Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send((Destination) topic, message, deliveryMode, priority, timeToLive);
    }

    // --- Settings

    @Override
    public void setDisableMessageID(boolean value) throws JMSException {
        delegate.setDisableMessageID(value);
    }

    @Override
    public boolean getDisableMessageID() throws JMSException {
        return delegate.getDisableMessageID();
    }

    @Override
    public void setDisableMessageTimestamp(boolean value) throws JMSException {
        delegate.setDisableMessageTimestamp(value);
    }

    @Override
    public boolean getDisableMessageTimestamp() throws JMSException {
        return delegate.getDisableMessageTimestamp();
    }

    @Override
    public void setDeliveryMode(int deliveryMode) throws JMSException {
        delegate.setDeliveryMode(deliveryMode);
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        return delegate.getDeliveryMode();
    }

    @Override
    public void setPriority(int priority) throws JMSException {
        delegate.setPriority(priority);
    }

    @Override
    public int getPriority() throws JMSException {
        return delegate.getPriority();
    }

    @Override
    public void setTimeToLive(long timeToLive) throws JMSException {
        delegate.setTimeToLive(timeToLive);
    }

    @Override
    public long getTimeToLive() throws JMSException {
        return delegate.getTimeToLive();
    }

    @Override
    public void setDeliveryDelay(long deliveryDelay) throws JMSException {
        delegate.setDeliveryDelay(deliveryDelay);
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        return delegate.getDeliveryDelay();
    }

    @Override
    public Destination getDestination() throws JMSException {
        return delegate.getDestination();
    }

    @Override
    public void close() throws JMSException {
        delegate.close();
    }
}
