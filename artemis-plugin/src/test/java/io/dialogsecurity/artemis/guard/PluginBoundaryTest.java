package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.junit.jupiter.api.Test;

class PluginBoundaryTest {

    private final List<String> failures = new ArrayList<>();
    private final PluginBoundary boundary = new PluginBoundary(new GuardListener() {
        @Override
        public void accepted(String address) {
            throw new AssertionError();
        }

        @Override
        public void absorbed(Resend resend) {}

        @Override
        public void forked(Fork fork) {}

        @Override
        public void refused(Refusal refusal) {
            throw new AssertionError();
        }

        @Override
        public void wouldRefuse(Refusal refusal) {
            throw new AssertionError();
        }

        @Override
        public void tolerated(String address, String user, String protocol) {
            throw new AssertionError();
        }

        @Override
        public void withheld(Withheld withheld) {
            throw new AssertionError();
        }

        @Override
        public void quarantineFailed(String address, String why) {
            throw new AssertionError();
        }

        @Override
        public void failed(String hook, Throwable cause) {
            failures.add(hook + " " + cause.getMessage());
        }
    });

    @Test
    void whateverIsThrownKeepsAMessageFromBeingDelivered() {
        assertThat(boundary.admit("hook", () -> true)).isTrue();
        assertThat(boundary.admit("hook", () -> false)).isFalse();
        assertThat(failures).isEmpty();
        assertThat(boundary.admit("hook", () -> {
                    throw new OutOfMemoryError("the machine's");
                }))
                .isFalse();
        assertThat(failures).containsExactly("hook the machine's");
    }

    @Test
    void whateverIsThrownBecomesTheSameRefusal() {
        Throwable[] causes = {
            new RefusedException(Rejection.REPLAYED, Layer.MESSAGE_HEADER, "not for the sender"),
            new IllegalStateException("ours"),
            new OutOfMemoryError("the machine's"),
            new StackOverflowError("the machine's"),
            new Exception("checked"),
            new Throwable("anything")
        };
        for (Throwable cause : causes) {
            List<Throwable> refused = new ArrayList<>();
            assertThatThrownBy(() -> boundary.decide(
                            "hook",
                            () -> {
                                throw cause;
                            },
                            (why, e) -> refused.add(why)))
                    .isInstanceOf(ActiveMQSecurityException.class)
                    .hasMessage(PluginBoundary.UNIFORM_TEXT)
                    .hasNoCause();
            assertThat(refused).containsExactly(cause);
        }
        assertThat(failures).hasSize(causes.length - 1).doesNotContain("hook not for the sender");
    }

    @Test
    void aFailureWhileRefusingIsStillARefusal() {
        assertThatThrownBy(() -> boundary.decide(
                        "hook",
                        () -> {
                            throw new IllegalStateException("first");
                        },
                        (why, e) -> {
                            throw new StackOverflowError("second");
                        }))
                .isInstanceOf(ActiveMQSecurityException.class)
                .hasMessage(PluginBoundary.UNIFORM_TEXT);
        assertThat(failures).containsExactly("hook first", "hook second");
    }

    @Test
    void hooksWithoutAGuardRefuseEverything() {
        GuardHooks hooks = new GuardHooks(boundary);
        assertThatThrownBy(() -> hooks.beforeSend(null, null, null)).isInstanceOf(ActiveMQSecurityException.class);
        assertThatThrownBy(() -> hooks.beforeMessageRoute(null, null)).isInstanceOf(ActiveMQSecurityException.class);
        assertThatCode(() -> hooks.afterSend(null, null, null, null)).doesNotThrowAnyException();
    }

    @Test
    void anObservationThatFailsHurtsNobody() {
        assertThatCode(() -> boundary.observe("hook", () -> {
                    throw new StackOverflowError("observed");
                }))
                .doesNotThrowAnyException();
        assertThat(failures).containsExactly("hook observed");
    }
}
