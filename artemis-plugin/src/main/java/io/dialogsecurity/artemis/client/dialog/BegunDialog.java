package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.artemis.client.jms.DialogSession;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The initiator's side: a session of its own, and a temporary queue where the other side answers. */
final class BegunDialog extends Talk {

    private final DialogSession session;
    private final SealingDialog dialog;
    private final Destination destination;
    private final TemporaryQueue answers;
    private final MessageConsumer consumer;
    private ServiceName partner;

    BegunDialog(Connection connection, String address, Set<ServiceName> targets) throws JMSException {
        this(connection, address, targets.iterator().next(), (session, to) -> session.begin(to, null, targets));
    }

    /** Goes on in a dialog that was begun before. */
    BegunDialog(Connection connection, String address, ServiceName partner, DialogId id) throws JMSException {
        this(connection, address, partner, (session, to) -> session.resume(to, id));
    }

    /** How the dialog is had. */
    private interface Opening {
        SealingDialog open(DialogSession session, Destination to) throws JMSException;
    }

    private BegunDialog(Connection connection, String address, ServiceName partner, Opening opening)
            throws JMSException {
        this.session = DialogSession.on(connection, Session.AUTO_ACKNOWLEDGE);
        try {
            this.destination = session.session().createQueue(address);
            this.dialog = opening.open(session, destination);
            this.answers = session.session().createTemporaryQueue();
            this.consumer = session.sealedConsumer(answers);
            this.partner = partner;
        } catch (JMSException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    DialogSession session() {
        return session;
    }

    @Override
    public DialogId id() {
        return dialog.dialogId();
    }

    @Override
    public ServiceName partner() {
        return partner;
    }

    @Override
    void send(Message message, boolean ending) throws JMSException {
        message.setJMSReplyTo(answers);
        session.send(dialog, destination, message, ending);
    }

    @Override
    public Optional<Message> receive(Duration patience) {
        return unchecked(() -> {
            long deadline = System.nanoTime() + patience.toNanos();
            Message message = null;
            while (message == null && !endedByPartner()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                Message received = left > 0 ? consumer.receive(left) : consumer.receiveNoWait();
                if (received == null) {
                    return Optional.empty();
                }
                Opened origin = DialogSession.origin(received).orElse(null);
                if (origin != null && origin.dialogId().equals(id()) && isTarget(origin.sender())) {
                    partner = origin.sender();
                    message = heard(received, origin);
                }
            }
            return Optional.ofNullable(message);
        });
    }

    /** Whoever this service asked elsewhere may know the dialog's id, and answer under it. */
    private boolean isTarget(ServiceName sender) {
        return dialog.receivers() == null || dialog.receivers().contains(sender);
    }

    @Override
    public void close() {
        uncheckedly(() -> {
            dialog.end();
            consumer.close();
            answers.delete();
            session.close();
        });
    }
}
