package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSSecurityRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorSampleIT {

    private static final Path SAMPLES = Path.of("../../config");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final int clientsOfA = FreePort.choose();
    private final int clientsOfB = FreePort.choose();

    @Test
    @DisplayName("With the samples two guarded brokers mirror each other, and only one accepts clients")
    void samplesWork() throws Exception {
        try (BrokerProcess a = instance("a");
                BrokerProcess b = instance("b")) {
            Files.createDirectories(directory.resolve("locks"));
            configure(a, a, b);
            configure(b, a, b);
            a.start();
            Await.until(PATIENCE, "broker A to accept clients", () -> accepts(clientsOfA));
            b.start();

            assertPlaintextIsRefused(clientsOfA);
            try (JMSContext context =
                    core(clientsOfA).createContext(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)) {
                context.createProducer().send(context.createQueue("DLQ"), "mirrored");
            }
            Await.until(PATIENCE, "the message at B", () -> b.management().messageCount("DLQ") == 1);
            assertThat(accepts(clientsOfB)).isFalse();

            a.kill();
            Await.until(PATIENCE, "broker B to accept clients", () -> accepts(clientsOfB));
            assertPlaintextIsRefused(clientsOfB);
        }
    }

    private BrokerProcess instance(String name) {
        return BrokerProcess.in(directory.resolve(name))
                .user("order-entry", "pw", "orders")
                .user("mirror", "mirror", "mirror")
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .create();
    }

    private void configure(BrokerProcess broker, BrokerProcess a, BrokerProcess b) throws Exception {
        Path etc = broker.etcDirectory();
        Files.writeString(
                etc.resolve("broker.xml"),
                Files.readString(SAMPLES.resolve("mirror").resolve("broker-" + broker.name() + ".xml"))
                        .replace(":61616", ":" + clientsOfA)
                        .replace(":61617", ":" + clientsOfB)
                        .replace(":61626", ":" + a.port())
                        .replace(":61627", ":" + b.port())
                        .replace(
                                "/var/lib/artemis-locks",
                                directory.resolve("locks").toString())
                        .replace("guarded-", ""));
        Files.copy(SAMPLES.resolve("guard.xml"), etc.resolve("guard.xml"));
        SampleConfigurationIT.writePki(etc.resolve("pki"));
    }

    private static void assertPlaintextIsRefused(int port) {
        try (JMSContext context = core(port).createContext("order-entry", "pw")) {
            assertThatThrownBy(() -> context.createProducer().send(context.createQueue("orders.express"), "readable"))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
        }
    }

    private static ConnectionFactory core(int port) {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
