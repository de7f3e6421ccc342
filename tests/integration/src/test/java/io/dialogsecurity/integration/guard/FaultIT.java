package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.ClassJar;
import jakarta.jms.JMSSecurityException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard that breaks lets nothing through. */
class FaultIT {

    private static final Services SERVICES = new Services();

    @TempDir
    Path directory;

    @Test
    void whateverAHookThrowsRefusesTheMessage() throws Exception {
        Path jar = ClassJar.write(directory.resolve("faulty.jar"), FaultyPlugin.class.getName());
        try (GuardedBroker broker = GuardedBroker.start(
                        GuardedBroker.builder(directory.resolve("guarded"))
                                .library(jar)
                                .plugin(FaultyPlugin.class.getName(), Map.of("config", GuardedBroker.POLICY_FILE)),
                        SERVICES);
                DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient core = broker.client(GuardedBroker.SALES);
                RawClient amqp = broker.amqpClient(GuardedBroker.SALES)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            Path fault = broker.process.etcDirectory().resolve(FaultyPlugin.FAULT_FILE);
            for (String kind : new String[] {"exception", "error"}) {
                Files.writeString(fault, kind);
                for (RawClient client : new RawClient[] {core, amqp}) {
                    byte[] envelope = dialog.seal(MessageContent.text("x"), "orders");
                    int before = broker.refusals();
                    assertThatThrownBy(() -> client.send("orders", envelope))
                            .isInstanceOf(JMSSecurityException.class)
                            .hasMessageContaining("The message was refused");
                    assertThat(broker.nextRefusal(before)).isEqualTo("INTERNAL_ERROR");
                    assertThat(client.receive(GuardedBroker.QUARANTINE).body()).isEqualTo(envelope);
                }
            }
            assertThat(broker.attribute("HookFailureCount")).isEqualTo(4L);
            assertThat(broker.messageCount("orders")).isZero();

            Files.delete(fault);
            byte[] envelope = dialog.seal(MessageContent.text("x"), "orders");
            core.send("orders", envelope);
            assertThat(core.receive("orders").body()).isEqualTo(envelope);
        }
    }
}
