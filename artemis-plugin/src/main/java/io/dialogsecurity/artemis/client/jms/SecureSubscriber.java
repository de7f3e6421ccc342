package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.IncomingMessages;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;

/** A consumer of a topic, as the older interface calls it. */
final class SecureSubscriber extends SecureConsumer implements TopicSubscriber {

    private final TopicSubscriber delegate;

    SecureSubscriber(SecureSession session, TopicSubscriber delegate, IncomingMessages incoming) {
        super(session, delegate, incoming);
        this.delegate = delegate;
    }

    @Override
    public Topic getTopic() throws JMSException {
        return delegate.getTopic();
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        return delegate.getNoLocal();
    }
}
