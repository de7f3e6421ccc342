package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.client.Incoming;
import io.dialogsecurity.artemis.client.IncomingMessages;
import io.dialogsecurity.artemis.client.Journey;
import io.dialogsecurity.artemis.client.ReplyBook;
import io.dialogsecurity.artemis.message.CoreBody;
import io.dialogsecurity.artemis.message.CoreHeaders;
import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientConsumerImpl;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveContinuationMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveLargeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveMessage;

/**
 * What becomes of one packet that brings a message to a session. Every method says whether the packet goes on to the
 * session; whatever goes wrong, it does not, and the message stays at the broker.
 */
final class Opening {

    /** Room behind an envelope that spares a copy when it is opened. */
    static final int ROOM = 16;

    private final SessionChannel session;

    Opening(SessionChannel session) {
        this.session = session;
    }

    // --- Messages in one piece

    boolean receive(SessionReceiveMessage packet) {
        ICoreMessage message = packet.getMessage();
        if (message.containsProperty(ClientConsumerImpl.FORCED_DELIVERY_MESSAGE)) {
            return true; // the broker's answer that there is no message; applications never see one
        }
        Arrived arrived = new Arrived(packet.getConsumerID(), message, packet.getPacketSize());
        boolean goesOn = false;
        try {
            byte[] body = body(message);
            goesOn = judge(packet, arrived, body, body.length - ROOM);
        } catch (Throwable e) {
            leave(arrived, internal(e));
        }
        if (!goesOn) {
            session.confirm(packet);
        }
        return goesOn;
    }

    /**
     * A message on its way.
     *
     * @param consumer the consumer it is for
     * @param message the message, to be opened in place
     * @param credits what the broker has counted for it and not been given back
     */
    private record Arrived(long consumer, ICoreMessage message, int credits) {

        long number() {
            return message.getMessageID();
        }

        String address() {
            return CoreHeaders.address(message);
        }

        Journey journey() {
            return new Journey(address(), CoreHeaders.movedFrom(message));
        }
    }

    /** The body, with room behind it. */
    private static byte[] body(ICoreMessage message) {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        int length = body.readableBytes();
        byte[] bytes = new byte[length + ROOM];
        body.readBytes(bytes, 0, length);
        return bytes;
    }

    private boolean judge(SessionReceiveMessage packet, Arrived arrived, byte[] body, int length) {
        ConsumerState consumer = requireConsumer(arrived.consumer());
        IncomingMessages incoming = consumer.incoming();
        boolean sealed = IncomingMessages.looksSealed(body, 0, length);
        if (consumer.browsing()) {
            return show(arrived, incoming, sealed, body, length);
        }
        Incoming verdict =
                sealed ? incoming.open(body, 0, length, arrived.journey()) : incoming.unsealed(arrived.address());
        if (verdict instanceof Incoming.Accepted accepted) {
            verdict = replace(packet, arrived, incoming, accepted);
        }
        if (verdict instanceof Incoming.Accepted accepted) {
            Opened taken = accepted.message().withoutContent();
            deliver(arrived, taken::acknowledge);
            return true;
        } else if (verdict instanceof Incoming.LeftAlone) {
            deliver(arrived, DeliveryLedger.NO_RECEIPT);
            return true;
        } else if (verdict instanceof Incoming.Duplicate) {
            remove(arrived, null, null);
        } else if (verdict instanceof Incoming.Refused refused) {
            remove(arrived, quarantined(arrived.message(), body, length, refused.rejected()), refused.rejected());
        }
        return false;
    }

    private ConsumerState requireConsumer(long id) {
        ConsumerState consumer = session.consumer(id);
        if (consumer == null) {
            throw new IllegalStateException("A message for a consumer nobody made");
        }
        return consumer;
    }

    private void deliver(Arrived arrived, Runnable receipt) {
        if (session.preAcknowledged()) {
            receipt.run();
        } else {
            session.ledger().delivered(arrived.consumer(), arrived.number(), receipt);
        }
    }

    /** Puts what was opened into the message, unless it turns out not to be what it should be. */
    private Incoming replace(
            SessionReceiveMessage packet, Arrived arrived, IncomingMessages incoming, Incoming.Accepted accepted) {
        Opened opened = accepted.message();
        boolean asks = opened.properties().get(MessageNames.REPLY_TO) instanceof String;
        ICoreMessage message = asks ? request(arrived.message(), accepted) : arrived.message();
        try {
            if (accepted.payload() == null) {
                CoreBody.write(
                        opened.kind(),
                        opened.nullBody(),
                        opened.payloadArray(),
                        opened.payloadOffset(),
                        opened.payloadLength(),
                        message);
            } else {
                byte[] payload = readAll(accepted.payload());
                CoreBody.write(opened.kind(), opened.nullBody(), payload, 0, payload.length, message);
            }
        } catch (EnvelopeStreamException e) {
            return incoming.broken(e);
        } catch (EnvelopeFormatException | IOException e) {
            return incoming.refuse(new Rejected(Rejection.CONTENT_INVALID, Layer.BODY, String.valueOf(e.getMessage())));
        }
        CoreHeaders.restore(opened, message);
        if (asks) {
            packet.replaceMessage(message);
        }
        return accepted;
    }

