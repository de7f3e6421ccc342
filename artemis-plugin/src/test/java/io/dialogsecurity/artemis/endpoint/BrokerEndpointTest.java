package io.dialogsecurity.artemis.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.TestConfigurations;
import io.dialogsecurity.artemis.guard.PlainSealer;
import io.dialogsecurity.artemis.guard.RefusedException;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.persistence.StorageManager;
import org.apache.activemq.artemis.core.persistence.impl.nullpm.NullStorageManager;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerEndpointTest {

    private static final String ADDRESSES = "<addresses default=\"bypass\">"
            + "<address match=\"sensors.#\" action=\"apply\" receivers=\"shipping\">"
            + "<seal service=\"order-entry\" users=\"sales\"/><open service=\"shipping\"/></address>"
            + "<address match=\"strict\" action=\"apply\" receivers=\"shipping\" gaps=\"refuse\">"
            + "<seal service=\"order-entry\" users=\"sales\"/></address>"
            + "</addresses>";

    @TempDir
    Path directory;

    private TestConfigurations configurations;
    private BrokerEndpoint endpoint;
    private SecurityPolicy policy;
    private long journalTakes = 1_000_000;

    @BeforeEach
    void open() throws Exception {
        configurations = TestConfigurations.in(directory);
        policy = read();
        endpoint = new BrokerEndpoint(server(), policy, InstantSource.system());
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    private SecurityPolicy read() throws Exception {
        return new SecurityPolicyReader()
                .read(configurations.write("broker", List.of("order-entry", "shipping", "billing"), ADDRESSES));
    }

    private ActiveMQServer server() {
        StorageManager storage = new NullStorageManager() {
            @Override
            public long getMaxRecordSize() {
                return journalTakes;
            }
        };
        return fake(ActiveMQServer.class, Map.of("getStorageManager", storage));
    }

    private static ServerSession session(String user) {
        return session(user, false);
    }

    private static ServerSession session(String user, boolean closed) {
        Map<String, Object> answers = new HashMap<>();
        answers.put("getValidatedUser", user);
        answers.put("isClosed", closed);
        return fake(ServerSession.class, answers);
    }

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> {
                        if (!answers.containsKey(method.getName())) {
                            throw new AssertionError(method);
                        }
                        yield answers.get(method.getName());
                    }
                }));
    }

    private static CoreMessage text(String text) {
        CoreMessage message = new CoreMessage(1, 100);
        message.setType(Message.TEXT_TYPE);
        message.setDurable(true);
        message.getBodyBuffer().writeNullableSimpleString(org.apache.activemq.artemis.api.core.SimpleString.of(text));
        return message;
    }

    private PlainSealer.Sealed seal(ServerSession session, Message message, String address) throws RefusedException {
        return endpoint.seal(session, message, policy.address(address), address);
    }

    private Opened opened(Message message, String address) {
        ActiveMQBuffer body = message.toCore().getReadOnlyBodyBuffer();
        byte[] envelope = new byte[body.readableBytes()];
        body.readBytes(envelope);
        DialogEndpoint shipping =
                endpoint.endpointsOf(new ServiceName("shipping")).get(0);
        return (Opened) shipping.open(envelope, Reception.at(address).fromQueue());
    }

    @Test
    @DisplayName("A session that was closed while it sends is not remembered")
    void aClosedSessionLeavesNothing() throws Exception {
        endpoint.sessionClosed(session("sales")); // as the broker tells, before the send is through
        seal(session("sales", true), text("late"), "sensors.a");
        assertThat(endpoint.sessionCount()).isZero();
        seal(session("sales"), text("in time"), "sensors.a");
        assertThat(endpoint.sessionCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("One dialog for a session and address, in the order in which its messages are sealed")
    void dialogOfASession() throws Exception {
        ServerSession session = session("sales");
        Set<DialogId> dialogs = new HashSet<>();
        for (int i = 1; i <= 3; i++) {
            CoreMessage message = text("reading " + i);
            assertThat(seal(session, message, "sensors.a")).isNotNull();
            Opened opened = opened(message, "sensors.a");
            assertThat(opened.text()).isEqualTo("reading " + i);
            assertThat(opened.sequence()).isEqualTo(i);
            assertThat(opened.sender()).isEqualTo(new ServiceName("order-entry"));
            dialogs.add(opened.dialogId());
        }
        assertThat(dialogs).hasSize(1);

        CoreMessage elsewhere = text("reading");
        seal(session, elsewhere, "sensors.b");
        CoreMessage another = text("reading");
        seal(session("sales"), another, "sensors.a");
        dialogs.add(opened(elsewhere, "sensors.b").dialogId());
        dialogs.add(opened(another, "sensors.a").dialogId());
        assertThat(dialogs).hasSize(3);
        assertThat(endpoint.sealedCount()).isEqualTo(5);
        assertThat(endpoint.cryptoCounters().signatures()).isEqualTo(1);
    }

    @Test
    @DisplayName("After a message that was not stored, and after another policy, the next one begins another dialog")
    void gaps() throws Exception {
        ServerSession session = session("sales");
        CoreMessage lost = text("lost");
        seal(session, lost, "sensors.a").lost();
        CoreMessage next = text("next");
        seal(session, next, "sensors.a");
        assertThat(opened(next, "sensors.a").sequence()).isEqualTo(1);
        assertThat(opened(next, "sensors.a").dialogId())
                .isNotEqualTo(opened(lost, "sensors.a").dialogId());

        policy = read();
        endpoint.reconfigure(policy);
        CoreMessage later = text("later");
        seal(session, later, "sensors.a");
        assertThat(opened(later, "sensors.a").sequence()).isEqualTo(1);
        assertThat(opened(later, "sensors.a").dialogId())
                .isNotEqualTo(opened(next, "sensors.a").dialogId());
    }

    @Test
    @DisplayName("Where gaps are refused, what the broker may drop is the last of its dialog")
    void mayBeDropped() throws Exception {
        ServerSession session = session("sales");
        CoreMessage expires = text("expires");
        expires.setExpiration(1);
        CoreMessage known = text("known");
        known.putStringProperty(Message.HDR_DUPLICATE_DETECTION_ID.toString(), "1");
        for (CoreMessage message : List.of(expires, known, text("usual"))) {
            seal(session, message, "strict");
            assertThat(opened(message, "strict").sequence()).isEqualTo(1);
        }
        CoreMessage next = text("next");
        seal(session, next, "strict");
        assertThat(opened(next, "strict").sequence()).isEqualTo(2);
    }

    @Test
    @DisplayName("Who is not named is not sealed for, and his message is left as it is")
    void notNamed() throws Exception {
        for (String user : new String[] {"mallory", null}) {
            CoreMessage message = text("mine");
            assertThat(seal(session(user), message, "sensors.a")).isNull();
            assertThat(endpoint.wouldSeal(session(user), policy.address("sensors.a")))
                    .isFalse();
            assertThat(message.getType()).isEqualTo(Message.TEXT_TYPE);
        }
        assertThat(seal(session("sales"), text("free"), "elsewhere")).isNull();
        assertThat(endpoint.sessionCount()).isZero();
    }

    @Test
    @DisplayName("What would not fit into the journal once it is sealed is refused, with what to do about it")
    void journalTooSmall() {
        journalTakes = 1_000;
        assertThatThrownBy(() -> seal(session("sales"), text("a reading"), "sensors.a"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.rejected().reason()).isEqualTo(Rejection.TOO_LARGE))
                .hasMessageContaining("journal-buffer-size");
    }

    @Test
    @DisplayName("Nothing is kept of a session that is closed, nor of more addresses than there is room for")
    void bounded() throws Exception {
        ServerSession session = session("sales");
        CoreMessage first = text("first");
        seal(session, first, "sensors.0");
        for (int i = 1; i <= SessionDialogs.MAX_ADDRESSES; i++) {
            seal(session, text("more"), "sensors." + i);
        }
        CoreMessage again = text("again");
        seal(session, again, "sensors.0");
        assertThat(opened(again, "sensors.0").dialogId())
                .isNotEqualTo(opened(first, "sensors.0").dialogId());
        assertThat(endpoint.sessionCount()).isEqualTo(1);
        endpoint.sessionClosed(session);
        assertThat(endpoint.sessionCount()).isZero();
    }

    @Test
    @DisplayName("The broker has no key of a service it neither seals nor opens for")
    void keysInUse() {
        assertThat(endpoint.identities())
                .extracting(identity -> identity.serviceName().value())
                .containsExactly("order-entry", "shipping");
        assertThat(endpoint.endpointsOf(new ServiceName("billing"))).isEmpty();
    }
}
