package io.dialogsecurity.artemis.client.interceptor;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQNonExistentQueueException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.CreateQueueMessage_V2;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionConsumerFlowCreditMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionIndividualAcknowledgeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionQueueQueryMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionQueueQueryResponseMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage_1X;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage_V2;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage_V3;

/**
 * Takes messages the application must not see out of the broker's queue, on the session's own channel and so in the
 * session's own transaction: into the quarantine first, if they belong there, and acknowledged only when they are there. A
 * message that cannot be put there stays.
 *
 * <p>This waits for answers of the broker, which the thread that delivers messages has to read; so it is done on a thread
 * of its own, one message of a session after the other. Thread-safe.
 */
final class Removals {

    private static final AtomicInteger THREADS = new AtomicInteger();
    private static final ExecutorService WORKERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dialog-security-removal-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private final SessionChannel session;
    private final Channel channel;
    private final DeliveryLedger ledger;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean working;
    private int incarnation;
    private volatile String knownQuarantine = "";

    /**
     * A message to be taken out.
     *
     * @param consumer the consumer it was delivered to
     * @param message its number at the broker
     * @param credits what the broker has to be given back for it, 0 if nothing
     * @param copy what goes into the quarantine, or null if nothing does
     */
    record Removal(long consumer, long message, int credits, QuarantineCopy copy) {}

    Removals(SessionChannel session, Channel channel, DeliveryLedger ledger) {
        this.session = session;
        this.channel = channel;
        this.ledger = ledger;
    }

    /**
     * Takes a message out, soon.
     *
     * @param outcome told null when it is out, or why it stays
     */
    void remove(Removal removal, Consumer<Throwable> outcome) {
        ledger.refused(removal.consumer(), removal.message());
        int now = incarnation();
        execute(() -> {
            try {
                if (removal.copy() != null) {
                    putIntoQuarantine(removal.copy());
                }
                if (!session.preAcknowledged() && now == incarnation()) {
                    channel.sendBlocking(
                            new SessionIndividualAcknowledgeMessage(removal.consumer(), removal.message(), true),
                            PacketImpl.NULL_RESPONSE);
                }
                ledger.removed(removal.consumer(), removal.message());
                outcome.accept(null);
            } catch (Throwable e) {
                outcome.accept(e);
            } finally {
                giveBack(removal.consumer(), removal.credits());
            }
        });
    }

    /** Leaves a message where it is, and lets the others follow. */
    void leave(long consumer, long message, int credits) {
        ledger.refused(consumer, message);
        giveBackSoon(consumer, credits);
    }

    /** Lets the broker deliver as much again as it has delivered for nothing, soon. */
    void giveBackSoon(long consumer, int credits) {
        execute(() -> giveBack(consumer, credits));
    }

    private void giveBack(long consumer, int credits) {
        ConsumerState state = session.consumer(consumer);
        if (credits > 0 && state != null && state.flowControlled()) {
            channel.send(new SessionConsumerFlowCreditMessage(consumer, credits));
        }
    }

    private void putIntoQuarantine(QuarantineCopy copy) throws ActiveMQException {
        requireQueue(copy.getAddress());
        channel.sendBlocking(sendPacket(copy), PacketImpl.NULL_RESPONSE);
    }

    /** A message to an address without a queue is gone without anybody being told. */
    private void requireQueue(String name) throws ActiveMQException {
        if (name.equals(knownQuarantine)) {
            return;
        }
        byte answer = channel.getConnection().isVersionBeforeAddressChange()
                ? PacketImpl.SESS_QUEUEQUERY_RESP_V2
                : PacketImpl.SESS_QUEUEQUERY_RESP_V3;
        var state = (SessionQueueQueryResponseMessage)
                channel.sendBlocking(new SessionQueueQueryMessage(SimpleString.of(name)), answer);
        if (!state.isExists()) {
            if (!state.toQueueQuery().isAutoCreateQueues()) {
                throw new ActiveMQNonExistentQueueException(
                        "there is no queue '" + name + "' for quarantined messages");
            }
            channel.sendBlocking(
                    new CreateQueueMessage_V2(
                            QueueConfiguration.of(name)
                                    .setAddress(name)
                                    .setRoutingType(RoutingType.ANYCAST)
                                    .setDurable(true)
                                    .setAutoCreated(false),
                            true),
                    PacketImpl.NULL_RESPONSE);
        }
        knownQuarantine = name;
    }

    private SessionSendMessage sendPacket(QuarantineCopy message) {
        CoreRemotingConnection connection = channel.getConnection();
        if (connection.isVersionBeforeAddressChange()) {
            return new SessionSendMessage_1X(message, true, null);
        } else if (connection.isVersionBeforeAsyncResponseChange()) {
            return new SessionSendMessage(message, true, null);
        } else if (connection.isBeforeProducerMetricsChanged()) {
            return new SessionSendMessage_V2(message, true, null);
        }
        return new SessionSendMessage_V3(message, true, null, -1);
    }

    /** Waits until nothing is on its way, but no longer than an answer of the broker may take. */
    void await() {
        long deadline = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(channel.getConnection().getBlockingCallTimeout());
        synchronized (this) {
            while (working) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    /** The session is made again: what was delivered before comes again. */
    synchronized void forget() {
        incarnation++;
        waiting.clear();
        knownQuarantine = "";
    }

    private synchronized int incarnation() {
        return incarnation;
    }

    private synchronized void execute(Runnable task) {
        waiting.add(task);
        if (!working) {
            working = true;
            WORKERS.execute(this::work);
        }
    }

    private void work() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable e) {
                // The channel is gone, and all that was delivered on it comes again elsewhere.
                continue;
            }
        }
    }

    private synchronized Runnable next() {
        Runnable task = waiting.poll();
        if (task == null) {
            working = false;
            notifyAll();
        }
        return task;
    }
}
