package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.guard.BrokerMarks;
import io.dialogsecurity.artemis.guard.BrokersOwnAddresses;
import io.dialogsecurity.artemis.guard.EnvelopeBytes;
import io.dialogsecurity.artemis.guard.EnvelopeReader;
import io.dialogsecurity.artemis.guard.GuardListener;
import io.dialogsecurity.artemis.guard.Husk;
import io.dialogsecurity.artemis.guard.OutgoingGate;
import io.dialogsecurity.artemis.guard.Refusals;
import io.dialogsecurity.artemis.guard.RefusedException;
import io.dialogsecurity.artemis.guard.Withheld;
import io.dialogsecurity.artemis.message.MessageForm;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPattern;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.Others;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.filter.Filter;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.LargeServerMessage;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * The way out: opens for those consumers whom policy names, withholds from others, and never changes what is stored. A message
 * is opened before the broker decides to deliver it, so that one which does not open blocks nobody: it stays undelivered and
 * is taken to the quarantine. Thread-safe.
 *
 * <p>Age, order and replay were judged at the door; here a message is opened as often as it is delivered or browsed. Large
 * messages, and streamed envelopes, are not opened: the client endpoint does that in constant memory.
 */
public final class OpeningGate implements OutgoingGate {

    private static final long RETRY_SECONDS = 30;
    private static final int CLOSED_BETWEEN_SWEEPS = 128;

    private record Place(long queue, long message) {}

    private final ActiveMQServer server;
    private final Readers readers;
    private final BrokersOwnAddresses brokersOwn;
    private final Places places = new Places();
    private final Refusals refusals;
    private final GuardListener listener;
    private final InstantSource clock;
    private final Map<ServerConsumer, Reader> consumers = new ConcurrentHashMap<>();
    /** Messages on their way to the quarantine. */
    private final Set<Place> condemned = ConcurrentHashMap.newKeySet();

    private final AtomicInteger closed = new AtomicInteger();
    private final LongAdder opened = new LongAdder();
    private volatile ConsumerTap tap;
    private volatile SecurityPolicy policy;

    /**
     * The way out of a broker that is about to start.
     *
     * @throws IllegalArgumentException with one line, if policy wants messages opened and this broker does not allow that
     */
    public OpeningGate(
            ActiveMQServer server,
            SecurityPolicy policy,
            BrokerEndpoint endpoint,
            Refusals refusals,
            GuardListener listener,
            InstantSource clock) {
        this.server = server;
        this.readers = new Readers(server, endpoint, clock);
        this.brokersOwn = new BrokersOwnAddresses(server.getConfiguration());
        this.refusals = refusals;
        this.listener = listener;
        this.clock = clock;
        this.tap = tapFor(server, policy);
        this.policy = policy;
    }

    /**
     * What opening takes, if policy asks for it.
     *
     * @return null if it does not
     * @throws IllegalArgumentException with one line, if this broker does not allow it
     */
    public static ConsumerTap tapFor(ActiveMQServer server, SecurityPolicy policy) {
        boolean opens = policy.addresses().stream()
                .anyMatch(rule -> !rule.brokerSide().opens().isEmpty());
        return opens ? new ConsumerTap(server.getVersion().getFullVersion()) : null;
    }

    /**
     * Applies another policy from now on. What was withheld is offered again.
     *
     * @param newTap what {@link #tapFor} has made for this policy
     */
    public void reconfigure(SecurityPolicy newPolicy, ConsumerTap newTap) {
        tap = newTap;
        policy = newPolicy;
        Set<Queue> queues = new HashSet<>();
        consumers.keySet().forEach(consumer -> queues.add(consumer.getQueue()));
        consumers.clear();
        for (Queue queue : queues) {
            queue.resetAllIterators();
            queue.deliverAsync();
        }
    }

    /** How many messages have been opened, redeliveries and looks of browsers included. */
    public long openedCount() {
        return opened.sum();
    }

    /** How many consumers are known here. */
    public int consumerCount() {
        return consumers.size();
    }

