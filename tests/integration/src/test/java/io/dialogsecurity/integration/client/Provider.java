package io.dialogsecurity.integration.client;

import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Whose Jakarta Messaging is under the decorator. */
enum Provider {
    CORE {
        @Override
        String url(BrokerProcess broker) {
            return broker.coreUrl();
        }

        @Override
        ConnectionFactory factory(String url) {
            return new ActiveMQConnectionFactory(url, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
        }
    },
    AMQP {
        @Override
        String url(BrokerProcess broker) {
            return broker.amqpUrl();
        }

        @Override
        ConnectionFactory factory(String url) {
            return new JmsConnectionFactory(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, url);
        }
    };

    abstract String url(BrokerProcess broker);

    abstract ConnectionFactory factory(String url);

    ConnectionFactory factory(BrokerProcess broker) {
        return factory(url(broker));
    }
}
