package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.id.ServiceName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which requests expect replies where, so that a message sent to a reply address is sealed as a reply in the
 * dialog of its request, and which addresses sealed replies are awaited at. Of a request its headers are kept, not its
 * content. Bounded; what is too old is forgotten. Thread-safe.
 *
 * <p>An address that has taken part in sealed requests stays known for longer than the requests, and as long as it does,
 * nothing is sent there in the clear by default: forgetting makes a reply impossible, not readable.
 */
public final class ReplyBook {

    private static final int MAX_REQUESTS = 50_000;
    private static final int MAX_ADDRESSES = 100_000;
    private static final Duration REQUEST_AGE = Duration.ofHours(24);

    private record Key(String address, String correlation) {}

    /**
     * A request that has been opened here.
     *
     * @param message the request, without its content
     * @param endpoint what opened it, and seals its replies
     */
    record Request(Opened message, DialogEndpoint endpoint, long expiresAtMillis) {}

    /** The last request that named a reply address, and whether all who named it were the same initiator. */
    private record Address(Request latest, ServiceName initiator, boolean shared) {}

    private final InstantSource clock;
    private final Map<Key, Request> requests;
    private final Map<String, Address> addresses;
    private final Map<String, Boolean> awaited;

    ReplyBook(InstantSource clock) {
        this(clock, MAX_REQUESTS, MAX_ADDRESSES);
    }

    ReplyBook(InstantSource clock, int maxRequests, int maxAddresses) {
        this.clock = clock;
        this.requests = bounded(maxRequests);
        this.addresses = bounded(maxAddresses);
        this.awaited = bounded(maxAddresses);
    }

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Remembers an opened request.
     *
     * @param replyTo the address its replies go to
     * @param correlations what a reply may name it by: its message id and its correlation id; null ones are left out
     */
    public void remember(Incoming.Accepted request, String replyTo, String... correlations) {
        Opened message = request.message();
        Request entry =
                new Request(message.withoutContent(), request.endpoint(), clock.millis() + REQUEST_AGE.toMillis());
        synchronized (this) {
            expire();
            for (String correlation : correlations) {
                if (correlation != null) {
                    requests.put(new Key(replyTo, correlation), entry);
                }
            }
            Address known = addresses.get(replyTo);
            boolean shared =
                    known != null && (known.shared() || !known.initiator().equals(message.initiator()));
            addresses.put(replyTo, new Address(entry, message.initiator(), shared));
        }
    }

    /** The request a reply names by its correlation id. */
    synchronized Optional<Request> request(String address, String correlation) {
        if (correlation == null) {
            return Optional.empty();
        }
        return current(requests.get(new Key(address, correlation)));
    }

    /** The last request that named the address, if all who did were the same service. */
    synchronized Optional<Request> latestRequest(String address) {
        Address known = addresses.get(address);
        return known == null || known.shared() ? Optional.empty() : current(known.latest());
    }

    /** Whether sealed requests have named the address for their replies. */
    synchronized boolean isReplyAddress(String address) {
        return addresses.containsKey(address);
    }

    /** A sealed request is about to be sent that names this address: what comes there is to be sealed. */
    public synchronized void await(String replyTo) {
        awaited.put(replyTo, Boolean.TRUE);
    }

    /** Whether replies to sealed requests are expected there. */
    synchronized boolean isAwaited(String address) {
        return awaited.containsKey(address);
    }

    private Optional<Request> current(Request request) {
        return request == null || request.expiresAtMillis() < clock.millis() ? Optional.empty() : Optional.of(request);
    }

    /** Forgets from the front, where what was used least recently is; a few at a time, so that nobody waits. */
    private void expire() {
        long now = clock.millis();
        Iterator<Request> oldest = requests.values().iterator();
        for (int i = 0; i < 4 && oldest.hasNext() && oldest.next().expiresAtMillis() < now; i++) {
            oldest.remove();
        }
    }
}
