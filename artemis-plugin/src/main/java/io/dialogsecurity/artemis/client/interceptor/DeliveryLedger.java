package io.dialogsecurity.artemis.client.interceptor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the consumers of one session were given and have not settled, in the order of delivery; and which of it settles
 * with which transaction. An acknowledgement may name the last of many messages, and the broker then removes all of them:
 * one that was refused and is not in the quarantine yet would be lost, so the ledger says when messages have to be
 * acknowledged one by one instead.
 *
 * <p>A receipt is run when the broker has taken the acknowledgement for good. A message whose settlement is in doubt keeps
 * its receipt unrun: if it comes again, it is delivered again.
 *
 * <p>Thread-safe.
 */
final class DeliveryLedger {

    /** The receipt of a message of which nobody has to be told. */
    static final Runnable NO_RECEIPT = () -> {};

    private static final Object LOCAL_TRANSACTION = "local";

    private final Map<Long, Map<Long, Delivery>> unsettled = new HashMap<>();
    private final Map<Object, List<Runnable>> transactions = new HashMap<>();
    private boolean settlesAtOnce;
    private Object transaction = LOCAL_TRANSACTION;

    private record Delivery(boolean refused, Runnable receipt) {}

    /** @param settlesAtOnce whether acknowledgements outside an XA branch take effect without a commit */
    DeliveryLedger(boolean settlesAtOnce) {
        this.settlesAtOnce = settlesAtOnce;
    }

    /** A message goes to the application. One that was there before under this number comes again. */
    synchronized void delivered(long consumer, long message, Runnable receipt) {
        put(consumer, message, new Delivery(false, receipt));
    }

    /** A message does not go to the application, and is not to be acknowledged together with others. */
    synchronized void refused(long consumer, long message) {
        put(consumer, message, new Delivery(true, NO_RECEIPT));
    }

    private void put(long consumer, long message, Delivery delivery) {
        Map<Long, Delivery> deliveries = unsettled.computeIfAbsent(consumer, ignored -> new LinkedHashMap<>());
        deliveries.remove(message);
        deliveries.put(message, delivery);
    }

    /** A refused message, or an expired one, has left the broker's queue. */
    synchronized void removed(long consumer, long message) {
        Map<Long, Delivery> deliveries = unsettled.get(consumer);
        if (deliveries != null) {
            deliveries.remove(message);
        }
    }

    /**
     * Which messages to acknowledge one by one, in order, instead of all up to this one.
     *
     * @return empty if nothing speaks against acknowledging them all together
     */
    synchronized List<Long> oneByOne(long consumer, long upTo) {
        Map<Long, Delivery> deliveries = unsettled.get(consumer);
        if (deliveries == null || !deliveries.containsKey(upTo)) {
            return List.of();
        }
        boolean together = true;
        List<Long> taken = new ArrayList<>();
        for (Map.Entry<Long, Delivery> delivery : deliveries.entrySet()) {
            if (delivery.getValue().refused()) {
                together = false;
            } else {
                taken.add(delivery.getKey());
            }
            if (delivery.getKey() == upTo) {
                break;
            }
        }
        return together ? List.of() : taken;
    }

    /** The broker has been told that all messages up to this one are taken. */
    void acknowledgedUpTo(long consumer, long upTo) {
        List<Runnable> receipts = new ArrayList<>();
        synchronized (this) {
            Map<Long, Delivery> deliveries = unsettled.get(consumer);
            if (deliveries == null || !deliveries.containsKey(upTo)) {
                return;
            }
            boolean last = false;
            for (var all = deliveries.entrySet().iterator(); !last && all.hasNext(); ) {
                Map.Entry<Long, Delivery> delivery = all.next();
                last = delivery.getKey() == upTo;
                if (!delivery.getValue().refused()) {
                    all.remove();
                    receipts.add(delivery.getValue().receipt());
                }
            }
            receipts = settleOrKeep(receipts);
        }
        receipts.forEach(Runnable::run);
    }

    /** The broker has been told that this message is taken. */
    void acknowledged(long consumer, long message) {
        List<Runnable> receipts;
        synchronized (this) {
            Map<Long, Delivery> deliveries = unsettled.get(consumer);
            Delivery delivery = deliveries == null ? null : deliveries.get(message);
            if (delivery == null || delivery.refused()) {
                return;
            }
            deliveries.remove(message);
            receipts = settleOrKeep(List.of(delivery.receipt()));
        }
        receipts.forEach(Runnable::run);
    }

    private List<Runnable> settleOrKeep(List<Runnable> receipts) {
        if (settlesAtOnce && transaction.equals(LOCAL_TRANSACTION)) {
            return receipts;
        }
        List<Runnable> kept = transactions.computeIfAbsent(transaction, ignored -> new ArrayList<>());
        receipts.stream().filter(receipt -> receipt != NO_RECEIPT).forEach(kept::add);
        return List.of();
    }

    /** The session's own transaction is committed. */
    void committed() {
        settle(LOCAL_TRANSACTION);
    }

    /** It is not known what became of the session's own transaction. */
    synchronized void transactionInDoubt() {
        transactions.remove(LOCAL_TRANSACTION);
    }

    /** The session's own transaction is rolled back, and everything not settled comes again. */
    synchronized void rolledBack() {
        transactions.remove(LOCAL_TRANSACTION);
        unsettled.clear();
    }

    /** Acknowledgements belong to this XA branch from now on. */
    synchronized void branchStarted(Object branch) {
        transaction = branch;
    }

    /** Acknowledgements belong to no XA branch any more. */
    synchronized void branchEnded() {
        transaction = LOCAL_TRANSACTION;
    }

    /** An XA branch is committed. */
    void branchCommitted(Object branch) {
        settle(branch);
    }

    /** An XA branch is rolled back. */
    synchronized void branchRolledBack(Object branch) {
        transactions.remove(branch);
    }

    private void settle(Object settled) {
        List<Runnable> receipts;
        synchronized (this) {
            receipts = transactions.remove(settled);
        }
        if (receipts != null) {
            receipts.forEach(Runnable::run);
        }
    }

    /** A consumer is gone; what it had not settled comes again elsewhere. */
    synchronized void consumerClosed(long consumer) {
        unsettled.remove(consumer);
    }

    /** The session starts anew, at another broker or after a failure. */
    synchronized void restarted(boolean settlingAtOnce) {
        settlesAtOnce = settlingAtOnce;
        unsettled.clear();
        transactions.clear();
        transaction = LOCAL_TRANSACTION;
    }

    /** Messages not settled, for tests. */
    synchronized int size() {
        return unsettled.values().stream().mapToInt(Map::size).sum();
    }
}
