package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two guarded brokers, of which one has files of its own and in them a replica of what the other one stores. */
class ReplicationIT {

    private static final Services SERVICES = new Services();
    private static final String SECRET = "nine barrels of tar to the ropewalk";
    private static final String PLAIN = "tar for whoever asks";
    private static final String OPENLY = "the price of tar is known";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "A replica takes over in the middle of a dialog, and lets in no plaintext and nothing twice from its first moment")
    void takeOver() throws Exception {
        int primaryPort = FreePort.choose();
        int backupPort = FreePort.choose();
        try (GuardedBroker primary = create("primary", primaryPort, backupPort);
                GuardedBroker backup = create("backup", backupPort, primaryPort);
                DialogEndpoint orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
                DialogEndpoint shipping = SERVICES.endpoint(SERVICES.shipping)) {
            primary.process.start();
            backup.process.startPassive();
            DialogSealer dialog = orderEntry.begin(Set.of(Services.SHIPPING));
            List<byte[]> sealed = List.of(seal(dialog), seal(dialog), seal(dialog), seal(dialog));
            try (RawClient client = primary.client(GuardedBroker.SALES)) {
                for (byte[] envelope : sealed) {
                    client.send("orders", envelope);
                }
                assertNext(client, sealed.get(0), shipping, 1);
                assertNext(client, sealed.get(1), shipping, 2);
                client.sendText("free", OPENLY);
            }
            assertThat(state(primary)).isDirectory();
            assertThat(state(backup)).doesNotExist();

            primary.process.kill();
            backup.process.awaitTakeOver();
            for (int i = 0; i < 3; i++) {
                assertRefusesPlaintext(backup.client(GuardedBroker.SALES));
                assertRefusesPlaintext(backup.amqpClient(GuardedBroker.SALES));
            }

            assertThat(backup.attribute("StateOpen")).isEqualTo(true);
            assertThat(state(backup)).isDirectory();
            assertThat(backup.messageCount("orders")).isEqualTo(2);
            try (RawClient client = backup.client(GuardedBroker.SALES)) {
                int before = backup.refusals();
                assertThatThrownBy(() -> client.send("orders", Forgeries.withAnotherMic(sealed.get(2))))
                        .isInstanceOf(JMSSecurityException.class);
                assertThat(backup.nextRefusal(before)).isEqualTo("SEQUENCE_CONFLICT");
                client.send("orders", sealed.get(3));
                assertThat(backup.attribute("AbsorbedCount")).isEqualTo(1L);
                byte[] next = seal(dialog);
                client.send("orders", next);
                assertThat(backup.messageCount("orders")).isEqualTo(3);

                assertNext(client, sealed.get(2), shipping, 3);
                assertNext(client, sealed.get(3), shipping, 4);
                assertNext(client, next, shipping, 5);

                // What was consumed is not in the replica, so that its guard cannot know it; its receiver does.
                client.send("orders", sealed.get(0));
                assertThat(client.receive("orders").body()).isEqualTo(sealed.get(0));
                assertThat(((Opened) shipping.open(sealed.get(0), Reception.at("orders"))).arrival())
                        .isEqualTo(Arrival.DUPLICATE);
            }
            assertThat(backup.messageCount("orders")).isZero();
            assertThat(backup.attribute("HookFailureCount")).isEqualTo(0L);
            for (GuardedBroker broker : List.of(primary, backup)) {
                assertThat(PlaintextSearch.forMarkers(SECRET, PLAIN).in(broker.process.directory()))
                        .isEmpty();
                assertThat(PlaintextSearch.forMarkers(OPENLY).in(broker.process.directory()))
                        .isNotEmpty();
            }
        }
    }

    private GuardedBroker create(String name, int port, int otherPort) throws IOException {
        return GuardedBroker.create(
                GuardedBroker.builder(directory.resolve(name))
                        .port(port)
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE))
                        .coreElement("cluster-user", "node-of-the-pair")
                        .coreElement("cluster-password", "known to nodes only")
                        .coreElements("""
                                <ha-policy>
                                  <replication><%1$s>
                                    <vote-on-replication-failure>false</vote-on-replication-failure>
                                    <quorum-size>1</quorum-size>
                                  </%1$s></replication>
                                </ha-policy>
                                <connectors>
                                  <connector name="self">tcp://127.0.0.1:%2$d</connector>
                                  <connector name="other">tcp://127.0.0.1:%3$d</connector>
                                </connectors>
                                <cluster-connections>
                                  <cluster-connection name="pair">
                                    <connector-ref>self</connector-ref>
                                    <retry-interval>200</retry-interval>
                                    <static-connectors><connector-ref>other</connector-ref></static-connectors>
                                  </cluster-connection>
                                </cluster-connections>
                                """.formatted(name, port, otherPort)),
                SERVICES);
    }

    private static void assertRefusesPlaintext(RawClient client) {
        try (client) {
            assertThatThrownBy(() -> client.sendText("orders", PLAIN)).isInstanceOf(JMSSecurityException.class);
        }
    }

    private static byte[] seal(DialogSealer dialog) {
        return dialog.seal(MessageContent.text(SECRET), "orders");
    }

    private static void assertNext(RawClient client, byte[] envelope, DialogEndpoint receiver, long sequence)
            throws Exception {
        byte[] body = client.receive("orders").body();
        assertThat(body).isEqualTo(envelope);
        Opened opened = (Opened) receiver.open(body, Reception.at("orders"));
        opened.acknowledge();
        assertThat(opened.text()).isEqualTo(SECRET);
        assertThat(opened.sequence()).isEqualTo(sequence);
    }

    private static Path state(GuardedBroker broker) {
        return broker.process.dataDirectory().resolve("dialog-security");
    }
}