    /** The message, which is remembered for its replies when the application is given it. */
    private ICoreMessage request(ICoreMessage message, Incoming.Accepted accepted) {
        Incoming.Accepted headers = accepted.withoutContent();
        String messageId = CoreHeaders.messageId(message);
        String correlationId =
                MessageNames.correlationName(accepted.message().properties().get(MessageNames.CORRELATION_ID));
        ICoreMessage[] request = new ICoreMessage[1];
        ReplyBook replies = session.endpoint().replies();
        request[0] = new RequestMessage(
                message,
                () -> replies.remember(
                        headers,
                        CoreHeaders.replyAddress(request[0]),
                        CoreHeaders.repliesToTemporary(request[0]),
                        messageId,
                        correlationId));
        return request[0];
    }

    private static byte[] readAll(InputStream payload) throws IOException {
        try (payload) {
            return payload.readAllBytes();
        }
    }

    /** A browser sees what a consumer would get, and leaves no trace. */
    private boolean show(Arrived arrived, IncomingMessages incoming, boolean sealed, byte[] body, int length) {
        Incoming.Accepted seen = sealed ? incoming.look(body, 0, length, arrived.journey()) : null;
        boolean shown = !incoming.hidesUnsealed(arrived.address()) && !(sealed && incoming.opens(arrived.address()));
        if (seen != null) {
            Opened opened = seen.message();
            try {
                CoreBody.write(
                        opened.kind(),
                        opened.nullBody(),
                        opened.payloadArray(),
                        opened.payloadOffset(),
                        opened.payloadLength(),
                        arrived.message());
                CoreHeaders.restore(opened, arrived.message());
                shown = true;
            } catch (EnvelopeFormatException e) {
                shown = false;
            }
        }
        if (!shown) {
            session.removals().giveBackSoon(arrived.consumer(), arrived.credits());
        }
        return shown;
    }

    // --- Refusals

    private void remove(Arrived arrived, QuarantineCopy copy, Rejected rejected) {
        String address = requireConsumer(arrived.consumer()).incoming().address();
        session.removals()
                .remove(
                        new Removals.Removal(arrived.consumer(), arrived.number(), arrived.credits(), copy),
                        why -> report(address, rejected, why));
    }

    private void report(String address, Rejected rejected, Throwable why) {
        if (rejected == null) {
            return; // a duplicate; if it could not be removed it comes again, and is a duplicate again
        }
        if (why == null) {
            session.endpoint().quarantined(address, rejected);
        } else {
            session.endpoint().quarantineFailed(address, rejected, why);
        }
    }

    private void leave(Arrived arrived, Rejected rejected) {
        session.endpoint().refusedIncoming(CoreHeaders.address(arrived.message()), rejected);
        session.removals().leave(arrived.consumer(), arrived.number(), arrived.credits());
    }

    private static Rejected internal(Throwable e) {
        return new Rejected(
                Rejection.INTERNAL_ERROR, Layer.SECURITY_PREAMBLE, e.getClass().getSimpleName());
    }

    /** The message as it arrived, with the reason, for the quarantine. */
    private QuarantineCopy quarantined(ICoreMessage message, byte[] body, int length, Rejected rejected) {
        String quarantine = session.endpoint().quarantineAddress();
        QuarantineCopy copy = new QuarantineCopy(message, body, length);
        String original = CoreHeaders.address(message);
        copy.clearInternalProperties();
        copy.removeProperty(Message.HDR_SCHEDULED_DELIVERY_TIME);
        copy.setAddress(SimpleString.of(quarantine));
        copy.setRoutingType(RoutingType.ANYCAST);
        copy.setDurable(true);
        copy.setExpiration(0);
        copy.putStringProperty(MessageNames.REJECTION, rejected.reason().name());
        copy.putStringProperty(
                MessageNames.REJECTION_CODE, String.valueOf(rejected.reason().code()));
        copy.putStringProperty(MessageNames.ORIGINAL_DESTINATION, original == null ? "" : original);
        // Refused again after a rollback or a lost acknowledgement, it is in the quarantine once all the same.
        copy.putStringProperty(
                Message.HDR_DUPLICATE_DETECTION_ID.toString(),
                "dialog-security-" + message.getMessageID() + "-" + Integer.toHexString(Arrays.hashCode(body)));
        return copy;
    }

    // --- Messages in pieces

