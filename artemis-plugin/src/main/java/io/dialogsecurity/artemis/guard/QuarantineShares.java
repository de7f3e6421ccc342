package io.dialogsecurity.artemis.guard;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/**
 * Who uses how much of the quarantine. Nobody is given more than is still free, and for one reason half as much: so who begins may
 * have up to a half of it, the next one a half of the rest, and something is always left for who has nothing there yet. What is
 * there is counted when the queue is first used, and again when it has become shorter or longer than is known, once a second at most; and
 * while somebody finds no room, once a minute. Thread-safe.
 */
final class QuarantineShares {

    private static final long BETWEEN_COUNTS_NANOS = 1_000_000_000L;
    /** What is as long as before has hardly changed. */
    private static final long BETWEEN_IDLE_COUNTS_NANOS = 60 * BETWEEN_COUNTS_NANOS;

    private static final class Share {
        private long messages;
        private long bytes;

        private void add(long size) {
            messages++;
            bytes += size;
        }
    }

    private record UserAndReason(String user, String reason) {}

    private final long maxMessages;
    private final long maxBytes;
    private final LongSupplier nanoTime;
    private final Map<String, Share> users = new HashMap<>();
    private final Map<UserAndReason, Share> reasons = new HashMap<>();
    private Share all = new Share();
    private Queue counted;
    private long countedAt;

    QuarantineShares(long maxMessages, long maxBytes, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes room for a message; if it is not put there after all, the next count finds that out.
     *
     * @return null, or why there is none
     */
    synchronized String take(Queue queue, String user, String reason, long size) {
        String problem = problem(user, reason, size);
        boolean changed = counted != queue || all.messages != queue.getMessageCount();
        if (changed || problem != null) {
            count(queue, changed ? BETWEEN_COUNTS_NANOS : BETWEEN_IDLE_COUNTS_NANOS);
            problem = problem(user, reason, size);
        }
        if (problem == null) {
            add(user, reason, size);
        }
        return problem;
    }

    private String problem(String user, String reason, long size) {
        long freeMessages = maxMessages - all.messages;
        long freeBytes = maxBytes - all.bytes;
        if (freeMessages < 1 || freeBytes < size) {
            return "the quarantine is full";
        }
        Share ofUser = users.getOrDefault(user, new Share());
        if (ofUser.messages + 1 > freeMessages || ofUser.bytes + size > freeBytes) {
            return "what " + user + " may use of the quarantine is full";
        }
        Share ofReason = reasons.getOrDefault(new UserAndReason(user, reason), new Share());
        if (ofReason.messages + 1 > (freeMessages + 1) / 2 || ofReason.bytes + size > freeBytes / 2) {
            return "what " + user + " may use of the quarantine for " + reason + " is full";
        }
        return null;
    }

    private void add(String user, String reason, long size) {
        all.add(size);
        users.computeIfAbsent(user, name -> new Share()).add(size);
        reasons.computeIfAbsent(new UserAndReason(user, reason), name -> new Share())
                .add(size);
    }

    private void count(Queue queue, long leastNanos) {
        long now = nanoTime.getAsLong();
        if (counted == queue && now - countedAt < leastNanos) {
            return;
        }
        counted = queue;
        countedAt = now;
        all = new Share();
        users.clear();
        reasons.clear();
        try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
            while (references.hasNext()) {
                Message message = references.next().getMessage();
                add(
                        Quarantine.holder(message),
                        String.valueOf(message.getStringProperty(Quarantine.REJECTION)),
                        message.getWholeMessageSize());
            }
        }
    }
}
