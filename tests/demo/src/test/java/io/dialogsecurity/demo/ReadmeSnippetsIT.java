package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.dialog.Dialog;
import io.dialogsecurity.artemis.client.dialog.Dialogs;
import io.dialogsecurity.artemis.client.dialog.IncomingDialogs;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the README says, with the code that is in it: {@link ReadmeTest} compares. */
class ReadmeSnippetsIT {

    @TempDir
    static Path directory;

    private static BrokerProcess broker;
    private static String brokerUrl;
    private static String amqpUrl;
    private static String salesConfiguration;
    private static String storeConfiguration;
    private static final String PASSWORD = "secret";

    @BeforeAll
    static void makeEverything() throws Exception {
        Path trial = directory.resolve("trial");
        Process pki = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("dialogsecurity.client.jar"),
                        "pki",
                        "demo",
                        "--services",
                        "sales,store",
                        "--out",
                        trial.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(pki.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(pki.waitFor()).as(said).isZero();
        salesConfiguration = trial.resolve("sales/dialog-security.xml").toString();
        storeConfiguration = trial.resolve("store/dialog-security.xml").toString();
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve("broker"))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(
                        "io.dialogsecurity.artemis.DialogSecurityPlugin",
                        Map.of(
                                "config",
                                trial.resolve("broker/dialog-security.xml").toString()))
                .queue("store.orders")
                .queue("dialog-security.quarantine");
        for (String service : List.of("sales", "store")) {
            builder.user(service, PASSWORD, "services");
        }
        for (String permission : List.of(
                "send",
                "consume",
                "createNonDurableQueue",
                "deleteNonDurableQueue",
                "createAddress",
                "deleteAddress")) {
            builder.allow("#", permission, "services");
        }
        broker = builder.start();
        brokerUrl = broker.coreUrl();
        amqpUrl = broker.amqpUrl();
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static ConnectionFactory byUrl() {
        String configuration = URLEncoder.encode(salesConfiguration, StandardCharsets.UTF_8);
        // snippet url
        ConnectionFactory factory = new ActiveMQConnectionFactory(brokerUrl
                + "?outgoingInterceptorList=io.dialogsecurity.artemis.client.interceptor.SealingInterceptor"
                + "&incomingInterceptorList=io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor"
                + "&dialogSecurity=" + configuration);
        // end
        return factory;
    }

    private static ConnectionFactory byDecorator() {
        // snippet decorator
        ConnectionFactory factory = new SecureConnectionFactory(new JmsConnectionFactory(amqpUrl), storeConfiguration);
        // end
        return factory;
    }

    @Test
    @DisplayName("One line of an application changes, or none: the rest is plain JMS")
    void requestAndReply() throws Exception {
        try (JMSContext sales = byUrl().createContext("sales", PASSWORD);
                JMSContext store = byDecorator().createContext("store", PASSWORD)) {
            // snippet request
            TemporaryQueue replies = sales.createTemporaryQueue();
            Queue orders = sales.createQueue("store.orders");
            sales.createProducer().setJMSReplyTo(replies).send(orders, "12 boxes of gloves");
            // end
            // snippet reply
            var order = store.createConsumer(store.createQueue("store.orders")).receive(5_000);
            var reply = store.createTextMessage("shipped: " + order.getBody(String.class));
            reply.setJMSCorrelationID(order.getJMSMessageID());
            store.createProducer().send(order.getJMSReplyTo(), reply);
            // end
            assertThat(sales.createConsumer(replies).receiveBody(String.class, 5_000))
                    .isEqualTo("shipped: 12 boxes of gloves");
        }
    }

    @Test
    @DisplayName("With the dialog API a dialog is begun, held and ended")
    void dialog() throws Exception {
        FutureTask<Void> store = new FutureTask<>(() -> {
            answer(new SecureConnectionFactory(new JmsConnectionFactory(amqpUrl), storeConfiguration), PASSWORD);
            return null;
        });
        new Thread(store).start();
        assertThat(ask(
                        new SecureConnectionFactory(new ActiveMQConnectionFactory(brokerUrl), salesConfiguration),
                        PASSWORD))
                .isEqualTo("shipped: 12 boxes of gloves");
        store.get(10, TimeUnit.SECONDS);
    }

    private static String ask(SecureConnectionFactory factory, String password) throws JMSException {
        // snippet begin
        try (Dialogs dialogs = Dialogs.over(factory, "sales", password);
                Dialog dialog = dialogs.begin(new ServiceName("store"), "store.orders")) {
            dialog.send("12 boxes of gloves");
            String answer = dialog.receive(Duration.ofSeconds(10)).orElseThrow().getBody(String.class);
            dialog.end();
            return answer;
        }
        // end
    }

    private static void answer(SecureConnectionFactory factory, String password) throws JMSException {
        // snippet accept
        try (Dialogs dialogs = Dialogs.over(factory, "store", password);
                IncomingDialogs incoming = dialogs.incoming("store.orders");
                Dialog dialog = incoming.next(Duration.ofSeconds(10)).orElseThrow()) {
            Optional<Message> order = dialog.receive(Duration.ofSeconds(10));
            while (order.isPresent()) { // empty when the other side has ended the dialog
                dialog.send("shipped: " + order.get().getBody(String.class));
                order = dialog.receive(Duration.ofSeconds(10));
            }
        }
        // end
    }

    @Test
    @DisplayName("Plaintext does not pass the guard")
    void plaintext() throws Exception {
        try (JMSContext sales = new ActiveMQConnectionFactory(brokerUrl).createContext("sales", PASSWORD)) {
            assertThatThrownBy(() -> sales.createProducer().send(sales.createQueue("store.orders"), "12 boxes"))
                    .isInstanceOf(JMSSecurityRuntimeException.class);
        }
    }
}
