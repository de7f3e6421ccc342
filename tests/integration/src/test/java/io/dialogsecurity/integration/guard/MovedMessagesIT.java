package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
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

    private static void move(String from, String to) {
        try {
            broker.process.management().invoke(queue(from), "moveMessages", new Object[] {"", to}, new String[] {
                String.class.getName(), String.class.getName()
            });
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
