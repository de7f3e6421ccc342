package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes the guard of a real broker, and what does not. */
class GuardIT {

    private static final String SECRET = "the customer's secret order";

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(directory.resolve("guarded"), SERVICES);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void sealedMessagesPassAndArriveUnchanged() throws Exception {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry);
                RawClient client = broker.client(GuardedBroker.SALES)) {
            DialogSealer dialog = endpoint.begin(Set.of(Services.SHIPPING));
            byte[] envelope = dialog.seal(MessageContent.text(SECRET), "orders");

            client.send("orders", envelope);

            Message received = client.receive("orders");
            assertThat(RawClient.body(received)).isEqualTo(envelope);
        }
    }

    @Test
    void plaintextIsRefused() throws Exception {
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.sendText("orders", SECRET)).isInstanceOf(JMSSecurityException.class);
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
    }
}
