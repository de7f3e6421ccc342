package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.impl.RefsOperation;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperationAbstract;
import org.apache.activemq.artemis.core.transaction.TransactionPropertyIndexes;

/**
 * The numbers of messages that the broker itself moves. One that leaves the {@linkplain SolePlace only place} it was in, having been sealed
 * for it, without having been consumed, as a dead letter does, gives its number back: a copy of it is the message again, and not something
 * that is stored already. One that comes to that place takes it. Where others have had the message its number stays taken, and a copy of
 * the letter is refused instead of going nowhere. Thread-safe.
 */
final class MovedClaims {

    private static final int MAX_LETTERS = 20_000;

    private record Routed(Message message, OpenSends.OpenSend send) {}

    /** What this thread is routing. */
    private static final ThreadLocal<List<Routed>> ROUTING = ThreadLocal.withInitial(() -> new ArrayList<>(1));

    /** What open transactions of applications send that goes nowhere, being a copy of something stored. */
    private final Map<Transaction, Set<Sending.Number>> absorbed = new ConcurrentHashMap<>();

    /** What transactions of the broker's bring to where it counts; that they take it out of a queue there changes nothing. */
    private final Map<Transaction, Set<Sending.Number>> arriving = new ConcurrentHashMap<>();

    /** What lies elsewhere, out of one of several queues. After a restart a copy outside of a transaction is absorbed again. */
    private final Set<Sending.Number> letters =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Sending.Number, Boolean> eldest) {
                    return size() > MAX_LETTERS;
                }
            }));

    private final ActiveMQServer server;
    private final Supplier<ClaimWindows> windows;
    private final OpenSends openSends;
    private final SolePlace solePlace;

    MovedClaims(ActiveMQServer server, Supplier<ClaimWindows> windows, OpenSends openSends) {
        this.server = server;
        this.windows = windows;
        this.openSends = openSends;
        this.solePlace = new SolePlace(server);
    }

    /**
     * A message that was judged before is about to be routed. Where it was sealed for that place, its number is taken, whatever is
     * remembered of it.
     *
     * @param transactionOrNull in which it is
     * @return whether another message has its number
     */
    boolean goesBack(Message message, Transaction transactionOrNull, GuardConfiguration configuration)
            throws ActiveMQException {
        MirroredClaims.Claimed claimed = MirroredClaims.claimedWhereItIs(message, configuration, windows.get());
        if (claimed == null) {
            return false;
        }
        if (take(message, claimed.key(), claimed.sequence(), claimed.identity(), false) == Claim.CONFLICT) {
            return true;
        }
        if (transactionOrNull != null) {
            note(arriving, transactionOrNull, claimed.number());
        }
        backWith(transactionOrNull, claimed);
        return false;
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
    void lost(Transaction transactionOrNull, MessageReference reference, GuardConfiguration configuration)
            throws Exception {
        MirroredClaims.Claimed claimed = solePlace.is(reference.getQueue(), reference.getMessage())
                ? MirroredClaims.claimedWhereItIs(reference.getMessage(), configuration, windows.get())
                : null;
        if (claimed == null) {
            return;
        }
        if (isCommitted(transactionOrNull)) {
            release(claimed);
            return;
        }
        transactionOrNull.addOperation(new TransactionOperationAbstract() {
            @Override
            public void beforeCommit(Transaction committing) {
                if (!arriving.getOrDefault(committing, Set.of()).contains(claimed.number())) {
                    release(claimed);
                }
            }
        });
    }

    private void release(MirroredClaims.Claimed claimed) {
        windows.get().window(claimed.key()).release(claimed.sequence(), claimed.identity());
    }

    /**
     * A message leaves one of several queues it was in, and lies elsewhere then. What is in a queue of the broker's own, on its way to
     * another broker, is in its queue here as well.
     *
     * @param transactionOrNull in which it leaves: if that is rolled back, it has not
     */
    void moved(Transaction transactionOrNull, MessageReference reference, GuardConfiguration configuration)
            throws Exception {
        if (reference.getQueue().isInternalQueue() || solePlace.is(reference.getQueue(), reference.getMessage())) {
            return;
        }
        MirroredClaims.Claimed claimed =
                MirroredClaims.claimedWhereItIs(reference.getMessage(), configuration, windows.get());
        if (claimed == null) {
            return;
        }
        if (isCommitted(transactionOrNull)) {
            letters.add(claimed.number());
            return;
        }
        transactionOrNull.addOperation(new TransactionOperationAbstract() {
            @Override
            public void beforeCommit(Transaction committing) {
                letters.add(claimed.number());
            }
        });
    }

    /**
     * A message comes back to where it counts.
     *
     * @param transactionOrNull in which it comes: if that is rolled back, it is a letter still
     */
    void back(Transaction transactionOrNull, Message message, GuardConfiguration configuration)
            throws ActiveMQException {
        MirroredClaims.Claimed claimed = MirroredClaims.claimedWhereItIs(message, configuration, windows.get());
        if (claimed != null) {
            backWith(transactionOrNull, claimed);
        }
    }

    private void backWith(Transaction transactionOrNull, MirroredClaims.Claimed claimed) {
        if (!letters.contains(claimed.number())) {
            return;
        }
        if (isCommitted(transactionOrNull)) {
            letters.remove(claimed.number());
            return;
        }
        transactionOrNull.addOperation(new TransactionOperationAbstract() {
            @Override
            public void afterCommit(Transaction committed) {
                letters.remove(claimed.number());
            }
        });
    }

    private static boolean isCommitted(Transaction transactionOrNull) {
        return transactionOrNull == null || transactionOrNull.getState() == Transaction.State.COMMITTED;
    }

    /** Whether what was sealed for a destination gave its number back when it left a queue. */
    boolean wasGivenBack(Queue queue, String destination, Message message) throws Exception {
        return solePlace.is(queue, SimpleString.of(destination), false, message);
    }

    /** Whether a message that counts as stored lies elsewhere, out of one of its queues, so that its copy may be that one. */
    boolean isLetter(Sending.Number number) {
        return letters.contains(number);
    }

    /** A copy of something that is stored is sent in a transaction, and goes nowhere. */
    void absorbedIn(Transaction transaction, ClaimKey key, long sequence, long identity) {
        note(absorbed, transaction, new Sending.Number(key, sequence, identity));
    }

    private static void note(
            Map<Transaction, Set<Sending.Number>> numbers, Transaction transaction, Sending.Number number) {
        numbers.computeIfAbsent(transaction, noted -> {
                    noted.addOperation(new TransactionOperationAbstract() {
                        @Override
                        public void afterCommit(Transaction committed) {
                            numbers.remove(noted);
                        }

                        @Override
                        public void afterRollback(Transaction rolledBack) {
                            numbers.remove(noted);
                        }
                    });
                    return ConcurrentHashMap.newKeySet();
                })
                .add(number);
    }

    /**
     * A message is consumed in a transaction, which cannot be committed if it sends a copy of that message which goes nowhere: core
     * clients say only when they commit what they consume.
     *
     * @throws ActiveMQException if the message cannot be read
     */
    void consumedIn(Transaction transaction, Message message, GuardConfiguration configuration)
            throws ActiveMQException {
        Set<Sending.Number> numbers = absorbed.isEmpty() ? null : absorbed.get(transaction);
        if (numbers == null) {
            return;
        }
        MirroredClaims.Claimed claimed =
                MirroredClaims.claimed(message, configuration.maxEnvelopeBytes(), windows.get());
        if (claimed != null && numbers.contains(claimed.number())) {
            transaction.markAsRollbackOnly(new ActiveMQSecurityException(PluginBoundary.UNIFORM_TEXT));
        }
    }

    /**
     * Whether a transaction consumes a copy of the message that is sent in it: somebody moves a dead letter. Were it taken and stored
     * nowhere, the message would be lost.
     */
    boolean isConsumedIn(Transaction transactionOrNull, Sending.Number number, GuardConfiguration configuration)
            throws ActiveMQException {
        if (transactionOrNull == null
                || !(transactionOrNull.getProperty(TransactionPropertyIndexes.REFS_OPERATION)
                        instanceof RefsOperation consumed)) {
            return false;
        }
        for (MessageReference reference : List.copyOf(consumed.getReferencesToAcknowledge())) {
            MirroredClaims.Claimed claimed =
                    MirroredClaims.claimed(reference.getMessage(), configuration.maxEnvelopeBytes(), windows.get());
            if (claimed != null && claimed.number().equals(number)) {
                return true;
            }
        }
        return false;
    }
}
