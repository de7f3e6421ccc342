package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.OutgoingDialogs;
import io.dialogsecurity.artemis.client.SealingDialog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CommandConfirmationHandler;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.ResponseHandler;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.CreateSessionMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionAcknowledgeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionConsumerCloseMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionConsumerFlowCreditMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionCreateConsumerMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionExpireMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionIndividualAcknowledgeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionQueueQueryResponseMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionSendMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXACommitMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXAJoinMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXAResponseMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXAResumeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXARollbackMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionXAStartMessage;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;

/**
 * The channel of one session, around the channel Artemis made. An interceptor sees a packet before it is known to which
 * session it belongs, and never what came of it; here both are known. Packets are labelled with their channel before the
 * interceptors see them, so that every session seals in an order of its own, which is the order of sending; and
 * acknowledgements, commits and rollbacks are followed in the {@link DeliveryLedger}.
 *
 * <p>It is the same object for as long as the session lives, also when the session moves to another connection.
 */
final class SessionChannel extends ForwardingChannel {

    private final ClientEndpoint endpoint;
    private final OutgoingDialogs outgoing;
    private final DeliveryLedger ledger;
    private final Map<Long, ConsumerState> consumers = new ConcurrentHashMap<>();
    private final Object sealing = new Object();
    private final Removals removals;
    private volatile boolean preAcknowledged;
    private SealingDialog sealedLast;

    /**
     * @param delegate the channel Artemis made for the session
     * @param request what the session was asked to be
     * @param endpoint seals, opens and decides
     */
    SessionChannel(Channel delegate, CreateSessionMessage request, ClientEndpoint endpoint) {
        super(delegate);
        this.endpoint = endpoint;
        this.outgoing = endpoint.outgoing(!request.isAutoCommitSends());
        this.ledger = new DeliveryLedger(request.isAutoCommitAcks());
        this.preAcknowledged = request.isPreAcknowledge();
        this.removals = new Removals(this, delegate, ledger);
    }

    /** The session is made again, because the broker no longer knows it. What was delivered before comes again. */
    void restarted(CreateSessionMessage request) {
        preAcknowledged = request.isPreAcknowledge();
        removals.forget();
        ledger.restarted(request.isAutoCommitAcks());
        outgoing.rolledBack();
    }

    ClientEndpoint endpoint() {
        return endpoint;
    }

    OutgoingDialogs outgoing() {
        return outgoing;
    }

    DeliveryLedger ledger() {
        return ledger;
    }

    Removals removals() {
        return removals;
    }

    /** Whether the broker forgets a message when it delivers it. */
    boolean preAcknowledged() {
        return preAcknowledged;
    }

    /**
     * Told in which dialog the message being sent is sealed, so that the dialog ends if the message is not sent after all.
     */
    void sealedIn(SealingDialog dialog) {
        sealedLast = dialog; // on the thread that sends, which holds the lock
    }

    /** What is known of a consumer, or null. */
    ConsumerState consumer(long id) {
        return consumers.get(id);
    }

    // --- Sending

    @Override
    public boolean send(Packet packet) {
        return transmit(packet, delegate::send);
    }

    @Override
    public boolean send(Packet packet, int reconnectID) {
        return transmit(packet, p -> delegate.send(p, reconnectID));
    }

    @Override
    public boolean sendBatched(Packet packet) {
        return transmit(packet, delegate::sendBatched);
    }

    @Override
    public boolean send(Packet packet, boolean flushConnection) {
        return transmit(packet, p -> delegate.send(p, flushConnection));
    }

    @Override
    public boolean sendAndFlush(Packet packet) {
        return transmit(packet, delegate::sendAndFlush);
    }

    private boolean transmit(Packet packet, Wire<Boolean> wire) {
        try {
            return transmitChecked(packet, wire);
        } catch (ActiveMQException e) {
            throw Unchecked.rethrow(e); // as Artemis does with what encoding throws; all callers expect it
        }
    }

    private boolean transmitChecked(Packet packet, Wire<Boolean> wire) throws ActiveMQException {
        packet.setChannelID(delegate.getID());
        if (packet instanceof SessionSendMessage) {
            return sealAndSend(packet, wire);
        }
        prepare(packet);
        if (packet instanceof SessionAcknowledgeMessage acknowledge) {
            return acknowledge(acknowledge, wire);
        }
        boolean sent = wire.send(packet);
        if (sent) {
            if (packet instanceof SessionIndividualAcknowledgeMessage acknowledge) {
                ledger.acknowledged(acknowledge.getConsumerID(), acknowledge.getMessageID());
            } else if (packet.getType() == PacketImpl.SESS_COMMIT) {
                ledger.transactionInDoubt(); // nobody waits for the answer
            }
        }
        return sent;
    }

