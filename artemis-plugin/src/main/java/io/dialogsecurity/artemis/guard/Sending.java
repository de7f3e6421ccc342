package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.state.ClaimKey;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.ServerSessionImpl;
import org.apache.activemq.artemis.core.transaction.Transaction;

/** What a thread's session is sending. One per thread, used again and again. */
final class Sending {

    private static final StackWalker STACK = StackWalker.getInstance();

    /** The number of a message, and what tells it from others with that number. */
    record Number(ClaimKey key, long sequence, long identity) {}

    ServerSession session;
    Message message;
    Transaction transaction;
    boolean transacted;
    boolean routed;
    String checkedFor;
    /** The number taken, or null. */
    OpenSends.OpenSend claim;
    /** What the message is a copy of, or null. */
    VerifiedEnvelope resend;
    /** Set if the broker has sealed the message itself. */
    PlainSealer.Sealed sealed;
    /** Whether its sender has no right to send there, which the broker will tell him. */
    boolean leftToBroker;
    /** What has taken its number at another address than it was sent to, by a divert; or null. */
    Number diverted;

    void begin(ServerSession newSession, Message newMessage, Transaction newTransaction, boolean inTransaction) {
        withdraw(); // left over only if the broker failed without telling
        session = newSession;
        message = newMessage;
        transaction = newTransaction;
        transacted = inTransaction;
        routed = false;
        checkedFor = null;
        leftToBroker = false;
        diverted = null;
    }

    void withdraw() {
        OpenSends.OpenSend taken = claim;
        PlainSealer.Sealed lost = sealed;
        resend = null;
        claim = null;
        sealed = null;
        if (taken != null) {
            taken.withdraw();
        }
        if (lost != null) {
            lost.lost();
        }
    }

    /**
     * Whether what this thread routes now belongs to what its session is sending. If an error has ended a send without the
     * broker telling, nothing does.
     */
    boolean includes(RoutingContext context) {
        if (session == null || !Thread.holdsLock(session)) {
            return false;
        }
        // AMQP does not tell whose it is; a session holds its lock while it ends, too.
        return context.getServerSession() == session || STACK.walk(Sending::isInSend);
    }

    void abandon() {
        try {
            withdraw();
        } finally {
            end();
        }
    }

    void end() {
        transaction = null;
        session = null;
        message = null;
        checkedFor = null;
        claim = null;
        resend = null;
        sealed = null;
        diverted = null;
    }

    private static boolean isInSend(Stream<StackWalker.StackFrame> frames) {
        return frames.anyMatch(frame ->
                frame.getMethodName().equals("send") && frame.getClassName().equals(ServerSessionImpl.class.getName()));
    }
}
