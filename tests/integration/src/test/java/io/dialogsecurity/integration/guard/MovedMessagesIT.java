package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.PlaintextSearch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes to a protected address by other ways than a client's send. */
class MovedMessagesIT {

    private static final String SECRET = "a note of the administrator's";

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(directory.resolve("guarded"), SERVICES);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void plaintextAnAdministratorSendsIsRefused() throws Exception {
        int before = broker.refusals();
        assertThatThrownBy(() -> broker.process
                        .management()
                        .invoke(
                                queue("orders"),
                                "sendMessage",
                                new Object[] {
                                    Map.of(),
                                    4,
                                    Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8)),
                                    true,
                                    BrokerProcess.ADMIN,
                                    BrokerProcess.ADMIN_PASSWORD
                                },
                                new String[] {
                                    Map.class.getName(),
                                    int.class.getName(),
                                    String.class.getName(),
                                    boolean.class.getName(),
                                    String.class.getName(),
                                    String.class.getName()
                                }))
                .hasMessageContaining("The message was refused");

        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
        assertThat(broker.messageCount("orders")).isZero();
        assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.process.dataDirectory()))
                .isEmpty();
    }

    @Test
    void plaintextIsNotMovedToAProtectedAddress() throws Exception {
        try (RawClient client = broker.client(GuardedBroker.MALLORY)) {
            client.sendText("free", "move me");
            int before = broker.refusals();
            move("free", "orders");
            assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
            assertThat(broker.messageCount("orders")).isZero();
            assertThat(client.receive("free").message().getBody(String.class)).isEqualTo("move me");
        }
    }

    @Test
    void sealedMessagesMoveAsTheAdministratorLikes() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient client = broker.client(GuardedBroker.SALES)) {
            byte[] envelope = endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("x"), "orders");
            client.send("orders", envelope);
            move("orders", "DLQ");
            assertThat(broker.messageCount("DLQ")).isEqualTo(1);
            move("DLQ", "orders");
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
        }
    }

    @Test
    void whatAnAdministratorMayNotMoveStaysWhereItIsWithAllOfItsBatchAndHeIsToldWhy() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient client = broker.client(GuardedBroker.SALES)) {
            byte[] fresh = endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("x"), "orders");
            byte[] consumed = endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("y"), "orders");
            client.send("orders", consumed);
            assertThat(client.receive("orders").body()).isEqualTo(consumed);
            client.send("free", fresh);
            client.send("free", consumed);
            client.sendText("free", "last");
            int before = broker.refusals();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> invokeMove("free", "orders"))
                        .hasStackTraceContaining("of free may not go to orders: REPLAYED");
            }
            assertThat(broker.nextRefusal(before + 1)).isEqualTo("REPLAYED");
            assertThat(broker.messageCount("orders")).isZero();
            assertThat(broker.messageCount(GuardedBroker.QUARANTINE)).isZero();
            Await.until(
                    GuardedBroker.PATIENCE,
                    "nothing to be on its way",
                    () -> broker.process
                            .management()
                            .attribute(queue("free"), "DeliveringCount")
                            .equals(0));
            assertThat(client.receive("free").body()).isEqualTo(fresh);
            assertThat(client.receive("free").body()).isEqualTo(consumed);
            assertThat(client.receive("free").message().getBody(String.class)).isEqualTo("last");
            client.send("orders", fresh);
            assertThat(client.receive("orders").body()).isEqualTo(fresh);
        }
    }

    private static void invokeMove(String from, String to) {
        broker.process.management().invoke(queue(from), "moveMessages", new Object[] {"", to}, new String[] {
            String.class.getName(), String.class.getName()
        });
    }

    private static void move(String from, String to) {
        try {
            invokeMove(from, to);
        } catch (IllegalStateException refused) {
            assertThat(refused).hasRootCauseMessage("The message was refused");
        }
    }

    private static ObjectName queue(String name) {
        return broker.process
                .management()
                .query("org.apache.activemq.artemis:component=addresses,subcomponent=queues,queue="
                        + ObjectName.quote(name) + ",*")
                .iterator()
                .next();
    }
}
