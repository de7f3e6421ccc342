package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.StaticHeaders;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/** Makes refusals known, and puts what was refused into quarantine where it is sealed. Thread-safe. */
public final class Refusals {

    private final Quarantine quarantine;
    private final GuardListener listener;
    private final Supplier<GuardConfiguration> configuration;

    private final MovedClaims claims;

    Refusals(
            ActiveMQServer server,
            GuardListener listener,
            Supplier<GuardConfiguration> configuration,
            MovedClaims claims) {
        this.quarantine = new Quarantine(
                server, address -> configuration.get().policy.address(address).action() == Action.APPLY);
        this.listener = listener;
        this.configuration = configuration;
        this.claims = claims;
    }

    /**
     * Tells of a refused message, after it was put into quarantine if it is sealed.
     *
     * @param session whose message it is, or null for one the broker moves
     * @param address where it was to go
     * @return whether it is in quarantine now
     */
    public boolean refuse(ServerSession session, Message message, Rejected rejected, String address) {
        return refuse(session, message, null, rejected, address);
    }

    /**
     * The same for a message that is in a queue. If it is in quarantine afterwards, it has to be taken out of the queue, and a copy of
     * it is a message again.
     */
    public boolean refuseQueued(MessageReference reference, Rejected rejected, String address) throws Exception {
        Message message = reference.getMessage();
        boolean quarantined = refuse(null, message, reference.getQueue().getName(), rejected, address);
        if (quarantined) {
            claims.lost(null, reference, configuration.get());
            claims.moved(null, reference, configuration.get());
        }
        return quarantined;
    }

    /** Tells of a message that stays in the queue it is in. */
    void refuseInPlace(Message message, Rejected rejected, String address) {
        Claims claimed = Claims.of(message, rejected, configuration.get().maxEnvelopeBytes());
        listener.refused(refusal(null, rejected, address, "", claimed, false));
    }

    private boolean refuse(
            ServerSession session, Message message, SimpleString queueOrNull, Rejected rejected, String address) {
        String user = session == null ? "" : String.valueOf(session.getValidatedUser());
        Claims claimed = Claims.of(message, rejected, configuration.get().maxEnvelopeBytes());
        boolean quarantined = claimed.sealed
                && mayBeKept(message, rejected.reason())
                && keep(message, rejected, address, queueOrNull, user, claimed.sender);
        listener.refused(refusal(session, rejected, address, user, claimed, quarantined));
        return quarantined;
    }

    /** Tells of a message that would have been refused, had policy not said that nothing is to be refused yet. */
    void wouldRefuse(ServerSession session, Message message, Rejected rejected, String address) {
        String user = session == null ? "" : String.valueOf(session.getValidatedUser());
        Claims claims = Claims.of(message, rejected, configuration.get().maxEnvelopeBytes());
        listener.wouldRefuse(refusal(session, rejected, address, user, claims, false));
    }

    private static Refusal refusal(
            ServerSession session, Rejected rejected, String address, String user, Claims claims, boolean quarantined) {
        RemotingConnection connection = session == null ? null : session.getRemotingConnection();
        return new Refusal(
                rejected,
                claims.sender,
                user,
                connection == null ? "" : String.valueOf(connection.getRemoteAddress()),
                connection == null ? "" : connection.getProtocolName(),
                String.valueOf(address),
                claims.dialog,
                claims.sequence,
                quarantined);
    }

    private boolean mayBeKept(Message message, Rejection reason) {
        return switch (reason) {
            case PLAINTEXT_REFUSED, DROPPED_BY_POLICY, LARGE_MESSAGE_NOT_SEALABLE -> false;
            // what does not fit into the journal at one address does not at another
            case TOO_LARGE -> quarantine.hasRoomFor(message);
            default -> true;
        };
    }

    private boolean keep(
            Message message,
            Rejected rejected,
            String address,
            SimpleString queueOrNull,
            String user,
            String claimedSender) {
        String quarantineAddress = configuration.get().policy.quarantineAddress();
        String problem;
        try {
            problem = quarantine.put(
                    message, rejected, quarantineAddress, String.valueOf(address), queueOrNull, user, claimedSender);
        } catch (Exception e) {
            problem = "the message could not be put into " + quarantineAddress + ": " + e;
        }
        if (problem != null) {
            listener.quarantineFailed(quarantineAddress, problem);
        }
        return problem == null;
    }

    /** What a refused message says of itself, as far as it can be read. */
    private record Claims(boolean sealed, String sender, String dialog, long sequence) {

        private static final Claims NOTHING = new Claims(false, "", "", 0);

        private static final Claims SEALED = new Claims(true, "", "", 0);

        private static Claims of(Message message, Rejected rejected, int maxEnvelopeBytes) {
            if (rejected.reason() == Rejection.PLAINTEXT_REFUSED) {
                return NOTHING;
            }
            EnvelopeBytes bytes;
            try {
                bytes = EnvelopeReader.read(message, maxEnvelopeBytes);
            } catch (RefusedException e) {
                return e.rejected().reason() == Rejection.PLAINTEXT_REFUSED
                                || e.rejected().reason() == Rejection.LARGE_MESSAGE_NOT_SEALABLE
                        ? NOTHING
                        : SEALED;
            } catch (ActiveMQException | RuntimeException e) {
                return NOTHING;
            }
            try {
                EnvelopeFrame frame = bytes.head()
                        ? EnvelopeFrame.readStreamHead(bytes.bytes(), bytes.offset(), bytes.length())
                        : EnvelopeFrame.read(bytes.bytes(), bytes.offset(), bytes.length());
                StaticHeaders headers = frame.staticHeaders();
                return new Claims(
                        true,
                        headers.servicePair()
                                .party(headers.dialogSessionKey().senderIndex())
                                .service()
                                .value(),
                        headers.dialogSessionKey().dialogId().toString(),
                        frame.message().sequence());
            } catch (EnvelopeFormatException | RuntimeException e) {
                return SEALED;
            }
        }
    }
}
