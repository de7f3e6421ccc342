package io.dialogsecurity.demo;

import io.dialogsecurity.artemis.client.ClientCounters;
import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.testkit.Line;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Connections of an application's services to either broker: the only place where the demonstration's services meet
 * sealing. Not for use by several threads.
 */
final class Connections {

    private final String application;
    private final Plan plan;
    private final Map<String, ConnectionFactory> factories = new HashMap<>();

    Connections(String application, Plan plan) {
        this.application = application;
        this.plan = plan;
    }

    /** A connection that seals on the sealed side, and does not on the other. */
    Connection connect(Side side, Service service, Way way) throws JMSException {
        if (side == Side.SEALED) {
            return connectSealing(side, service, way);
        }
        return connect(side + " plain " + way, () -> plain(side, way), service);
    }

    /** A connection that seals on either side. */
    Connection connectSealing(Side side, Service service, Way way) throws JMSException {
        return connect(side + " " + service + " " + way, () -> sealing(side, service, way), service);
    }

    private Connection connect(String key, Supplier<ConnectionFactory> factory, Service service) throws JMSException {
        return factories
                .computeIfAbsent(key, absent -> factory.get())
                .createConnection(service.title(), Plan.password(service.title()));
    }

    private ConnectionFactory plain(Side side, Way way) {
        return switch (way) {
            case CORE_URL, CORE_JMS -> new ActiveMQConnectionFactory("tcp://127.0.0.1:" + plan.port(side));
            case AMQP_JMS -> new JmsConnectionFactory("amqp://127.0.0.1:" + plan.port(side));
        };
    }

    private ConnectionFactory sealing(Side side, Service service, Way way) {
        String configuration = plan.configuration(service).toString();
        return switch (way) {
            case CORE_URL ->
                new ActiveMQConnectionFactory("tcp://127.0.0.1:" + plan.port(side)
                        + "?incomingInterceptorList=io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor"
                        + "&outgoingInterceptorList=io.dialogsecurity.artemis.client.interceptor.SealingInterceptor"
                        + "&dialogSecurity=" + URLEncoder.encode(configuration, StandardCharsets.UTF_8));
            case CORE_JMS, AMQP_JMS -> new SecureConnectionFactory(plain(side, way), configuration);
        };
    }

    /** What each of the application's services has done, over the connections that seal. */
    List<Line> counters() {
        List<Line> lines = new ArrayList<>();
        for (Service service : Service.values()) {
            if (service.application().equals(application)) {
                ClientEndpoint endpoint =
                        ClientEndpoint.shared(plan.configuration(service).toString());
                ClientCounters.Snapshot messages = endpoint.counters();
                CryptoCounters.Snapshot operations = endpoint.cryptoCounters();
                lines.add(Line.of("counters")
                        .with("service", service)
                        .with("sealed", messages.sealed())
                        .with("opened", messages.opened())
                        .with("signatures", operations.signatures())
                        .with("verifications", operations.verifications())
                        .with("wraps", operations.publicKeyWraps())
                        .with("unwraps", operations.publicKeyUnwraps()));
            }
        }
        return lines;
    }
}
