package io.dialogsecurity.artemis.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.RefsOperation;
import org.apache.activemq.artemis.core.transaction.ResourceManager;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperation;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the headers of what is queued at protected addresses when the broker has loaded its journal and before it accepts
 * anybody, so that what it stored before it died is known again. A thread of its own does it, address by address; whoever has
 * to know reads an address that is not read yet first. Of a large message only the head is read. Thread-safe.
 */
final class QueuedClaims {

    private static final Logger LOG = LoggerFactory.getLogger(QueuedClaims.class);

    private static final long PROGRESS_MESSAGES = 50_000;

    /** Reads one message; returns whether it told anything. */
    @FunctionalInterface
    interface Reading {
        boolean read(Message message) throws Exception;
    }

    /** Reads one message of a transaction that is prepared. */
    @FunctionalInterface
    interface PreparedReading {
        void read(Message message, Transaction transaction) throws Exception;
    }

    private final ActiveMQServer server;
    private final Predicate<String> isProtected;
    private final Reading reading;
    private final PreparedReading prepared;
    private final GuardListener listener;
    /** Addresses that have not been read to their end. */
    private final Map<String, FutureTask<Void>> unread = new ConcurrentHashMap<>();

    QueuedClaims(
            ActiveMQServer server,
            Predicate<String> isProtected,
            Reading reading,
            PreparedReading prepared,
            GuardListener listener) {
        this.server = server;
        this.isProtected = isProtected;
        this.reading = reading;
        this.prepared = prepared;
        this.listener = listener;
    }

    /**
     * To be called whenever the broker has loaded its queues and accepts nobody yet.
     *
     * @param whenRead is called when everything has been read, on another thread; not if something could not be
     */
    void read(Runnable whenRead) {
        boolean all = readPrepared();
        readQueues(true, all ? whenRead : () -> {});
        if (!server.getConfiguration().getClusterConfigurations().isEmpty()) {
            // What another node of a cluster sent to the mirrored broker is mirrored past every hook.
            server.getLockCoordinators()
                    .forEach(coordinator -> coordinator.onLockAcquired(() -> readQueues(false, () -> {})));
        }
    }

    /**
     * Reads what was sent or acknowledged in transactions that were prepared when the broker stopped: it is in no queue.
     *
     * @return whether all of it could be read
     */
    private boolean readPrepared() {
        AtomicLong failures = new AtomicLong();
        try {
            ResourceManager transactions = server.getResourceManager();
            transactions.getPreparedTransactions().stream()
                    .map(transactions::getTransaction)
                    .forEach(transaction -> List.copyOf(transaction.getAllOperations())
                            .forEach(operation -> readPrepared(transaction, operation, failures)));
        } catch (RuntimeException e) {
            listener.failed("queued claims", e);
            return false;
        }
        return failures.get() == 0;
    }

    private void readPrepared(Transaction transaction, TransactionOperation operation, AtomicLong failures) {
        for (MessageReference reference : operation.getRelatedMessageReferences()) {
            try {
                if (operation instanceof RefsOperation) {
                    reading.read(reference.getMessage()); // acknowledged, so it was stored
                } else {
                    prepared.read(reference.getMessage(), transaction);
                }
            } catch (Exception e) {
                failures.incrementAndGet();
                LOG.warn(
                        "The headers of a message in a prepared transaction cannot be read: {}",
                        String.valueOf(e.getMessage()));
            }
        }
    }

    private void readQueues(boolean sendersWait, Runnable whenRead) {
        try {
            Map<String, List<Queue>> queues = queues();
            AtomicLong messages = new AtomicLong();
            AtomicLong failures = new AtomicLong();
            List<FutureTask<Void>> tasks = new ArrayList<>();
            queues.forEach((address, ofAddress) -> {
                FutureTask<Void> task = new FutureTask<>(() -> read(address, ofAddress, messages, failures), null);
                if (sendersWait) {
                    unread.put(address, task);
                }
                tasks.add(task);
            });
            Thread reader =
                    new Thread(() -> readAll(tasks, messages, failures, whenRead), "dialog-security-queued-claims");
            reader.setDaemon(true);
            reader.start();
        } catch (RuntimeException e) {
            listener.failed("queued claims", e);
        }
    }

    /** Whether something queued at an address may not be known yet. */
    boolean isUnread(String address) {
        return unread.containsKey(address);
    }

    /** Waits until everything that is queued at an address is known. */
    void await(String address) throws InterruptedException {
        if (unread.isEmpty()) {
            return;
        }
        FutureTask<Void> task = unread.get(address);
        if (task != null) {
            task.run(); // nothing, if the other thread is at it
            finish(task);
        }
    }

    private Map<String, List<Queue>> queues() {
        Map<String, List<Queue>> queues = new LinkedHashMap<>();
        server.getPostOffice().getAllBindings().forEach(binding -> {
            if (binding.getBindable() instanceof Queue queue && queue.getMessageCount() > 0) {
                String address = String.valueOf(queue.getAddress());
                if (isProtected.test(address)) {
                    queues.computeIfAbsent(address, a -> new ArrayList<>()).add(queue);
                }
            }
        });
        return queues;
    }

    private void readAll(List<FutureTask<Void>> tasks, AtomicLong messages, AtomicLong failures, Runnable whenRead) {
        try {
            for (FutureTask<Void> task : tasks) {
                task.run();
                if (!finish(task)) {
                    failures.incrementAndGet();
                }
            }
            if (!tasks.isEmpty()) {
                LOG.info("The headers of {} queued messages were read; their senders are known again", messages);
            }
            if (failures.get() == 0) {
                whenRead.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean finish(FutureTask<Void> task) throws InterruptedException {
        try {
            task.get();
            return true;
        } catch (ExecutionException e) {
            listener.failed("queued claims", e.getCause());
            return false;
        }
    }

    private void read(String address, List<Queue> queues, AtomicLong messages, AtomicLong failures) {
        try {
            for (Queue queue : queues) {
                try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
                    while (references.hasNext()) {
                        read(references.next(), messages, failures);
                    }
                }
                queue.getScheduledMessages().forEach(reference -> read(reference, messages, failures));
            }
        } finally {
            unread.remove(address);
        }
    }

    private void read(MessageReference reference, AtomicLong messages, AtomicLong failures) {
        try {
            reading.read(reference.getMessage());
        } catch (Exception e) {
            failures.incrementAndGet();
            LOG.warn("The headers of a queued message cannot be read: {}", String.valueOf(e.getMessage()));
        }
        long read = messages.incrementAndGet();
        if (read % PROGRESS_MESSAGES == 0) {
            LOG.info("The headers of {} queued messages are read so far", read);
        }
    }
}
