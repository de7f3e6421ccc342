package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
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
                DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            byte[] first = seal(dialog);
            byte[] overCore = seal(dialog);
            byte[] overAmqp = seal(dialog);
            try (RawClient core = source.client(GuardedBroker.SALES);
                    RawClient amqp = source.amqpClient(GuardedBroker.SALES)) {
                core.send("orders", first);
                core.send("orders", withDuplicateId(core, overCore, "core"));
                amqp.send("orders", withDuplicateId(amqp, overAmqp, "amqp"));
                assertThatThrownBy(() -> core.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
                assertThatThrownBy(() -> core.send("orders", Forgeries.withAnotherMic(first)))
                        .isInstanceOf(JMSSecurityException.class);
            }
            Await.until(
                    GuardedBroker.PATIENCE,
                    "three messages, and what was refused in quarantine, at the mirror",
                    () -> target.messageCount("orders") == 3 && target.messageCount(GuardedBroker.QUARANTINE) == 1);
            assertThat(target.audit()).isEmpty();
            source.process.kill();

            assertKnown(target, first, 1);
            assertApplicationsIdsAreKnown(target, dialog, 3);
            target.process.kill();
            target.process.start();
            assertKnown(target, first, 1);
            assertApplicationsIdsAreKnown(target, dialog, 3);

            try (RawClient core = target.client(GuardedBroker.SALES)) {
                byte[] last = seal(dialog);
                core.send("orders", last);
                for (byte[] expected : List.of(first, overCore, overAmqp, last)) {
                    assertThat(core.receive("orders").body()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void whatWasRetriedIsTakenAtTheMirrorToo() throws Exception {
        try (GuardedBroker target = GuardedBroker.start(directory.resolve("target"), SERVICES);
                GuardedBroker source = startMirrored(target);
                DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry)) {
            byte[] envelope = seal(endpoint.begin(Set.of(Services.SHIPPING)));
            try (RawClient core = source.client(GuardedBroker.SALES)) {
                core.send("orders", envelope);
            }
            awaitAt(target, "orders");
            invoke(source, "orders", "sendMessagesToDeadLetterAddress", "");
            awaitAt(target, "DLQ");
            invoke(source, "DLQ", "retryMessages");
            awaitAt(target, "orders");
            source.process.kill();
            assertAbsorbed(target, envelope, 1);
            target.process.kill();
            target.process.start();
            assertAbsorbed(target, envelope, 1);
        }
    }

    private static void awaitAt(GuardedBroker broker, String queue) {
        Await.until(
                GuardedBroker.PATIENCE,
                "a message in " + queue,
                () -> broker.messageCount(queue) == 1
                        && broker.messageCount("orders") + broker.messageCount("DLQ") == 1);
    }

    private static void assertAbsorbed(GuardedBroker broker, byte[] envelope, long absorbed) throws Exception {
        try (RawClient core = broker.client(GuardedBroker.SALES)) {
            core.send("orders", envelope);
        }
        assertThat(broker.attribute("AbsorbedCount")).isEqualTo(absorbed);
        assertThat(broker.messageCount("orders")).isEqualTo(1);
    }

    private static void invoke(GuardedBroker broker, String queue, String operation, Object... filter) {
        String[] signature = new String[filter.length];
        Arrays.fill(signature, String.class.getName());
        broker.process
                .management()
                .invoke(
                        broker.process
                                .management()
                                .query("org.apache.activemq.artemis:component=addresses,subcomponent=queues,queue="
                                        + ObjectName.quote(queue) + ",*")
                                .iterator()
                                .next(),
                        operation,
                        filter,
                        signature);
    }

    private static void assertKnown(GuardedBroker broker, byte[] envelope, long absorbed) throws Exception {
        try (RawClient core = broker.client(GuardedBroker.SALES)) {
            core.send("orders", envelope);
            assertThat(broker.attribute("AbsorbedCount")).isEqualTo(absorbed);
            assertThatThrownBy(() -> core.send("orders", Forgeries.withAnotherMic(envelope)))
                    .isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> core.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
        }
    }

    /** Another envelope with the id of an earlier one: the broker says yes and takes none. */
    private static void assertApplicationsIdsAreKnown(GuardedBroker broker, DialogSealer dialog, long messages)
            throws Exception {
        try (RawClient core = broker.client(GuardedBroker.SALES);
                RawClient amqp = broker.amqpClient(GuardedBroker.SALES)) {
            core.send("orders", withDuplicateId(core, seal(dialog), "core"));
            core.send("orders", withDuplicateId(core, seal(dialog), "amqp"));
            amqp.send("orders", withDuplicateId(amqp, seal(dialog), "core"));
            amqp.send("orders", withDuplicateId(amqp, seal(dialog), "amqp"));
            assertThat(broker.messageCount("orders")).isEqualTo(messages);
        }
    }

    private static Message withDuplicateId(RawClient client, byte[] envelope, String id) throws JMSException {
        Message message = RawClient.bytes(client.session(), envelope);
        message.setStringProperty("_AMQ_DUPL_ID", id);
        return message;
    }

    private static byte[] seal(DialogSealer dialog) {
        return dialog.seal(MessageContent.text("an order"), "orders");
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
