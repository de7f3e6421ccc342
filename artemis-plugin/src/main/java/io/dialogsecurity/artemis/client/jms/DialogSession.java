package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.wire.DialogError;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.Optional;
import java.util.Set;

/**
 * A session of a {@link SecureConnectionFactory}'s connection that also shows the dialogs under it: for the explicit
 * dialog API, and for applications that want to know who sent a message. Like every session it belongs to one thread at a
 * time.
 */
public final class DialogSession implements AutoCloseable {

    private final SecureSession session;
    private final ClientEndpoint endpoint;
    private final SecureProducer producer;

    private DialogSession(SecureSession session, ClientEndpoint endpoint) throws JMSException {
        this.session = session;
        this.endpoint = endpoint;
        this.producer = session.secureProducer(null);
    }

    /**
     * A new session.
     *
     * @param connection made by a {@link SecureConnectionFactory}
     * @param mode acknowledge mode
     */
    public static DialogSession on(Connection connection, int mode) throws JMSException {
        if (!(connection instanceof SecureConnection secure)) {
            throw new IllegalArgumentException("A dialog needs a connection of a SecureConnectionFactory");
        }
        return new DialogSession(secure.secureSession(mode), secure.endpoint());
    }

    /** The session. */
    public Session session() {
        return session;
    }

    /**
     * A consumer for dialogs: an unsealed message belongs to none, and is refused even where policy tolerates it for the
     * time being.
     */
    public MessageConsumer sealedConsumer(Destination destination) throws JMSException {
        return session.sealedConsumer(destination);
    }

    /** What seals and opens. */
    public ClientEndpoint endpoint() {
        return endpoint;
    }

    /**
     * Begins a dialog that the caller holds; see {@link
     * io.dialogsecurity.artemis.client.OutgoingDialogs#begin(String, ServiceName, Set)}.
     *
     * @throws JMSSecurityException if policy does not allow it, or there is no certificate to seal to
     */
    public SealingDialog begin(Destination destination, ServiceName as, Set<ServiceName> targets) throws JMSException {
        try {
            return session.outgoing().begin(Addresses.of(destination), as, targets);
        } catch (SealingRefusedException e) {
            throw Failures.refused(e);
        }
    }

    /**
     * The dialog of a received request, for replies.
     *
     * @throws JMSSecurityException if the request is not remembered, or was not sealed
     */
    public SealingDialog replyingTo(Message request) throws JMSException {
        Destination replyTo = request.getJMSReplyTo();
        if (replyTo == null) {
            throw new IllegalStateException("The request names no address for replies");
        }
        try {
            return session.outgoing()
                    .dialogFor(Addresses.of(replyTo), request.getJMSMessageID(), null, replyTo)
                    .orElseThrow(
                            () -> new JMSSecurityException("Policy lets replies to " + replyTo + " pass unsealed"));
        } catch (SealingRefusedException e) {
            throw Failures.refused(e);
        }
    }

    /**
     * Sends a message in a dialog.
     *
     * @param ending whether it is the last this side sends in the dialog
     */
    public void send(SealingDialog dialog, Destination destination, Message message, boolean ending)
            throws JMSException {
        String replyTo = Addresses.ofNullable(message.getJMSReplyTo());
        if (replyTo != null) {
            endpoint.replies().await(replyTo, dialog.receivers());
        }
        producer.sendIn(dialog, destination, message, ending);
    }

    /** The message by which a side breaks a dialog off; to be sent as the last one. */
    public static Message error(DialogError error) {
        return new ClearErrorMessage(error);
    }

    /**
     * Goes on in a dialog this service began; see {@link
     * io.dialogsecurity.artemis.client.OutgoingDialogs#resume(String, DialogId)}.
     *
     * @throws JMSSecurityException if policy does not allow it, or the dialog is unknown or has ended
     */
    public SealingDialog resume(Destination destination, DialogId dialogId) throws JMSException {
        try {
            return session.outgoing().resume(Addresses.of(destination), dialogId);
        } catch (SealingRefusedException e) {
            throw Failures.refused(e);
        }
    }

    /** Acknowledges all that has been received; for sessions whose mode is {@link Session#CLIENT_ACKNOWLEDGE}. */
    public void acknowledge() throws JMSException {
        session.acknowledgeAll();
    }

    /** Who sealed a received message, in which dialog, and where in its order; empty if it was not sealed. */
    public static Optional<Opened> origin(Message received) {
        return received instanceof ClearMessage clear ? Optional.ofNullable(clear.origin()) : Optional.empty();
    }

    @Override
    public void close() throws JMSException {
        session.close();
    }
}
