package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.A_MOMENT;
import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.SHIPPING;
import static io.dialogsecurity.integration.interceptor.Applications.connection;
import static io.dialogsecurity.integration.interceptor.Applications.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.transaction.xa.XAResource;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not reach the application, and where it goes. */
class RefusalIT {

    private static final Map<String, Integer> MODES = Map.of(
            "auto", Session.AUTO_ACKNOWLEDGE,
            "client", Session.CLIENT_ACKNOWLEDGE,
            "dups-ok", Session.DUPS_OK_ACKNOWLEDGE,
            "transacted", Session.SESSION_TRANSACTED,
            "individual", ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE,
            "pre", ActiveMQJMSConstants.PRE_ACKNOWLEDGE);

    @TempDir
    static Path directory;

    private static Applications applications;

    @BeforeAll
    static void start() throws Exception {
        applications = Applications.start(
                directory,
                Applications.builder(directory)
                        .user("clerk", "pw", "clerks")
                        .allow("orders", "consume", "clerks")
                        .allow("orders", "send", "clerks")
                        .allow(Applications.QUARANTINE, "consume", "clerks"));
    }

    @BeforeEach
    void clear() throws Exception {
        applications.clear("orders", "replies.sales", Applications.QUARANTINE);
    }

    @AfterAll
    static void stop() {
        applications.close();
    }

    /** A queue with good messages m0, m1, … and bad ones between them. */
    private static void fillWithAttacks() throws Exception {
        byte[] used;
        try (DialogEndpoint endpoint = Applications.orderEntryEndpoint();
                DialogSealer sealer = endpoint.begin(Set.of(SHIPPING));
                DialogSealer other = endpoint.begin(Set.of(SHIPPING))) {
            applications.inject("orders", sealer.seal(MessageContent.text("m0"), "orders"));
            byte[] tampered = sealer.seal(MessageContent.text("x"), "orders");
            tampered[tampered.length - 1] ^= 1;
            applications.inject("orders", tampered);
            applications.inject("orders", sealer.seal(MessageContent.text("m1"), "orders"));
            try (JMSContext forger = applications.plain()) {
                forger.createProducer().send(forger.createQueue("orders"), "in the clear");
            }
            used = sealer.seal(MessageContent.text("m2"), "orders");
            applications.inject("orders", used);
            applications.inject("orders", other.seal(MessageContent.text("elsewhere"), "orders.copy"));
            applications.inject("orders", sealer.seal(MessageContent.text("m3"), "orders"));
        }
    }

    private static final List<String> GOOD = List.of("m0", "m1", "m2", "m3");
    private static final List<String> REASONS = List.of("MIC_INVALID", "PLAINTEXT_REFUSED", "WRONG_DESTINATION");

    static Stream<Arguments> modesAndWindows() {
        return MODES.keySet().stream()
                .sorted()
                .flatMap(mode -> Stream.of(
                                "consumerWindowSize=0",
                                "consumerWindowSize=1",
                                "consumerWindowSize=-1",
                                "confirmationWindowSize=1000",
                                "blockOnAcknowledge=true")
                        .filter(parameter ->
                                mode.equals("auto") || parameter.startsWith("b") || parameter.endsWith("0"))
                        .map(parameter -> Arguments.of(mode, parameter)));
    }

    @ParameterizedTest
    @MethodSource("modesAndWindows")
    @DisplayName("Tampered, plain and misdirected messages go to the quarantine, and the queue moves on")
    void quarantine(String mode, String parameter) throws Exception {
        fillWithAttacks();
        try (Connection connection = connection(applications.shippingUrl(parameter))) {
            Session session = connection.createSession(MODES.get(mode));
            MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
            List<String> got = new ArrayList<>();
            Message last = null;
            while (got.size() < GOOD.size()) {
                Message message = consumer.receive(PATIENCE);
                assertThat(message).as("after " + got).isNotNull();
                got.add(message.getBody(String.class));
                last = message;
                if (mode.equals("individual")) {
                    message.acknowledge();
                }
            }
            assertThat(consumer.receive(A_MOMENT)).isNull();
            if (mode.equals("client")) {
                last.acknowledge();
            } else if (mode.equals("transacted")) {
                session.rollback();
                assertThat(receive(consumer, 4)).isEqualTo(GOOD);
                session.commit();
            }
            assertThat(got).isEqualTo(GOOD);
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined())
                .allSatisfy(entry -> assertThat(entry.getKey()).isEqualTo("orders"))
                .extracting(Map.Entry::getValue)
                .isEqualTo(REASONS);
    }

