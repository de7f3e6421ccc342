package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.impl.RefsOperation;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperationAbstract;
import org.apache.activemq.artemis.core.transaction.TransactionPropertyIndexes;

/**
 * The numbers of messages that the broker itself moves. One that leaves the place it was sealed for without having been consumed, as
 * a dead letter does, gives its number back: a copy of it is the message again, and not something that is stored already. One that
 * comes to that place takes it. Thread-safe.
 */
final class MovedClaims {

    private record Routed(Message message, OpenSends.OpenSend send) {}

    /** What this thread is routing. */
    private static final ThreadLocal<List<Routed>> ROUTING = ThreadLocal.withInitial(() -> new ArrayList<>(1));

    /** What open transactions of applications send that goes nowhere, being a copy of something stored. */
    private final Map<Transaction, Set<Sending.Number>> absorbed = new ConcurrentHashMap<>();

    private final ActiveMQServer server;
    private final Supplier<ClaimWindows> windows;
    private final OpenSends openSends;

    MovedClaims(ActiveMQServer server, Supplier<ClaimWindows> windows, OpenSends openSends) {
        this.server = server;
        this.windows = windows;
        this.openSends = openSends;
    }

    /**
     * A message that was judged before is about to be routed. Where it was sealed for that place, its number is taken, whatever is
     * remembered of it.
     *
     * @return whether another message has its number
     */
    boolean goesBack(Message message, GuardConfiguration configuration) throws ActiveMQException {
        MirroredClaims.Claimed claimed = MirroredClaims.claimedWhereItIs(message, configuration, windows.get());
        return claimed != null
                && take(message, claimed.key(), claimed.sequence(), claimed.identity(), false) == Claim.CONFLICT;
    }

    /**
     * Takes the number of a message that is going to be moved to where it counts.
     *
     * @param send what has the number now, or null if nothing more can be said than is in the claim
     */
    record Reservation(Claim claim, OpenSends.OpenSend send) {}

    /** Takes a number for a message that is going to be {@linkplain #routing routed}, or {@linkplain OpenSends.OpenSend#withdraw not}. */
    Reservation reserve(ClaimKey key, long sequence, long identity) {
        return reserve(key, sequence, identity, false);
    }

    /** A message is being routed for which a number was taken. */
    void routing(Message message, OpenSends.OpenSend send) {
        ROUTING.get().add(new Routed(message, send));
    }

    /**
     * A message is about to be routed, past the door, to where its number counts.
     *
     * @param identity see {@link ClaimWindows#identify}
     * @return {@link Claim#TAKEN} if it now has its number
     */
    Claim take(Message message, ClaimKey key, long sequence, long identity, boolean refuseGaps) {
        Reservation reservation = reserve(key, sequence, identity, refuseGaps);
        if (reservation.send() != null) {
            routing(message, reservation.send());
        }
        return reservation.claim();
    }

    private Reservation reserve(ClaimKey key, long sequence, long identity, boolean refuseGaps) {
        ClaimWindow window = windows.get().window(key);
        OpenSends.OpenSend send = openSends.send(key, window, sequence, identity);
        OpenSends.OpenSend first = openSends.begin(send);
        if (first != null) {
            return new Reservation(first.isIdentical(identity) ? Claim.PENDING : Claim.CONFLICT, null);
        }
        Claim place = window.take(sequence, identity, refuseGaps);
        if (place == Claim.TAKEN || place == Claim.PENDING) {
            // pending although nobody is on the way: the one who was died with an earlier process
            return new Reservation(Claim.TAKEN, send);
        }
        send.forget();
        return new Reservation(place, null);
    }

    /**
     * A message has been routed.
     *
     * @param inApplications whether the transaction, if there is one, is an application's, which commits it some time
     */
    void routed(Message message, RoutingContext context, RoutingStatus status, boolean inApplications) {
        OpenSends.OpenSend send = end(message);
        if (send == null) {
            return;
        }
        if (status == RoutingStatus.NO_BINDINGS || status == RoutingStatus.NO_BINDINGS_DLA) {
            send.releaseWhenStored();
        }
        Transaction transaction = context.getTransaction();
        if (transaction == null || transaction.getState() == Transaction.State.COMMITTED) {
            send.routed(server.getStorageManager());
        } else if (inApplications) {
            send.routedIn(transaction);
        } else {
            send.routedInOwn(transaction);
        }
    }

