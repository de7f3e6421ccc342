package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.Incoming;
import io.dialogsecurity.artemis.client.IncomingMessages;
import io.dialogsecurity.artemis.client.OutgoingDialogs;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.wire.Layer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import jakarta.jms.TransactionRolledBackException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that seals and opens. Like every session it belongs to one thread at a time.
 *
 * <p>Acknowledgement is the subtle part. The provider's session never acknowledges by itself, because a message that is
 * refused and cannot be put into the quarantine has to stay where it is; so the automatic modes are carried out here. The
 * replay window learns of a message when the application has taken it, that is, when it is acknowledged or committed:
 * what is delivered again before then is delivered again to the application, and what comes again after is a duplicate.
 *
 * <p>Where the application has nothing open itself, nothing to acknowledge and nothing in its transaction, refused and
 * duplicate messages are removed at once; else together with what it has open.
 */
final class SecureSession implements QueueSession, TopicSession {

    private static final Logger LOG = LoggerFactory.getLogger(SecureSession.class);

    /** The same number in the clients of Artemis and Qpid; not in the standard. */
    static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    /** An application that acknowledges the provider's messages alone never empties it. */
    private static final int MOST_PENDING = 100_000;

    /** Of a larger transaction the oldest messages are sealed anew if its commit fails and they are sent again. */
    private static final int MAX_UNCOMMITTED = 1_024;

    private final SecureConnection connection;
    private final Session delegate;
    private final int mode;
    private final Acknowledger acknowledger;
    private final ClientEndpoint endpoint;
    private final OutgoingDialogs outgoing;
    private final MessageOpening opening;
    private final MessageSealing sealing;
    private final Quarantine quarantine;
    private final TrustedObjects objects;
    private final CorrelationIds correlationIds;

    private final Deque<InHand> pending = new ArrayDeque<>();
    /** What was sent in the open transaction. */
    private final Deque<Unsettled> uncommitted = new ArrayDeque<>();

    private Message latest;
    private boolean applicationHasOpenWork;
    private boolean rollbackOnly;
    private int recoveries;

    /** @param acknowledger how a message is acknowledged that the provider's session has delivered */
    SecureSession(
            SecureConnection connection,
            Session delegate,
            int mode,
            Acknowledger acknowledger,
            TrustedObjects objects) {
        this.connection = connection;
        this.delegate = delegate;
        this.mode = mode;
        this.acknowledger = acknowledger;
        this.objects = objects;
        this.endpoint = connection.endpoint();
        this.outgoing = endpoint.outgoing(mode == SESSION_TRANSACTED);
        this.correlationIds = CorrelationIds.of(delegate);
        this.opening = new MessageOpening(delegate, endpoint, objects, correlationIds);
        this.sealing = new MessageSealing(delegate, endpoint, correlationIds);
        this.quarantine = new Quarantine(delegate, endpoint);
    }

    ClientEndpoint endpoint() {
        return endpoint;
    }

    OutgoingDialogs outgoing() {
        return outgoing;
    }

    CorrelationIds correlationIds() {
        return correlationIds;
    }

    /** A message that is the application's to fill. */
    private <M extends ClearMessage> M blank(M message) {
        message.showCorrelationIds(correlationIds);
        return message;
    }

    MessageSealing sealing() {
        return sealing;
    }

    Session delegate() {
        return delegate;
    }

    // --- Receiving

    private boolean automatic() {
        return mode == AUTO_ACKNOWLEDGE || mode == DUPS_OK_ACKNOWLEDGE;
    }

    /**
     * A message the application has got and not said yet what becomes of it.
     *
     * @param outer the provider's message, where the application acknowledges each; else null
     */
    private record InHand(Message outer, Opened opened) {}

    /** A message on its way to the application, which has not been told to take it. */
    record Taken(Message message, Message outer, Opened opened) {}

    /**
     * Opens what the provider has delivered.
     *
     * @return null if it is not for the application: it has been removed, or will be with what the application has open
     * @throws JMSException if it was refused and could not be put into the quarantine; it will be delivered again
     */
    Taken take(Message outer, IncomingMessages incoming) throws JMSException {
        MessageOpening.Outcome outcome = open(outer, incoming);
        Incoming judgement = outcome.judgement();
        if (outcome.clear() != null) {
            Opened opened = judgement instanceof Incoming.Accepted accepted ? accepted.message() : null;
            if (opened != null && inHand(opened) && !incoming.allowsReplays((Incoming.Accepted) judgement)) {
                incoming.copyLeftOut(opened);
                remove(outer);
                return null;
            }
            return new Taken(outcome.clear(), outer, opened);
        }
        if (judgement instanceof Incoming.Refused refused) {
            try {
                quarantine.put(outer, outcome.body(), incoming.address(), refused.rejected());
            } catch (JMSException e) {
                keep();
                throw e;
            }
        }
        remove(outer);
        return null;
    }

