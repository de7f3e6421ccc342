package io.dialogsecurity.artemis.client.interceptor;

import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.core.protocol.core.impl.RemotingConnectionImpl;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/** One interceptor without the other would send in the clear, or believe what is not sealed. */
final class Pairing {

    private Pairing() {}

    /** @throws ActiveMQSecurityException if nothing opens what arrives */
    static void requireIncoming(RemotingConnection connection) throws ActiveMQSecurityException {
        if (!contains(((RemotingConnectionImpl) connection).getIncomingInterceptors(), OpeningInterceptor.class)) {
            throw missing("incomingInterceptorList", OpeningInterceptor.class);
        }
    }

    /** @throws ActiveMQSecurityException if nothing seals what is sent */
    static void requireOutgoing(RemotingConnection connection) throws ActiveMQSecurityException {
        if (!contains(((RemotingConnectionImpl) connection).getOutgoingInterceptors(), SealingInterceptor.class)) {
            throw missing("outgoingInterceptorList", SealingInterceptor.class);
        }
    }

    private static boolean contains(List<Interceptor> interceptors, Class<?> type) {
        return interceptors != null && interceptors.stream().anyMatch(type::isInstance);
    }

    private static ActiveMQSecurityException missing(String list, Class<?> type) {
        return new ActiveMQSecurityException("the connection URL lacks " + list + "=" + type.getName());
    }
}
