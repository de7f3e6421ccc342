package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.policy.AddressPolicy;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.ServerSession;

/** Seals at the first gate what plain applications send. Thread-safe. */
public interface PlainSealer {

    /** A message that has just been sealed. */
    @FunctionalInterface
    interface Sealed {

        /** The message is not going to be stored, and its sequence number is lost with it. */
        void lost();
    }

    /**
     * Seals a message in its place, if policy has the broker do that for this user.
     *
     * @param address without prefix, and without a queue's name
     * @return null if policy does not; the message is unchanged then
     * @throws RefusedException if it should be sealed and cannot be
     */
    Sealed seal(ServerSession session, Message message, AddressPolicy rule, String address) throws RefusedException;

    /** Whether policy has the broker seal for the session's user, without doing it. */
    boolean wouldSeal(ServerSession session, AddressPolicy rule);

    /** Nothing more is sent in the session. */
    void sessionClosed(ServerSession session);
}
