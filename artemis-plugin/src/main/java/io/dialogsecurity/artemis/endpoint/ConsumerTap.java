package io.dialogsecurity.artemis.endpoint;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.ServerConsumerImpl;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;

/**
 * Reaches into the broker's private parts; the only class that does. The broker offers no place where one consumer could be
 * given another form of a message than is stored, for all protocols: so the consumer's private {@code callback}, by which it
 * hands messages to its protocol, is exchanged for one that hands on opened copies; and whose it is, is read from its private
 * {@code session}. Whether this broker has the parts this was
 * made for is found out before anything relies on it. Thread-safe.
 */
public final class ConsumerTap {

    private static final String CALLBACK = "callback";
    private static final String SESSION = "session";

    /** All that a callback of the broker this was made for can be asked. */
    private static final Set<String> METHODS = Set.of(
            "supportsDirectDelivery",
            "hasCredits",
            "afterDelivery",
            "updateDeliveryCountAfterCancel",
            "sendProducerCreditsMessage",
            "sendProducerCreditsFailMessage",
            "sendMessage",
            "sendLargeMessage",
            "sendLargeMessageContinuation",
            "closed",
            "disconnect",
            "isWritable",
            "browserFinished",
            "close",
            "getCurrentTransaction");

    private final Field callback;
    private final Field session;

    /** @throws IllegalArgumentException with one line, if this broker's parts are others */
    ConsumerTap(String brokerVersion) {
        this(ServerConsumerImpl.class, SessionCallback.class, ServerSession.class, brokerVersion);
    }

    /** Of any broker's classes, for tests. */
    ConsumerTap(Class<?> consumerClass, Class<?> callbackClass, Class<?> sessionClass, String brokerVersion) {
        callback = field(consumerClass, CALLBACK, callbackClass, brokerVersion);
        session = field(consumerClass, SESSION, sessionClass, brokerVersion);
        Set<String> methods = Arrays.stream(callbackClass.getMethods())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!methods.equals(METHODS)) {
            throw unfit(brokerVersion, callbackClass.getSimpleName() + " has the methods " + methods);
        }
    }

    private static Field field(Class<?> of, String name, Class<?> type, String brokerVersion) {
        Field field;
        try {
            field = of.getDeclaredField(name);
            field.setAccessible(true);
        } catch (NoSuchFieldException e) {
            throw unfit(brokerVersion, of.getSimpleName() + " has no field " + name);
        } catch (RuntimeException e) {
            throw unfit(brokerVersion, e.getMessage());
        }
        if (field.getType() != type) {
            throw unfit(
                    brokerVersion,
                    of.getSimpleName() + "." + name + " is a " + field.getType().getName());
        }
        return field;
    }

    private static IllegalArgumentException unfit(String brokerVersion, String what) {
        return new IllegalArgumentException("This broker, version " + brokerVersion
                + ", is not one that messages can be opened in: " + what
                + "; remove the <open> elements from dialog-security.xml, or use Apache Artemis 2.56.0");
    }

    /**
     * The session a consumer belongs to, as the broker itself has it. The broker's own look-up goes by a name, which clients
     * choose, and finds whoever has taken it last.
     *
     * @return null if the consumer has been closed
     */
    ServerSession sessionOf(ServerConsumer consumer) {
        requireKnownKind(consumer);
        try {
            return (ServerSession) session.get(consumer);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The consumer's session cannot be reached", e);
        }
    }

    /** Has a consumer hand on opened copies from now on. Does nothing if it does already. */
    void tap(ServerConsumer consumer) {
        requireKnownKind(consumer);
        try {
            SessionCallback original = (SessionCallback) callback.get(consumer);
            if (!(original instanceof OpeningCallback)) {
                callback.set(consumer, new OpeningCallback(original));
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The consumer's callback cannot be reached", e);
        }
    }

    private static void requireKnownKind(ServerConsumer consumer) {
        if (!(consumer instanceof ServerConsumerImpl)) {
            throw new IllegalStateException(
                    "A consumer of the unknown kind " + consumer.getClass().getName());
        }
    }
}
