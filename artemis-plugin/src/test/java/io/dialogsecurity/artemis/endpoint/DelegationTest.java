package io.dialogsecurity.artemis.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.BrokerSide;
import io.dialogsecurity.policy.Forks;
import io.dialogsecurity.policy.Gaps;
import io.dialogsecurity.policy.Replays;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.spi.core.protocol.SessionCallback;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands in front of the broker's own objects passes on everything it is not there for. */
class DelegationTest {

    private static final AddressPolicy RULE = rule();

    private static AddressPolicy rule() {
        return new AddressPolicy(
                "sensors",
                Action.APPLY,
                Set.of(),
                List.of(),
                Gaps.ALLOW,
                Replays.REFUSE,
                Duration.ofDays(1),
                Forks.REFUSE,
                AuthenticityPolicy.SIGNED,
                null,
                Set.of(),
                BrokerSide.NONE,
                Optional.empty(),
                false);
    }

    private static final Set<String> OWN = Set.of("getMessage", "onDelivery");

    private final List<Method> called = new ArrayList<>();

    private <T> T recorder(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            called.add(method);
            return zero(method.getReturnType());
        }));
    }

    private static Object zero(Class<?> type) {
        if (type == boolean.class) {
            return true;
        }
        if (type == int.class) {
            return 7;
        }
        return type == long.class ? (Object) 7L : null;
    }

    private static Object[] arguments(Method method) {
        return Stream.of(method.getParameterTypes())
                .map(type -> type.isPrimitive() ? zero(type) : null)
                .toArray();
    }

    static Stream<Method> methodsOfCallbacks() {
        return Stream.of(SessionCallback.class.getMethods());
    }

    static Stream<Method> methodsOfReferences() {
        return Stream.of(MessageReference.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !OWN.contains(method.getName()));
    }

    @ParameterizedTest
    @MethodSource("methodsOfCallbacks")
    void callbacks(Method method) throws Exception {
        assertThat(OpenedCopy.takeWaiting()).isNull();
        Object result = method.invoke(new OpeningCallback(recorder(SessionCallback.class)), arguments(method));
        assertThat(called).containsExactly(method);
        assertThat(result).isEqualTo(zero(method.getReturnType()));
    }

    @ParameterizedTest
    @MethodSource("methodsOfReferences")
    void references(Method method) throws Exception {
        MessageReference original = recorder(MessageReference.class);
        Object result = method.invoke(new OpenedReference(original, new CoreMessage(1, 10)), arguments(method));
        assertThat(called).containsExactly(method);
        assertThat(result).isEqualTo(zero(method.getReturnType()));
    }

    @Test
    @DisplayName("The opened copy is shown until it has been written, the stored message afterwards")
    void shownUntilWritten() {
        Message clear = new CoreMessage(1, 10);
        OpenedReference reference = new OpenedReference(recorder(MessageReference.class), clear);
        assertThat(reference.getMessage()).isSameAs(clear);
        List<Message> written = new ArrayList<>();
        reference.onDelivery(shown -> written.add(shown.getMessage()));
        reference.run();
        assertThat(written).containsExactly(clear);
        assertThat(reference.getMessage()).isNull(); // the recorder's
        assertThat(called).extracting(Method::getName).containsExactly("getMessage");
    }

    @Test
    @DisplayName("A copy is handed to the consumer it was opened for, once, and to no other")
    void handedOn() {
        ServerConsumer consumer = recorder(ServerConsumer.class);
        ServerConsumer other = recorder(ServerConsumer.class);
        Message stored = new CoreMessage(7, 10);
        Message clear = new CoreMessage(7, 10);
        MessageReference reference = reference(stored);

        OpenedCopy copy = copy(consumer, stored, clear);
        copy.await();
        assertThat(OpenedCopy.take(reference, consumer).getMessage()).isSameAs(clear);
        assertThat(OpenedCopy.take(reference, consumer)).isSameAs(reference);

        copy.await();
        assertThat(OpenedCopy.take(reference, other)).isSameAs(reference);
        copy.await();
        MessageReference another = reference(new CoreMessage(8, 10));
        assertThat(OpenedCopy.take(another, consumer)).isSameAs(another);
        assertThat(OpenedCopy.take(reference, consumer)).isSameAs(reference);
    }

    @Test
    @DisplayName("A copy waits to the next question only, and again only by the same decision")
    void waits() {
        ServerConsumer consumer = recorder(ServerConsumer.class);
        Message stored = new CoreMessage(7, 10);
        OpenedCopy copy = copy(consumer, stored, new CoreMessage(7, 10));
        copy.await();
        assertThat(OpenedCopy.takeWaiting()).isSameAs(copy);
        assertThat(OpenedCopy.takeWaiting()).isNull();
        assertThat(OpenedCopy.take(reference(stored), consumer).getMessage()).isSameAs(stored);

        assertThat(copy.serves(consumer, stored, RULE, List.of())).isTrue();
        assertThat(copy.serves(recorder(ServerConsumer.class), stored, RULE, List.of()))
                .isFalse();
        assertThat(copy.serves(consumer, new CoreMessage(7, 10), RULE, List.of()))
                .isFalse();
        assertThat(copy.serves(consumer, stored, rule(), List.of())).isFalse(); // says the same, read again
        DialogEndpoint none = null;
        assertThat(copy.serves(consumer, stored, RULE, Collections.singletonList(none)))
                .isFalse();
    }

    private static OpenedCopy copy(ServerConsumer consumer, Message stored, Message clear) {
        return new OpenedCopy(consumer, stored, RULE, List.of(), clear);
    }

    private static MessageReference reference(Message stored) {
        return MessageReference.Factory.createReference(stored, null);
    }
}
