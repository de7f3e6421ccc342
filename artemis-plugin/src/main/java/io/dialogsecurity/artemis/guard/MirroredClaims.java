package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.PartyIdentity;
import io.dialogsecurity.wire.StaticHeaders;
import java.util.List;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.postoffice.DuplicateIDCache;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns what senders have claimed from messages that come past the door: from another broker's mirror, and from queues when
 * the broker starts. They were checked at a door when they were sent, so their headers are believed without a signature
 * being verified, and nothing is refused here.
 *
 * <p>Only what was judged may be believed, or somebody could have claims learned that he is not entitled to make. What lies elsewhere
 * than it was sealed for tells nothing, as what a broker has put into quarantine or to the dead letters, nor what comes from a service
 * the policy does not name. What the broker has moved to where it was sealed for, a dead letter that is retried say, was judged at its
 * door or on its way there. Thread-safe.
 */
final class MirroredClaims {

    private static final Logger LOG = LoggerFactory.getLogger(MirroredClaims.class);

    private final ActiveMQServer server;
    private final Supplier<ClaimWindows> windows;
    private final OpenSends openSends;
    private final GuardListener listener;

    /** What a message claims. */
    record Claimed(ClaimKey key, long sequence, long identity, String destination, List<ServiceName> receivers) {

        Sending.Number number() {
            return new Sending.Number(key, sequence, identity);
        }
    }

    MirroredClaims(ActiveMQServer server, Supplier<ClaimWindows> windows, OpenSends openSends, GuardListener listener) {
        this.server = server;
        this.windows = windows;
        this.openSends = openSends;
        this.listener = listener;
    }

    /**
     * A message comes from a mirror. Its claim, and the duplicate id its sender may have given it, count as soon as it is
     * stored, so that a sender who asks this broker again after a fail-over is recognised.
     */
    void arriving(Message message, RoutingContext context, GuardConfiguration configuration) throws Exception {
        rememberDuplicateId(message, context);
        Claimed claimed = claimed(message, configuration);
        if (claimed == null) {
            return;
        }
        OpenSends.OpenSend send = begin(claimed, message);
        Transaction transaction = context.getTransaction();
        if (send == null) {
            return;
        }
        if (transaction == null) {
            send.routed(server.getStorageManager());
        } else {
            send.routedInOwn(transaction);
        }
    }

    /**
     * A message was sent in a distributed transaction that was prepared when the broker stopped, and is open again. Its claim
     * shares the fate of that, as it did before.
     */
    void prepared(Message message, Transaction transaction, GuardConfiguration configuration) throws ActiveMQException {
        Claimed claimed = claimed(message, configuration);
        OpenSends.OpenSend send = claimed == null ? null : begin(claimed, message);
        if (send != null) {
            send.routedIn(transaction);
        }
    }

    /** The message is on its way from now on; null if it is already, for instance to another queue, or was, or is another one. */
    private OpenSends.OpenSend begin(Claimed claimed, Message message) {
        ClaimWindow window = windows.get().window(claimed.key());
        OpenSends.OpenSend send = openSends.send(claimed.key(), window, claimed.sequence(), claimed.identity());
        OpenSends.OpenSend first = openSends.begin(send);
        if (first != null) {
            if (!first.isIdentical(claimed.identity())) {
                tellFork(claimed, message);
            }
            return null;
        }
        Claim claim = window.take(claimed.sequence(), claimed.identity(), false);
        if (claim == Claim.TAKEN || claim == Claim.PENDING) {
            return send;
        }
        send.forget();
        if (claim == Claim.CONFLICT) {
            tellFork(claimed, message);
        }
        return null;
    }

    /**
     * A message is in a queue.
     *
     * @return whether it told anything
     */
    boolean queued(Message message, GuardConfiguration configuration) throws ActiveMQException {
        Claimed claimed = claimed(message, configuration);
        if (claimed == null) {
            return false;
        }
        ClaimWindow window = windows.get().window(claimed.key());
        Claim claim = window.take(claimed.sequence(), claimed.identity(), false);
        if (claim == Claim.TAKEN || claim == Claim.PENDING) {
            window.stored(claimed.sequence(), claimed.identity());
        } else if (claim == Claim.CONFLICT) {
            tellFork(claimed, message);
        }
        return true;
    }

