package io.dialogsecurity.artemis.message;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.persistence.StorageManager;
import org.apache.activemq.artemis.utils.collections.TypedProperties;

/** The AMQP part of the real broker, out of its distribution. */
final class AmqpPart {

    private static final Constructor<?> MESSAGE;
    private static final Method FROM_CORE;

    static {
        try {
            URL jar = new File(System.getProperty("artemis.amqp.jar")).toURI().toURL();
            ClassLoader loader = new URLClassLoader(new URL[] {jar}, AmqpPart.class.getClassLoader());
            String at = "org.apache.activemq.artemis.protocol.amqp.";
            MESSAGE = loader.loadClass(at + "broker.AMQPStandardMessage")
                    .getConstructor(long.class, byte[].class, TypedProperties.class);
            FROM_CORE = loader.loadClass(at + "converter.CoreAmqpConverter")
                    .getMethod("fromCore", ICoreMessage.class, StorageManager.class);
        } catch (ReflectiveOperationException | java.net.MalformedURLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private AmqpPart() {}

    /** A message as it comes from a client. */
    static Message message(byte[] encoded) throws Exception {
        return (Message) MESSAGE.newInstance(0L, encoded.clone(), null);
    }

    /** What an AMQP consumer gets of a core message. */
    static Message fromCore(ICoreMessage message) throws Exception {
        return (Message) FROM_CORE.invoke(null, message, null);
    }
}