    /** A message could not be routed after all. */
    void withdraw(Message message) {
        OpenSends.OpenSend send = end(message);
        if (send != null) {
            send.withdraw();
        }
    }

    private OpenSends.OpenSend end(Message message) {
        List<Routed> all = ROUTING.get();
        if (all.isEmpty()) {
            return null;
        }
        for (Iterator<Routed> left = all.iterator(); left.hasNext(); ) {
            Routed next = left.next();
            if (next.message() == message) {
                left.remove();
                return next.send();
            }
        }
        return null;
    }

    /** Withdraws what this thread has begun to route and never ended, because the broker failed without telling. */
    void withdrawAll() {
        List<Routed> all = ROUTING.get();
        if (!all.isEmpty()) {
            all.forEach(left -> left.send().withdraw());
            all.clear();
        }
    }

    /**
     * A message leaves the queue it is in, and nobody has consumed it.
     *
     * @param transactionOrNull in which it leaves; what that says is written before it is committed, so that no copy is taken for
     *     one of something that is stored when the process dies in between
     */
    void lost(Transaction transactionOrNull, Message message, GuardConfiguration configuration)
            throws ActiveMQException {
        MirroredClaims.Claimed claimed = MirroredClaims.claimedWhereItIs(message, configuration, windows.get());
        if (claimed == null) {
            return;
        }
        if (transactionOrNull == null || transactionOrNull.getState() == Transaction.State.COMMITTED) {
            release(claimed);
            return;
        }
        transactionOrNull.addOperation(new TransactionOperationAbstract() {
            @Override
            public void beforeCommit(Transaction committing) {
                release(claimed);
            }
        });
    }

    private void release(MirroredClaims.Claimed claimed) {
        windows.get().window(claimed.key()).release(claimed.sequence(), claimed.identity());
    }

    /** A copy of something that is stored is sent in a transaction, and goes nowhere. */
    void absorbedIn(Transaction transaction, ClaimKey key, long sequence, long identity) {
        Set<Sending.Number> numbers = absorbed.computeIfAbsent(transaction, sent -> {
            sent.addOperation(new TransactionOperationAbstract() {
                @Override
                public void afterCommit(Transaction committed) {
                    absorbed.remove(sent);
                }

                @Override
                public void afterRollback(Transaction rolledBack) {
                    absorbed.remove(sent);
                }
            });
            return ConcurrentHashMap.newKeySet();
        });
        numbers.add(new Sending.Number(key, sequence, identity));
    }

    /**
     * A message is consumed in a transaction, which cannot be committed if it sends a copy of that message which goes nowhere: core
     * clients say only when they commit what they consume.
     *
     * @throws ActiveMQException if the message cannot be read
     */
    void consumedIn(Transaction transaction, Message message) throws ActiveMQException {
        Set<Sending.Number> numbers = absorbed.isEmpty() ? null : absorbed.get(transaction);
        if (numbers == null) {
            return;
        }
        MirroredClaims.Claimed claimed = MirroredClaims.claimed(message, Integer.MAX_VALUE, windows.get());
        if (claimed != null
                && numbers.contains(new Sending.Number(claimed.key(), claimed.sequence(), claimed.identity()))) {
            transaction.markAsRollbackOnly(new ActiveMQSecurityException(PluginBoundary.UNIFORM_TEXT));
        }
    }

    /**
     * Whether a transaction consumes a copy of the message that is sent in it: somebody moves a dead letter. Were it taken and stored
     * nowhere, the message would be lost.
     */
    boolean isConsumedIn(Transaction transactionOrNull, ClaimKey key, long sequence, long identity)
            throws ActiveMQException {
        if (transactionOrNull == null
                || !(transactionOrNull.getProperty(TransactionPropertyIndexes.REFS_OPERATION)
                        instanceof RefsOperation consumed)) {
            return false;
        }
        for (MessageReference reference : List.copyOf(consumed.getReferencesToAcknowledge())) {
            MirroredClaims.Claimed claimed =
                    MirroredClaims.claimed(reference.getMessage(), Integer.MAX_VALUE, windows.get());
            if (claimed != null
                    && claimed.sequence() == sequence
                    && claimed.identity() == identity
                    && claimed.key().equals(key)) {
                return true;
            }
        }
        return false;
    }
}
