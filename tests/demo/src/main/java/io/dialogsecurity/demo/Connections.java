package io.dialogsecurity.demo;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Connections of an application's services to either broker: the only place where the demonstration's services meet sealing. */
final class Connections {

    private final Plan plan;
    private final Map<Side, Map<Service, Map<Way, ConnectionFactory>>> factories = new EnumMap<>(Side.class);

    Connections(Plan plan) {
        this.plan = plan;
    }

    Connection connect(Side side, Service service, Way way) throws JMSException {
        return factories
                .computeIfAbsent(side, s -> new EnumMap<>(Service.class))
                .computeIfAbsent(service, s -> new EnumMap<>(Way.class))
                .computeIfAbsent(way, w -> side == Side.SEALED ? sealed(service, w) : plain(side, w))
                .createConnection(service.title(), Plan.password(service.title()));
    }

    private ConnectionFactory plain(Side side, Way way) {
        return switch (way) {
            case CORE_URL, CORE_JMS -> new ActiveMQConnectionFactory("tcp://127.0.0.1:" + plan.port(side));
            case AMQP_JMS -> new JmsConnectionFactory("amqp://127.0.0.1:" + plan.port(side));
        };
    }

    private ConnectionFactory sealed(Service service, Way way) {
        java.util.Objects.requireNonNull(service); return plain(Side.SEALED, way);
    }
}