    private static List<String> receive(MessageConsumer consumer, int number) throws JMSException {
        List<String> got = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Message message = consumer.receive(PATIENCE);
            assertThat(message).as("after " + got).isNotNull();
            got.add(message.getBody(String.class));
        }
        return got;
    }

    @Test
    @DisplayName("A copy of what was taken is removed; the same number with another ciphertext is not let through")
    void copies() throws Exception {
        try (DialogEndpoint endpoint = Applications.orderEntryEndpoint();
                DialogSealer sealer = endpoint.begin(Set.of(SHIPPING));
                JMSContext receiver = context(applications.shippingUrl());
                var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
            byte[] once = sealer.seal(MessageContent.text("once"), "orders");
            applications.inject("orders", once);
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("once");
            for (int i = 0; i < 3; i++) {
                applications.inject("orders", once);
            }
            applications.inject("orders", sealer.seal(MessageContent.text("next"), "orders"));
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("next");
            assertThat(consumer.receive(A_MOMENT)).isNull();
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined()).isEmpty();
    }

    @Test
    @DisplayName("Many copies taken in a transaction that is rolled back are one message")
    void copiesInTransactions() throws Exception {
        try (DialogEndpoint endpoint = Applications.orderEntryEndpoint();
                DialogSealer sealer = endpoint.begin(Set.of(SHIPPING));
                JMSContext receiver = context(applications.shippingUrl(), JMSContext.SESSION_TRANSACTED);
                var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
            byte[] once = sealer.seal(MessageContent.text("once"), "orders");
            applications.inject("orders", once);
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("once");
            receiver.rollback();
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("once");
            receiver.commit();
            applications.inject("orders", once);
            assertThat(consumer.receive(A_MOMENT)).isNull();
            receiver.commit();
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
    }

    @Test
    @DisplayName("What cannot be put into the quarantine stays in its queue, and is never acknowledged with others")
    void quarantineFails() throws Exception {
        fillWithAttacks();
        for (String parameter : List.of("blockOnAcknowledge=false", "blockOnAcknowledge=true")) {
            try (Connection connection = connection(applications.shippingUrl(parameter), "clerk", "pw")) {
                Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
                assertThat(receive(consumer, 4)).isEqualTo(GOOD);
                session.recover();
                assertThat(receive(consumer, 4)).isEqualTo(GOOD);
            }
        }
        try (Connection connection = connection(applications.shippingUrl(), "clerk", "pw")) {
            Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
            assertThat(receive(consumer, 4)).isEqualTo(GOOD);
            assertThat(consumer.receive(A_MOMENT)).isNull();
        }
        Await.until(Applications.WHILE, "what was taken to be gone", () -> applications.count("orders") == 3);
        assertThat(applications.quarantined()).isEmpty();
        try (JMSContext receiver = context(applications.shippingUrl());
                var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
            assertThat(consumer.receive(A_MOMENT)).isNull();
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined()).extracting(Map.Entry::getValue).isEqualTo(REASONS);
    }

    @Test
    @DisplayName("Large envelopes of other senders are opened; what is wrong with them is noticed")
    void largeEnvelopes() throws Exception {
        byte[] plaintext = new byte[400_000];
        new java.util.Random(5).nextBytes(plaintext);
        try (DialogEndpoint endpoint = Applications.orderEntryEndpoint();
                DialogSealer sealer = endpoint.begin(Set.of(SHIPPING))) {
            applications.inject(
                    "orders", sealer.seal(MessageContent.bytes(plaintext).with("", Map.of("n", 1)), "orders"));
            ByteArrayOutputStream streamed = new ByteArrayOutputStream();
            try (OutputStream out =
                    sealer.sealStream(MessageContent.bytes(new byte[0]).with("", Map.of("n", 2)), "orders", streamed)) {
                out.write(plaintext);
            }
            applications.inject("orders", streamed.toByteArray());
            byte[] tampered = sealer.seal(MessageContent.bytes(plaintext), "orders");
            tampered[300_000] ^= 1;
            applications.inject("orders", tampered);
            applications.inject("orders", plaintext);
            applications.inject("orders", sealer.seal(MessageContent.text("after"), "orders"));
        }
        for (String parameter : List.of("consumerWindowSize=100000", "consumerWindowSize=0")) {
            try (Connection connection = connection(applications.shippingUrl(parameter))) {
                Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
                for (int n = 1; n <= 2; n++) {
                    Message message = consumer.receive(PATIENCE);
                    assertThat(message.getBody(byte[].class)).isEqualTo(plaintext);
                    assertThat(message.getIntProperty("n")).isEqualTo(n);
                }
                Message after = consumer.receive(PATIENCE);
                assertThat(after.getBody(String.class)).isEqualTo("after");
                if (parameter.endsWith("=0")) {
                    after.acknowledge();
                }
            }
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined())
                .extracting(Map.Entry::getValue)
                .containsExactly("MIC_INVALID", "PLAINTEXT_REFUSED");
    }

    @Test
    @DisplayName("XA branches: what is committed is taken, what is rolled back comes again")
    void branches() throws Exception {
        fillWithAttacks();
        ActiveMQXAConnectionFactory factory =
                new ActiveMQXAConnectionFactory(applications.shippingUrl(), "admin", "admin");
        try (factory;
                var connection = factory.createXAConnection()) {
            connection.start();
            var session = connection.createXASession();
            XAResource resource = session.getXAResource();
            MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
            for (boolean commit : new boolean[] {false, true}) {
                XidImpl xid = new XidImpl(new byte[] {1}, 1, new byte[] {(byte) (commit ? 1 : 2)});
                resource.start(xid, XAResource.TMNOFLAGS);
                assertThat(receive(consumer, 4)).isEqualTo(GOOD);
                resource.end(xid, XAResource.TMSUCCESS);
                if (commit) {
                    assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
                    resource.commit(xid, false);
                } else {
                    resource.rollback(xid);
                }
            }
        }
        Await.until(Applications.WHILE, "an empty queue", () -> applications.count("orders") == 0);
        assertThat(applications.quarantined()).extracting(Map.Entry::getValue).isEqualTo(REASONS);
    }

    @Test
    @DisplayName("One interceptor without the other, or without a configuration, makes no connection")
    void halfConfigured() {
        String core = applications.broker.coreUrl();
        assertThatThrownBy(() -> context(core + "?outgoingInterceptorList=" + SealingInterceptor.class.getName())
                        .close())
                .hasMessageContaining("lacks incomingInterceptorList=" + OpeningInterceptor.class.getName());
        assertThatThrownBy(() -> context(core + "?callTimeout=2000&incomingInterceptorList="
                                + OpeningInterceptor.class.getName())
                        .close())
                .isInstanceOf(jakarta.jms.JMSRuntimeException.class);
        Path nowhere = directory.resolve("nowhere.xml");
        assertThatThrownBy(() -> context(Applications.url(core, nowhere)).close())
                .isInstanceOf(jakarta.jms.JMSSecurityRuntimeException.class)
                .hasMessageContaining("nowhere.xml");
    }

    @Test
    @DisplayName("What a sender cannot seal is not sent: a text with half of a surrogate pair")
    void unsealable() throws Exception {
        try (JMSContext sender = context(applications.orderEntryUrl())) {
            Queue orders = sender.createQueue("orders");
            assertThatThrownBy(() -> sender.createProducer().send(orders, "half \uD800 a pair"))
                    .isInstanceOf(jakarta.jms.JMSRuntimeException.class)
                    .hasMessageContaining("surrogate");
            sender.createProducer().send(orders, "whole");
        }
        try (JMSContext receiver = context(applications.shippingUrl());
                var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("whole");
        }
    }

    @Test
    @DisplayName("A message that was received may be sent on, and is sealed again")
    void forwarding() throws Exception {
        byte[] plaintext = new byte[200_000];
        try (DialogEndpoint endpoint = Applications.orderEntryEndpoint();
                DialogSealer sealer = endpoint.begin(Set.of(SHIPPING))) {
            applications.inject("orders", sealer.seal(MessageContent.text("secret"), "orders"));
            applications.inject("orders", sealer.seal(MessageContent.bytes(plaintext), "orders"));
        }
        try (JMSContext receiver = new ActiveMQConnectionFactory(
                                applications.shippingUrl("minLargeMessageSize=300000"), "admin", "admin")
                        .createContext();
                var consumer = receiver.createConsumer(receiver.createQueue("orders"))) {
            for (int i = 0; i < 2; i++) {
                receiver.createProducer().send(receiver.createQueue("replies.sales"), consumer.receive(PATIENCE));
            }
        }
        assertThat(applications.stored("replies.sales"))
                .hasSize(2)
                .allSatisfy(message -> assertThat(Applications.bytes(message)).startsWith(0xD5, 'D', 'I', 'A'));
        try (JMSContext sales = context(applications.orderEntryUrl());
                var consumer = sales.createConsumer(sales.createQueue("replies.sales"))) {
            assertThat(consumer.receiveBody(String.class, PATIENCE)).isEqualTo("secret");
            assertThat(consumer.receiveBody(byte[].class, PATIENCE)).isEqualTo(plaintext);
        }
    }
}
