package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.Opened;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * Which properties of a core message travel inside the envelope, and which outside. Core keeps the headers of Jakarta
 * Messaging among the properties, under the very names the envelope has for them. Without
 * state; a message is one thread's at a time.
 */
public final class CoreHeaders {

    private static final SimpleString CORRELATION_ID = SimpleString.of(MessageNames.CORRELATION_ID);
    private static final SimpleString REPLY_TO = SimpleString.of(MessageNames.REPLY_TO);
    private static final SimpleString HINT = SimpleString.of(MessageNames.HINT);
    private static final SimpleString HINT_VALUE = SimpleString.of(MessageNames.HINT_VALUE);
    private static final String SCHEME_END = "://";
    private static final String QUEUE_SCHEME = "queue://";
    /** With what the schemes of temporary destinations begin. */
    private static final String TEMPORARY = "temp-";

    private CoreHeaders() {}

    /** The address a message is sent to, without queue name; null if it has none. */
    public static String address(Message message) {
        SimpleString address = message.getAddressSimpleString();
        return address == null
                ? null
                : CompositeAddress.extractAddressName(address).toString();
    }

    /** The correlation id, if it is a text. */
    public static String correlationId(Message message) {
        return MessageNames.correlationName(message.getObjectProperty(CORRELATION_ID));
    }

    /** Where replies are expected, or null. */
    private static String replyTo(Message message) {
        return message.getObjectProperty(REPLY_TO) instanceof SimpleString text ? withoutScheme(text.toString()) : null;
    }

    /** The same, without queue name. */
    public static String replyAddress(Message message) {
        String replyTo = replyTo(message);
        return replyTo == null ? null : CompositeAddress.extractAddressName(replyTo);
    }

    /** Whether replies are expected at a temporary destination. */
    public static boolean repliesToTemporary(Message message) {
        return message.getObjectProperty(REPLY_TO) instanceof SimpleString text
                && text.toString().startsWith(TEMPORARY);
    }

    /** The address the broker has moved or copied the message from, or null. */
    public static String movedFrom(Message message) {
        return message.getObjectProperty(Message.HDR_ORIGINAL_ADDRESS) instanceof SimpleString text
                ? CompositeAddress.extractAddressName(text).toString()
                : null;
    }

    /** The message id as Jakarta Messaging has it, or null. */
    public static String messageId(Message message) {
        return message.getUserID() == null ? null : "ID:" + message.getUserID();
    }

    static String withoutScheme(String destination) {
        if (destination == null) {
            return null;
        }
        int scheme = destination.indexOf(SCHEME_END);
        return scheme < 0 ? destination : destination.substring(scheme + SCHEME_END.length());
    }

    /** What of the headers and properties is to be protected. */
    public static Map<String, Object> toProtect(ICoreMessage message) {
        Map<String, Object> inside = new HashMap<>();
        for (SimpleString name : message.getPropertyNames()) {
            if (name.equals(REPLY_TO) && replyTo(message) != null) {
                inside.put(MessageNames.REPLY_TO, replyTo(message));
            } else if (!MessageNames.ofProvider(name.toString())) {
                inside.put(name.toString(), CoreBody.plain(message.getObjectProperty(name)));
            }
        }
        return inside;
    }

    /** Whether the hint says that the body is an envelope. */
    public static boolean isHinted(Message message) {
        return message.containsProperty(HINT);
    }

    /** Makes the outside of a sealed message: provider's properties, what may stay readable, and a hint. */
    public static void strip(ICoreMessage sealed, Set<String> clearProperties) {
        for (SimpleString name : sealed.getPropertyNames()) { // a copy
            String text = name.toString();
            boolean stays = MessageNames.ofProvider(text)
                    || name.equals(CORRELATION_ID)
                    || name.equals(REPLY_TO)
                    || clearProperties.contains(text);
            if (!stays) {
                sealed.removeProperty(name);
            }
        }
        dropCompression(sealed);
        sealed.putStringProperty(HINT, HINT_VALUE);
        sealed.setType(Message.BYTES_TYPE);
    }

    /**
     * Gives an opened message its protected headers and properties, and drops whatever the outside says in their place. What
     * kind of destination replies go to is only known outside; its address is the protected one.
     */
    public static void restore(Opened opened, ICoreMessage message) {
        String outside = message.getObjectProperty(REPLY_TO) instanceof SimpleString text ? text.toString() : "";
        for (SimpleString name : message.getPropertyNames()) { // a copy
            if (!MessageNames.ofProvider(name.toString())) {
                message.removeProperty(name);
            }
        }
        dropCompression(message);
        opened.properties().forEach((name, value) -> {
            if (name.equals(MessageNames.REPLY_TO)) {
                message.putStringProperty(REPLY_TO, SimpleString.of(replyTo(outside, value)));
            } else if (!MessageNames.ofProvider(name) && !MessageMarks.isMark(name)) {
                message.putObjectProperty(SimpleString.of(name), value);
            }
        });
        MessageMarks.of(opened).forEach((name, value) -> message.putObjectProperty(SimpleString.of(name), value));
    }

    /** What is outside, if it leads where it was sealed to. */
    private static String replyTo(String outside, Object sealed) {
        return withoutScheme(outside).equals(sealed) ? outside : scheme(outside) + sealed;
    }

    private static String scheme(String destination) {
        int scheme = destination.indexOf(SCHEME_END);
        return scheme < 0 ? QUEUE_SCHEME : destination.substring(0, scheme + SCHEME_END.length());
    }

    /** What is sealed is not compressed, and a client that is told otherwise would inflate what was opened. */
    private static void dropCompression(Message message) {
        message.removeProperty(Message.HDR_LARGE_COMPRESSED);
        message.removeProperty(Message.HDR_LARGE_BODY_SIZE);
    }
}
