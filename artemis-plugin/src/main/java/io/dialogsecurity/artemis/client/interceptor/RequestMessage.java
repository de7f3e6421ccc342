package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.client.ReplyBook;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.artemis.message.MessageWithBody;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.SimpleString;

/**
 * An opened request on its way to the application, which tells when the application is given it, and when the application
 * asks where to reply. What lies in the client's buffer is nobody's request yet: who replies now does not answer it.
 *
 * <p>Received by one thread, then given to another.
 */
final class RequestMessage extends MessageWithBody {

    private static final byte[] NO_BODY = {};

    private final Supplier<ReplyBook.Request> remember;
    private ReplyBook.Request request;

    /**
     * A copy, whose body is written afterwards.
     *
     * @param remember called when the application is given the message, each time
     */
    RequestMessage(ICoreMessage opened, Supplier<ReplyBook.Request> remember) {
        super(opened, NO_BODY, 0);
        this.remember = remember;
    }

    /** The client asks this of a message it takes out of its buffer, right before the application gets it, and at no other time. */
    @Override
    public boolean isExpired() {
        boolean expired = super.isExpired();
        if (!expired) {
            given();
        }
        return expired;
    }

    private synchronized void given() {
        request = remember.get();
    }

    /** An application that keeps messages of its own accord may ask first. */
    private synchronized void asked(String property) {
        if (MessageNames.REPLY_TO.equals(property) && request != null) {
            request.askedWhere();
        }
    }

    @Override
    public SimpleString getReplyTo() {
        asked(MessageNames.REPLY_TO);
        return super.getReplyTo();
    }

    @Override
    public SimpleString getSimpleStringProperty(SimpleString key) {
        asked(key.toString());
        return super.getSimpleStringProperty(key);
    }

    @Override
    public SimpleString getSimpleStringProperty(String key) {
        asked(key);
        return super.getSimpleStringProperty(key);
    }

    @Override
    public String getStringProperty(SimpleString key) {
        asked(key.toString());
        return super.getStringProperty(key);
    }

    @Override
    public String getStringProperty(String key) {
        asked(key);
        return super.getStringProperty(key);
    }

    @Override
    public Object getObjectProperty(SimpleString key) {
        asked(key.toString());
        return super.getObjectProperty(key);
    }

    @Override
    public Object getObjectProperty(String key) {
        asked(key);
        return super.getObjectProperty(key);
    }
}
