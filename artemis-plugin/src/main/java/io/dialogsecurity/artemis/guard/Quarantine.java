package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.RoutingContextImpl;

/**
 * Keeps refused envelopes, their bytes unchanged, with what was wrong as string properties. What is not sealed never
 * comes here.
 *
 * <p>The queue is made when it is first needed, unless the administrator has made one. Nobody can fill the disk through
 * it: beyond {@value #MAX_MESSAGES} messages or {@value #MAX_BYTES} bytes nothing more is kept, the first evidence being
 * worth more than the latest; the refusal itself stays in the audit log, and the sender knows of it.
 */
final class Quarantine {

    static final String REJECTION = "DS_REJECTION";
    static final String REJECTION_CODE = "DS_REJECTION_CODE";
    static final String REJECTION_DETAIL = "DS_REJECTION_DETAIL";
    static final String ORIGINAL_ADDRESS = "DS_ORIGINAL_ADDRESS";
    static final String USER = "DS_USER";

    static final long MAX_MESSAGES = 10_000;
    static final long MAX_BYTES = 1L << 30;

    /** What the broker adds to a message when it stores it, and what is noted here, at most. */
    private static final int RECORD_ROOM = 2_048;

    /** The message this thread is putting into quarantine, which passes the hooks on its way. */
    private static final ThreadLocal<Message> ARRIVING = new ThreadLocal<>();

    private final ActiveMQServer server;

    Quarantine(ActiveMQServer server) {
        this.server = server;
    }

    /** Whether the message is on its way here, on this thread. */
    static boolean isArriving(Message message) {
        return ARRIVING.get() == message;
    }

    /** Whether the broker could store a copy of it. */
    boolean hasRoomFor(Message refused) {
        return refused.isLargeMessage()
                || refused.getEncodeSize() + RECORD_ROOM
                        <= server.getStorageManager().getMaxRecordSize();
    }

    /**
     * Keeps a copy of a message.
     *
     * @return null, or why it could not be kept
     */
    String put(Message refused, Rejected why, String address, String originalAddress, String user) throws Exception {
        Queue queue = queue(SimpleString.of(address));
        if (queue.getMessageCount() >= MAX_MESSAGES
                || queue.getPersistentSize() + refused.getWholeMessageSize() > MAX_BYTES) {
            return "the quarantine is full; look through " + address + " and empty it";
        }
        Message copy = refused.copy(server.getStorageManager().generateID());
        copy.setAddress(address);
        copy.setRoutingType(RoutingType.ANYCAST);
        copy.setDurable(true);
        copy.setExpiration(0);
        copy.setScheduledDeliveryTime(null);
        copy.putStringProperty(REJECTION, why.reason().name());
        copy.putStringProperty(REJECTION_CODE, Integer.toString(why.reason().code()));
        copy.putStringProperty(REJECTION_DETAIL, why.detail());
        copy.putStringProperty(ORIGINAL_ADDRESS, originalAddress);
        copy.putStringProperty(USER, user);
        copy.reencode();
        ARRIVING.set(copy);
        try {
            RoutingContextImpl context = new RoutingContextImpl(null);
            context.setDuplicateDetection(false);
            RoutingStatus status = server.getPostOffice().route(copy, context, false);
            return status == RoutingStatus.OK ? null : "the quarantine " + address + " has no queue to take it";
        } finally {
            ARRIVING.remove();
        }
    }

    private Queue queue(SimpleString address) throws Exception {
        Queue queue = server.locateQueue(address);
        if (queue != null) {
            return queue;
        }
        return server.createQueue(
                QueueConfiguration.of(address)
                        .setAddress(address)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true)
                        .setAutoDelete(false)
                        .setAutoCreateAddress(true),
                true);
    }
}
