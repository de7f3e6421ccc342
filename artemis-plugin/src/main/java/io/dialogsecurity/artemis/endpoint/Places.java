package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.policy.AddressPattern;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * As whose a message in a queue is judged. That is its own address, if the broker routes from there to the queue; what came into
 * the queue in another way, whatever address it names, is the queue's. Thread-safe.
 */
final class Places {

    /** Addresses of queues whose patterns are kept; emptied when there are more. */
    private static final int MOST = 10_000;

    private final ConcurrentHashMap<String, AddressPattern> patterns = new ConcurrentHashMap<>();

    /** The address whose policy counts. */
    String of(Message message, Queue queue) {
        String own = CompositeAddress.extractAddressName(message.getAddress());
        String ofQueue = queue.getAddress().toString();
        return own.equals(ofQueue) || pattern(ofQueue).matches(AddressPattern.servedBy(own)) ? own : ofQueue;
    }

    private AddressPattern pattern(String ofQueue) {
        AddressPattern pattern = patterns.get(ofQueue);
        if (pattern == null) {
            pattern = new AddressPattern(AddressPattern.servedBy(ofQueue));
            if (patterns.size() >= MOST) {
                patterns.clear();
            }
            patterns.put(ofQueue, pattern);
        }
        return pattern;
    }
}
