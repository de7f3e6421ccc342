package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.guard.RefusedException;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.persistence.StorageManager;

/**
 * Opened copies for consumers of AMQP. What its protocol cannot convert, it moves to the dead letters as it was given it: so the
 * copy is converted before it is handed on, and what fails here is taken to the quarantine as it is stored.
 *
 * <p>The converter is public, but in a module of the distribution that is published nowhere else, so it is found by its name.
 */
final class AmqpDelivery {

    private static final String CONVERTER = "org.apache.activemq.artemis.protocol.amqp.converter.CoreAmqpConverter";

    private static final MethodHandle CHECK_AMQP = checkAmqp();

    private AmqpDelivery() {}

    private static MethodHandle checkAmqp() {
        try {
            Method method = Class.forName(CONVERTER).getMethod("checkAMQP", Message.class, StorageManager.class);
            return MethodHandles.publicLookup().unreflect(method);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The broker's AMQP module is not the one of Apache Artemis 2.56.0", e);
        }
    }

    /** The copy in the form of AMQP, which it may have already. */
    static Message converted(Message clear) throws RefusedException {
        try {
            return (Message) CHECK_AMQP.invoke(clear, null);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new RefusedException(
                    Rejection.CONTENT_INVALID, Layer.BODY, "AMQP has no form of it: " + e.getMessage());
        }
    }
}