    /** The broker itself keeps the ids of mirrored messages to itself. */
    private void rememberDuplicateId(Message message, RoutingContext context) throws Exception {
        byte[] id = message.getDuplicateIDBytes();
        if (id == null || !server.getConfiguration().isPersistIDCache()) {
            return;
        }
        DuplicateIDCache cache = server.getPostOffice().getDuplicateIDCache(context.getAddress(message));
        if (!cache.contains(id)) {
            cache.addToCache(id, context.getTransaction());
        }
    }

    private void tellFork(Claimed claimed, Message message) {
        listener.forked(new Fork(
                claimed.key().service().value(),
                String.valueOf(message.getAddress()),
                claimed.key().dialogId().toString(),
                claimed.sequence()));
    }

    /** As {@link #claimedWhereItIs}: what the broker has moved to where it counts was judged as well. */
    private Claimed claimed(Message message, GuardConfiguration configuration) throws ActiveMQException {
        return claimedWhereItIs(message, configuration, windows.get());
    }

    /**
     * What a message claims at the address where it is, or null if it is not sealed, or for another place, or by nobody who is
     * known.
     */
    static Claimed claimedWhereItIs(Message message, GuardConfiguration configuration, ClaimWindows windows)
            throws ActiveMQException {
        String asSent = String.valueOf(message.getAddress());
        String address = CompositeAddress.extractAddressName(asSent);
        if (configuration.policy.address(address).action() != Action.APPLY
                || address.equals(configuration.policy.quarantineAddress())) {
            return null;
        }
        Claimed claimed = claimed(message, configuration.maxEnvelopeBytes(), windows);
        return claimed != null
                        && (claimed.destination().equals(address)
                                || claimed.destination().equals(asSent))
                        && configuration
                                .policy
                                .services()
                                .containsKey(claimed.key().service())
                ? claimed
                : null;
    }

    /** What a message claims, wherever it is; null if it is not a well-formed envelope. */
    static Claimed claimed(Message message, int maxEnvelopeBytes, ClaimWindows windows) throws ActiveMQException {
        try {
            EnvelopeBytes bytes = EnvelopeReader.read(message, maxEnvelopeBytes);
            EnvelopeFrame frame = bytes.head()
                    ? EnvelopeFrame.readStreamHead(bytes.bytes(), bytes.offset(), bytes.length())
                    : EnvelopeFrame.read(bytes.bytes(), bytes.offset(), bytes.length());
            StaticHeaders headers = frame.staticHeaders();
            DialogSessionKeyHeader dialog = headers.dialogSessionKey();
            PartyIdentity sender = headers.servicePair().party(dialog.senderIndex());
            Bytes fingerprint = sender.fingerprint();
            return new Claimed(
                    new ClaimKey(
                            sender.service(), fingerprint, dialog.dialogId(), dialog.direction(), dialog.instance()),
                    frame.message().sequence(),
                    windows.identify(EnvelopeGuard.identity(frame)),
                    frame.message().destination(),
                    receivers(headers, dialog));
        } catch (RefusedException e) {
            if (e.rejected().reason() != Rejection.PLAINTEXT_REFUSED) {
                LOG.debug("A message tells nothing: {}", e.getMessage());
            }
            return null;
        } catch (EnvelopeFormatException e) {
            LOG.debug("An envelope tells nothing: {}", e.getMessage());
            return null;
        }
    }

    private static List<ServiceName> receivers(StaticHeaders headers, DialogSessionKeyHeader dialog) {
        return dialog.direction() == Direction.INITIATOR_TO_TARGET
                ? headers.servicePair().targets().stream()
                        .map(PartyIdentity::service)
                        .toList()
                : List.of(headers.servicePair().initiator().service());
    }
}
