package io.dialogsecurity.integration.replies;

import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** How an application comes to seal and open. */
enum Way {
    DECORATOR_CORE {
        @Override
        ConnectionFactory factory(BrokerProcess broker, Path configuration) {
            return new SecureConnectionFactory(core(broker.coreUrl()), configuration.toString());
        }
    },
    DECORATOR_AMQP {
        @Override
        ConnectionFactory factory(BrokerProcess broker, Path configuration) {
            return new SecureConnectionFactory(
                    new JmsConnectionFactory(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, broker.amqpUrl()),
                    configuration.toString());
        }
    },
    INTERCEPTORS {
        @Override
        ConnectionFactory factory(BrokerProcess broker, Path configuration) {
            return core(broker.coreUrl() + "?outgoingInterceptorList=" + SealingInterceptor.class.getName()
                    + "&incomingInterceptorList=" + OpeningInterceptor.class.getName() + "&dialogSecurity="
                    + URLEncoder.encode(configuration.toString(), StandardCharsets.UTF_8));
        }
    };

    abstract ConnectionFactory factory(BrokerProcess broker, Path configuration);

    /** Whether the reply address an application is handed leads to its request. */
    boolean knowsDestinations() {
        return this != INTERCEPTORS;
    }

    static ConnectionFactory core(String url) {
        return new ActiveMQConnectionFactory(url, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
    }
}
