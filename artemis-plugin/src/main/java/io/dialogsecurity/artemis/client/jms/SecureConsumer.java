package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.IncomingMessages;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that gives the application authentic messages only. What it removes takes none of the caller's turns. As the
 * providers' own consumers, it is also what the older interfaces call one.
 */
final class SecureConsumer implements QueueReceiver, TopicSubscriber {

    private static final Logger LOG = LoggerFactory.getLogger(SecureConsumer.class);

    private final SecureSession session;
    private final MessageConsumer delegate;
    private final Destination destination;
    private final boolean noLocal;
    private final IncomingMessages incoming;
    private MessageListener listener;

    SecureConsumer(
            SecureSession session,
            MessageConsumer delegate,
            Destination destination,
            boolean noLocal,
            IncomingMessages incoming) {
        this.session = session;
        this.delegate = delegate;
        this.destination = destination;
        this.noLocal = noLocal;
        this.incoming = incoming;
    }

    /** Asks the provider once. */
    private interface Receive {
        Message once() throws JMSException;
    }

    /** Decides whether the application can do with the message what it wants to. */
    interface Condition {
        void require(Message message) throws JMSException;
    }

    private Message next(Receive receive, Condition condition) throws JMSException {
        Message outer = receive.once();
        while (outer != null) {
            SecureSession.Taken taken = session.take(outer, incoming);
            if (taken != null) {
                return given(taken, condition);
            }
            outer = receive.once();
        }
        return null;
    }

    private Message given(SecureSession.Taken taken, Condition condition) throws JMSException {
        if (condition != null) {
            try {
                condition.require(taken.message());
            } catch (MessageFormatException e) {
                session.givenInVain(taken);
                throw e;
            }
        }
        session.given(taken);
        return taken.message();
    }

    @Override
    public Message receive() throws JMSException {
        return next(delegate::receive, null);
    }

    @Override
    public Message receive(long timeoutMillis) throws JMSException {
        return receive(timeoutMillis, null);
    }

    @Override
    public Message receiveNoWait() throws JMSException {
        return receiveNoWait(null);
    }

    /** @param condition of the application's; where it fails, the message counts as not received if the session may say so */
    Message receive(long timeoutMillis, Condition condition) throws JMSException {
        if (timeoutMillis <= 0) {
            return next(() -> delegate.receive(timeoutMillis), condition);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        return next(
                () -> {
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    return left > 0 ? delegate.receive(left) : null; // a flood of forgeries holds nobody beyond it
                },
                condition);
    }

    Message receiveNoWait(Condition condition) throws JMSException {
        return next(delegate::receiveNoWait, condition);
    }

    @Override
    public MessageListener getMessageListener() throws JMSException {
        delegate.getMessageListener(); // throws if the consumer is closed
        return listener;
    }

    @Override
    public void setMessageListener(MessageListener value) throws JMSException {
        this.listener = value;
        delegate.setMessageListener(value == null ? null : outer -> give(outer, value));
    }

    private void give(Message outer, MessageListener to) {
        try {
            SecureSession.Taken taken = session.take(outer, incoming);
            if (taken != null) {
                session.give(taken, to);
            }
        } catch (JMSException e) {
            // Nothing is acknowledged: the provider delivers the message again. The audit log knows more.
            LOG.warn("A message of {} stays with the broker: {}", incoming.address(), e.getMessage());
        }
    }

    @Override
    public Queue getQueue() throws JMSException {
        delegate.getMessageSelector(); // throws if the consumer is closed
        return destination instanceof Queue queue ? queue : null;
    }

    @Override
    public Topic getTopic() throws JMSException {
        delegate.getMessageSelector(); // throws if the consumer is closed
        return destination instanceof Topic topic ? topic : null;
    }

    @Override
    public boolean getNoLocal() {
        return noLocal;
    }

    @Override
    public String getMessageSelector() throws JMSException {
        return delegate.getMessageSelector();
    }

    @Override
    public void close() throws JMSException {
        delegate.close();
    }
}
