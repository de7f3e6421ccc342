package io.dialogsecurity.artemis.endpoint;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.impl.ServerConsumerImpl;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;

/**
 * Reaches into the broker's private parts; the only class that does. The broker offers no place where one consumer could be
 * given another form of a message than is stored, for all protocols: so the consumer's private {@code callback}, by which it
 * hands messages to its protocol, is exchanged for one that hands on opened copies. Whether this broker has the parts this was
 * made for is found out before anything relies on it. Thread-safe.
 */
public final class ConsumerTap {

    private static final String FIELD = "callback";

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

    /** @throws IllegalArgumentException with one line, if this broker's parts are others */
    ConsumerTap(String brokerVersion) {
        this(ServerConsumerImpl.class, SessionCallback.class, brokerVersion);
    }

    /** Of any broker's classes, for tests. */
    ConsumerTap(Class<?> consumerClass, Class<?> callbackClass, String brokerVersion) {
        try {
            callback = consumerClass.getDeclaredField(FIELD);
            callback.setAccessible(true);
        } catch (NoSuchFieldException e) {
            throw unfit(brokerVersion, consumerClass.getSimpleName() + " has no field " + FIELD);
        } catch (RuntimeException e) {
            throw unfit(brokerVersion, e.getMessage());
        }
        if (callback.getType() != callbackClass) {
            throw unfit(
                    brokerVersion,
                    consumerClass.getSimpleName() + "." + FIELD + " is a "
                            + callback.getType().getName());
        }
        Set<String> methods = Arrays.stream(callbackClass.getMethods())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!methods.equals(METHODS)) {
            throw unfit(brokerVersion, callbackClass.getSimpleName() + " has the methods " + methods);
        }
    }

    private static IllegalArgumentException unfit(String brokerVersion, String what) {
        return new IllegalArgumentException("This broker, version " + brokerVersion
                + ", is not one that messages can be opened in: " + what
                + "; remove the <open> elements from dialog-security.xml, or use Apache Artemis 2.56.0");
    }

    /** Has a consumer hand on opened copies from now on. Does nothing if it does already. */
    void tap(ServerConsumer consumer) {
        if (!(consumer instanceof ServerConsumerImpl)) {
            throw new IllegalStateException(
                    "A consumer of the unknown kind " + consumer.getClass().getName());
        }
        try {
            SessionCallback original = (SessionCallback) callback.get(consumer);
            if (!(original instanceof OpeningCallback)) {
                callback.set(consumer, new OpeningCallback(original));
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The consumer's callback cannot be reached", e);
        }
    }
}
