package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.ClientClassPath;
import io.dialogsecurity.testkit.ClientProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a service has acknowledged it has had, whatever the owner of a broker puts into the queue afterwards, and whatever
 * became of the process: if it keeps endpoint state. Here no guard is in the way.
 */
class ConsumedOnceIT {

    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final List<String> TEXTS = List.of("a", "b", "c");

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aKilledProcessHadIt(Provider provider) throws Exception {
        Path configuration =
                world.configuration("shipping", "killed-" + provider, "<state directory=\"killed-" + provider + "\"/>");
        String name = world.name("orders");
        List<byte[]> envelopes = sendAndCopy(provider, name);
        try (ClientProcess process = acknowledging(configuration, provider, name, TEXTS.size())) {
            assertThat(process.lines()).containsSubsequence(TEXTS);
            process.kill();
        }
        putBack(provider, name, envelopes);
        try (ClientProcess next = acknowledging(configuration, provider, name, 1)) {
            assertThat(next.lines())
                    .contains("new", Acknowledging.DONE + TEXTS.size())
                    .doesNotContainAnyElementsOf(TEXTS);
        }
        Await.until(
                PATIENCE, "an empty queue", () -> world.broker().management().messageCount(name) == 0);
    }

    /** A process with the packaged jar that has acknowledged what was there. */
    private ClientProcess acknowledging(Path configuration, Provider provider, String name, int messages) {
        ClientProcess process = ClientProcess.of(Acknowledging.class.getName())
                .classPath(ClientClassPath.entries())
                .jvmOptions(ClientClassPath.quietJava())
                .arguments(
                        configuration.toString(),
                        provider.name(),
                        provider.url(world.broker()),
                        name,
                        String.valueOf(messages))
                .start();
        try {
            process.awaitLine(PATIENCE, line -> line.startsWith(Acknowledging.DONE));
            return process;
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void anEndpointThatWasClosedHadIt(Provider provider) throws Exception {
        String state = "<state directory=\"closed-" + provider + "\"/>";
        String name = world.name("orders");
        List<byte[]> envelopes = sendAndCopy(provider, name);
        try (ClientEndpoint first = world.own("shipping", "closed-" + provider, state)) {
            assertThat(received(provider, first, name, TEXTS.size())).isEqualTo(TEXTS);
        }
        putBack(provider, name, envelopes);
        try (ClientEndpoint next = world.own("shipping", "closed-" + provider, state)) {
            assertThat(received(provider, next, name, 1)).containsExactly("new");
            assertThat(next.counters().duplicates()).isEqualTo(TEXTS.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void withoutStateItIsDeliveredAgain(Provider provider) throws Exception {
        String name = world.name("orders");
        List<byte[]> envelopes = sendAndCopy(provider, name);
        try (ClientEndpoint first = world.own("shipping", "forgetful", "")) {
            assertThat(received(provider, first, name, TEXTS.size())).isEqualTo(TEXTS);
            putBack(provider, name, envelopes);
            assertThat(received(provider, first, name, 1)).containsExactly("new");
        }
        for (byte[] envelope : envelopes) {
            put(provider, name, envelope);
        }
        try (ClientEndpoint next = world.own("shipping", "forgetful", "")) {
            assertThat(received(provider, next, name, TEXTS.size())).isEqualTo(TEXTS);
        }
    }

    private List<byte[]> sendAndCopy(Provider provider, String name) throws JMSException {
        try (Connection out = world.orderEntry(provider).createConnection();
                Connection raw = world.plain(provider).createConnection()) {
            Session session = out.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            for (String text : TEXTS) {
                producer.send(session.createTextMessage(text));
            }
            raw.start();
            Session browsing = raw.createSession();
            List<byte[]> envelopes = new ArrayList<>();
            try (QueueBrowser browser = browsing.createBrowser(browsing.createQueue(name))) {
                Enumeration<?> messages = browser.getEnumeration();
                while (messages.hasMoreElements()) {
                    envelopes.add(((BytesMessage) messages.nextElement()).getBody(byte[].class));
                }
            }
            assertThat(envelopes).hasSize(TEXTS.size());
            return envelopes;
        }
    }

    /** The copies, and a message that comes after them. */
    private void putBack(Provider provider, String name, List<byte[]> envelopes) {
        for (byte[] envelope : envelopes) {
            put(provider, name, envelope);
        }
        try (JMSContext out = world.orderEntry(provider).createContext()) {
            out.createProducer().send(out.createQueue(name), "new");
        }
    }

    private void put(Provider provider, String name, byte[] envelope) {
        try (JMSContext raw = world.plain(provider).createContext()) {
            raw.createProducer().send(raw.createQueue(name), envelope);
        }
    }

    private List<String> received(Provider provider, ClientEndpoint endpoint, String name, int count) {
        try (JMSContext in = new SecureConnectionFactory(provider.factory(world.broker()), endpoint).createContext()) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(consumer.receiveBody(String.class, PATIENCE_MILLIS));
            }
            assertThat(consumer.receiveNoWait()).isNull();
            return texts;
        }
    }
}
