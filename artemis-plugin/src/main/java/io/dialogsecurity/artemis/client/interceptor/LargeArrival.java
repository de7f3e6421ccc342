package io.dialogsecurity.artemis.client.interceptor;

import java.io.ByteArrayOutputStream;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveLargeMessage;

/**
 * A large message that arrives in pieces. It is collected if it is small enough to be opened in memory, and else left where
 * it is, its pieces dropped. Used by the one thread that reads the connection.
 */
final class LargeArrival {

    private final SessionReceiveLargeMessage header;
    private final ByteArrayOutputStream collected;

    private LargeArrival(SessionReceiveLargeMessage header, ByteArrayOutputStream collected) {
        this.header = header;
        this.collected = collected;
    }

    static LargeArrival collecting(SessionReceiveLargeMessage header) {
        return new LargeArrival(
                header, new ByteArrayOutputStream(Math.toIntExact(header.getLargeMessageSize()) + Opening.ROOM));
    }

    static LargeArrival dropping(SessionReceiveLargeMessage header) {
        return new LargeArrival(header, null);
    }

    SessionReceiveLargeMessage header() {
        return header;
    }

    /** Whether the pieces are kept. */
    boolean isCollected() {
        return collected != null;
    }

    /** A piece has come. More of it than was announced is an error, not an allocation. */
    void add(byte[] piece) {
        if (collected != null) {
            if (collected.size() + (long) piece.length > header.getLargeMessageSize()) {
                throw new IllegalStateException("A large message is larger than announced");
            }
            collected.writeBytes(piece);
        }
    }

    /** All pieces. */
    byte[] body() {
        return collected.toByteArray();
    }
}
