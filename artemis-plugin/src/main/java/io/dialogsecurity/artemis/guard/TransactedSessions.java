package io.dialogsecurity.artemis.guard;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.core.server.ServerSession;

/**
 * Which sessions were made to send in transactions. The broker tells before it makes a session, with the name the client
 * wants, and once it has made it; names do not count here, because two sessions may have the same. Thread-safe.
 */
final class TransactedSessions {

    /** Whether the session that this thread makes is going to be one. */
    private static final ThreadLocal<Boolean> NEXT = new ThreadLocal<>();

    private final Set<ServerSession> sessions = ConcurrentHashMap.newKeySet();

    /** This thread makes a session NEXT. */
    void beforeCreate(boolean transacted) {
        NEXT.set(transacted);
    }

    /** This thread has made it. */
    void created(ServerSession session) {
        boolean transacted = Boolean.TRUE.equals(NEXT.get());
        NEXT.remove();
        if (transacted) {
            sessions.add(session);
            if (session.isClosed()) {
                sessions.remove(session); // its connection broke meanwhile, which was told before
            }
        }
    }

    /** A session is gone. */
    void closed(ServerSession session) {
        sessions.remove(session);
    }

    boolean contains(ServerSession session) {
        return sessions.contains(session);
    }

    int size() {
        return sessions.size();
    }
}
