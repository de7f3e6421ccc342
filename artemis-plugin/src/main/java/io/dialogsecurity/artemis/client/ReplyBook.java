package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Remembers which requests expect replies where, so that a message sent to a reply address is sealed as a reply in the
 * dialog of its request, and who may answer at the addresses where sealed replies are awaited. Of a request its headers are
 * kept, not its content. Thread-safe.
 *
 * <p>A reply belongs to the message it answers. Best is the reply address itself, the object that came with the request: it
 * leads to that request and to no other. Names prove nothing, because everybody may write the reply address and the ids of
 * somebody else into a request of his own. So whoever only names an address, with or without a correlation id, answers a
 * request if no other service has named the same; where several have, nobody is answered. What one service names neither
 * replaces nor pushes out what another has named.
 *
 * <p>An address that has taken part in sealed requests stays known for longer than the requests, and as long as it does,
 * nothing is sent there in the clear by default: forgetting makes a reply impossible, not readable. But no request closes an
 * address that policy lets pass: by default only temporary destinations count, by their kind and by a name as only providers
 * and brokers make them.
 */
public final class ReplyBook {

    /** Of each service that asks. */
    private static final int MAX_REQUESTS = 20_000;

    private static final int MAX_ADDRESSES = 20_000;
    private static final int MAX_AWAITED = 100_000;
    private static final Duration REQUEST_AGE = Duration.ofHours(24);

    /** In the name of every temporary destination that Artemis, its client or Qpid makes. */
    private static final Pattern UNIQUE =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    private record Name(String address, String correlation) {}

    /** A request that has been opened here. */
    public static final class Request {

        private final Opened message;
        private final DialogEndpoint endpoint;
        private final boolean temporary;
        private final String replyTo;
        private final long expiresAtMillis;
        private volatile boolean askedWhere;

        private Request(
                Opened message, DialogEndpoint endpoint, String replyTo, boolean temporary, long expiresAtMillis) {
            this.message = message;
            this.endpoint = endpoint;
            this.replyTo = replyTo;
            this.temporary = temporary && UNIQUE.matcher(replyTo).find();
            this.expiresAtMillis = expiresAtMillis;
        }

        /** The request, without its content. */
        Opened message() {
            return message;
        }

        /** What opened it, and seals its replies. */
        DialogEndpoint endpoint() {
            return endpoint;
        }

        /** The service that asks. */
        ServiceName asker() {
            return message.sender();
        }

        /** Whether it is itself a reply: then what answers it cannot travel as one. */
        boolean isReply() {
            return message.direction() == Direction.TARGET_TO_INITIATOR;
        }

        /** The application has asked where the reply goes, so this may be what it answers. */
        public void askedWhere() {
            askedWhere = true;
        }
    }

    /** Who is answered by a message that is about to be sent. */
    sealed interface Answered {

        /** A request. */
        record To(Request request) implements Answered {}

        /** Nobody: the message is no reply, as far as is known. */
        record Nobody() implements Answered {}

        /** A request that is not remembered any more. */
        record Forgotten() implements Answered {}

        /** The requests of one of several services, and which of them cannot be told. */
        record OneOf(Set<ServiceName> askers) implements Answered {}
    }

    private static final Answered NOBODY = new Answered.Nobody();

    /**
     * Which requests count at an address.
     *
     * @param receivers whether policy lets messages there be sealed to a service
     * @param temporaryOnly whether only temporary destinations do, where a message names the address alone
     * @param correlated whether only a message with a request's correlation id is a reply, where it names the address alone
     */
    record Scope(Predicate<ServiceName> receivers, boolean temporaryOnly, boolean correlated) {

        boolean admits(Request request) {
            return receivers.test(request.asker()) && (!temporaryOnly || request.temporary);
        }
    }

    /** What each service has named, within bounds of its own. */
    private static final class Claims<K> {

        private final int most;
        private final Map<K, Map<ServiceName, Request>> byName = new LinkedHashMap<>();
        private final Map<ServiceName, Map<K, Boolean>> names = new LinkedHashMap<>();

        Claims(int most) {
            this.most = most;
        }

        void put(K name, Request request) {
            ServiceName asker = request.asker();
            byName.computeIfAbsent(name, ignored -> new LinkedHashMap<>(2)).put(asker, request);
            names.computeIfAbsent(asker, this::bounded).put(name, Boolean.TRUE);
        }

