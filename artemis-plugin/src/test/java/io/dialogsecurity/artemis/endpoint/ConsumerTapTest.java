package io.dialogsecurity.artemis.endpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.ServerConsumerImpl;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConsumerTapTest {

    private static final String REMEDY = "remove the <open> elements from dialog-security.xml";

    /** A broker that has renamed its field. */
    static final class Renamed {
        SessionCallback theCallback;
        ServerSession session;
    }

    /** A broker whose field is of another type. */
    static final class Retyped {
        Runnable callback;
        ServerSession session;
    }

    /** A broker whose callbacks can be asked more. */
    interface Widened extends SessionCallback {
        void somethingNew();
    }

    /** A consumer of {@link Widened}. */
    static final class Wider {
        Widened callback;
        ServerSession session;
    }

    /** A broker whose consumers do not know their sessions. */
    static final class Forgetful {
        SessionCallback callback;
        String session;
    }

    @Test
    @DisplayName("The broker this is built against has the parts")
    void fits() {
        assertThatCode(() -> new ConsumerTap("2.56.0")).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("Another broker is recognised before anything relies on it, in one line that says what to do")
    void doesNotFit() {
        assertThatThrownBy(() -> new ConsumerTap(Renamed.class, SessionCallback.class, ServerSession.class, "3.0.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3.0.0")
                .hasMessageContaining("no field callback")
                .hasMessageContaining(REMEDY);
        assertThatThrownBy(() -> new ConsumerTap(Retyped.class, SessionCallback.class, ServerSession.class, "3.0.0"))
                .hasMessageContaining("Retyped.callback is a java.lang.Runnable")
                .hasMessageContaining(REMEDY);
        assertThatThrownBy(() -> new ConsumerTap(Wider.class, Widened.class, ServerSession.class, "3.0.0"))
                .hasMessageContaining("somethingNew")
                .hasMessageContaining(REMEDY);
        assertThatThrownBy(() -> new ConsumerTap(Forgetful.class, SessionCallback.class, ServerSession.class, "3.0.0"))
                .hasMessageContaining("Forgetful.session is a java.lang.String")
                .hasMessageContaining(REMEDY);
        assertThatThrownBy(() -> new ConsumerTap(ServerConsumerImpl.class, Widened.class, ServerSession.class, "3.0.0"))
                .hasMessageContaining("ServerConsumerImpl.callback is a")
                .hasMessageContaining(REMEDY);
    }
}
