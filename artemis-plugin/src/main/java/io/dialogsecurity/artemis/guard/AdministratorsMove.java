package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.impl.QueueImpl;
import org.apache.activemq.artemis.core.server.impl.RefsOperation;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionPropertyIndexes;

/**
 * What an administrator has moved, copied or retried and the guard refuses. The broker moves many messages in one transaction, and when one
 * of them fails it neither commits nor rolls back: so this does the latter. Everything stays where it is, nothing is put into quarantine,
 * and the administrator is told why.
 */
final class AdministratorsMove {

    private AdministratorsMove() {}

    /**
     * Refuses it.
     *
     * @throws ToldException always
     */
    static void refuse(
            ActiveMQServer server, Refusals refusals, Message copy, RoutingContext context, Rejected rejected)
            throws Exception {
        String address = String.valueOf(context.getAddress(copy));
        String which = "A message";
        try {
            refusals.refuseInPlace(copy, rejected, address);
            if (stopDelivering(server, BrokerMarks.originalQueue(copy), BrokerMarks.originalId(copy))) {
                which = "Message " + BrokerMarks.originalId(copy) + " of " + BrokerMarks.originalQueue(copy);
            }
        } finally {
            rollback(context.getTransaction());
        }
        throw new ToldException(which + " may not go to " + address + ": " + rejected.reason() + ", "
                + rejected.detail()
                + ". Nothing of this batch was moved or copied: leave the message out with a filter,"
                + " or use redrive, which moves what may be moved and tells why the others stay");
    }

    /** The broker counts what it is about to move as being delivered. Returns whether that is in the queue. */
    private static boolean stopDelivering(ActiveMQServer server, SimpleString source, long id) {
        if (source == null || !(server.locateQueue(source) instanceof QueueImpl queue)) {
            return false;
        }
        MessageReference reference = Redrive.find(queue, id);
        if (reference != null) {
            queue.decDelivering(reference);
        }
        return reference != null;
    }

    private static void rollback(Transaction transaction) throws Exception {
        if (transaction.getProperty(TransactionPropertyIndexes.REFS_OPERATION) instanceof RefsOperation moved) {
            moved.setIgnoreRedeliveryCheck(); // nobody has failed to process it
        }
        transaction.rollback();
    }
}