    /** An interceptor seals on the way; the lock makes the order of sealing the order of sending. */
    private <T> T sealAndSend(Packet packet, Wire<T> wire) throws ActiveMQException {
        synchronized (sealing) {
            sealedLast = null;
            boolean sent = false;
            try {
                T result = wire.send(packet);
                sent = !Boolean.FALSE.equals(result);
                return result;
            } finally {
                if (!sent && sealedLast != null) {
                    sealedLast.abandon();
                }
            }
        }
    }

    private boolean acknowledge(SessionAcknowledgeMessage packet, Wire<Boolean> wire) throws ActiveMQException {
        long consumer = packet.getConsumerID();
        List<Long> oneByOne = ledger.oneByOne(consumer, packet.getMessageID());
        if (oneByOne.isEmpty()) {
            boolean sent = wire.send(packet);
            if (sent) {
                ledger.acknowledgedUpTo(consumer, packet.getMessageID());
            }
            return sent;
        }
        boolean allSent = true;
        for (long message : oneByOne) {
            if (wire.send(new SessionIndividualAcknowledgeMessage(consumer, message, false))) {
                ledger.acknowledged(consumer, message);
            } else {
                allSent = false;
            }
        }
        return allSent;
    }

    @Override
    public Packet sendBlocking(Packet packet, byte expectedPacket) throws ActiveMQException {
        return exchange(packet, p -> delegate.sendBlocking(p, expectedPacket));
    }

    @Override
    public Packet sendBlocking(Packet packet, int reconnectID, byte expectedPacket) throws ActiveMQException {
        return exchange(packet, p -> delegate.sendBlocking(p, reconnectID, expectedPacket));
    }

    @Override
    public Packet sendBlocking(Packet packet, int reconnectID, byte expectedPacket, long timeout, boolean failOnTimeout)
            throws ActiveMQException {
        return exchange(packet, p -> delegate.sendBlocking(p, reconnectID, expectedPacket, timeout, failOnTimeout));
    }

    private interface Wire<T> {
        T send(Packet packet) throws ActiveMQException;
    }

    private Packet exchange(Packet packet, Wire<Packet> wire) throws ActiveMQException {
        packet.setChannelID(delegate.getID());
        if (packet instanceof SessionSendMessage) {
            return sealAndSend(packet, wire);
        }
        prepare(packet);
        if (packet instanceof SessionAcknowledgeMessage acknowledge) {
            return exchangeAcknowledge(acknowledge, wire);
        }
        Packet response;
        try {
            response = wire.send(packet);
        } catch (Throwable e) {
            failed(packet);
            throw e;
        }
        answered(packet, response);
        return response;
    }

    private Packet exchangeAcknowledge(SessionAcknowledgeMessage packet, Wire<Packet> wire) throws ActiveMQException {
        long consumer = packet.getConsumerID();
        List<Long> oneByOne = ledger.oneByOne(consumer, packet.getMessageID());
        if (oneByOne.isEmpty()) {
            Packet response = wire.send(packet);
            ledger.acknowledgedUpTo(consumer, packet.getMessageID());
            return response;
        }
        Packet response = null;
        for (long message : oneByOne) {
            response = wire.send(new SessionIndividualAcknowledgeMessage(consumer, message, true));
            ledger.acknowledged(consumer, message);
        }
        return response;
    }

    /** Before a packet goes out. */
    private void prepare(Packet packet) {
        switch (packet.getType()) {
            case PacketImpl.SESS_CREATECONSUMER -> {
                SessionCreateConsumerMessage create = (SessionCreateConsumerMessage) packet;
                consumers.put(create.getID(), new ConsumerState(create.isBrowseOnly()));
            }
            case PacketImpl.SESS_FLOWTOKEN -> {
                SessionConsumerFlowCreditMessage credits = (SessionConsumerFlowCreditMessage) packet;
                ConsumerState consumer = consumers.get(credits.getConsumerID());
                if (consumer != null) {
                    consumer.flowControlled(credits.getCredits() != -1);
                }
            }
            case PacketImpl.SESS_EXPIRED -> {
                SessionExpireMessage expired = (SessionExpireMessage) packet;
                ledger.removed(expired.getConsumerID(), expired.getMessageID());
            }
            // What is on its way to the quarantine goes there within the transaction and the life of the consumer it
            // was delivered in.
            case PacketImpl.SESS_COMMIT,
                    PacketImpl.SESS_ROLLBACK,
                    PacketImpl.SESS_STOP,
                    PacketImpl.SESS_XA_END,
                    PacketImpl.SESS_XA_SUSPEND,
                    PacketImpl.SESS_CONSUMER_CLOSE,
                    PacketImpl.SESS_CLOSE -> removals.await();
            default -> {
                // not followed
            }
        }
    }