    /** How many messages are on their way to the quarantine, or wait to be tried again. */
    public int condemnedCount() {
        return condemned.size();
    }

    /** A browser may look at one more message after it was closed, and is known again then; its session ends, though. */
    @Override
    public void consumerClosed(ServerConsumer consumer) {
        consumers.remove(consumer);
        if (closed.incrementAndGet() % CLOSED_BETWEEN_SWEEPS == 0) {
            consumers.values().removeIf(reader -> reader.session == null || reader.session.isClosed());
        }
    }

    @Override
    public boolean admits(ServerConsumer consumer, MessageReference reference) throws Exception {
        OpenedCopy earlier = OpenedCopy.takeWaiting();
        Message message = reference.getMessage();
        String address = places.of(message, consumer.getQueue());
        SecurityPolicy current = policy;
        AddressPolicy rule = current.address(address);
        Action action = rule.brokerSide().outgoing();
        if ((action == Action.BYPASS && rule.action() != Action.APPLY)
                || consumer.getQueue().isInternalQueue()
                || brokersOwn.contains(address)) {
            return true;
        }
        if (BrokerMarks.isAnswer(message) && isTemporary(address)) {
            return true;
        }
        Filter filter = consumer.getFilter();
        if (filter != null && !filter.match(message)) {
            return true; // the broker finds that out by itself
        }
        if (action == Action.BYPASS) {
            return isStoredAsItShouldBe(consumer, reference, rule, address);
        }
        Reader reader = reader(consumer);
        if (rule.dryRun()) {
            tryOut(consumer, reader, rule, address, reader.isBroker(current));
            return true;
        }
        if (action == Action.DROP) {
            withhold(consumer, reader, address, "policy delivers nothing from this address");
            return false;
        }
        return reader.isBroker(current) || admits(consumer, reader, reference, rule, address, earlier);
    }

    /**
     * Where nothing is opened, everybody gets what is stored, if it is an envelope: some of what the broker routes by itself passes
     * no hook on its way in.
     */
    private boolean isStoredAsItShouldBe(
            ServerConsumer consumer, MessageReference reference, AddressPolicy rule, String address) throws Exception {
        if (!condemned.isEmpty() && condemned.contains(place(reference))) {
            return false;
        }
        try {
            Message message = reference.getMessage();
            EnvelopeReader.requireSealed(message);
            if (message.isLargeMessage() && Husk.is(message)) {
                discard(reference);
                return false;
            }
            return true;
        } catch (RefusedException e) {
            Reader reader = reader(consumer);
            if (rule.dryRun()) {
                withhold(consumer, reader, address, "dry run: not sealed, and withheld once dry-run is off");
                return true;
            }
            return unsealed(consumer, reader, reference, rule, address);
        }
    }

    private boolean isTemporary(String address) {
        AddressInfo info = server.getAddressInfo(SimpleString.of(address));
        return info != null && info.isTemporary();
    }

    private Reader reader(ServerConsumer consumer) throws Exception {
        Reader known = consumers.get(consumer);
        if (known != null) {
            return known;
        }
        Reader made = readers.reader(consumer, tap);
        Reader first = consumers.putIfAbsent(consumer, made);
        return first == null ? made : first;
    }

    private void tryOut(ServerConsumer consumer, Reader reader, AddressPolicy rule, String address, boolean broker) {
        boolean drops = rule.brokerSide().outgoing() == Action.DROP;
        boolean unentitled = !broker
                && rule.brokerSide().others() == Others.NOTHING
                && (reader.mayBeBroker()
                        || readers.endpointsFor(reader, rule, address).isEmpty());
        if (drops || unentitled) {
            withhold(consumer, reader, address, "dry run: delivered as stored, and withheld once dry-run is off");
        }
    }

