package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.persistence.OperationContext;
import org.apache.activemq.artemis.core.persistence.StorageManager;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperationAbstract;

/**
 * Messages on their way from the door to where they are stored for good: on disk, at a mirror that answers synchronously,
 * and where there is a transaction, committed. Until then nobody can say what becomes of them, and nobody may be told that a
 * copy of one is stored. At most one message is on its way for one sequence number. Thread-safe.
 */
final class OpenSends {

    private record Place(ClaimKey key, long sequence) {}

    private final Map<Place, OpenSend> open = new ConcurrentHashMap<>();

    /**
     * Reserves the place of a message before its number is asked for.
     *
     * @return the message that is on its way with this number, or null if the given one now is
     */
    OpenSend begin(OpenSend send) {
        return open.putIfAbsent(send.place, send);
    }

    /** A message that is going to be stored, or not. */
    OpenSend send(ClaimKey key, ClaimWindow window, long sequence, long identity) {
        return new OpenSend(new Place(key, sequence), window, identity);
    }

    /** One message on its way. Thread-safe. */
    final class OpenSend implements IOCallback {

        private final Place place;
        private final ClaimWindow window;
        private final long identity;
        private final List<IOCallback> followers = new ArrayList<>(0);
        private Transaction transaction;
        private boolean endsByItself;
        private boolean releasedWhenStored;
        private boolean stored;
        private boolean ended;
        private Runnable whenWithdrawn = () -> {};

        private OpenSend(Place place, ClaimWindow window, long identity) {
            this.place = place;
            this.window = window;
            this.identity = identity;
        }

        /** Tells somebody if the message comes to nothing; said before it is routed. */
        void onWithdrawal(Runnable whoeverWantsToKnow) {
            whenWithdrawn = whoeverWantsToKnow;
        }

        /** Whether a message with the same number is this one. */
        boolean isIdentical(long otherIdentity) {
            return identity == otherIdentity;
        }

        /** Whether a copy sent in this transaction shares the fate of the first. */
        synchronized boolean isIn(Transaction other) {
            return transaction != null && transaction == other;
        }

        /** The message is stored nowhere, or not where it was sent to, so that a copy of it is taken again; said before it ends. */
        synchronized void releaseWhenStored() {
            releasedWhenStored = true;
        }

        private synchronized boolean isReleasedWhenStored() {
            return releasedWhenStored;
        }

        /** The number is refused to this message, or its copy has come to nothing before it was routed. */
        void forget() {
            open.remove(place, this);
        }

        /** The message was routed and is being written. */
        void routed(StorageManager storage) {
            synchronized (this) {
                endsByItself = true;
            }
            storage.afterCompleteOperations(this);
        }

        /** The message was routed and is stored when a transaction of the application is committed. */
        void routedIn(Transaction itsTransaction) {
            join(itsTransaction, false);
        }

        /** The message is stored when the broker commits a transaction of its own, which it does at once. */
        void routedInOwn(Transaction itsTransaction) {
            join(itsTransaction, true);
        }

        private void join(Transaction itsTransaction, boolean brokersOwn) {
            synchronized (this) {
                transaction = itsTransaction;
                endsByItself = brokersOwn;
            }
            itsTransaction.addOperation(new TransactionOperationAbstract() {
                /** The application has decided; what is left is to write it, here and at a mirror, however long it takes. */
                @Override
                public void beforeCommit(Transaction committing) {
                    synchronized (OpenSend.this) {
                        endsByItself = true;
                    }
                }

                @Override
                public void afterCommit(Transaction committed) {
                    done();
                }

                @Override
                public void afterRollback(Transaction rolledBack) {
                    withdraw();
                }
            });
        }

        /** The message is not going to be stored. */
        void withdraw() {
            onError(ActiveMQExceptionType.IO_ERROR.getCode(), "the first copy was not stored");
        }

        /** The message is stored. */
        @Override
        public void done() {
            try {
                window.stored(place.sequence(), identity);
                if (isReleasedWhenStored()) {
                    window.release(place.sequence(), identity);
                }
            } finally {
                end(true).forEach(IOCallback::done);
            }
        }

        @Override
        public void onError(int errorCode, String errorMessage) {
            try {
                window.withdraw(place.sequence(), identity);
                whenWithdrawn.run();
            } finally {
                end(false).forEach(follower -> follower.onError(errorCode, errorMessage));
            }
        }

        private List<IOCallback> end(boolean withSuccess) {
            List<IOCallback> toTell;
            synchronized (this) {
                stored = withSuccess;
                ended = true;
                toTell = List.copyOf(followers);
                followers.clear();
            }
            open.remove(place, this);
            return toTell;
        }

        /**
         * Answers to whatever was sent with this context up to now, and to what is sent next, wait until this message is stored.
         *
         * <p>The broker counts what a context still waits for, and relies on things ending in the order they began. So this
         * counts as ended only when everything before it in the context has ended too; what comes after it in the context
         * comes after it in journal and mirror.
         *
         * @return false if it may take any time until the message is stored, or has come to nothing
         */
        boolean holdUp(OperationContext context) {
            synchronized (this) {
                if (ended || !endsByItself) {
                    return stored;
                }
                Both both = new Both(context);
                context.executeOnCompletion(both);
                context.storeLineUp();
                followers.add(both);
            }
            return true;
        }
    }

    /** Ends one operation of a context when it has been called twice. */
    private static final class Both implements IOCallback {

        private final OperationContext context;
        private final AtomicInteger left = new AtomicInteger(2);

        private Both(OperationContext context) {
            this.context = context;
        }

        @Override
        public void done() {
            if (left.decrementAndGet() == 0) {
                context.done();
            }
        }

        @Override
        public void onError(int errorCode, String errorMessage) {
            context.onError(errorCode, errorMessage);
        }
    }
}
