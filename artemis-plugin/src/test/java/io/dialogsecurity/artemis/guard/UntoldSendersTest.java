package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.utils.ExecutorFactory;
import org.apache.activemq.artemis.utils.actors.ArtemisExecutor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UntoldSendersTest {

    private final List<Runnable> later = new ArrayList<>();
    private final List<Object> failed = new ArrayList<>();

    private static <T> T fake(Class<T> type, Map<String, Object> answers, List<Object> told) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    if (method.getName().equals("fail")) {
                        told.add(given[0]);
                    }
                    return answers.get(method.getName());
                }));
    }

    @Test
    @DisplayName(
            "A connection is ended on another thread: this one holds the session, for which the connection's may wait")
    void onAnotherThread() {
        ArtemisExecutor executor = later::add;
        ExecutorFactory executors = () -> executor;
        ActiveMQServer server = fake(ActiveMQServer.class, Map.of("getExecutorFactory", executors), failed);
        RemotingConnection connection = fake(RemotingConnection.class, Map.of(), failed);
        ActiveMQSecurityException refusal = new ActiveMQSecurityException("refused");

        new UntoldSenders(server, new PluginBoundary(null)).end(connection, refusal);

        assertThat(failed).isEmpty();
        assertThat(later).hasSize(1);
        later.get(0).run();
        assertThat(failed).containsExactly(refusal);
    }
}
