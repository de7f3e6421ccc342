package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.artemis.client.jms.DialogSession;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.DialogError;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import java.util.Map;
import java.util.Optional;

/** What both sides of a dialog have in common. */
abstract class Talk implements Dialog {

    /** What Jakarta Messaging does, with its checked exceptions. */
    interface Work<T> {
        T run() throws JMSException;
    }

    interface Action {
        void run() throws JMSException;
    }

    private boolean ended;
    private boolean endedByPartner;
    private DialogError errorOfPartner;

    abstract DialogSession session();

    abstract void send(Message message, boolean ending) throws JMSException;

    static <T> T unchecked(Work<T> work) {
        try {
            return work.run();
        } catch (JMSSecurityException e) {
            throw new JMSSecurityRuntimeException(e.getMessage(), e.getErrorCode(), e);
        } catch (JMSException e) {
            throw new JMSRuntimeException(e.getMessage(), e.getErrorCode(), e);
        }
    }

    static void uncheckedly(Action action) {
        unchecked(() -> {
            action.run();
            return null;
        });
    }

    /** What was said, or null if it only says that nothing more will be. */
    Message heard(Message message, Opened origin) {
        if (origin.endsDialog()) {
            endedByPartner = true;
            if (origin.error().isPresent()) {
                errorOfPartner = origin.error().get();
                ended = true;
                return null;
            }
            if (origin.kind() == ContentKind.NONE && origin.properties().isEmpty()) {
                return null;
            }
        }
        return message;
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException(
                    errorOfPartner == null
                            ? "This side has ended the dialog"
                            : "The other side has broken the dialog off: " + errorOfPartner.code() + " "
                                    + errorOfPartner.text());
        }
    }

    @Override
    public void send(Message message) {
        requireOpen();
        uncheckedly(() -> send(message, false));
    }

    @Override
    public void sendLast(Message message) {
        requireOpen();
        uncheckedly(() -> send(message, true));
        ended = true;
    }

    @Override
    public void end() {
        if (!ended) {
            uncheckedly(() -> send(session().session().createMessage(), true));
            ended = true;
        }
    }

    @Override
    public void error(int code, String text) {
        requireOpen();
        uncheckedly(() -> send(DialogSession.error(new DialogError(code, text)), true));
        ended = true;
    }

    @Override
    public Optional<DialogError> errorOfPartner() {
        return Optional.ofNullable(errorOfPartner);
    }

    @Override
    public boolean endedByPartner() {
        return endedByPartner;
    }

    @Override
    public Message text(String text) {
        return unchecked(() -> session().session().createTextMessage(text));
    }

    @Override
    public Message bytes(byte[] bytes) {
        return unchecked(() -> {
            BytesMessage message = session().session().createBytesMessage();
            message.writeBytes(bytes);
            return message;
        });
    }

    @Override
    public Message map(Map<String, Object> values) {
        return unchecked(() -> {
            MapMessage message = session().session().createMapMessage();
            for (Map.Entry<String, Object> value : values.entrySet()) {
                message.setObject(value.getKey(), value.getValue());
            }
            return message;
        });
    }
}
