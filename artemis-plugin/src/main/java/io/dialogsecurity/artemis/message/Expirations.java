package io.dialogsecurity.artemis.message;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.activemq.artemis.api.core.Message;

/**
 * When an AMQP message that only says how long it lives expires: the broker counts from when it came. A copy would count
 * from when it is made.
 */
final class Expirations {

    private static final ClassValue<Method> RELOAD = new ClassValue<>() {
        @Override
        protected Method computeValue(Class<?> type) {
            try {
                return type.getMethod("reloadExpiration", long.class);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("A message of this broker cannot be told when it expires", e);
            }
        }
    };

    private Expirations() {}

    /** Lets a copy expire when the original does. */
    static void keep(Message original, Message copy) {
        long expiration = original.getExpiration();
        if (copy.getExpiration() == expiration) {
            return;
        }
        try {
            RELOAD.get(copy.getClass()).invoke(copy, expiration);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("A copy of a message cannot be told when it expires", e);
        }
    }
}