    private void failed(Packet packet) {
        switch (packet.getType()) {
            case PacketImpl.SESS_CREATECONSUMER -> consumers.remove(((SessionCreateConsumerMessage) packet).getID());
            case PacketImpl.SESS_COMMIT -> {
                ledger.transactionInDoubt();
                outgoing.rolledBack(); // a gap would be worse than another dialog
            }
            default -> {
                // nothing was assumed
            }
        }
    }

    private void answered(Packet packet, Packet response) {
        switch (packet.getType()) {
            case PacketImpl.SESS_INDIVIDUAL_ACKNOWLEDGE -> {
                SessionIndividualAcknowledgeMessage acknowledge = (SessionIndividualAcknowledgeMessage) packet;
                ledger.acknowledged(acknowledge.getConsumerID(), acknowledge.getMessageID());
            }
            case PacketImpl.SESS_CREATECONSUMER -> {
                ConsumerState consumer = consumers.get(((SessionCreateConsumerMessage) packet).getID());
                SessionQueueQueryResponseMessage queue = (SessionQueueQueryResponseMessage) response;
                consumer.attach(endpoint.incoming(
                        queue.getAddress().toString(), queue.getName().toString(), queue.isTemporary()));
            }
            case PacketImpl.SESS_COMMIT -> {
                ledger.committed();
                outgoing.committed();
            }
            case PacketImpl.SESS_ROLLBACK -> {
                ledger.rolledBack();
                outgoing.rolledBack();
                consumers.values().forEach(ConsumerState::dropLarge);
            }
            case PacketImpl.SESS_CONSUMER_CLOSE -> {
                long consumer = ((SessionConsumerCloseMessage) packet).getConsumerID();
                consumers.remove(consumer);
                ledger.consumerClosed(consumer);
            }
            default -> {
                if (response instanceof SessionXAResponseMessage outcome && !outcome.isError()) {
                    branchAnswered(packet);
                }
            }
        }
    }

    private void branchAnswered(Packet packet) {
        switch (packet.getType()) {
            case PacketImpl.SESS_XA_START ->
                ledger.branchStarted(new XidImpl(((SessionXAStartMessage) packet).getXid()));
            case PacketImpl.SESS_XA_JOIN -> ledger.branchStarted(new XidImpl(((SessionXAJoinMessage) packet).getXid()));
            case PacketImpl.SESS_XA_RESUME ->
                ledger.branchStarted(new XidImpl(((SessionXAResumeMessage) packet).getXid()));
            case PacketImpl.SESS_XA_END, PacketImpl.SESS_XA_SUSPEND -> ledger.branchEnded();
            case PacketImpl.SESS_XA_COMMIT -> {
                ledger.branchCommitted(new XidImpl(((SessionXACommitMessage) packet).getXid()));
                outgoing.committed();
            }
            case PacketImpl.SESS_XA_ROLLBACK -> {
                ledger.branchRolledBack(new XidImpl(((SessionXARollbackMessage) packet).getXid()));
                outgoing.rolledBack();
                consumers.values().forEach(ConsumerState::dropLarge);
            }
            default -> {
                // prepared or forgotten: nothing is settled yet
            }
        }
    }

    // --- What comes of a message that is not waited for

    @Override
    public void setResponseHandler(ResponseHandler handler) {
        super.setResponseHandler(
                handler == null ? null : (packet, response) -> handler.handleResponse(asSent(packet), response));
    }

    @Override
    public void setCommandConfirmationHandler(CommandConfirmationHandler handler) {
        super.setCommandConfirmationHandler(
                handler == null ? null : packet -> handler.commandConfirmed(asSent(packet)));
    }

    /** As the application has sent it: whoever is told that a message has arrived is told of his own, not of the envelope. */
    private static Packet asSent(Packet packet) {
        return packet instanceof SessionSendMessage send
                        && send.getHandler() != null
                        && send.getMessage() instanceof SealedMessage sealed
                ? new SessionSendMessage(sealed.original(), send.isRequiresResponse(), send.getHandler())
                : packet;
    }

    // --- The life of the channel

    @Override
    public void close() {
        outgoing.close();
        delegate.close();
    }
}
