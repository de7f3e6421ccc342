package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.cache.CacheStatistics;
import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.GuardOutcome;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPattern;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.Gaps;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import io.dialogsecurity.wire.Layer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.LargeServerMessage;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.federation.FederatedQueueConsumerImpl;
import org.apache.activemq.artemis.core.server.impl.QueueImpl;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * Decides about every message that enters or moves within the broker. Holds no key; what it has a {@link PlainSealer} seal is the
 * only thing that is changed. Thread-safe.
 *
 * <h2>Two gates</h2>
 *
 * <p><em>At the door</em> ({@link #beforeSend}) a message is checked with everything known of its sender, before anything of
 * it is stored. But the door's view is early: the address can still be exchanged behind it, and much is routed that never
 * passed it (diverts, retries from a dead-letter queue, what an administrator sends, what another protocol does on its
 * own). So <em>before it is routed</em> ({@link #beforeRoute}) every message passes a second gate that knows the address for
 * certain. What was checked at the door for this address passes; what a client sends and was checked for another address,
 * or not at all, is checked again in full; what the broker moves by itself need only be sealed: it was checked when it
 * came, and whether the new address is the one it was sealed for is the receiver's question. Messages of a mirror or of
 * another node of the cluster were checked at the door of that broker, which has to run this guard too. What this broker fetches
 * itself over AMQP is checked at the door like a client's, but for the connection: no user speaks there, its configuration does.
 *
 * <h2>Order and replay</h2>
 *
 * <p>A sequence number is taken at the door, after everything else is found good, and given back when the send fails or its
 * transaction is rolled back. See {@link ClaimWindows} for what is remembered, {@link OpenSends} for what is on its way. An
 * identical copy of a message that is stored is taken and goes to no queue: its sender asks again because it does not know.
 *
 * <h2>Telling the sender</h2>
 *
 * <p>The exception thrown by the boundary reaches senders who wait for an answer. For the others: a transaction is marked so
 * that it can only be rolled back, which its commit reports; and where there is no transaction either, the connection is
 * failed.
 */
public final class MessageGuard {

    private static final String CORE = "CORE";
    private static final String STOMP = "STOMP";
    private static final String OPENWIRE_ADVISORIES = "ActiveMQ.Advisory.";

    /** What this thread's session is sending. One per thread, used again and again. */
    private static final ThreadLocal<Sending> SENDING = ThreadLocal.withInitial(Sending::new);

    private static final StackWalker STACK = StackWalker.getInstance();

    private final ActiveMQServer server;
    private final InstantSource clock;
    private final GuardListener listener;
    private final CaffeineCaches caches;
    private final EnvelopeGuard envelopes;
    private final OpenSends openSends = new OpenSends();
    private final MirroredClaims mirroredClaims;
    private final QueuedClaims queuedClaims;
    private final PluginBoundary boundary;
    private final Authorisation authorisation;
    private final Refusals refusals;
    private final PlainSealer sealer;
    private final AnswerWatch answers;
    private final UntoldSenders untold;
    private final SendRights sendRights;
    private final MovedClaims movedClaims;
    private final Redrive redrive;
    private final TransactedSessions transactedSessions = new TransactedSessions();

    private final BrokerLinks links;
    private final BrokersOwnAddresses brokersOwn;
    private final String notificationAddress;
    private volatile GuardConfiguration configuration;
    /** Null while nothing is remembered, and so every envelope refused. */
    private volatile ClaimWindows windows;
    /** Whether a number that the memory does not know was not there before. */
    private volatile boolean remembersAll;

    /**
     * A guard for a broker that is about to start. The caches keep the bounds of this first policy.
     *
     * @param sealer is asked to seal what is not sealed
     */
    public MessageGuard(
            ActiveMQServer server,
            SecurityPolicy policy,
            GuardListener listener,
            PluginBoundary boundary,
            PlainSealer sealer,
            InstantSource clock) {
        this.server = server;
        this.sealer = sealer;
        this.clock = clock;
        this.listener = listener;
        this.configuration = new GuardConfiguration(policy);
        this.caches = GuardConfiguration.caches(policy);
        this.envelopes = new EnvelopeGuard(configuration.endpointPolicy, configuration.trust, caches, clock);
        this.mirroredClaims = new MirroredClaims(server, this::memory, openSends, listener);
        this.queuedClaims = new QueuedClaims(
                server,
                address -> actionFor(address) == Action.APPLY,
                message -> mirroredClaims.queued(message, configuration),
                (message, transaction) -> mirroredClaims.prepared(message, transaction, configuration),
                listener);
        this.boundary = boundary;
        this.authorisation = new Authorisation(server);
        this.movedClaims = new MovedClaims(server, this::memory, openSends);
        this.refusals = new Refusals(server, listener, () -> configuration, movedClaims);
        this.redrive =
                new Redrive(server, envelopes, authorisation, movedClaims, this::memory, () -> configuration, clock);
        this.answers = new AnswerWatch(this::refusesPlaintext, boundary);
        this.untold = new UntoldSenders(server, boundary);
        this.sendRights = new SendRights(server);
        this.links = new BrokerLinks(server.getConfiguration());
        this.brokersOwn = new BrokersOwnAddresses(server.getConfiguration());
        this.notificationAddress =
                server.getConfiguration().getManagementNotificationAddress().toString();
    }

    /** Starts to watch who waits for answers; to be called whenever the broker's acceptors are made. */
    public void attach() {
        if (!server.getRemotingService().getIncomingInterceptors().contains(answers)) {
            server.getRemotingService().addIncomingInterceptor(answers);
        }
    }

    /**
     * Remembers sequence numbers here from now on, and those of everything that is queued.
     *
     * @param claims the memory
     * @param complete whether nothing that was let pass can be missing in it, so that who sends need not wait for what is queued
     * @param whenLearned is called when everything queued is known, on another thread
     */
    public void remember(ClaimWindows claims, boolean complete, Runnable whenLearned) {
        remembersAll = complete;
        windows = claims;
        queuedClaims.read(whenLearned);
    }

    /** Refuses every envelope until there is a memory again. */
    public void forget() {
        windows = null;
    }

    /** Applies another policy to everything from now on. Verified headers are verified again. */
    public void reconfigure(SecurityPolicy policy) {
        GuardConfiguration next = new GuardConfiguration(policy);
        configuration = next;
        envelopes.reconfigure(next.endpointPolicy, next.trust);
    }

    /** Where refused messages go. */
    public Refusals refusals() {
        return refusals;
    }

    /** Drives back what was dead-lettered or refused. */
    public Redrive redrive() {
        return redrive;
    }

    /** The policy that is applied now. */
    public SecurityPolicy policy() {
        return configuration.policy;
    }

    /** Forgets what has been verified; it is verified again when it is seen next. */
    public void flushCaches() {
        caches.clear();
    }

    /** What the guard has computed. */
    public CryptoCounters.Snapshot cryptoCounters() {
        return envelopes.counters();
    }

    /** What a cache has done. */
    public CacheStatistics cacheStatistics(CacheName name) {
        return caches.statistics(name);
    }

    /** How many dialogs' sequence numbers are remembered. */
    public long dialogsRemembered() {
        ClaimWindows current = windows;
        return current == null ? 0 : current.size();
    }

    /** How many sessions are known to send in transactions. */
    public int transactedSessionCount() {
        return transactedSessions.size();
    }

    // --- Hooks

    /** A session is about to be made, on this thread. */
    void beforeCreateSession(
            boolean autoCommitSends, RemotingConnection connection, Map<SimpleString, RoutingType> prefixes) {
        answers.prefixes(connection, prefixes);
        transactedSessions.beforeCreate(!autoCommitSends);
    }

    /** A session has been made, on this thread. */
    void afterCreateSession(ServerSession session) {
        transactedSessions.created(session);
    }

    /** A session has been closed. */
    void afterCloseSession(ServerSession session) {
        transactedSessions.closed(session);
        sendRights.forget(session);
        sealer.sessionClosed(session);
    }

    /** A connection is gone. */
    void afterDestroyConnection(RemotingConnection connection) {
        answers.forget(connection);
    }

    /**
     * The first gate.
     *
     * @throws RefusedException if the message may not pass
     * @throws Exception if that cannot be found out, which is a refusal too
     */
    void beforeSend(ServerSession session, Transaction transaction, Message message) throws Exception {
        Sending sending = SENDING.get();
        movedClaims.withdrawAll();
        sending.begin(session, message, transaction, isTransacted(session, transaction));
        if (!links.isOtherNode(session)) {
            BrokerMarks.remove(message, !links.hasLoggedInAsNode(session));
        }
        SimpleString asSent = message.getAddressSimpleString();
        if (asSent == null) {
            String usual = session.getDefaultAddress();
            if (usual == null) {
                return; // the broker refuses it, or the second gate sees where it goes
            }
            asSent = SimpleString.of(usual);
        }
        SimpleString withoutPrefix = session.removePrefix(asSent);
        String address = CompositeAddress.extractAddressName(withoutPrefix).toString();
        if (isStranger(session, withoutPrefix, address)) {
            sending.leftToBroker = true;
            return; // the broker refuses it; should it not, the second gate checks it
        }
        if (address.equals(configuration.policy.quarantineAddress())) {
            Quarantine.noteSender(message, session.getValidatedUser());
        }
        check(sending, address, withoutPrefix.toString());
    }

    /** Whether the broker is going to refuse whatever the session sends there. Its own connections have no user to be asked. */
    private boolean isStranger(ServerSession session, SimpleString withoutPrefix, String address) {
        return (actionFor(address) != Action.BYPASS || brokersOwn.isClosed(address))
                && !links.isOwn(session)
                && !links.hasLoggedInAsNode(session)
                && !sendRights.maySend(session, withoutPrefix);
    }

    /**
     * The second gate.
     *
     * @throws RefusedException if the message may not pass
     * @throws Exception if that cannot be found out, which is a refusal too
     */
    void beforeRoute(Message message, RoutingContext context) throws Exception {
        if (context.getMirrorSource() != null) {
            // never refused: the other broker would not send it again
            boundary.observe("mirrored", () -> {
                if (!brokersOwn.contains(String.valueOf(context.getAddress(message)))) {
                    mirroredClaims.arriving(message, context, configuration);
                }
            });
            return;
        }
        if (Quarantine.isArriving(message)) {
            return;
        }
        if (redrive.isArriving(message)) {
            redrive.routing(message, context);
            return;
        }
        String asSent = context.getAddress(message).toString();
        String address = CompositeAddress.extractAddressName(asSent);
        Sending sending = SENDING.get();
        if (sending.message != message || sending.routed) {
            if (sending.message != null && !sending.includes(context)) {
                sending.abandon(); // left over by an error of the broker's
            }
            routeAnother(sending, message, context, address, asSent);
            return;
        }
        sending.routed = true;
        if (!address.equals(sending.checkedFor)) {
            sending.withdraw();
            check(sending, address, asSent);
        }
        if (sending.resend != null) {
            absorb(context);
        }
    }

    /** What is routed besides the message that is sent, if one is. */
    private void routeAnother(Sending sending, Message message, RoutingContext context, String address, String asSent)
            throws Exception {
        if (sending.resend == null) {
            checkMoved(sending, message, context, address, asSent);
        } else if (!brokersOwn.contains(address) && !address.equals(notificationAddress)) {
            // what a divert made of a copy, or where it goes when nobody is there to receive it
            absorb(context);
        }
    }

    /** Lets a message go to no queue at all; everything else goes on as if it had been stored. */
    private static void absorb(RoutingContext context) {
        context.clear();
        context.setReusable(false);
    }

    /** A message of the broker's own, or one that it moves. */
    private void checkMoved(Sending sending, Message message, RoutingContext context, String address, String asSent)
            throws Exception {
        if (isFetched(sending, message, context)) {
            BrokerMarks.remove(message, true); // another broker's word, wherever it goes
        }
        BrokerMarks.removeAnswer(message);
        if (context.getServerSession() == null && address.equals(notificationAddress)) {
            return;
        }
        // The broker itself tells who connects. What an AMQP client sends has no session here either, but is being
        // sent.
        if (context.getServerSession() == null && sending.message == null && address.startsWith(OPENWIRE_ADVISORIES)) {
            return;
        }
        Action action = actionFor(address);
        if (action == Action.BYPASS) {
            return;
        }
        if (isManagementReply(sending, address)) {
            BrokerMarks.markAnswer(message);
            return;
        }
        AddressPolicy rule = configuration.policy.address(address);
        try {
            if (action == Action.DROP) {
                throw dropped();
            }
            EnvelopeReader.requireSealed(message);
            judgeMoved(sending, message, context, rule, address, asSent);
        } catch (RefusedException e) {
            boolean unsealed = e.rejected().reason() == Rejection.PLAINTEXT_REFUSED;
            if (rule.dryRun()) {
                refusals.wouldRefuse(context.getServerSession(), message, e.rejected(), address);
            } else if (!unsealed || !rule.toleratesPlaintext(clock.instant())) {
                if (!unsealed
                        && movesByItself(sending, context)
                        && refusals.refuse(null, message, e.rejected(), address)) {
                    // A dead or expired letter would be left between its queues; it is in quarantine instead.
                    absorb(context);
                    return;
                }
                throw e;
            }
        }
    }

    /**
     * Judges what AMQP federation puts into queues itself. All but the sequence number: one message comes once for each of its
     * subscriptions.
     *
     * @param target whose queues they are, often a wildcard
     * @throws RefusedException if the message may not pass
     * @throws Exception if that cannot be found out, which is a refusal too
     */
    void beforeFederated(String target, Message message) throws Exception {
        GuardConfiguration current = configuration;
        String address = target;
        BrokerMarks.remove(message, true); // another broker's word
        try {
            EnvelopeBytes bytes = EnvelopeReader.read(message, current.maxEnvelopeBytes());
            String claimed = bytes.claimedDestination();
            if (new AddressPattern(target).matches(claimed) && actionFor(claimed) != Action.BYPASS) {
                address = claimed;
            }
            AddressPolicy rule = current.policy.address(address);
            switch (rule.action()) {
                case BYPASS -> {
                    // nothing to say
                }
                case DROP -> throw dropped();
                case APPLY -> authorisation.require(current, rule, verified(bytes), null, address, address);
            }
        } catch (RefusedException e) {
            passOrRefuse(current.policy.address(address), e, message, address);
        }
    }

    private void passOrRefuse(AddressPolicy rule, RefusedException e, Message message, String address)
            throws RefusedException {
        boolean unsealed = e.rejected().reason() == Rejection.PLAINTEXT_REFUSED;
        if (rule.action() == Action.BYPASS) {
            return;
        }
        if (rule.dryRun()) {
            refusals.wouldRefuse(null, message, e.rejected(), address);
        } else if (unsealed && rule.action() == Action.APPLY && rule.toleratesPlaintext(clock.instant())) {
            listener.tolerated(address, "", EnvelopeReader.AMQP);
        } else {
            throw e;
        }
    }

    /** Tells of a message that AMQP federation has brought. */
    void refuseFederated(String target, Message message, Throwable cause) {
        tell(null, message, cause, target);
    }

    /** Whether core federation has fetched it, for which the broker asks no other hook, with marks on it. */
    private static boolean isFetched(Sending sending, Message message, RoutingContext context) {
        return sending.message == null
                && context.getServerSession() == null
                && BrokerMarks.areOn(message)
                && STACK.walk(frames -> frames.anyMatch(
                        frame -> frame.getClassName().equals(FederatedQueueConsumerImpl.class.getName())));
    }

    /** Whether it is neither somebody who sends nor an administrator who has a message moved. */
    private static boolean movesByItself(Sending sending, RoutingContext context) {
        return sending.message == null && context.getServerSession() == null && !isAdministrators();
    }

    /** Whether what this thread routes comes out of a queue because an administrator wants that. */
    private static boolean isAdministrators() {
        return STACK.walk(frames ->
                frames.anyMatch(frame -> frame.getMethodName().equals("iterQueue")
                        && frame.getClassName().equals(QueueImpl.class.getName())));
    }

    /**
     * An envelope that comes by a divert, or out of a queue. What was judged when it entered is not judged again, but takes its
     * number again if it comes back to where it was sealed for; what comes from an address where nothing was judged, is judged now.
     */
    private void judgeMoved(
            Sending sending, Message message, RoutingContext context, AddressPolicy rule, String address, String asSent)
            throws Exception {
        GuardConfiguration current = configuration;
        ServerSession session = sending.message == null ? context.getServerSession() : sending.session;
        if (session != null && links.isOtherNode(session)) {
            return;
        }
        String origin = BrokerMarks.origin(message);
        if (judges(origin) || judges(originOfSource(sending, message))) {
            if (!rule.dryRun() && movedClaims.goesBack(message, context.getTransaction(), current)) {
                throw refused(Rejection.SEQUENCE_CONFLICT, "its sequence number was used by another message meanwhile");
            }
            return;
        }
        EnvelopeBytes bytes = EnvelopeReader.read(message, current.maxEnvelopeBytes());
        VerifiedEnvelope envelope = verified(bytes);
        boolean nobody = session == null || links.isOwn(session);
        authorisation.require(
                current, rule, envelope, nobody ? null : session, address, origin == null ? asSent : origin);
        if (rule.dryRun()) {
            return;
        }
        // Now: its bytes are the thread's, and the next message's soon.
        long identity = memory().identify(envelope.identity());
        ClaimKey key = keyOf(envelope);
        if (!remembersAll) {
            queuedClaims.await(address);
        }
        Sending.Number number = new Sending.Number(key, envelope.sequence(), identity);
        if (number.equals(sending.diverted)) {
            return; // one message, diverted to several addresses
        }
        switch (movedClaims.take(message, key, envelope.sequence(), identity, rule.gaps() == Gaps.REFUSE)) {
            case TAKEN -> {
                if (sending.message != null) {
                    sending.diverted = number;
                }
            }
            case PENDING -> {
                if (!envelope.streamed()) {
                    throw refused(
                            Rejection.REPLAYED,
                            "sequence " + envelope.sequence() + " is on its way, identical, and not stored yet");
                }
            }
            case REPLAYED -> {
                if (envelope.streamed() && !nobody) {
                    return; // see takeSequence
                }
                if (nobody) {
                    throw refused(
                            Rejection.REPLAYED,
                            "an identical message has come before; what an administrator wants delivered again,"
                                    + " redrive moves");
                }
                requireNoLetter(number);
                absorb(context);
                listener.absorbed(resend(session, envelope, address));
            }
            case AFTER_GAP ->
                throw refused(
                        Rejection.SEQUENCE_GAP, "sequence " + envelope.sequence() + " does not follow the one before");
            case TOO_OLD ->
                throw refused(
                        Rejection.SEQUENCE_TOO_OLD, "sequence " + envelope.sequence() + " is older than is remembered");
            case CONFLICT -> throw conflict(envelope.sequence());
        }
    }

    /** Whether everything that is at an address was judged when it came there. */
    private boolean judges(String address) {
        return address != null
                && actionFor(address) == Action.APPLY
                && !configuration.policy.address(address).dryRun();
    }

    /**
     * Where a message that is moved out of an unprotected queue, a dead-letter queue say, was before it came there; null if that
     * cannot be found.
     */
    private String originOfSource(Sending sending, Message message) {
        SimpleString queueName = BrokerMarks.originalQueue(message);
        Queue queue = sending.message != null || queueName == null ? null : server.locateQueue(queueName);
        MessageReference source = queue == null ? null : Redrive.find(queue, BrokerMarks.originalId(message));
        return source == null ? null : BrokerMarks.origin(source.getMessage());
    }

    /** The broker answers a management request at the temporary queue of whoever asked. */
    private boolean isManagementReply(Sending sending, String address) {
        return sending.session != null
                && sending.message != null
                && brokersOwn.isManagement(sending.checkedFor)
                && server.getAddressInfo(SimpleString.of(address)) != null
                && server.getAddressInfo(SimpleString.of(address)).isTemporary();
    }

    /** A send went through. */
    void afterSend(ServerSession session, Transaction transactionOrNull, Message message, RoutingStatus status) {
        Sending sending = SENDING.get();
        if (sending.message != message) {
            return;
        }
        try {
            if (sending.resend != null) {
                listener.absorbed(resend(session, sending.resend, sending.checkedFor));
                return;
            }
            if (sending.claim == null) {
                return;
            }
            if (status == RoutingStatus.NO_BINDINGS || status == RoutingStatus.NO_BINDINGS_DLA) {
                sending.claim.releaseWhenStored(); // it is nowhere, or a dead letter
            }
            if (status == RoutingStatus.DUPLICATED_ID) {
                sending.withdraw();
            } else if (transactionOrNull != null) {
                sending.claim.routedIn(transactionOrNull);
            } else {
                sending.claim.routed(server.getStorageManager());
            }
            listener.accepted(sending.checkedFor);
        } finally {
            sending.end();
        }
    }

    private static Resend resend(ServerSession session, VerifiedEnvelope envelope, String address) {
        RemotingConnection connection = session.getRemotingConnection();
        return new Resend(
                envelope.sender().value(),
                String.valueOf(session.getValidatedUser()),
                connection == null ? "" : String.valueOf(connection.getRemoteAddress()),
                connection == null ? "" : connection.getProtocolName(),
                address,
                envelope.dialogId().toString(),
                envelope.sequence());
    }

    /** A send failed after it had passed the first gate. */
    void onSendException(ServerSession session, Message message) throws Exception {
        Sending sending = SENDING.get();
        if (sending.message == message) {
            boolean stranger = sending.leftToBroker;
            sending.abandon();
            if (stranger) {
                deleteFile(session, message);
            }
        }
    }

    /** A message has been routed. */
    void afterRoute(Message message, RoutingContext context, RoutingStatus status) {
        movedClaims.routed(message, context, status, SENDING.get().transacted && SENDING.get().message != null);
    }

    /** A message could not be routed. */
    void onRouteException(Message message) {
        movedClaims.withdraw(message);
    }

    /** A message is acknowledged in the queue it is in, for another reason than that somebody has consumed it. */
    void lost(Transaction transactionOrNull, MessageReference reference) throws Exception {
        movedClaims.lost(transactionOrNull, reference, configuration);
    }

    /** A message has been moved out of the queue it was in. */
    void moved(Transaction transactionOrNull, MessageReference reference) throws Exception {
        movedClaims.moved(transactionOrNull, reference, configuration);
    }

    /** A message is consumed in a transaction. */
    void consumed(Transaction transaction, Message message) throws ActiveMQException {
        movedClaims.consumedIn(transaction, message, configuration);
    }

    // --- What is done at an address

    private Action actionFor(String address) {
        return brokersOwn.contains(address)
                ? Action.BYPASS
                : configuration.policy.address(address).action();
    }

    /** Whether what is not sealed is not to be written at all. */
    private boolean refusesPlaintext(SimpleString withoutPrefix) {
        String address = CompositeAddress.extractAddressName(withoutPrefix).toString();
        if (brokersOwn.contains(address)) {
            return false;
        }
        AddressPolicy rule = configuration.policy.address(address);
        return !rule.dryRun()
                && switch (rule.action()) {
                    case BYPASS -> false;
                    case APPLY -> !rule.toleratesPlaintext(clock.instant());
                    case DROP -> true;
                };
    }

    private void check(Sending sending, String address, String asSent) throws Exception {
        GuardConfiguration current = configuration;
        if (brokersOwn.isClosed(address)) {
            requireBroker(sending.session, address);
        } else if (!brokersOwn.isManagement(address)) {
            AddressPolicy rule = current.policy.address(address);
            if (rule.dryRun()) {
                tryOut(sending, current, rule, address, asSent);
            } else {
                check(sending, current, rule, address, asSent);
            }
        }
        sending.checkedFor = address;
    }

    /** What lies at the broker's own addresses it hands on as its own, past this guard. */
    private void requireBroker(ServerSession session, String address) throws RefusedException {
        if (!links.isOtherNode(session) && !links.isOwn(session)) {
            throw new RefusedException(
                    Rejection.CONNECTION_NOT_ENTITLED,
                    Layer.SECURITY_PREAMBLE,
                    address + " is the broker's own address, where only brokers send");
        }
    }

    private void check(Sending sending, GuardConfiguration current, AddressPolicy rule, String address, String asSent)
            throws Exception {
        switch (rule.action()) {
            case BYPASS -> {
                // nothing to say
            }
            case DROP -> throw dropped();
            case APPLY -> checkSealed(sending, current, rule, address, asSent);
        }
    }

    /** Finds out and tells what would be refused, and lets it pass as it is. No sequence number is taken. */
    private void tryOut(
            Sending sending, GuardConfiguration current, AddressPolicy rule, String address, String asSent) {
        try {
            switch (rule.action()) {
                case BYPASS -> {
                    // nothing to say
                }
                case DROP -> throw dropped();
                case APPLY -> {
                    if (sealer.wouldSeal(sending.session, rule) && !isSealed(sending.message)) {
                        if (sending.message.isLargeMessage()) {
                            throw refused(
                                    Rejection.LARGE_MESSAGE_NOT_SEALABLE, "a large message cannot be sealed here");
                        }
                    } else {
                        verify(sending, current, rule, address, asSent);
                    }
                }
            }
        } catch (Exception e) {
            refusals.wouldRefuse(sending.session, sending.message, rejectedOf(e), address);
        }
    }

    private static boolean isSealed(Message message) throws ActiveMQException {
        try {
            EnvelopeReader.requireSealed(message);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    private void checkSealed(
            Sending sending, GuardConfiguration current, AddressPolicy rule, String address, String asSent)
            throws Exception {
        VerifiedEnvelope envelope = verify(sending, current, rule, address, asSent);
        if (envelope != null) {
            if (!remembersAll) {
                queuedClaims.await(address);
            }
            takeSequence(sending, rule, envelope, address);
        }
    }

    /** Everything but the sequence number. Null if the message passes unsealed, or another broker has checked it. */
    private VerifiedEnvelope verify(
            Sending sending, GuardConfiguration current, AddressPolicy rule, String address, String asSent)
            throws Exception {
        EnvelopeBytes bytes = sealed(sending, current, rule, address);
        if (bytes == null || links.isOtherNode(sending.session)) {
            return null;
        }
        VerifiedEnvelope envelope = verified(bytes);
        // What this broker has sealed or fetched itself comes from nobody who could be asked whether he speaks for the
        // sender.
        boolean ours = sending.sealed != null || links.isOwn(sending.session);
        authorisation.require(current, rule, envelope, ours ? null : sending.session, address, asSent);
        requireInTime(sending.message, envelope, rule);
        return envelope;
    }

    private VerifiedEnvelope verified(EnvelopeBytes bytes) throws RefusedException {
        GuardOutcome outcome = bytes.head()
                ? envelopes.checkHead(bytes.bytes(), bytes.offset(), bytes.length())
                : envelopes.check(bytes.bytes(), bytes.offset(), bytes.length());
        if (outcome instanceof Rejected rejected) {
            throw new RefusedException(rejected);
        }
        return (VerifiedEnvelope) outcome;
    }

    /**
     * What is due only when it is too old is never opened by its receiver. Where the broker opens it is: there age counts at
     * the door.
     */
    private static void requireInTime(Message message, VerifiedEnvelope envelope, AddressPolicy rule)
            throws RefusedException {
        Long due = message.getScheduledDeliveryTime();
        if (due != null
                && due - envelope.creationTimeMillis() > rule.messageMaxAge().toMillis()
                && rule.brokerSide().opens().isEmpty()) {
            throw refused(
                    Rejection.STALE,
                    "it is to be delivered " + Duration.ofMillis(due - envelope.creationTimeMillis())
                            + " after it was sealed, and may take " + rule.messageMaxAge()
                            + "; shorten its delivery delay, or raise message-max-age for the address");
        }
    }

    /** The envelope of the message, which the broker seals now if it has to. Null if it passes unsealed. */
    private EnvelopeBytes sealed(Sending sending, GuardConfiguration current, AddressPolicy rule, String address)
            throws Exception {
        try {
            return EnvelopeReader.read(sending.message, current.maxEnvelopeBytes());
        } catch (RefusedException e) {
            if (e.rejected().reason() != Rejection.PLAINTEXT_REFUSED) {
                throw e;
            }
            if (!rule.dryRun() && !links.isOtherNode(sending.session)) {
                sending.sealed = sealer.seal(sending.session, sending.message, rule, address);
            }
            if (sending.sealed != null) {
                return EnvelopeReader.read(sending.message, current.maxEnvelopeBytes());
            }
            if (rule.toleratesPlaintext(clock.instant())) {
                listener.tolerated(
                        address, String.valueOf(sending.session.getValidatedUser()), protocol(sending.session));
                return null;
            }
            throw e;
        }
    }

    private void takeSequence(Sending sending, AddressPolicy rule, VerifiedEnvelope envelope, String address)
            throws RefusedException, ActiveMQException, InterruptedException {
        // Now: its bytes are the thread's, and the next message's soon.
        takeSequence(sending, rule, envelope, memory().identify(envelope.identity()), address);
    }

    /**
     * Takes the number of a message, or finds that it is a copy. Of a stream the head alone is compared, which anybody can copy who may
     * speak for the sender; so a copy of one is stored as well: its receiver, who compares all of it, removes it.
     */
    private void takeSequence(
            Sending sending, AddressPolicy rule, VerifiedEnvelope envelope, long identity, String address)
            throws RefusedException, ActiveMQException, InterruptedException {
        ClaimKey key = keyOf(envelope);
        ClaimWindow window = memory().window(key);
        long sequence = envelope.sequence();
        OpenSends.OpenSend claim = openSends.send(key, window, sequence, identity);
        OpenSends.OpenSend first = openSends.begin(claim);
        if (first != null) {
            if (envelope.streamed() && first.isIdentical(identity)) {
                return;
            }
            takeWhileFirstIsOnItsWay(sending, envelope, identity, first);
            return;
        }
        Claim place = window.take(sequence, identity, rule.gaps() == Gaps.REFUSE);
        if (place == Claim.PENDING && queuedClaims.isUnread(address)) {
            // The first was on its way when the process died. If it was stored, it is queued, and somebody has to look.
            claim.forget();
            queuedClaims.await(address);
            takeSequence(sending, rule, envelope, identity, address);
            return;
        }
        switch (place) {
            // pending although nobody is on the way: the one who was died with an earlier process
            case TAKEN, PENDING -> {
                sending.claim = claim;
                if (sending.sealed != null) {
                    claim.onWithdrawal(sending.sealed::lost);
                }
                return;
            }
            default -> claim.forget();
        }
        switch (place) {
            case REPLAYED -> {
                Sending.Number number = new Sending.Number(key, sequence, identity);
                if (movedClaims.isConsumedIn(sending.transaction, number, configuration)) {
                    throw refused(
                            Rejection.REPLAYED,
                            "the transaction consumes the same message, which has come here before; redrive moves it");
                }
                requireNoLetter(number);
                if (!envelope.streamed()) {
                    sending.resend = envelope;
                    if (sending.transacted) {
                        movedClaims.absorbedIn(sending.transaction, key, sequence, identity);
                    }
                }
            }
            case AFTER_GAP ->
                throw refused(Rejection.SEQUENCE_GAP, "sequence " + sequence + " does not follow the one before");
            case TOO_OLD ->
                throw refused(
                        Rejection.SEQUENCE_TOO_OLD,
                        "sequence " + sequence + " was stored so long ago that nobody can tell whether this is a copy");
            default -> throw conflict(sequence);
        }
    }

    /** Nobody who sends a letter again may be told that it is stored: it would be lost to the queue that has let it go. */
    private void requireNoLetter(Sending.Number number) throws RefusedException {
        if (movedClaims.isLetter(number)) {
            throw refused(
                    Rejection.REPLAYED,
                    "an identical message was moved out of one of the queues it had come to, as dead letters and expired"
                            + " messages are, and the others have had it; redrive moves it back to the one");
        }
    }

    /** Another message has the number and is not stored yet; a copy may be told so only when it is. */
    private void takeWhileFirstIsOnItsWay(
            Sending sending, VerifiedEnvelope envelope, long identity, OpenSends.OpenSend first)
            throws RefusedException {
        if (!first.isIdentical(identity)) {
            throw conflict(envelope.sequence());
        }
        boolean sharesItsFate = first.isIn(sending.transaction);
        if (!sharesItsFate && !first.holdUp(server.getStorageManager().getContext())) {
            throw refused(
                    Rejection.REPLAYED,
                    "sequence " + envelope.sequence() + " is on its way, identical, and not stored yet");
        }
        sending.resend = envelope;
    }

    private static RefusedException conflict(long sequence) {
        return refused(
                Rejection.SEQUENCE_CONFLICT, "sequence " + sequence + " was used before with another ciphertext");
    }

    private ClaimWindows memory() {
        ClaimWindows current = windows;
        if (current == null) {
            throw new IllegalStateException("Endpoint state is not open");
        }
        return current;
    }

    private static ClaimKey keyOf(VerifiedEnvelope envelope) {
        return new ClaimKey(
                envelope.sender(),
                envelope.senderFingerprint(),
                envelope.dialogId(),
                envelope.direction(),
                envelope.instance());
    }

    private static RefusedException refused(Rejection reason, String detail) {
        return new RefusedException(reason, Layer.MESSAGE_HEADER, detail);
    }

    private static RefusedException dropped() {
        return new RefusedException(
                Rejection.DROPPED_BY_POLICY, Layer.SECURITY_PREAMBLE, "policy drops messages to this address");
    }

    // --- Refusing

    /** Does for a message refused at the first gate all that has to be done besides throwing the exception. */
    void refuseSend(
            ServerSession session,
            Transaction transaction,
            Message message,
            Throwable cause,
            ActiveMQSecurityException e)
            throws Exception {
        Sending sending = SENDING.get();
        try {
            sending.abandon();
            String address = message.getAddress();
            tell(session, message, cause, address == null ? session.getDefaultAddress() : address);
        } finally {
            boolean transacted = isTransacted(session, transaction);
            if (transacted) {
                transaction.markAsRollbackOnly(e);
            }
            deleteFile(session, message);
            failIfNeverAnswered(session, message, transacted, e);
        }
    }

    /** Does for a message refused at the second gate all that has to be done besides throwing the exception. */
    void refuseRoute(Message message, RoutingContext context, Throwable cause, ActiveMQSecurityException e)
            throws Exception {
        if (isAdministrators()) {
            AdministratorsMove.refuse(server, refusals, message, context, rejectedOf(cause));
        }
        Sending sending = SENDING.get();
        // AMQP does not tell; what is routed while it sends is of what it sends.
        ServerSession session = context.getServerSession() == null ? sending.session : context.getServerSession();
        try {
            if (session != null && session == sending.session) {
                sending.withdraw();
            }
            tell(session, message, cause, String.valueOf(context.getAddress(message)));
        } finally {
            if (session == null || session != sending.session) {
                markRollbackOnly(context.getTransaction(), e);
            } else if (sending.transacted) {
                markRollbackOnly(context.getTransaction(), e);
                failIfNeverAnswered(session, sending.message, true, e);
            } else {
                if (context.getTransaction() != null) {
                    context.getTransaction().rollback(); // the broker began it, for the duplicate id
                }
                if (message == sending.message) {
                    deleteFile(session, message);
                }
                failIfNeverAnswered(session, sending.message, false, e);
            }
        }
    }

    private void tell(ServerSession session, Message message, Throwable cause, String address) {
        refusals.refuse(session, message, rejectedOf(cause), address);
    }

    private static Rejected rejectedOf(Throwable cause) {
        return cause instanceof RefusedException refusal
                ? refusal.rejected()
                : new Rejected(
                        Rejection.INTERNAL_ERROR,
                        Layer.SECURITY_PREAMBLE,
                        cause.getClass().getName());
    }

    private static void markRollbackOnly(Transaction transaction, ActiveMQSecurityException e) {
        if (transaction != null) {
            transaction.markAsRollbackOnly(e);
        }
    }

    /** The broker has written it already; the core protocol deletes it by itself. */
    private static void deleteFile(ServerSession session, Message message) throws Exception {
        if (message instanceof LargeServerMessage large && !CORE.equals(protocol(session))) {
            large.deleteFile();
        }
    }

    /** @param transacted whether the commit will fail, which tells the sender if he is who commits */
    private void failIfNeverAnswered(
            ServerSession session, Message message, boolean transacted, ActiveMQSecurityException e) {
        RemotingConnection connection = session.getRemotingConnection();
        // What is sent for a closed session is a will: who left it is gone.
        if (connection == null
                || session.isClosed()
                || (transacted && !UntoldSenders.knowNoTransactions(connection.getProtocolName()))) {
            return;
        }
        if (!CORE.equals(connection.getProtocolName())) {
            untold.fail(connection, message, e);
        } else if (answers.isUnanswered(message, connection)) {
            untold.end(connection, e);
        }
    }

    private boolean isTransacted(ServerSession session, Transaction transaction) {
        if (transaction == null) {
            return false;
        }
        String protocol = protocol(session);
        // The others hand over a transaction only when there is one.
        return !(CORE.equals(protocol) || STOMP.equals(protocol)) || transactedSessions.contains(session);
    }

    private static String protocol(ServerSession session) {
        RemotingConnection connection = session.getRemotingConnection();
        return connection == null ? "" : connection.getProtocolName();
    }
}
