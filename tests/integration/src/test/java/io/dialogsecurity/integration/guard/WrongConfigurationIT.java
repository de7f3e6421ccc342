package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.testkit.BrokerProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker whose guard is configured wrongly does not start, and says in one line what to do. */
class WrongConfigurationIT {

    private static final Services SERVICES = new Services();
    private static final String ONE_LINE = "The broker does not start unprotected. ";

    @TempDir
    Path directory;

    /** One mistake, and what the line about it says. */
    record Mistake(String what, UnaryOperator<String> policy, List<String> line) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Mistake> mistakes() {
        return List.of(
                new Mistake(
                        "malformed XML",
                        policy -> policy.replace("</addresses>", ""),
                        List.of("dialog-security.xml:", "not well-formed")),
                new Mistake(
                        "a missing certificate",
                        policy -> policy.replace("pki/billing.pem", "pki/nobody.pem"),
                        List.of("dialog-security.xml:6:", "nobody.pem")),
                new Mistake(
                        "an expired certificate",
                        policy -> policy.replace("pki/order-entry.pem", "pki/expired.pem"),
                        List.of("dialog-security.xml:4:", "expired.pem")),
                new Mistake(
                        "an unknown service",
                        policy -> policy.replace("senders=\"shipping\"", "senders=\"shiping\""),
                        List.of("dialog-security.xml:", "unknown service 'shiping'")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void doesNotStartWith(Mistake mistake) throws Exception {
        BrokerProcess broker = create(Map.of("config", GuardedBroker.POLICY_FILE));
        Files.writeString(
                broker.etcDirectory().resolve(GuardedBroker.POLICY_FILE),
                mistake.policy().apply(GuardedBroker.policy("")));
        refusesToStart(broker, mistake.line());
    }

    @Test
    void doesNotStartWithoutItsFile() throws Exception {
        refusesToStart(create(Map.of("config", "nowhere.xml")), List.of("nowhere.xml", "does not exist"));
    }

    @Test
    void doesNotStartWithoutItsProperty() throws Exception {
        refusesToStart(create(Map.of()), List.of("broker.xml", "no property 'config'"));
    }

    @Test
    void doesNotStartWithoutTheBrokersSecurity() throws Exception {
        BrokerProcess broker = create(
                GuardedBroker.builder(directory.resolve("b")).coreElement("security-enabled", "false"),
                Map.of("config", GuardedBroker.POLICY_FILE));
        Files.writeString(broker.etcDirectory().resolve(GuardedBroker.POLICY_FILE), GuardedBroker.policy(""));
        refusesToStart(broker, List.of("broker.xml", "<security-enabled> is false"));
    }

    private BrokerProcess create(Map<String, String> properties) throws IOException {
        return create(GuardedBroker.builder(directory.resolve("b")), properties);
    }

    private static BrokerProcess create(BrokerProcess.Builder builder, Map<String, String> properties)
            throws IOException {
        BrokerProcess broker = builder.plugin(GuardedBroker.PLUGIN, properties).create();
        SERVICES.writePublic(broker.etcDirectory().resolve("pki"));
        return broker;
    }

    private static void refusesToStart(BrokerProcess broker, List<String> line) throws IOException {
        try (broker) {
            assertThatThrownBy(broker::start).isInstanceOf(BrokerProcess.BrokerStartException.class);
            assertThatThrownBy(() -> {
                        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
                            socket.getInputStream().read();
                        }
                    })
                    .isInstanceOf(ConnectException.class);
            List<String> told = Files.readAllLines(broker.consoleLog()).stream()
                    .filter(logged -> logged.contains(ONE_LINE))
                    .toList();
            assertThat(told).hasSize(1);
            assertThat(told.get(0)).contains(line);
        }
    }
}
