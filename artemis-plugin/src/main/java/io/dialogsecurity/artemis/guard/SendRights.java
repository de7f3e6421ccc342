package io.dialogsecurity.artemis.guard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * Who may send where, by the broker's own security settings. The broker asks that itself, but later; here it is asked before anything
 * is spent on a stranger's message. An answer counts for a second, which gives nobody anything: the broker decides. Thread-safe.
 */
final class SendRights {

    private static final long ANSWER_NANOS = 1_000_000_000L;

    private record Answer(SimpleString address, boolean may, long at) {

        private boolean isAbout(SimpleString other) {
            return address.equals(other) && System.nanoTime() - at < ANSWER_NANOS;
        }
    }

    private final ActiveMQServer server;
    /** The last answer for each session. */
    private final Map<ServerSession, Answer> answers = new ConcurrentHashMap<>();

    SendRights(ActiveMQServer server) {
        this.server = server;
    }

    /** @param address without prefix; may name a queue */
    boolean maySend(ServerSession session, SimpleString address) {
        Answer known = answers.get(session);
        if (known != null && known.isAbout(address)) {
            return known.may();
        }
        boolean may = ask(session, address);
        answers.put(session, new Answer(address, may, System.nanoTime()));
        if (session.isClosed()) {
            forget(session); // its connection broke meanwhile, and it was forgotten before
        }
        return may;
    }

    /** What cannot be found out is a no: the broker, which asks the same, then refuses too. */
    private boolean ask(ServerSession session, SimpleString address) {
        try {
            return server.getSecurityStore()
                    .hasPermission(
                            CompositeAddress.extractAddressName(address),
                            CompositeAddress.isFullyQualified(address)
                                    ? CompositeAddress.extractQueueName(address)
                                    : null,
                            CheckType.SEND,
                            session);
        } catch (Exception e) {
            return false;
        }
    }

    /** A session is gone. */
    void forget(ServerSession session) {
        answers.remove(session);
    }
}
