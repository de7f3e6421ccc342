package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.SecurityPolicy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;

/**
 * A consumer as the way out knows it. What was decided about it is used again for a moment, because the broker asks for each
 * message. Used by one delivering thread at a time, under the queue's lock.
 */
final class Reader {

    /** What a session shows of itself. */
    enum Kind {
        /** Nothing says that it is a broker. */
        APPLICATION,
        /** Only the session itself says that it is a broker. */
        DOUBTFUL,
        /** Nobody but a broker can have such a session. */
        BROKER
    }

    private static final long DECISION_NANOS = 1_000_000_000L;
    private static final int MOST_TOLD = 32;
    private static final String AMQP = "AMQP";

    /** The session of the consumer, or null if it is gone. */
    final ServerSession session;

    private final Kind kind;

    private boolean tapped;
    private AddressPolicy rule;
    private String address;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private List<DialogEndpoint> decision;
    private long decidedAt;

    Reader(ServerSession session, Kind kind) {
        this.session = session;
        this.kind = kind;
    }

    /** Whether it is a broker, and gets what is stored: proven, or its user is one that policy says brokers log in as. */
    boolean isBroker(SecurityPolicy policy) {
        return kind == Kind.BROKER || (session != null && policy.isBroker(session.getValidatedUser()));
    }

    /** Whether it may be a broker, and nothing is ever opened for it. */
    boolean mayBeBroker() {
        return kind != Kind.APPLICATION;
    }

    /** Has the consumer hand on what is opened for it. */
    void tapWith(ConsumerTap tap, ServerConsumer consumer) {
        if (!tapped) {
            tap.tap(consumer);
            tapped = true;
        }
    }

    /** Whether its protocol is AMQP. */
    boolean speaksAmqp() {
        return session != null
                && session.getRemotingConnection() != null
                && AMQP.equals(session.getRemotingConnection().getProtocolName());
    }

    /** Whether it was told before that messages are withheld from it, and why; once is enough until policy changes. */
    boolean toldBefore(String address, String why) {
        return told.size() >= MOST_TOLD || !told.add(address + "\n" + why);
    }

    /** What was decided a moment ago about this rule at this address, or null. */
    @SuppressWarnings("ReferenceEquality") // another reading of the policy is another rule
    List<DialogEndpoint> decision(AddressPolicy current, String currentAddress) {
        return current == rule && currentAddress.equals(address) && System.nanoTime() - decidedAt < DECISION_NANOS
                ? decision
                : null;
    }

    List<DialogEndpoint> decided(AddressPolicy current, String currentAddress, List<DialogEndpoint> newDecision) {
        rule = current;
        address = currentAddress;
        decision = newDecision;
        decidedAt = System.nanoTime();
        return newDecision;
    }
}
