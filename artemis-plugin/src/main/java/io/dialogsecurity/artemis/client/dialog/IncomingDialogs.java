package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.artemis.client.jms.DialogSession;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.Action;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The dialogs other services begin with this one at an address. One session reads them all and sorts their messages;
 * what has been sorted and not yet received stays unacknowledged, so that nothing is lost if this process ends. Not for
 * several threads at a time, and neither are its dialogs.
 */
public final class IncomingDialogs implements AutoCloseable {

    /** A dialog id alone names nothing, because everybody may choose it. */
    private record Name(ServiceName initiator, DialogId id) {}

    private final DialogSession session;
    private final MessageConsumer consumer;
    private final Map<Name, AcceptedDialog> open = new HashMap<>();
    private final Queue<AcceptedDialog> fresh = new ArrayDeque<>();
    private int sorted;

    IncomingDialogs(Connection connection, String address) throws JMSException {
        this.session = DialogSession.on(connection, Session.CLIENT_ACKNOWLEDGE);
        if (session.endpoint().policy(address).action() != Action.APPLY) {
            session.close();
            throw new JMSException("Messages to " + address + " need not be sealed, so there are no dialogs; let policy"
                    + " apply there, in " + session.endpoint().configuration());
        }
        this.consumer = session.sealedConsumer(session.session().createQueue(address));
    }

    DialogSession session() {
        return session;
    }

    /**
     * The next dialog somebody has begun. Its first message is there to be received.
     *
     * @param patience how long to wait for it
     */
    public Optional<Dialog> next(Duration patience) {
        return Talk.unchecked(() -> {
            long deadline = System.nanoTime() + patience.toNanos();
            while (fresh.isEmpty() && sortOne(deadline)) {
                // until somebody begins a dialog, or time is up
            }
            return Optional.ofNullable(fresh.poll());
        });
    }

    /** The next message of one of the dialogs, or null if time is up. */
    Message next(AcceptedDialog dialog, Duration patience) throws JMSException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (dialog.nothingSorted() && sortOne(deadline)) {
            // until it has a message, or time is up
        }
        Message message = dialog.takeSorted();
        if (message != null) {
            taken(1);
        }
        return message;
    }

    private boolean sortOne(long deadline) throws JMSException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        Message message = left > 0 ? consumer.receive(left) : consumer.receiveNoWait();
        if (message == null) {
            return false;
        }
        Optional<Opened> origin = DialogSession.origin(message);
        if (origin.isPresent()) {
            sorted++;
            Name name = new Name(origin.get().initiator(), origin.get().dialogId());
            AcceptedDialog dialog = open.get(name);
            if (dialog == null) {
                dialog = new AcceptedDialog(this, origin.get());
                open.put(name, dialog);
                fresh.add(dialog);
            }
            dialog.sort(message);
        }
        return true;
    }

    /** Acknowledges when the application has everything: an acknowledgement is for all that came before. */
    private void taken(int messages) throws JMSException {
        sorted -= messages;
        if (sorted == 0) {
            session.acknowledge();
        }
    }

    /** The dialog is not wanted any more; what comes of it begins it anew. */
    void forget(AcceptedDialog dialog, int unread) throws JMSException {
        open.remove(new Name(dialog.partner(), dialog.id()), dialog);
        fresh.remove(dialog);
        if (unread > 0) {
            taken(unread);
        }
    }

    /** Ends the session. Messages no dialog has received stay with the broker. */
    @Override
    public void close() {
        Talk.uncheckedly(session::close);
    }
}
