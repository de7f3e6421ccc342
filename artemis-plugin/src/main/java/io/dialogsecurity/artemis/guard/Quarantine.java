package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.artemis.message.MessageNames;
import io.dialogsecurity.dialog.Rejected;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.activemq.artemis.api.core.ICoreMessage;
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
 * worth more than the latest; the refusal itself stays in the audit log, and the sender knows of it. Nor can one user keep out what
 * is refused to others, see {@link QuarantineShares}.
 *
 * <p>What would have the broker bring the message elsewhere, keep it back or replace it, is taken off, and noted under another name
 * where an application has set it, so that {@link Redrive} can put it back.
 */
final class Quarantine {

    static final String REJECTION = "DS_REJECTION";
    static final String REJECTION_CODE = "DS_REJECTION_CODE";
    static final String REJECTION_DETAIL = "DS_REJECTION_DETAIL";
    static final String ORIGINAL_ADDRESS = "DS_ORIGINAL_ADDRESS";
    static final String USER = "DS_USER";
    /** In which queue the message was, if it had been stored; a string. */
    static final String ORIGINAL_QUEUE = "DS_ORIGINAL_QUEUE";
    /** Who the message claims to be from; a string. */
    static final String CLAIMED_SENDER = "DS_CLAIMED_SENDER";
    /** When the guard put the message here, milliseconds since the epoch, as a string; nobody else can set it. */
    static final String KEPT_AT = "DS_KEPT_AT";
    /** Set, to "true", if the message was moved from an address where nobody judges; nobody else can set it. */
    static final String UNJUDGED = "DS_UNJUDGED";
    /** The user who put the message here himself, as client endpoints do; nobody else can set it. */
    static final String PUT_BY = "DS_PUT_BY";

    /** Before the names of the application's own properties that are taken off. */
    private static final String WAS = "DS_WAS";

    private static final String MARKS = "DS_";

    /** What keeps a message apart from others, or has it vanish. */
    private static final List<SimpleString> OF_APPLICATION = List.of(
            Message.HDR_GROUP_ID,
            Message.HDR_GROUP_SEQUENCE,
            Message.HDR_LAST_VALUE_NAME,
            Message.HDR_DUPLICATE_DETECTION_ID,
            Message.HDR_BRIDGE_DUPLICATE_ID);

    static final long MAX_MESSAGES = 10_000;
    static final long MAX_BYTES = 1L << 30;

    /** What the broker adds to a message when it stores it, and what is noted here, at most. */
    private static final int RECORD_ROOM = 2_048;

    /** The message this thread is putting into quarantine, which passes the hooks on its way. */
    private static final ThreadLocal<Message> ARRIVING = new ThreadLocal<>();

    private final ActiveMQServer server;
    private final QuarantineShares shares = new QuarantineShares(MAX_MESSAGES, MAX_BYTES, System::nanoTime);
    private final Predicate<String> isProtected;

    /** @param isProtected whether what is stored at an address was judged when it came there */
    Quarantine(ActiveMQServer server, Predicate<String> isProtected) {
        this.server = server;
        this.isProtected = isProtected;
    }

    /** Somebody puts a message here himself; what only the guard may say is taken off. */
    static void noteSender(Message message, String user) {
        for (String mark : new String[] {KEPT_AT, ORIGINAL_QUEUE, USER, CLAIMED_SENDER, UNJUDGED}) {
            message.removeProperty(mark);
        }
        message.putStringProperty(PUT_BY, String.valueOf(user));
        message.reencode();
    }

    /** Whose share of the quarantine a message in it is. */
    static String holder(Message message) {
        String putBy = message.getStringProperty(PUT_BY);
        return holder(
                putBy == null ? message.getStringProperty(USER) : putBy,
                message.getStringProperty(ORIGINAL_QUEUE) != null,
                message.getStringProperty(CLAIMED_SENDER),
                message.getStringProperty(UNJUDGED) != null);
    }

    /**
     * What was stored was judged when it came, so that the service it names is not made up. What anybody could send to expire, or to be
     * dead, together has a share of its own.
     */
    private static String holder(String userOrNull, boolean stored, String claimedSender, boolean unjudged) {
        if (userOrNull != null && !userOrNull.isEmpty()) {
            return "user " + userOrNull;
        }
        if (stored) {
            return "service " + claimedSender;
        }
        return unjudged ? "unprotected addresses" : "the broker";
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
     * @param queueOrNull where it is stored
     * @param user whose it is, or empty
     * @return null, or why it could not be kept
     */
    String put(
            Message refused,
            Rejected why,
            String address,
            String originalAddress,
            SimpleString queueOrNull,
            String user,
            String claimedSender)
            throws Exception {
        Queue queue = queue(SimpleString.of(address));
        String origin = BrokerMarks.origin(refused);
        boolean unjudged = origin != null && !isProtected.test(origin);
        String problem = shares.take(
                queue,
                holder(user, queueOrNull != null, claimedSender, unjudged),
                why.reason().name(),
                refused.getWholeMessageSize());
        if (problem != null) {
            return problem + "; look through " + address + " and empty it";
        }
        Message copy = refused.copy(server.getStorageManager().generateID());
        copy.setAddress(address);
        copy.setRoutingType(RoutingType.ANYCAST);
        copy.setDurable(true);
        copy.setExpiration(0);
        copy.setScheduledDeliveryTime(null);
        BrokerMarks.removeRoute(copy);
        setAside(copy);
        copy.putStringProperty(REJECTION, why.reason().name());
        copy.putStringProperty(REJECTION_CODE, Integer.toString(why.reason().code()));
        copy.putStringProperty(REJECTION_DETAIL, why.detail());
        copy.putStringProperty(ORIGINAL_ADDRESS, originalAddress);
        copy.putStringProperty(USER, user);
        copy.putStringProperty(CLAIMED_SENDER, claimedSender);
        // not the guard's clock: what is refused because that fails is to be kept too
        copy.putStringProperty(KEPT_AT, Long.toString(System.currentTimeMillis()));
        copy.removeProperty(UNJUDGED);
        if (unjudged) {
            copy.putStringProperty(UNJUDGED, "true");
        }
        if (queueOrNull != null) {
            copy.putStringProperty(ORIGINAL_QUEUE, queueOrNull.toString());
        }
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

    private static void setAside(Message copy) {
        if (!(copy instanceof ICoreMessage)) {
            return; // AMQP has these in sections of their own, by which no queue of the quarantine's kind does anything
        }
        for (SimpleString name : OF_APPLICATION) {
            if (copy.containsProperty(name)) {
                Object value = copy.getObjectProperty(name);
                copy.removeProperty(name);
                copy.putObjectProperty(SimpleString.of(WAS + name), value);
            }
        }
    }

    /** Makes of a message that was here what it was before. */
    static void restore(Message message) {
        for (SimpleString name : Set.copyOf(message.getPropertyNames())) {
            if (name.toString().startsWith(WAS)) {
                Object value = message.getObjectProperty(name);
                message.removeProperty(name);
                message.putObjectProperty(SimpleString.of(name.toString().substring(WAS.length())), value);
            } else if (name.toString().startsWith(MARKS) && !MessageNames.HINT.equals(name.toString())) {
                message.removeProperty(name);
            }
        }
    }
}
