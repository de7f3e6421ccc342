package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSSecurityRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleConfigurationIT {

    private static final Path SAMPLES = Path.of("../../config");

    @TempDir
    Path directory;

    @Test
    @DisplayName("A broker starts with the sample broker.xml and guard.xml, guarded")
    void samplesWork() throws Exception {
        try (BrokerProcess broker = BrokerProcess.in(directory.resolve("guarded"))
                .user("order-entry", "pw", "orders")
                .user("shipping-blue", "pw", "fulfilment")
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .create()) {
            Path etc = broker.etcDirectory();
            Files.writeString(
                    etc.resolve("broker.xml"),
                    Files.readString(SAMPLES.resolve("broker.xml")).replace(":61616", ":" + broker.port()));
            Files.copy(SAMPLES.resolve("guard.xml"), etc.resolve("guard.xml"));
            writePki(etc.resolve("pki"));

            broker.start();

            assertThat(broker.management().queueNames())
                    .contains("orders.new.shipping", "orders.express", "replies.orders", "dialog-security.quarantine");
            assertThat(new GuardWatch(broker.management()).refused()).isZero();
            ConnectionFactory plain = new ActiveMQConnectionFactory(broker.coreUrl());
            try (JMSContext context = plain.createContext("order-entry", "pw")) {
                assertThatThrownBy(
                                () -> context.createProducer().send(context.createQueue("orders.express"), "readable"))
                        .isInstanceOf(JMSSecurityRuntimeException.class);
            }
            assertThat(new GuardWatch(broker.management()).refusals().toString())
                    .isEqualTo("{PLAINTEXT_REFUSED=1}");
        }
    }

    @Test
    @DisplayName("A broker starts with the sample broker.xml and broker-side.xml; end to end it is guarded as ever")
    void brokerSideSampleWorks() throws Exception {
        try (BrokerProcess broker = BrokerProcess.in(directory.resolve("guarded"))
                .user("order-entry", "pw", "orders")
                .user("till-1", "pw", "orders")
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .create()) {
            Path etc = broker.etcDirectory();
            Files.writeString(
                    etc.resolve("broker.xml"),
                    Files.readString(SAMPLES.resolve("broker.xml"))
                            .replace(":61616", ":" + broker.port())
                            .replace("value=\"guard.xml\"", "value=\"broker-side.xml\""));
            Files.copy(SAMPLES.resolve("broker-side.xml"), etc.resolve("broker-side.xml"));
            writePki(etc.resolve("pki"));

            broker.start();

            assertThat(new GuardWatch(broker.management()).refused()).isZero();
            ConnectionFactory plain = new ActiveMQConnectionFactory(broker.coreUrl());
            try (JMSContext context = plain.createContext("till-1", "pw")) {
                assertThatThrownBy(
                                () -> context.createProducer().send(context.createQueue("orders.express"), "readable"))
                        .as("no <seal> there")
                        .isInstanceOf(JMSSecurityRuntimeException.class);
            }
            assertThat(new GuardWatch(broker.management()).refusals().toString())
                    .isEqualTo("{PLAINTEXT_REFUSED=1}");
        }
    }

    static void writePki(Path pki) throws Exception {
        Files.createDirectories(pki);
        Instant from = Instant.now().minus(Duration.ofDays(1));
        Instant until = from.plus(Duration.ofDays(90));
        CertificateAuthority root = CertificateAuthority.root("Root", from, until);
        root.writeCertificate(pki.resolve("root.pem"));
        CertificateAuthority.writeCrl(pki.resolve("root.crl"), root.revoke(List.of(), from, until));
        for (String service : List.of("order-entry", "shipping", "billing")) {
            IssuedIdentity identity = root.issue(new ServiceName(service), Suite.SUITE_2, from, until);
            identity.writeCertificate(pki.resolve(service + ".pem"));
            identity.writePkcs12(pki.resolve(service + ".p12"), "changeit".toCharArray(), service);
            Files.writeString(pki.resolve(service + ".password"), "changeit\n");
        }
    }
}
