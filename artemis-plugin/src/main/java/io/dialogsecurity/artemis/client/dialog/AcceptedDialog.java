package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.artemis.client.jms.DialogSession;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The target's side: what it sends are replies in the initiator's dialog. */
final class AcceptedDialog extends Talk {

    private final IncomingDialogs owner;
    private final DialogId id;
    private final ServiceName partner;
    private final Queue<Message> sorted = new ArrayDeque<>();
    /** The latest request that says where answers go. */
    private Message request;

    AcceptedDialog(IncomingDialogs owner, Opened first) {
        this.owner = owner;
        this.id = first.dialogId();
        this.partner = first.initiator();
    }

    void sort(Message message) throws JMSException {
        sorted.add(message);
        if (message.getJMSReplyTo() != null) {
            request = message;
        }
    }

    boolean nothingSorted() {
        return sorted.isEmpty();
    }

    Message takeSorted() {
        return sorted.poll();
    }

    @Override
    DialogSession session() {
        return owner.session();
    }

    @Override
    public DialogId id() {
        return id;
    }

    @Override
    public ServiceName partner() {
        return partner;
    }

    @Override
    void send(Message message, boolean ending) throws JMSException {
        if (request == null) {
            throw new IllegalStateException("The other side does not want answers: its messages name no address");
        }
        if (message.getJMSCorrelationID() == null) {
            message.setJMSCorrelationID(request.getJMSMessageID());
        }
        session().send(session().replyingTo(request), request.getJMSReplyTo(), message, ending);
    }

    @Override
    public Optional<Message> receive(Duration patience) {
        return unchecked(() -> {
            long deadline = System.nanoTime() + patience.toNanos();
            Message message = null;
            while (message == null && !(endedByPartner() && sorted.isEmpty())) {
                long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
                Message next = owner.next(this, Duration.ofMillis(left));
                if (next == null) {
                    return Optional.empty();
                }
                message = heard(next, DialogSession.origin(next).orElseThrow());
            }
            return Optional.ofNullable(message);
        });
    }

    @Override
    public void close() {
        uncheckedly(() -> {
            int unread = sorted.size();
            sorted.clear();
            owner.forget(this, unread);
        });
    }
}
