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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker whose guard is configured wrongly does not start, and says in one line what to do. */
class WrongConfigurationIT {

    private static final Services SERVICES = new Services();
    private static final String ONE_LINE = "The broker does not start unprotected. ";

    @TempDir
    static Path directory;

    private static BrokerProcess broker;

    @BeforeAll
    static void create() throws IOException {
        broker = create(GuardedBroker.builder(directory.resolve("wrong")), Map.of("config", GuardedBroker.POLICY_FILE));
    }

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
        Files.writeString(policyFile(), mistake.policy().apply(GuardedBroker.policy("")));
        refusesToStart(broker, mistake.line());
    }

    @Test
    void doesNotStartWithoutItsFile() throws Exception {
        Files.deleteIfExists(policyFile());
        refusesToStart(broker, List.of(GuardedBroker.POLICY_FILE, "does not exist"));
    }

    private static Path policyFile() {
        return broker.etcDirectory().resolve(GuardedBroker.POLICY_FILE);
    }

    @Test
    void doesNotStartWithoutItsProperty() throws Exception {
        refusesToStart(
                create(GuardedBroker.builder(directory.resolve("forgotten")), Map.of()),
                List.of("broker.xml", "no property 'config'"));
    }

    @Test
    void doesNotStartWithoutTheBrokersSecurity() throws Exception {
        BrokerProcess open = create(
                GuardedBroker.builder(directory.resolve("open")).coreElement("security-enabled", "false"),
                Map.of("config", GuardedBroker.POLICY_FILE));
        Files.writeString(open.etcDirectory().resolve(GuardedBroker.POLICY_FILE), GuardedBroker.policy(""));
        refusesToStart(open, List.of("broker.xml", "<security-enabled> is false"));
    }

    /** Policies of brokers and clients know the usual ones only; with others they would be about no address at all. */
    @ParameterizedTest
    @ValueSource(strings = {"<delimiter>/</delimiter>", "<any-words>&gt;</any-words>", "<single-word>+</single-word>"})
    void doesNotStartWithOtherWildcards(String element) throws Exception {
        BrokerProcess other = create(
                GuardedBroker.builder(directory.resolve("wildcards" + Integer.toHexString(element.hashCode())))
                        .coreElements("<wildcard-addresses>" + element + "</wildcard-addresses>"),
                Map.of("config", GuardedBroker.POLICY_FILE));
        Files.writeString(other.etcDirectory().resolve(GuardedBroker.POLICY_FILE), GuardedBroker.policy(""));
        refusesToStart(other, List.of("broker.xml", "<wildcard-addresses>", "remove"));
    }

    private static BrokerProcess create(BrokerProcess.Builder builder, Map<String, String> properties)
            throws IOException {
        BrokerProcess created = builder.plugin(GuardedBroker.PLUGIN, properties).create();
        SERVICES.writePublic(created.etcDirectory().resolve("pki"));
        return created;
    }

    private static void refusesToStart(BrokerProcess process, List<String> line) throws IOException {
        int before = told(process).size();
        try (process) {
            assertThatThrownBy(process::start).isInstanceOf(BrokerProcess.BrokerStartException.class);
            assertThatThrownBy(() -> {
                        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), process.port())) {
                            socket.getInputStream().read();
                        }
                    })
                    .isInstanceOf(ConnectException.class);
        }
        List<String> told = told(process);
        assertThat(told).hasSize(before + 1);
        assertThat(told.get(before)).contains(line);
    }

    private static List<String> told(BrokerProcess process) throws IOException {
        return Files.exists(process.consoleLog())
                ? Files.readAllLines(process.consoleLog()).stream()
                        .filter(logged -> logged.contains(ONE_LINE))
                        .toList()
                : List.of();
    }
}