    /**
     * Whether the application has got this very message already and not said yet what becomes of it. Its copy shares
     * its fate: acknowledged with it, or, if it comes again, coming again too.
     */
    private boolean inHand(Opened opened) {
        return (opened.arrival() == Arrival.REDELIVERED || opened.arrival() == Arrival.FORKED)
                && pending.stream().map(InHand::opened).anyMatch(opened::isCopyOf);
    }

    /** Whatever goes wrong here, a mistake of ours too, is a refusal; what the provider cannot do now, it may later. */
    private MessageOpening.Outcome open(Message outer, IncomingMessages incoming) throws JMSException {
        try {
            return opening.open(outer, incoming, () -> acknowledge(outer));
        } catch (StoreException e) {
            keep();
            throw (JMSException) new JMSException(
                            "The message stays with the broker, because it cannot be remembered: " + e.getMessage())
                    .initCause(e);
        } catch (RuntimeException e) {
            LOG.warn("A message of {} is refused, because opening it failed", incoming.address(), e);
            Rejected rejected = new Rejected(
                    Rejection.INTERNAL_ERROR,
                    Layer.SECURITY_PREAMBLE,
                    e.getClass().getSimpleName());
            return new MessageOpening.Outcome(incoming.refuse(rejected), null, null);
        } catch (JMSException e) {
            keep();
            throw e;
        }
    }

    /** What has been received stays with the broker. */
    private void keep() throws JMSException {
        if (mode == SESSION_TRANSACTED) {
            rollbackOnly = true;
        } else {
            recover();
        }
    }

    private void remove(Message outer) throws JMSException {
        if (automatic() || mode == INDIVIDUAL_ACKNOWLEDGE) {
            acknowledger.acknowledge(outer);
        } else if (!applicationHasOpenWork) {
            if (mode == SESSION_TRANSACTED) {
                delegate.commit();
            } else {
                acknowledger.acknowledge(outer);
            }
        } else {
            latest = outer;
        }
    }

    /** The application gets the message now. */
    void given(Taken taken) throws JMSException {
        if (automatic()) {
            acknowledger.acknowledge(taken.outer());
            if (taken.opened() != null) {
                taken.opened().acknowledge();
            }
            return;
        }
        applicationHasOpenWork = true;
        latest = taken.outer();
        if (taken.opened() != null) {
            if (pending.size() >= MOST_PENDING) {
                pending.removeFirst();
            }
            Message named = mode == INDIVIDUAL_ACKNOWLEDGE ? taken.outer() : null;
            pending.addLast(new InHand(named, taken.opened().withoutContent()));
        }
    }

    /**
     * The application can do nothing with the message it was about to get. In the automatic modes it is there again for
     * another attempt; in the others it is with the application as any other, to be acknowledged or recovered.
     */
    void givenInVain(Taken taken) throws JMSException {
        if (automatic()) {
            recover();
        } else {
            given(taken);
        }
    }

    /** Gives the message to a listener, which in the automatic modes has taken it when it returns. */
    void give(Taken taken, MessageListener listener) throws JMSException {
        if (!automatic()) {
            given(taken);
            listener.onMessage(taken.message());
            return;
        }
        int before = recoveries;
        try {
            listener.onMessage(taken.message());
        } catch (RuntimeException e) {
            LOG.warn("A message listener failed; the message is delivered again", e);
            recover();
            return;
        }
        if (recoveries == before) {
            given(taken);
        }
    }

    /** What the application's acknowledging a message does in this mode. */
    private void acknowledge(Message outer) throws JMSException {
        if (mode == CLIENT_ACKNOWLEDGE) {
            acknowledgeAll();
        } else if (mode == INDIVIDUAL_ACKNOWLEDGE) {
            acknowledger.acknowledge(outer);
            acknowledged(outer);
        }
    }

