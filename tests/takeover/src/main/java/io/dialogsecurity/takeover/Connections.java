package io.dialogsecurity.takeover;

import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Connections of an instance to whichever broker accepts them: on the sealed side through the decorator, on the other the
 * provider's own, on addresses the policy lets pass. Safe for use by several threads.
 */
final class Connections {

    private final Plan plan;
    private final Part part;
    private final String configuration;
    private final Map<Way, ConnectionFactory> plain = new EnumMap<>(Way.class);
    private final Map<Way, ConnectionFactory> sealing = new EnumMap<>(Way.class);

    Connections(Plan plan, Part part, String instance) {
        this.plan = plan;
        this.part = part;
        this.configuration = Plan.configuration(plan.directory(), instance).toString();
    }

    String configuration() {
        return configuration;
    }

    synchronized Connection connect(Lane lane, Way way) throws JMSException {
        ConnectionFactory factory = lane.side() == Side.SEALED
                ? sealing.computeIfAbsent(way, each -> new SecureConnectionFactory(plain(each), configuration))
                : plain.computeIfAbsent(way, this::plain);
        return factory.createConnection(part.service(), Plan.password(part.service()));
    }

    private ConnectionFactory plain(Way way) {
        return switch (way) {
            case CORE -> new ActiveMQConnectionFactory(plan.coreUrl());
            case AMQP -> new JmsConnectionFactory(plan.amqpUrl());
        };
    }
}
