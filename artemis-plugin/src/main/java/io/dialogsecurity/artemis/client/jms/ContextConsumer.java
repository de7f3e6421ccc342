package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;

/** The simplified API's consumer. */
final class ContextConsumer implements JMSConsumer {

    private final SecureConsumer consumer;

    ContextConsumer(SecureConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public String getMessageSelector() {
        return SecureContext.unchecked(consumer::getMessageSelector);
    }

    @Override
    public MessageListener getMessageListener() {
        return SecureContext.unchecked(consumer::getMessageListener);
    }

    @Override
    public void setMessageListener(MessageListener listener) {
        SecureContext.uncheckedly(() -> consumer.setMessageListener(listener));
    }

    @Override
    public Message receive() {
        return SecureContext.unchecked(consumer::receive);
    }

    @Override
    public Message receive(long timeoutMillis) {
        return SecureContext.unchecked(() -> consumer.receive(timeoutMillis));
    }

    @Override
    public Message receiveNoWait() {
        return SecureContext.unchecked(consumer::receiveNoWait);
    }

    @Override
    public void close() {
        SecureContext.uncheckedly(consumer::close);
    }

    private static void requireBody(Message message, Class<?> wanted) throws JMSException {
        if (message.getClass() == ClearMessage.class || !message.isBodyAssignableTo(wanted)) {
            throw new MessageFormatException("The body is not a " + wanted.getName());
        }
    }

    private static <T> T body(Message message, Class<T> wanted) throws JMSException {
        return message == null ? null : message.getBody(wanted);
    }

    @Override
    public <T> T receiveBody(Class<T> wanted) {
        return receiveBody(wanted, 0);
    }

    @Override
    public <T> T receiveBody(Class<T> wanted, long timeoutMillis) {
        return SecureContext.unchecked(() ->
                body(consumer.receive(timeoutMillis, message -> requireBody(message, wanted)), wanted));
    }

    @Override
    public <T> T receiveBodyNoWait(Class<T> wanted) {
        return SecureContext.unchecked(
                () -> body(consumer.receiveNoWait(message -> requireBody(message, wanted)), wanted));
    }
}
