package io.dialogsecurity.integration.client;

import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Whose Jakarta Messaging is under the decorator. */
enum Provider {
    CORE {
        @Override
        ConnectionFactory factory(BrokerProcess broker) {
            return new ActiveMQConnectionFactory(broker.coreUrl(), BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
        }
    },
    AMQP {
        @Override
        ConnectionFactory factory(BrokerProcess broker) {
            return new JmsConnectionFactory(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, broker.amqpUrl());
        }
    };

    abstract ConnectionFactory factory(BrokerProcess broker);
}