    /** @param earlierOrNull what was opened on this thread and could not be delivered then */
    private boolean admits(
            ServerConsumer consumer,
            Reader reader,
            MessageReference reference,
            AddressPolicy rule,
            String address,
            OpenedCopy earlierOrNull)
            throws ActiveMQException {
        if (reader.mayBeBroker()) {
            return others(
                    consumer,
                    reader,
                    rule,
                    address,
                    "nothing is opened for a broker; name its user in 'brokers', so that it gets the envelope");
        }
        List<DialogEndpoint> endpoints = readers.endpointsFor(reader, rule, address);
        if (endpoints.isEmpty()) {
            return others(
                    consumer,
                    reader,
                    rule,
                    address,
                    "no <open> of this address is for this user, with the roles and certificate it asks for");
        }
        Message message = reference.getMessage();
        if (earlierOrNull != null && earlierOrNull.serves(consumer, message, rule, endpoints)) {
            earlierOrNull.await();
            return true;
        }
        if (condemned.contains(place(reference))) {
            return false;
        }
        if (message instanceof LargeServerMessage) {
            return others(
                    consumer,
                    reader,
                    rule,
                    address,
                    "large messages are not opened in the broker, but by the client endpoint");
        }
        reader.tapWith(tap, consumer);
        try {
            return open(consumer, reader, reference, rule, address, endpoints);
        } catch (RefusedException e) {
            if (e.rejected().reason() == Rejection.PLAINTEXT_REFUSED) {
                return unsealed(consumer, reader, reference, rule, address);
            }
            condemn(reference, e.rejected(), address);
            return false;
        } catch (RuntimeException e) {
            listener.failed("canAccept", e);
            condemn(
                    reference,
                    new Rejected(
                            Rejection.INTERNAL_ERROR, Layer.BODY, e.getClass().getName()),
                    address);
            return false;
        }
    }

    private boolean open(
            ServerConsumer consumer,
            Reader reader,
            MessageReference reference,
            AddressPolicy rule,
            String address,
            List<DialogEndpoint> endpoints)
            throws RefusedException, ActiveMQException {
        Message message = reference.getMessage();
        EnvelopeBytes envelope = EnvelopeReader.read(message, policy.limits().maxEnvelopeBytes());
        if (envelope.head()) {
            return others(
                    consumer,
                    reader,
                    rule,
                    address,
                    "streamed bodies are not opened in the broker, but by the client endpoint");
        }
        Reception reception =
                Reception.at(sealedFor -> isAt(message, address, sealedFor)).fromQueue();
        for (DialogEndpoint candidate : endpoints) {
            OpenOutcome outcome = candidate.open(envelope.bytes(), envelope.offset(), envelope.length(), reception);
            if (outcome instanceof Opened clear) {
                requireAccepted(clear, rule);
                handOn(consumer, reader, message, rule, endpoints, clear);
                return true;
            }
            Rejected rejected = (Rejected) outcome;
            if (rejected.reason() != Rejection.NOT_FOR_US && rejected.reason() != Rejection.REFLECTED) {
                throw new RefusedException(rejected);
            }
        }
        return others(consumer, reader, rule, address, "what is sealed to other services is not opened for this user");
    }

    /**
     * A message is where it was sealed for, or where the broker has moved it; a federation moves to wildcards. Of several moves the
     * broker tells the last, so what it tells is not compared: the guard has judged whatever came by a move from elsewhere.
     */
    private static boolean isAt(Message message, String address, String sealedFor) {
        return sealedFor.equals(address)
                || sealedFor.equals(message.getAddress())
                || new AddressPattern(address).matches(sealedFor)
                || message.getBrokerProperty(Message.HDR_ORIGINAL_ADDRESS) != null;
    }

    private static void requireAccepted(Opened message, AddressPolicy rule) throws RefusedException {
        if (!rule.suites().accepts(message.suite())) {
            throw new RefusedException(
                    Rejection.SUITE_NOT_ACCEPTED,
                    Layer.SECURITY_PREAMBLE,
                    message.suite() + " is not good enough here");
        }
        if (message.authenticity() == Authenticity.GROUP && rule.authenticity() != AuthenticityPolicy.GROUP) {
            throw new RefusedException(
                    Rejection.AUTHENTICITY_NOT_ACCEPTED,
                    Layer.SERVICE_PAIR_HEADER,
                    "several targets share the keys, and messages are not signed");
        }
        if (!rule.maySend(message.sender())) {
            throw new RefusedException(
                    Rejection.SENDER_NOT_AUTHORISED,
                    Layer.SERVICE_PAIR_HEADER,
                    message.sender() + " is not among the senders of this address");
        }
    }

