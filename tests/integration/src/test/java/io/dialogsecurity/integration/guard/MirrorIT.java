package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.JMSSecurityException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two guarded brokers, one mirroring the other. */
class MirrorIT {

    private static final Services SERVICES = new Services();

    @TempDir
    Path directory;

    @Test
    void theMirrorTakesWhatTheSourceHasCheckedAndGuardsItsOwnDoor() throws Exception {
        try (GuardedBroker target = GuardedBroker.start(directory.resolve("target"), SERVICES);
                GuardedBroker source = startMirrored(target);
                DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient atSource = source.client(GuardedBroker.SALES);
                RawClient atTarget = target.client(GuardedBroker.SALES)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            byte[] first = dialog.seal(MessageContent.text("first"), "orders");
            byte[] second = dialog.seal(MessageContent.text("second"), "orders");
            atSource.send("orders", first);
            assertThatThrownBy(() -> atSource.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> atSource.send("orders", first)).isInstanceOf(JMSSecurityException.class);

            Await.until(
                    GuardedBroker.PATIENCE,
                    "the first message and the copy in quarantine at the mirror",
                    () -> target.messageCount("orders") == 1 && target.messageCount(GuardedBroker.QUARANTINE) == 1);
            assertThat(target.audit()).isEmpty();
            source.process.kill();

            atTarget.send("orders", second);
            assertThatThrownBy(() -> atTarget.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
            assertThat(atTarget.receive("orders").body()).isEqualTo(first);
            assertThat(atTarget.receive("orders").body()).isEqualTo(second);
        }
    }

    private GuardedBroker startMirrored(GuardedBroker target) throws Exception {
        return GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("source"))
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> {
                    Path file = process.etcDirectory().resolve("broker.xml");
                    String mirror =
                            """
                            <broker-connections>
                              <amqp-connection uri="tcp://127.0.0.1:%d" name="mirror" user="%s" password="%s">
                                <mirror/>
                              </amqp-connection>
                            </broker-connections>
                            </core>
                            """.formatted(target.process.port(), BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
                    Files.writeString(file, Files.readString(file).replace("</core>", mirror));
                });
    }
}