    private void acknowledged(Message outer) {
        for (Iterator<InHand> all = pending.iterator(); all.hasNext(); ) {
            InHand next = all.next();
            if (next.outer() == outer) {
                all.remove();
                next.opened().acknowledge();
                return;
            }
        }
    }

    void acknowledgeAll() throws JMSException {
        if (latest != null) {
            acknowledger.acknowledge(latest);
            latest = null;
        }
        applicationHasTakenIt();
    }

    private void applicationHasTakenIt() {
        pending.forEach(taken -> taken.opened().acknowledge());
        forget();
    }

    private void forget() {
        pending.clear();
        applicationHasOpenWork = false;
    }

    @Override
    public void recover() throws JMSException {
        recoveries++;
        delegate.recover();
        latest = null;
        forget();
    }

    // --- Transactions

    /** The application has sent something in its transaction. */
    void sent() {
        applicationHasOpenWork = true;
    }

    /** The application has sent something sealed. */
    void sent(Unsettled message) {
        sent();
        if (mode == SESSION_TRANSACTED) {
            uncommitted.add(message);
            if (uncommitted.size() > MAX_UNCOMMITTED) {
                uncommitted.remove();
            }
        }
    }

    @Override
    public void commit() throws JMSException {
        if (rollbackOnly) {
            rollback();
            throw new TransactionRolledBackException(
                    "A refused message could not be put into the quarantine; the transaction was rolled back");
        }
        try {
            delegate.commit();
        } catch (TransactionRolledBackException e) {
            commitFailed();
            rolledBack();
            throw e;
        } catch (JMSException e) {
            commitFailed();
            throw e;
        }
        uncommitted.clear();
        applicationHasTakenIt();
        outgoing.committed();
    }

    @Override
    public void rollback() throws JMSException {
        delegate.rollback();
        rolledBack();
    }

    /** The broker may have committed before the connection broke; then it recognises what is sent again. */
    private void commitFailed() {
        uncommitted.forEach(Unsettled::keep);
        uncommitted.clear();
    }

    private void rolledBack() {
        uncommitted.clear();
        rollbackOnly = false;
        forget();
        outgoing.rolledBack();
    }

    @Override
    public boolean getTransacted() throws JMSException {
        requireOpen();
        return transacted();
    }

    boolean transacted() {
        return mode == SESSION_TRANSACTED;
    }

    private void requireOpen() throws JMSException {
        delegate.getTransacted(); // throws if the session is closed
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        requireOpen();
        return mode;
    }

    @Override
    public void close() throws JMSException {
        try {
            delegate.close();
        } catch (IllegalStateException e) {
            throw e; // in a listener of its own: it stays open
        } catch (JMSException e) {
            ended();
            throw e;
        }
        ended();
    }

    private void ended() {
        connection.closed(this);
        connectionClosed();
    }

    void connectionClosed() {
        outgoing.close();
    }

    // --- Messages

    @Override
    public BytesMessage createBytesMessage() throws JMSException {
        requireOpen();
        return blank(new ClearBytesMessage());
    }

    @Override
    public MapMessage createMapMessage() throws JMSException {
        requireOpen();
        return blank(new ClearMapMessage(Map.of()));
    }

    @Override
    public Message createMessage() throws JMSException {
        requireOpen();
        return blank(new ClearMessage());
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        requireOpen();
        return blank(new ClearObjectMessage(objects, null));
    }

    @Override
    public ObjectMessage createObjectMessage(Serializable object) throws JMSException {
        requireOpen();
        return blank(new ClearObjectMessage(objects, object == null ? null : TrustedObjects.write(object)));
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        requireOpen();
        return blank(new ClearStreamMessage(List.of()));
    }

    @Override
    public TextMessage createTextMessage() throws JMSException {
        requireOpen();
        return blank(new ClearTextMessage(null));
    }

    @Override
    public TextMessage createTextMessage(String text) throws JMSException {
        requireOpen();
        return blank(new ClearTextMessage(text));
    }

    // --- Producers, consumers, browsers

    @Override
    public MessageProducer createProducer(Destination destination) throws JMSException {
        return secureProducer(destination);
    }

    SecureProducer secureProducer(Destination destination) throws JMSException {
        return new SecureProducer(this, delegate.createProducer(destination), destination);
    }

    private SecureConsumer secure(MessageConsumer consumer, Destination destination, boolean noLocal)
            throws JMSException {
        String subscription = destination instanceof Topic && !(destination instanceof Queue)
                ? "consumer " + UUID.randomUUID() // each gets a copy of its own, also in another process of the service
                : Addresses.queueOf(destination);
        return new SecureConsumer(this, consumer, destination, noLocal, incoming(destination, subscription));
    }

