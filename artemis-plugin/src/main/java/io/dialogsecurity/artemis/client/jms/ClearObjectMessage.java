package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.ObjectMessage;
import java.io.Serializable;

/** A serialized object in the clear. It is serialized when it is set, and made anew each time it is asked for. */
final class ClearObjectMessage extends ClearMessage implements ObjectMessage {

    private final TrustedObjects objects;
    private byte[] serialized;

    /** @param serialized may be null */
    ClearObjectMessage(TrustedObjects objects, byte[] serialized) {
        this.objects = objects;
        this.serialized = serialized;
    }

    byte[] serialized() {
        return serialized;
    }

    @Override
    public void setObject(Serializable object) throws JMSException {
        requireWritableBody();
        serialized = object == null ? null : TrustedObjects.write(object);
    }

    @Override
    public Serializable getObject() throws JMSException {
        return serialized == null ? null : objects.read(serialized);
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        serialized = null;
    }

    @Override
    Object body() throws JMSException {
        return getObject();
    }
}