    private void handOn(
            ServerConsumer consumer,
            Reader reader,
            Message stored,
            AddressPolicy rule,
            List<DialogEndpoint> endpoints,
            Opened message)
            throws RefusedException {
        try {
            Message clear = MessageForm.of(stored).open(stored, message);
            if (reader.speaksAmqp()) {
                clear = AmqpDelivery.converted(clear);
            }
            new OpenedCopy(consumer, stored, rule, endpoints, clear).await();
            opened.increment();
        } catch (EnvelopeFormatException e) {
            throw new RefusedException(Rejection.CONTENT_INVALID, Layer.BODY, e.getMessage());
        }
    }

    // --- What is not opened

    private boolean others(ServerConsumer consumer, Reader reader, AddressPolicy rule, String address, String why) {
        if (rule.brokerSide().others() == Others.ENVELOPE) {
            return true;
        }
        withhold(consumer, reader, address, why);
        return false;
    }

    private boolean unsealed(
            ServerConsumer consumer, Reader reader, MessageReference reference, AddressPolicy rule, String address) {
        if (Husk.is(reference.getMessage())) {
            discard(reference);
            return false;
        }
        boolean tolerated = rule.toleratesPlaintext(clock.instant());
        if (!tolerated) {
            withhold(
                    consumer,
                    reader,
                    address,
                    "the queue has messages that are not sealed; set plaintext-until to have them delivered, or move them");
        }
        return tolerated;
    }

    private void withhold(ServerConsumer consumer, Reader reader, String address, String why) {
        if (reader.toldBefore(address, why)) {
            return;
        }
        ServerSession session = reader.session;
        RemotingConnection connection = session == null ? null : session.getRemotingConnection();
        listener.withheld(new Withheld(
                address,
                String.valueOf(consumer.getQueue().getName()),
                session == null ? "" : String.valueOf(session.getValidatedUser()),
                connection == null ? "" : String.valueOf(connection.getRemoteAddress()),
                connection == null ? "" : connection.getProtocolName(),
                why));
    }

    // --- What does not open

    private static Place place(MessageReference reference) {
        return new Place(reference.getQueue().getID(), reference.getMessageID());
    }

    /** Takes a message out of its queue and into the quarantine; not here, because the queue is locked. */
    private void condemn(MessageReference reference, Rejected rejected, String address) {
        Place place = place(reference);
        if (condemned.add(place)) {
            server.getExecutorFactory().getExecutor().execute(() -> quarantine(place, reference, rejected, address));
        }
    }

    /** Takes out of its queue what was refused, and told of, when it came. */
    private void discard(MessageReference reference) {
        Place place = place(reference);
        if (condemned.add(place)) {
            server.getExecutorFactory().getExecutor().execute(() -> {
                try {
                    reference.getQueue().deleteReference(reference.getMessageID());
                    condemned.remove(place);
                } catch (Exception e) {
                    listener.failed("discard", e);
                    tryAgainLater(place);
                }
            });
        }
    }

    private void quarantine(Place place, MessageReference reference, Rejected rejected, String address) {
        try {
            if (refusals.refuseQueued(reference, rejected, address)) {
                reference.getQueue().deleteReference(reference.getMessageID());
                condemned.remove(place);
                return;
            }
        } catch (Exception e) {
            listener.failed("quarantine", e);
        }
        tryAgainLater(place);
    }

    /** It stays where it is, undelivered, and is tried again after a while. */
    private void tryAgainLater(Place place) {
        server.getScheduledPool().schedule(() -> condemned.remove(place), RETRY_SECONDS, TimeUnit.SECONDS);
    }
}
