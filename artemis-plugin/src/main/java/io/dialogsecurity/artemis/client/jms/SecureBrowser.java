package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.IncomingMessages;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.util.Enumeration;
import java.util.NoSuchElementException;

/** Shows what a consumer would get. Messages a consumer would refuse are not shown, and stay. */
final class SecureBrowser implements QueueBrowser {

    private final QueueBrowser delegate;
    private final MessageOpening opening;
    private final IncomingMessages incoming;

    SecureBrowser(QueueBrowser delegate, MessageOpening opening, IncomingMessages incoming) {
        this.delegate = delegate;
        this.opening = opening;
        this.incoming = incoming;
    }

    @Override
    public Enumeration<Message> getEnumeration() throws JMSException {
        Enumeration<?> outer = delegate.getEnumeration();
        return new Enumeration<>() {
            private Message next;

            @Override
            public boolean hasMoreElements() {
                try {
                    while (next == null && outer.hasMoreElements()) {
                        next = opening.look((Message) outer.nextElement(), incoming);
                    }
                    return next != null;
                } catch (JMSException e) {
                    throw new JMSRuntimeException(e.getMessage(), e.getErrorCode(), e);
                }
            }

            @Override
            public Message nextElement() {
                if (!hasMoreElements()) {
                    throw new NoSuchElementException();
                }
                Message message = next;
                next = null;
                return message;
            }
        };
    }

    @Override
    public Queue getQueue() throws JMSException {
        return delegate.getQueue();
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
