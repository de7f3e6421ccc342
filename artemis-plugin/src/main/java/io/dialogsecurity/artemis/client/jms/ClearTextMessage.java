package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;

/** Text in the clear, or none. */
final class ClearTextMessage extends ClearMessage implements TextMessage {

    private String text;

    ClearTextMessage(String text) {
        this.text = text;
    }

    @Override
    public void setText(String value) throws JMSException {
        requireWritableBody();
        this.text = value;
    }

    @Override
    public String getText() throws JMSException {
        return text;
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        text = null;
    }

    @Override
    Object body() {
        return text;
    }
}
