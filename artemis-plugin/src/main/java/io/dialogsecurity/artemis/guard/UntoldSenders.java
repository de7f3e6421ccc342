package io.dialogsecurity.artemis.guard;

import java.lang.reflect.Method;
import java.util.EnumSet;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;

/**
 * Ends the connections of those senders of MQTT, AMQP and OpenWire whom the broker would not tell that their message was refused, or
 * would tell that it was taken.
 *
 * <p>What is asked of the protocols' connections is public, but in modules of the distribution that are published nowhere else, so it
 * is found by name. Where it is not found, the sender counts as one who is not told.
 */
final class UntoldSenders {

    private static final String MQTT = "MQTT";
    /** The earlier versions have no answer that says no. */
    private static final String MQTT_WITH_REASON_CODES = "MQTT5";

    private static final String MQTT_QUALITY_OF_SERVICE = "mqtt.qos.level";
    private static final String AMQP = "AMQP";
    private static final String OPENWIRE = "OPENWIRE";
    private static final EnumSet<EndpointState> ANY = EnumSet.allOf(EndpointState.class);

    private final ActiveMQServer server;
    private final PluginBoundary boundary;

    UntoldSenders(ActiveMQServer server, PluginBoundary boundary) {
        this.server = server;
        this.boundary = boundary;
    }

    /**
     * Ends a connection. Nothing more is written to it from now on; the rest the broker does on another thread, because this one
     * has the session's lock, for which somebody may wait who has the connection's.
     */
    void end(RemotingConnection connection, ActiveMQException e) {
        if (connection.getTransportConnection() instanceof NettyConnection transport) {
            transport.getNettyChannel().close();
        }
        server.getExecutorFactory()
                .getExecutor()
                .execute(() -> boundary.observe("connection", () -> connection.fail(e)));
    }

    /** Whether transactions of this protocol are the broker's own, of which its client knows nothing. */
    static boolean knowNoTransactions(String protocol) {
        return protocol.startsWith(MQTT);
    }

    /**
     * Ends the connection if the sender would not be told.
     *
     * @param message what was refused, outside of any transaction of the sender's
     */
    void fail(RemotingConnection connection, Message message, ActiveMQException e) {
        String protocol = connection.getProtocolName();
        if (protocol.startsWith(MQTT)) {
            if (!protocol.equals(MQTT_WITH_REASON_CODES) || qualityOfService(message) == 0) {
                end(connection, e);
            }
        } else if (protocol.equals(AMQP)) {
            failIfSettledBeforehand(connection, e);
        } else if (protocol.equals(OPENWIRE) && !waits(connection)) {
            end(connection, e);
        }
    }

    private static int qualityOfService(Message message) {
        return message.containsProperty(MQTT_QUALITY_OF_SERVICE) ? message.getIntProperty(MQTT_QUALITY_OF_SERVICE) : 0;
    }

    /** What the connection is at is the command that sends the message. */
    private boolean waits(RemotingConnection connection) {
        try {
            Object command = get(get(connection, "getContext"), "getLastCommand");
            return command != null
                    && Boolean.TRUE.equals(get(command, "isMessage"))
                    && Boolean.TRUE.equals(get(command, "isResponseRequired"));
        } catch (ReflectiveOperationException e) {
            boundary.observe("answer", () -> {
                throw e;
            });
            return false;
        }
    }

    /**
     * A delivery is known to the connection's own thread only; there it stays until the broker has settled it, which it does later
     * on that thread.
     */
    private void failIfSettledBeforehand(RemotingConnection connection, ActiveMQException e) {
        boundary.observe("answer", () -> {
            try {
                Object amqp = get(connection, "getAmqpConnection");
                Connection proton = (Connection) get(get(amqp, "getHandler"), "getConnection");
                Runnable look = () -> boundary.observe("answer", () -> {
                    if (hasSettledBeforehand(proton)) {
                        end(connection, e);
                    }
                });
                amqp.getClass().getMethod("runNow", Runnable.class).invoke(amqp, look);
            } catch (ReflectiveOperationException | ClassCastException unknown) {
                end(connection, e);
                throw unknown;
            }
        });
    }

    private static boolean hasSettledBeforehand(Connection connection) {
        for (Link link = connection.linkHead(ANY, ANY); link != null; link = link.next(ANY, ANY)) {
            for (Delivery delivery = link.head(); delivery != null; delivery = delivery.next()) {
                if (delivery.remotelySettled()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Object get(Object of, String getter) throws ReflectiveOperationException {
        Method method = of.getClass().getMethod(getter);
        return method.invoke(of);
    }
}
