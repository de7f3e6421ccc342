package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two guarded brokers with the same files. */
class SharedStoreIT {

    private static final Services SERVICES = new Services();

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "Whoever has the files guards, and knows what is stored in them; the other one waits without touching them")
    void takeOverAndBack() throws Exception {
        try (GuardedBroker primary = create("primary", true);
                GuardedBroker backup = create("backup", false);
                DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            byte[] first = dialog.seal(MessageContent.text("first"), "orders");
            byte[] second = dialog.seal(MessageContent.text("second"), "orders");
            primary.process.start();
            backup.process.startPassive();
            send(primary, first);

            primary.process.kill();
            backup.process.awaitTakeOver();
            assertGuarded(backup, first);
            send(backup, second);

            backup.process.kill();
            primary.process.start();
            assertGuarded(primary, first);
            assertGuarded(primary, second);
            assertThat(primary.messageCount("orders")).isEqualTo(2);
        }
    }

    private GuardedBroker create(String name, boolean primary) throws IOException {
        return GuardedBroker.create(
                GuardedBroker.builder(directory.resolve(name))
                        .sharedStore(directory.resolve("store"), primary)
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES);
    }

    private static void assertGuarded(GuardedBroker broker, byte[] stored) throws JMSException {
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", stored);
            assertThatThrownBy(() -> client.send("orders", Forgeries.withAnotherMic(stored)))
                    .isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> client.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
        }
    }

    private static void send(GuardedBroker broker, byte[] envelope) throws JMSException {
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", envelope);
        }
    }
}