    private SecureConsumer subscribed(MessageConsumer consumer, Topic topic, String name, boolean noLocal)
            throws JMSException {
        return new SecureConsumer(this, consumer, topic, noLocal, incoming(topic, subscription(name)));
    }

    /** The names of subscriptions belong to the client id, if there is one. */
    private String subscription(String name) throws JMSException {
        String clientId = connection.getClientID();
        return "subscription " + name + (clientId == null ? "" : " of " + clientId);
    }

    /** A consumer that gets nothing unsealed, not even where policy tolerates it. */
    MessageConsumer sealedConsumer(Destination destination) throws JMSException {
        return new SecureConsumer(
                this,
                delegate.createConsumer(destination),
                destination,
                false,
                incoming(destination, Addresses.queueOf(destination)).sealedOnly());
    }

    private IncomingMessages incoming(Destination destination, String subscription) throws JMSException {
        return endpoint.incoming(Addresses.of(destination), subscription, Addresses.isTemporary(destination));
    }

    @Override
    public MessageConsumer createConsumer(Destination destination) throws JMSException {
        return secure(delegate.createConsumer(destination), destination, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, String selector) throws JMSException {
        return secure(delegate.createConsumer(destination, selector), destination, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, String selector, boolean noLocal)
            throws JMSException {
        return secure(delegate.createConsumer(destination, selector, noLocal), destination, noLocal);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name) throws JMSException {
        return subscribed(delegate.createSharedConsumer(topic, name), topic, name, false);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name, String selector) throws JMSException {
        return subscribed(delegate.createSharedConsumer(topic, name, selector), topic, name, false);
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name) throws JMSException {
        return subscribed(delegate.createDurableConsumer(topic, name), topic, name, false);
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name, String selector, boolean noLocal)
            throws JMSException {
        return subscribed(delegate.createDurableConsumer(topic, name, selector, noLocal), topic, name, noLocal);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name) throws JMSException {
        return subscribed(delegate.createSharedDurableConsumer(topic, name), topic, name, false);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name, String selector) throws JMSException {
        return subscribed(delegate.createSharedDurableConsumer(topic, name, selector), topic, name, false);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name) throws JMSException {
        return subscribed(delegate.createDurableSubscriber(topic, name), topic, name, false);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name, String selector, boolean noLocal)
            throws JMSException {
        return subscribed(delegate.createDurableSubscriber(topic, name, selector, noLocal), topic, name, noLocal);
    }

    // --- The same by the older names

    @Override
    public QueueSender createSender(Queue queue) throws JMSException {
        return secureProducer(queue);
    }

    @Override
    public TopicPublisher createPublisher(Topic topic) throws JMSException {
        return secureProducer(topic);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue) throws JMSException {
        return secure(delegate.createConsumer(queue), queue, false);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue, String selector) throws JMSException {
        return secure(delegate.createConsumer(queue, selector), queue, false);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic) throws JMSException {
        return secure(delegate.createConsumer(topic), topic, false);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic, String selector, boolean noLocal) throws JMSException {
        return secure(delegate.createConsumer(topic, selector, noLocal), topic, noLocal);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) throws JMSException {
        return new SecureBrowser(delegate.createBrowser(queue), opening, incoming(queue, ""));
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, String selector) throws JMSException {
        return new SecureBrowser(delegate.createBrowser(queue, selector), opening, incoming(queue, ""));
    }

    @Override
    public Queue createQueue(String name) throws JMSException {
        return delegate.createQueue(name);
    }

    @Override
    public Topic createTopic(String name) throws JMSException {
        return delegate.createTopic(name);
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        return delegate.createTemporaryQueue();
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        return delegate.createTemporaryTopic();
    }

    @Override
    public void unsubscribe(String name) throws JMSException {
        delegate.unsubscribe(name);
    }

    // --- Application servers' own way to consume would go around the consumers

    @Override
    public MessageListener getMessageListener() throws JMSException {
        return null;
    }

    @Override
    public void setMessageListener(MessageListener listener) throws JMSException {
        if (listener != null) {
            throw new IllegalStateException(
                    "A listener of the session is not supported for sealed dialogs; set one of a consumer");
        }
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException("Server sessions are not supported for sealed dialogs");
    }
}