        private Map<K, Boolean> bounded(ServiceName asker) {
            return new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<K, Boolean> eldest) {
                    if (size() <= most) {
                        return false;
                    }
                    forget(eldest.getKey(), asker);
                    return true;
                }
            };
        }

        private void forget(K name, ServiceName asker) {
            Map<ServiceName, Request> claims = byName.get(name);
            claims.remove(asker);
            if (claims.isEmpty()) {
                byName.remove(name);
            }
        }

        Collection<Request> of(K name) {
            Map<ServiceName, Request> claims = byName.get(name);
            return claims == null ? List.of() : claims.values();
        }

        Request of(K name, ServiceName asker) {
            Map<ServiceName, Request> claims = byName.get(name);
            return claims == null ? null : claims.get(asker);
        }

        /** Forgets a service's oldest that are too old; a few at a time, so that nobody waits. */
        void expire(ServiceName asker, long now) {
            Map<K, Boolean> known = names.get(asker);
            if (known == null) {
                return;
            }
            var oldest = known.keySet().iterator();
            for (int i = 0; i < 4 && oldest.hasNext(); i++) {
                K name = oldest.next();
                if (of(name, asker).expiresAtMillis >= now) {
                    return;
                }
                oldest.remove();
                forget(name, asker);
            }
        }
    }

    private final InstantSource clock;
    private final HandedDestinations handed = new HandedDestinations();
    private final Claims<Name> requests;
    private final Claims<String> addresses;
    /** By address: the services that were asked; null for whichever. */
    private final Map<String, Set<ServiceName>> awaited;

    ReplyBook(InstantSource clock) {
        this(clock, MAX_REQUESTS, MAX_ADDRESSES);
    }

    /** The bounds are those of each service that asks. */
    ReplyBook(InstantSource clock, int maxRequests, int maxAddresses) {
        this.clock = clock;
        this.requests = new Claims<>(maxRequests);
        this.addresses = new Claims<>(maxAddresses);
        this.awaited = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Set<ServiceName>> eldest) {
                return size() > MAX_AWAITED;
            }
        };
    }

    // --- Where this process is asked

    /**
     * Remembers a request the application is given.
     *
     * @param replyTo the address its replies go to, without queue name and prefix
     * @param temporary whether the provider says that this is a temporary destination
     * @param correlations what a reply may name it by: its message id and its correlation id; null ones are left out
     */
    public Request remember(Incoming.Accepted request, String replyTo, boolean temporary, String... correlations) {
        Request entry = new Request(
                request.message().withoutContent(),
                request.endpoint(),
                replyTo,
                temporary,
                clock.millis() + REQUEST_AGE.toMillis());
        remember(entry, correlations);
        return entry;
    }

    private synchronized void remember(Request entry, String... correlations) {
        requests.expire(entry.asker(), clock.millis());
        for (String correlation : correlations) {
            if (correlation != null) {
                requests.put(new Name(entry.replyTo, correlation), entry);
            }
        }
        addresses.put(entry.replyTo, entry);
    }

    /** The application is handed this object as the request's reply address. */
    public void handed(Object destination, Request request) {
        handed.handed(destination, request);
    }

    /** The application is handed this object as the reply address of a message that was not sealed. */
    public void handedUnsealed(Object destination) {
        handed.handed(destination, null);
    }

    /**
     * Whom a message answers that is about to be sent.
     *
     * @param correlation its correlation id, or null
     * @param destination the object the application sends it to, if that is known; else null
     */
    Answered answered(String address, String correlation, Object destination, Scope scope) {
        HandedDestinations.Origin origin = handed.originOf(destination);
        synchronized (this) {
            if (origin == null) {
                return named(address, correlation, scope);
            }
            return origin.request() == null
                            || !scope.receivers().test(origin.request().asker())
                    ? NOBODY
                    : handedWith(origin.request(), correlation);
        }
    }

    /** Answered is the service the address came from: in the dialog of the request that is named, if it is one of its own. */
    private Answered handedWith(Request request, String correlation) {
        Request named =
                correlation == null ? null : requests.of(new Name(request.replyTo, correlation), request.asker());
        for (Request candidate : new Request[] {named, request, addresses.of(request.replyTo, request.asker())}) {
            if (candidate != null && isCurrent(candidate)) {
                return new Answered.To(candidate);
            }
        }
        return new Answered.Forgotten();
    }

    private Answered named(String address, String correlation, Scope scope) {
        List<Request> there =
                addresses.of(address).stream().filter(scope::admits).toList();
        if (there.isEmpty()) {
            return NOBODY;
        }
        List<Request> named = correlation == null
                ? List.of()
                : mostLikely(requests.of(new Name(address, correlation)).stream()
                        .filter(scope::admits)
                        .filter(this::isCurrent)
                        .toList());
        if (!named.isEmpty()) {
            return oneOf(named);
        }
        if (scope.correlated()) {
            return NOBODY;
        }
        Answered answered = oneOf(mostLikely(there));
        return answered instanceof Answered.To to && !isCurrent(to.request()) ? new Answered.Forgotten() : answered;
    }

    /** Who has not looked where the reply to a request goes does not answer it, unless he has not looked at any. */
    private static List<Request> mostLikely(List<Request> candidates) {
        List<Request> asked =
                candidates.stream().filter(request -> request.askedWhere).toList();
        return asked.isEmpty() ? candidates : asked;
    }

    private static Answered oneOf(List<Request> candidates) {
        if (candidates.size() == 1) {
            return new Answered.To(candidates.get(0));
        }
        Set<ServiceName> askers = new LinkedHashSet<>();
        candidates.forEach(request -> askers.add(request.asker()));
        return new Answered.OneOf(askers);
    }

    private boolean isCurrent(Request request) {
        return request.expiresAtMillis >= clock.millis();
    }

    // --- Where this process asks

    /**
     * A sealed request is about to be sent that names this address: what comes there is to be sealed.
     *
     * @param services those it is sealed to, who alone may answer; null if that is not known
     */
    public synchronized void await(String replyTo, Set<ServiceName> services) {
        if (services == null) {
            awaited.put(replyTo, null);
        } else if (!awaited.containsKey(replyTo)) {
            awaited.put(replyTo, services);
        } else {
            Set<ServiceName> before = awaited.get(replyTo);
            if (before != null && !before.containsAll(services)) {
                Set<ServiceName> all = new HashSet<>(before);
                all.addAll(services);
                awaited.put(replyTo, Set.copyOf(all));
            }
        }
    }

    /** Whether replies to sealed requests are expected there. */
    synchronized boolean isAwaited(String address) {
        return awaited.containsKey(address);
    }

    /** Whether a message comes from whom a reply is expected there: a service that was asked, or, if it is not known who was, a target. */
    synchronized boolean expects(String address, Opened reply) {
        Set<ServiceName> services = awaited.get(address);
        return services == null
                ? reply.direction() == Direction.TARGET_TO_INITIATOR
                : services.contains(reply.sender());
    }
}
