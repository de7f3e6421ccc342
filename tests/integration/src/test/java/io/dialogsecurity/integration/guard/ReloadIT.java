package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy changes while the broker runs, and an administrator looks on. */
class ReloadIT {

    private static final Services SERVICES = new Services();

    @TempDir
    static Path directory;

    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(directory.resolve("guarded"), SERVICES);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Puts a policy in the place of the one before, and waits until the broker has noticed. */
    private static void apply(String policy) throws Exception {
        long before = (Long) broker.attribute("ReloadCount");
        broker.replacePolicy(policy);
        Await.until(
                GuardedBroker.PATIENCE,
                "the new policy to be read",
                () -> (Long) broker.attribute("ReloadCount") > before);
    }

    @AfterEach
    void restore() throws Exception {
        apply(GuardedBroker.policy(""));
    }

    @Test
    void aCertificateRevokedByReloadIsRefusedFromThenOn() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.retired);
                RawClient client = broker.client(GuardedBroker.SALES)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            client.send("orders", dialog.seal(MessageContent.text("before"), "orders"));

            apply(GuardedBroker.policy(
                    "<revoked fingerprint=\"" + SERVICES.retired.certificate().fingerprintHex() + "\"/>"));

            byte[] after = dialog.seal(MessageContent.text("after"), "orders");
            int before = broker.refusals();
            assertThatThrownBy(() -> client.send("orders", after)).isInstanceOf(JMSSecurityException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("CERTIFICATE_REVOKED");
        }
    }

    @Test
    void aWrongPolicyIsToldInOneLineAndTheGoodOneStays() throws Exception {
        long wrongBefore = (Long) broker.attribute("FailedReloadCount");
        broker.replacePolicy(GuardedBroker.policy("").replace("senders=\"shipping\"", "senders=\"nobody\""));

        Await.until(
                GuardedBroker.PATIENCE,
                "the wrong policy to be counted",
                () -> broker.attribute("FailedReloadCount").equals(wrongBefore + 1));
        assertThat((String) broker.attribute("PolicyProblem")).contains("unknown service 'nobody'");
        assertThat(broker.meter("dialog.security.reloads.failed")).isEqualTo(wrongBefore + 1.0);
        assertThat(consoleLinesWith("The new configuration is not applied")).hasSize(1);
        guardsAsBefore();

        apply(GuardedBroker.policy(""));
        assertThat(broker.attribute("PolicyProblem")).isEqualTo("");
        guardsAsBefore();
    }

    @Test
    void anAddressIsProtectedFromTheReloadOn() throws Exception {
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.sendText("free", "not yet protected");
            broker.replacePolicyUnnoticed(GuardedBroker.policy("")
                    .replace(
                            "<addresses default=\"bypass\">",
                            "<addresses default=\"bypass\"><address match=\"free\" action=\"apply\"/>"));
            assertThat((String) broker.process.management().invoke(broker.bean(), "reload"))
                    .startsWith("reloaded ");

            assertThatThrownBy(() -> client.sendText("free", "protected")).isInstanceOf(JMSSecurityException.class);
        }
    }

    @Test
    void theBeanAndTheMetersShowWhatHappened() throws Exception {
        long accepted = (Long) broker.attribute("AcceptedCount");
        long refused = (Long) broker.attribute("RefusedCount");
        long verified = (Long) broker.attribute("VerificationCount");
        long dialogs = (Long) broker.attribute("DialogsRemembered");

        guardsAsBefore();

        assertThat(broker.attribute("AcceptedCount")).isEqualTo(accepted + 1);
        assertThat(broker.attribute("RefusedCount")).isEqualTo(refused + 1);
        assertThat(broker.attribute("VerificationCount")).isEqualTo(verified + 1);
        assertThat(broker.attribute("DialogsRemembered")).isEqualTo(dialogs + 1);
        TabularData byReason = (TabularData) broker.attribute("RefusedByReason");
        long plaintexts =
                (Long) byReason.get(new Object[] {"PLAINTEXT_REFUSED"}).get("value");
        assertThat(broker.meter("dialog.security.messages{outcome=accepted,reason=none"))
                .isEqualTo(accepted + 1.0);
        assertThat(broker.meter("dialog.security.messages{outcome=refused,reason=plaintext_refused"))
                .isEqualTo(plaintexts)
                .isPositive();
        assertThat(broker.meters().keySet())
                .anyMatch(name -> name.startsWith("dialog.security.certificate.days.to.expiry"));
        assertThat((String) broker.attribute("PolicyFile")).endsWith(GuardedBroker.POLICY_FILE);
        assertThat((String[]) broker.attribute("Services")).anyMatch(line -> line.startsWith("shipping until "));
        assertThat(broker.attribute("TrustAnchorCount")).isEqualTo(1);
        assertThat((int) broker.attribute("RevocationListCount")).isNotNegative();
        assertThat((int) broker.attribute("CertificateCount")).isPositive();

        broker.process.management().invoke(broker.bean(), "flushCaches");
        assertThat(((TabularData) broker.attribute("CacheSizes"))
                        .get(new Object[] {"verified-headers"})
                        .get("value"))
                .isEqualTo(0L);
    }

    @Test
    void certificatesThatEndSoonAreWarnedOf() throws Exception {
        broker.replacePolicy(GuardedBroker.policy("").replace("<trust>", "<trust expiry-warning=\"P400D\">"));
        Await.until(
                GuardedBroker.PATIENCE,
                "a warning of each certificate",
                () -> consoleLinesWith("have the authority issue its successor").size() >= 4);
        assertThat((String[]) broker.attribute("Warnings")).isNotEmpty();
    }

    private void guardsAsBefore() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient client = broker.client(GuardedBroker.SALES)) {
            byte[] envelope = endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("x"), "orders");
            assertThatCode(() -> client.send("orders", envelope)).doesNotThrowAnyException();
            assertThatThrownBy(() -> client.sendText("orders", "plain")).isInstanceOf(JMSSecurityException.class);
        }
    }

    private List<String> consoleLinesWith(String text) throws IOException {
        return Files.readAllLines(broker.process.consoleLog()).stream()
                .filter(line -> line.contains(text))
                .toList();
    }
}
