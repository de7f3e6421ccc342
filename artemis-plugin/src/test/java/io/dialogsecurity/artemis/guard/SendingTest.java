package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.RoutingContextImpl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SendingTest {

    private final ServerSession session = (ServerSession) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ServerSession.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method);
            });
    private final Sending sending = new Sending();

    @Test
    @DisplayName("What an error of the broker's has left over has nothing to do with what the thread routes later")
    void leftOver() {
        sending.begin(session, new CoreMessage(1, 100), null, false);
        RoutingContextImpl ofSession = new RoutingContextImpl(null);
        ofSession.setServerSession(session);
        synchronized (session) {
            assertThat(sending.includes(ofSession))
                    .as("a divert, while it is sent")
                    .isTrue();
            assertThat(sending.includes(new RoutingContextImpl(null)))
                    .as("a dead letter, while the session ends")
                    .isFalse();
        }
        assertThat(sending.includes(ofSession)).as("nobody sends").isFalse();
        assertThat(sending.includes(new RoutingContextImpl(null))).isFalse();
    }

    @Test
    @DisplayName("What has ended includes nothing")
    void ended() {
        sending.begin(session, new CoreMessage(1, 100), null, false);
        sending.abandon();
        synchronized (session) {
            assertThat(sending.includes(new RoutingContextImpl(null))).isFalse();
        }
    }
}