    boolean receiveLarge(SessionReceiveLargeMessage packet) {
        boolean goesOn = false;
        try {
            ConsumerState consumer = requireConsumer(packet.getConsumerID());
            LargeArrival arrival = arrival(packet, consumer);
            consumer.large(arrival);
            goesOn = arrival == null;
            if (goesOn) {
                deliver(
                        new Arrived(packet.getConsumerID(), packet.getMessage().toCore(), 0),
                        DeliveryLedger.NO_RECEIPT);
            } else if (arrival.isCollected()) {
                // The pieces come only when the broker may deliver again.
                session.removals().giveBackSoon(packet.getConsumerID(), packet.getPacketSize());
            } else {
                leaveLarge(packet, consumer);
            }
        } catch (Throwable e) {
            session.removals()
                    .leave(packet.getConsumerID(), packet.getMessage().getMessageID(), packet.getPacketSize());
            ConsumerState consumer = session.consumer(packet.getConsumerID());
            if (consumer != null) {
                consumer.large(LargeArrival.dropping(packet));
            }
            session.endpoint()
                    .refusedIncoming(String.valueOf(packet.getMessage().getAddress()), internal(e));
        }
        if (!goesOn) {
            session.confirm(packet);
        }
        return goesOn;
    }

    /** What to do with the pieces, or null to let them pass. */
    private LargeArrival arrival(SessionReceiveLargeMessage packet, ConsumerState consumer) {
        IncomingMessages incoming = consumer.incoming();
        String address = CoreHeaders.address(packet.getMessage());
        if (incoming.leavesAlone(address) || passesUnsealed(packet, consumer, address)) {
            return null;
        }
        return packet.getLargeMessageSize() > session.endpoint().maxEnvelopeBytes()
                ? LargeArrival.dropping(packet)
                : LargeArrival.collecting(packet);
    }

    /**
     * Whether policy tolerates the message unsealed. That it is unsealed the hint says, because the body comes later: who
     * takes it off an envelope has an envelope delivered as it is, where any unsealed message would be.
     */
    private static boolean passesUnsealed(SessionReceiveLargeMessage packet, ConsumerState consumer, String address) {
        if (CoreHeaders.isHinted(packet.getMessage())) {
            return false;
        }
        return consumer.browsing()
                ? !consumer.incoming().hidesUnsealed(address)
                : consumer.incoming().tolerate(address);
    }

    private void leaveLarge(SessionReceiveLargeMessage packet, ConsumerState consumer) {
        session.endpoint()
                .refusedIncoming(
                        consumer.incoming().address(),
                        new Rejected(
                                Rejection.LARGE_MESSAGE_NOT_SEALABLE,
                                Layer.SECURITY_PREAMBLE,
                                "a large message of " + packet.getLargeMessageSize()
                                        + " bytes is left where it is; receive it with the Jakarta Messaging"
                                        + " connection factory of Dialog Security"));
        session.removals().leave(packet.getConsumerID(), packet.getMessage().getMessageID(), packet.getPacketSize());
    }

    boolean receivePiece(SessionReceiveContinuationMessage packet) {
        ConsumerState consumer = session.consumer(packet.getConsumerID());
        LargeArrival arrival = consumer == null ? null : consumer.large();
        if (arrival == null) {
            return true; // of a message that passes, or of none any more, for which the session gives credits back
        }
        boolean last = !packet.isContinues();
        try {
            arrival.add(packet.getBody());
            if (last && arrival.isCollected()) {
                consumer.large(null);
                finish(arrival, packet);
                return false;
            }
        } catch (Throwable e) {
            consumer.large(last ? null : LargeArrival.dropping(arrival.header()));
            session.endpoint().refusedIncoming(consumer.incoming().address(), internal(e));
            session.removals()
                    .leave(packet.getConsumerID(), arrival.header().getMessage().getMessageID(), 0);
        }
        if (last) {
            consumer.large(null);
        }
        session.removals().giveBackSoon(packet.getConsumerID(), packet.getPacketSize());
        session.confirm(packet);
        return false;
    }

    /** All pieces are there: the message goes on as one that came in one piece. */
    private void finish(LargeArrival arrival, SessionReceiveContinuationMessage last) {
        SessionReceiveLargeMessage header = arrival.header();
        byte[] body = arrival.body();
        ICoreMessage message = CoreBody.withBody(header.getMessage().toCore(), body);
        Packet whole = new WholeMessage(header, message, last.getPacketSize());
        whole.setChannelID(last.getChannelID());
        if (receive((SessionReceiveMessage) whole)) {
            session.handlePacket(whole);
        }
    }

    /** A message that came in pieces, as the session takes one that came in one. */
    private static final class WholeMessage extends SessionReceiveMessage {

        private final int credits;

        WholeMessage(SessionReceiveLargeMessage header, ICoreMessage message, int credits) {
            super(header.getConsumerID(), message, header.getDeliveryCount());
            this.credits = credits;
        }

        @Override
        public int getPacketSize() {
            return credits;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
