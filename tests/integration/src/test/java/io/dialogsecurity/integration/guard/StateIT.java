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
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;
import org.apache.activemq.artemis.utils.PasswordMaskingUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guard remembers when its broker is killed, and what becomes of damaged memory. */
class StateIT {

    private static final Services SERVICES = new Services();
    private static final DialogEndpoint ORDER_ENTRY = SERVICES.endpoint(SERVICES.orderEntry);

    @TempDir
    Path directory;

    @Test
    void whatPassedBeforeAKillDoesNotPassAgain() throws Exception {
        DialogSealer dialog = ORDER_ENTRY.begin(Set.of(Services.SHIPPING));
        byte[] consumed = seal(dialog);
        byte[] queued = seal(dialog);
        try (GuardedBroker broker = GuardedBroker.start(directory.resolve("broker"), SERVICES)) {
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                client.send("orders", consumed);
                assertThat(client.receive("orders").body()).isEqualTo(consumed);
                client.send("orders", queued);
            }
            assertThat(broker.attribute("StateOpen")).isEqualTo(true);
            broker.process.kill();
            broker.process.restart();

            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                offer(client, consumed);
                offer(client, queued);
                assertThatThrownBy(() -> client.send("orders", Forgeries.withAnotherMic(consumed)))
                        .isInstanceOf(JMSSecurityException.class);
                client.send("orders", seal(dialog));
            }
            assertThat(broker.audit()).anyMatch(line -> line.contains("SEQUENCE_CONFLICT"));
            assertThat(broker.messageCount("orders")).isEqualTo(2); // what was queued, and the new one
            assertThat(Files.isDirectory(stateOf(broker.process))).isTrue();
        }
    }

    /** Sends a copy; whether its sender is told or it is removed silently, is not the matter here. */
    private static void offer(RawClient client, byte[] envelope) throws JMSException {
        try {
            client.send("orders", envelope);
        } catch (JMSSecurityException e) {
            assertThat(e).hasMessageContaining("refused");
        }
    }

    @Test
    void aBrokerWithDamagedStateDoesNotStartUntilSomebodyDecides() throws Exception {
        DialogSealer dialog = ORDER_ENTRY.begin(Set.of(Services.SHIPPING));
        byte[] queued = seal(dialog);
        try (GuardedBroker broker = GuardedBroker.start(directory.resolve("broker"), SERVICES)) {
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                client.send("orders", queued);
            }
            broker.process.stop();
            List<Path> damaged = damage(stateOf(broker.process));

            assertThatThrownBy(broker.process::start).isInstanceOf(BrokerProcess.BrokerStartException.class);
            assertThat(Files.readAllLines(broker.process.consoleLog()))
                    .anySatisfy(line -> assertThat(line)
                            .contains("does not become active without its endpoint state")
                            .contains(stateOf(broker.process).toString())
                            .contains("on-damage"));
            assertThat(damaged).allSatisfy(file -> assertThat(file).exists());

            broker.replacePolicy(
                    GuardedBroker.policy("").replace("<quarantine", "<state on-damage=\"rebuild\"/>\n<quarantine"));
            broker.process.start();
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                assertThat(broker.messageCount("orders")).isEqualTo(1);
                offer(client, queued); // learned again from the queue
                client.send("orders", seal(dialog));
                assertThat(client.receive("orders").body()).isEqualTo(queued);
            }
            assertThat(broker.messageCount("orders")).isEqualTo(1);
            Await.until(
                    GuardedBroker.PATIENCE,
                    "the state to be whole again",
                    () -> Files.readString(broker.process.consoleLog())
                            .contains("Endpoint state was begun anew from the headers of queued messages"));
            try (Stream<Path> files = Files.list(stateOf(broker.process))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .anyMatch(name -> name.contains(".damaged-"));
            }
        }
    }

    @Test
    void stateCanBeSwitchedOff() throws Exception {
        byte[] envelope = seal(ORDER_ENTRY.begin(Set.of(Services.SHIPPING)));
        BrokerProcess.Builder builder = GuardedBroker.builder(directory.resolve("broker"))
                .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE));
        try (GuardedBroker broker = GuardedBroker.start(builder, SERVICES)) {
            broker.process.stop();
            broker.replacePolicy(
                    GuardedBroker.policy("").replace("<quarantine", "<state enabled=\"false\"/>\n<quarantine"));
            broker.process.start();
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                client.send("orders", envelope);
                assertThat(client.receive("orders").body()).isEqualTo(envelope);
            }
            assertThat(broker.attribute("StateOpen")).isEqualTo(false);
            broker.process.kill();
            broker.process.restart();
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                client.send("orders", envelope); // now it is the receiver's to remove
                assertThat(client.receive("orders").body()).isEqualTo(envelope);
            }
            assertThat(Files.readString(broker.process.consoleLog())).contains("no endpoint state is kept");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;key=of this house"})
    void itsPasswordIsDecodedAsTheBrokerDecodesItsOwn(String codec) throws Exception {
        BrokerProcess.Builder builder = GuardedBroker.builder(directory.resolve("broker"))
                .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE));
        if (!codec.isEmpty()) {
            builder.coreElement("password-codec", codec);
        }
        byte[] envelope = seal(ORDER_ENTRY.begin(Set.of(Services.SHIPPING)));
        try (GuardedBroker broker = GuardedBroker.create(builder, SERVICES)) {
            broker.replacePolicy(encrypted("ENC(" + masked("behind-seven-seals", codec) + ")"));
            broker.process.start();
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                client.send("orders", envelope);
            }
            broker.process.kill();
            Path file = stateOf(broker.process).resolve("state.mv.db");
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .startsWith("H2encrypt");

            for (String wrong : List.of(
                    encrypted("ENC(" + masked("behind-six-seals", codec) + ")")
                            .replace("<state", "<state on-damage=\"rebuild\""),
                    GuardedBroker.policy("").replace("<quarantine", "<state on-damage=\"rebuild\"/>\n<quarantine"))) {
                broker.replacePolicy(wrong);
                assertThatThrownBy(broker.process::start).isInstanceOf(BrokerProcess.BrokerStartException.class);
            }
            assertThat(Files.readString(broker.process.consoleLog()))
                    .contains("cannot be decrypted. Correct the encryption password in <state>")
                    .contains("is encrypted. Give its encryption password in <state>")
                    .doesNotContain("behind-seven-seals");

            broker.replacePolicy(encrypted("behind-seven-seals"));
            broker.process.start();
            try (RawClient client = broker.client(GuardedBroker.SALES)) {
                offer(client, envelope);
            }
            assertThat(broker.messageCount("orders")).isEqualTo(1);
        }
    }

    private static String encrypted(String password) {
        return GuardedBroker.policy("")
                .replace("<quarantine", "<state><encryption password=\"" + password + "\"/></state>\n<quarantine");
    }

    private static String masked(String password, String codec) throws Exception {
        return ((DefaultSensitiveStringCodec) PasswordMaskingUtil.getCodec(codec.isEmpty() ? null : codec))
                .encode(password);
    }

    private static byte[] seal(DialogSealer dialog) {
        return dialog.seal(MessageContent.text("a secret"), "orders");
    }

    private static Path stateOf(BrokerProcess broker) {
        return broker.dataDirectory().resolve("dialog-security");
    }

    /** Writes over the middle of every file. */
    private static List<Path> damage(Path state) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.walk(state)) {
            files = listed.filter(Files::isRegularFile).toList();
        }
        assertThat(files).isNotEmpty();
        byte[] garbage = new byte[8192];
        Arrays.fill(garbage, (byte) 0x5A);
        for (Path file : files) {
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                for (long at = 0; at < bytes.length(); at += 2L * garbage.length) {
                    bytes.seek(at);
                    bytes.write(garbage, 0, (int) Math.min(garbage.length, bytes.length() - at));
                }
            }
        }
        return files;
    }
}
