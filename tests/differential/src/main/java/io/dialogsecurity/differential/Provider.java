package io.dialogsecurity.differential;

import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Whose client is used, on both sides alike. */
enum Provider {
    CORE,
    AMQP;

    /**
     * A factory of the provider's own.
     *
     * @param parameters of the URL, from the question mark on, or empty
     */
    ConnectionFactory factory(BrokerProcess broker, String parameters) {
        return this == CORE
                ? new ActiveMQConnectionFactory(
                        broker.coreUrl() + parameters, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)
                : new JmsConnectionFactory(
                        BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, broker.amqpUrl() + parameters);
    }
}
