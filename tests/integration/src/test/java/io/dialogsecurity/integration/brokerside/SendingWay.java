package io.dialogsecurity.integration.brokerside;

import io.dialogsecurity.testkit.Await;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** The ways in which a plain application can send, and what it is told when it does. Safe for use by several threads. */
enum SendingWay {
    CORE_DURABLE("CORE, durable"),
    CORE_NOT_DURABLE("CORE, not durable"),
    CORE_LISTENER("CORE, completion listener"),
    CORE_LISTENER_CONFIRMED("CORE, completion listener and `confirmationWindowSize`"),
    CORE_TRANSACTION("CORE, transaction"),
    AMQP_UNSETTLED("AMQP, unsettled"),
    AMQP_NOT_DURABLE("AMQP, unsettled, not durable"),
    AMQP_SETTLED("AMQP, settled beforehand"),
    AMQP_TRANSACTION("AMQP, transaction"),
    MQTT31_1("MQTT 3.1, QoS 1"),
    MQTT3_0("MQTT 3.1.1, QoS 0"),
    MQTT3_1("MQTT 3.1.1, QoS 1"),
    MQTT3_2("MQTT 3.1.1, QoS 2"),
    MQTT3_RETAINED_0("MQTT 3.1.1, QoS 0, retained"),
    MQTT3_RETAINED_1("MQTT 3.1.1, QoS 1, retained"),
    MQTT3_WILL("MQTT 3.1.1, will, QoS 1"),
    MQTT5_0("MQTT 5, QoS 0"),
    MQTT5_1("MQTT 5, QoS 1"),
    MQTT5_2("MQTT 5, QoS 2"),
    MQTT5_RETAINED_0("MQTT 5, QoS 0, retained"),
    MQTT5_RETAINED_1("MQTT 5, QoS 1, retained"),
    MQTT5_WILL("MQTT 5, will, QoS 1"),
    STOMP_RECEIPT("STOMP, receipt"),
    STOMP_NO_RECEIPT("STOMP, no receipt"),
    STOMP_TRANSACTION("STOMP, transaction"),
    OPENWIRE_WAITS("OpenWire, waits"),
    OPENWIRE_ASYNC("OpenWire, `useAsyncSend`"),
    OPENWIRE_WINDOW("OpenWire, `useAsyncSend` and producer window"),
    OPENWIRE_TRANSACTION("OpenWire, transaction");

    /** Takes a connection and sends, and is told by an exception of the protocol's own. */
    static final String EXCEPTION = "exception";
    /** A transaction cannot be committed. */
    static final String COMMIT_FAILS = "commit fails";
    /** The listener of this message is given an exception. */
    static final String LISTENER = "listener";
    /** The listener of the connection is given an exception, and the connection stays. */
    static final String CONNECTION_TOLD = "connection's listener";
    /** The broker ends the connection. */
    static final String CONNECTION_ENDS = "connection ends";
    /** STOMP's. */
    static final String ERROR_FRAME = "ERROR frame";
    /** Of a will: who left it is gone. */
    static final String NOBODY = "nobody is there";
    /** All is well. */
    static final String ACCEPTED = "accepted";

    private static final int TIMEOUT_MILLIS = 15_000;
    private static final Duration PATIENCE = Duration.ofMillis(TIMEOUT_MILLIS);
    /** How long to wait for what may never come. */
    private static final long AFTERWARDS_MILLIS = 5_000;

    private static final int NOT_AUTHORISED = 0x87;

    /**
     * What is sent.
     *
     * @param port the broker's
     * @param user who sends
     * @param password of the user
     * @param address of a queue
     * @param free an address where nothing is refused
     * @param body the bytes
     * @param embedding CORE: of the type that brokers keep for themselves
     * @param settled whether the broker has decided about it
     * @param refused whether it has refused it
     */
    record Sending(
            int port,
            String user,
            String password,
            String address,
            String free,
            byte[] body,
            boolean embedding,
            BooleanSupplier settled,
            BooleanSupplier refused) {

        private String url(String scheme) {
            return scheme + "://127.0.0.1:" + port;
        }

        private String topic() {
            return address.replace('.', '/');
        }

        /**
         * Where nobody sends. A broker that delivers a message while it closes the consumer of an MQTT client waits for
         * half a minute, and lets everybody wait whose connection ends meanwhile.
         */
        private String silent() {
            return free.replace('.', '/') + "/silent";
        }
    }

    /** What the table calls it. */
    final String label;

    SendingWay(String label) {
        this.label = label;
    }

    /** Its part of an address. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Sends, and waits for everything that the sender can be told. */
    String send(Sending what) throws Exception {
        return switch (this) {
            case CORE_DURABLE, CORE_NOT_DURABLE, CORE_LISTENER, CORE_TRANSACTION -> core(what, "");
            case CORE_LISTENER_CONFIRMED -> core(what, "&confirmationWindowSize=1048576");
            case AMQP_UNSETTLED, AMQP_NOT_DURABLE, AMQP_TRANSACTION ->
                jms(new JmsConnectionFactory(what.url("amqp")), what);
            case AMQP_SETTLED ->
                jms(new JmsConnectionFactory(what.url("amqp") + "?jms.presettlePolicy.presettleProducers=true"), what);
            case OPENWIRE_WAITS, OPENWIRE_TRANSACTION -> openWire(what, "");
            case OPENWIRE_ASYNC -> openWire(what, "?jms.useAsyncSend=true");
            case OPENWIRE_WINDOW -> openWire(what, "?jms.useAsyncSend=true&jms.producerWindowSize=1000000");
            case MQTT31_1 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1, 1, false);
            case MQTT3_0 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1_1, 0, false);
            case MQTT3_1 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1_1, 1, false);
            case MQTT3_2 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1_1, 2, false);
            case MQTT3_RETAINED_0 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1_1, 0, true);
            case MQTT3_RETAINED_1 -> mqtt3(what, MqttConnectOptions.MQTT_VERSION_3_1_1, 1, true);
            case MQTT3_WILL -> will3(what);
            case MQTT5_0 -> mqtt5(what, 0, false);
            case MQTT5_1 -> mqtt5(what, 1, false);
            case MQTT5_2 -> mqtt5(what, 2, false);
            case MQTT5_RETAINED_0 -> mqtt5(what, 0, true);
            case MQTT5_RETAINED_1 -> mqtt5(what, 1, true);
            case MQTT5_WILL -> will5(what);
            case STOMP_RECEIPT, STOMP_NO_RECEIPT, STOMP_TRANSACTION -> stomp(what);
        };
    }

    // --- JMS

    private String core(Sending what, String parameters) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(
                what.url("tcp") + "?reconnectAttempts=0&callTimeout=" + TIMEOUT_MILLIS + parameters)) {
            return jms(factory, what);
        }
    }

    private String openWire(Sending what, String parameters) throws Exception {
        org.apache.activemq.ActiveMQConnectionFactory factory =
                new org.apache.activemq.ActiveMQConnectionFactory(what.url("tcp") + parameters);
        factory.setWatchTopicAdvisories(false);
        return jms(factory, what);
    }

    private String jms(ConnectionFactory factory, Sending what) throws JMSException {
        CompletableFuture<Exception> connectionTold = new CompletableFuture<>();
        Connection connection = factory.createConnection(what.user(), what.password());
        try {
            connection.setExceptionListener(connectionTold::complete);
            connection.start();
            boolean transacted = this == CORE_TRANSACTION || this == AMQP_TRANSACTION || this == OPENWIRE_TRANSACTION;
            Session session = connection.createSession(
                    transacted, transacted ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(what.address()));
            boolean durable = this != CORE_NOT_DURABLE && this != AMQP_NOT_DURABLE;
            producer.setDeliveryMode(durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
            Message message = message(session, what);
            return switch (this) {
                case CORE_LISTENER, CORE_LISTENER_CONFIRMED ->
                    listening(session, producer, message, what, connectionTold);
                case CORE_TRANSACTION, AMQP_TRANSACTION, OPENWIRE_TRANSACTION -> {
                    boolean told = false;
                    try {
                        producer.send(message);
                    } catch (JMSException e) {
                        told = true;
                    }
                    try {
                        session.commit();
                        yield told ? EXCEPTION : ACCEPTED;
                    } catch (JMSException e) {
                        yield told ? EXCEPTION + ", " + COMMIT_FAILS : COMMIT_FAILS;
                    }
                }
                default -> sending(session, producer, message, what, connectionTold);
            };
        } finally {
            close(connection);
        }
    }

    private static Message message(Session session, Sending what) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(what.body());
        if (what.embedding()) {
            ((ActiveMQMessage) message)
                    .getCoreMessage()
                    .setType(org.apache.activemq.artemis.api.core.Message.EMBEDDED_TYPE);
        }
        return message;
    }

    private String sending(
            Session session,
            MessageProducer producer,
            Message message,
            Sending what,
            CompletableFuture<Exception> connectionTold) {
        try {
            producer.send(message);
        } catch (JMSException e) {
            return EXCEPTION;
        }
        if (this == CORE_DURABLE || this == AMQP_UNSETTLED || this == OPENWIRE_WAITS) {
            return ACCEPTED;
        }
        return afterwards(session, what, connectionTold);
    }

    private static String listening(
            Session session,
            MessageProducer producer,
            Message message,
            Sending what,
            CompletableFuture<Exception> connectionTold)
            throws JMSException {
        CompletableFuture<Boolean> completed = new CompletableFuture<>();
        producer.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                completed.complete(true);
            }

            @Override
            public void onException(Message unsent, Exception exception) {
                completed.complete(false);
            }
        });
        return told(completed).orElse(true) ? afterwards(session, what, connectionTold) : LISTENER;
    }

    /** What is told to whoever does not wait. */
    private static String afterwards(Session session, Sending what, CompletableFuture<Exception> connectionTold) {
        Await.until(PATIENCE, "the broker to decide about " + what.address(), what.settled()::getAsBoolean);
        boolean told = false;
        try {
            connectionTold.get(what.refused().getAsBoolean() ? AFTERWARDS_MILLIS : 1, TimeUnit.MILLISECONDS);
            told = true;
        } catch (TimeoutException nothing) {
            told = false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        try {
            session.createConsumer(session.createQueue(what.free())).close();
            return told ? CONNECTION_TOLD : ACCEPTED;
        } catch (JMSException e) {
            return CONNECTION_ENDS;
        }
    }

    private static <T> Optional<T> told(CompletableFuture<T> what) {
        try {
            return Optional.of(what.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException nothing) {
            return Optional.empty();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (JMSException e) {
            // the broker may have ended it, which is what is being looked for
            return;
        }
    }

    // --- MQTT

    private static MqttConnectOptions options3(Sending what, int version) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version);
        options.setUserName(what.user());
        options.setPassword(what.password().toCharArray());
        options.setCleanSession(true);
        return options;
    }

    private static org.eclipse.paho.client.mqttv3.MqttClient client3(Sending what)
            throws org.eclipse.paho.client.mqttv3.MqttException {
        org.eclipse.paho.client.mqttv3.MqttClient client = new org.eclipse.paho.client.mqttv3.MqttClient(
                what.url("tcp"), id(), new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
        client.setTimeToWait(TIMEOUT_MILLIS);
        return client;
    }

    /** MQTT 3.1 allows 23 characters. */
    private static String id() {
        return UUID.randomUUID().toString().substring(0, 18);
    }

    private static String mqtt3(Sending what, int version, int quality, boolean retained) throws Exception {
        try (var client = client3(what)) {
            client.connect(options3(what, version));
            try {
                client.publish(what.topic(), what.body(), quality, retained);
                client.subscribe(what.silent(), 0);
                return ACCEPTED;
            } catch (org.eclipse.paho.client.mqttv3.MqttException e) {
                return client.isConnected() ? EXCEPTION : CONNECTION_ENDS;
            } finally {
                if (client.isConnected()) {
                    client.disconnectForcibly(0, 1000);
                }
            }
        }
    }

    private static String will3(Sending what) throws Exception {
        try (var client = client3(what)) {
            MqttConnectOptions options = options3(what, MqttConnectOptions.MQTT_VERSION_3_1_1);
            options.setWill(what.topic(), what.body(), 1, false);
            client.connect(options);
            client.disconnectForcibly(0, 1, false);
        }
        return outcomeOfWill(what);
    }

    private static String outcomeOfWill(Sending what) {
        Await.until(PATIENCE, "the broker to decide about the will", what.settled()::getAsBoolean);
        return what.refused().getAsBoolean() ? NOBODY : ACCEPTED;
    }

    private static MqttConnectionOptions options5(Sending what) {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setUserName(what.user());
        options.setPassword(what.password().getBytes(StandardCharsets.UTF_8));
        options.setCleanStart(true);
        options.setSessionExpiryInterval(0L);
        return options;
    }

    private static MqttAsyncClient client5(Sending what) throws Exception {
        return new MqttAsyncClient(
                what.url("tcp"), id(), new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
    }

    private static String mqtt5(Sending what, int quality, boolean retained) throws Exception {
        MqttAsyncClient client = client5(what);
        try {
            client.connect(options5(what)).waitForCompletion(TIMEOUT_MILLIS);
            try {
                IMqttToken publish = client.publish(what.topic(), what.body(), quality, retained);
                publish.waitForCompletion(TIMEOUT_MILLIS);
                int[] codes = publish.getReasonCodes();
                if (codes != null && codes.length > 0 && codes[0] >= 0x80) {
                    return reasonCode(codes[0]);
                }
                client.subscribe(what.silent(), 0).waitForCompletion(TIMEOUT_MILLIS);
                return ACCEPTED;
            } catch (org.eclipse.paho.mqttv5.common.MqttException e) {
                return e.getReasonCode() == NOT_AUTHORISED ? reasonCode(NOT_AUTHORISED) : CONNECTION_ENDS;
            } finally {
                if (client.isConnected()) {
                    client.disconnectForcibly(0, 1000, false);
                }
            }
        } finally {
            client.close(true);
        }
    }

    private static String reasonCode(int code) {
        return String.format("reason code 0x%02X", code);
    }

    private static String will5(Sending what) throws Exception {
        MqttAsyncClient client = client5(what);
        try {
            MqttConnectionOptions options = options5(what);
            options.setWill(what.topic(), new MqttMessage(what.body(), 1, false, null));
            client.connect(options).waitForCompletion(TIMEOUT_MILLIS);
            client.disconnectForcibly(0, 1, false);
        } finally {
            client.close(true);
        }
        return outcomeOfWill(what);
    }

    // --- STOMP

    private String stomp(Sending what) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), what.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            write(
                    socket,
                    "CONNECT\naccept-version:" + version() + "\nhost:broker\nlogin:" + what.user() + "\npasscode:"
                            + what.password()
                            + "\n\n",
                    new byte[0]);
            frame(socket);
            String send = "SEND\ndestination:" + what.address()
                    + "\ndestination-type:ANYCAST\npersistent:true\ncontent-length:" + what.body().length + "\n";
            switch (this) {
                case STOMP_RECEIPT -> write(socket, send + "receipt:1\n\n", what.body());
                case STOMP_NO_RECEIPT -> {
                    write(socket, send + "\n", what.body());
                    write(
                            socket,
                            "SEND\ndestination:" + what.free() + "\ndestination-type:ANYCAST\nreceipt:1\n\n",
                            new byte[0]);
                }
                default -> {
                    write(socket, "BEGIN\ntransaction:1\n\n", new byte[0]);
                    write(socket, send + "transaction:1\n\n", what.body());
                    write(socket, "COMMIT\ntransaction:1\nreceipt:1\n\n", new byte[0]);
                }
            }
            String answer = frame(socket);
            if (!answer.startsWith("ERROR")) {
                return answer.startsWith("RECEIPT") ? ACCEPTED : answer;
            }
            return this == STOMP_TRANSACTION && isCommitted(socket) ? ERROR_FRAME + ", then committed" : ERROR_FRAME;
        } catch (EOFException | SocketException e) {
            return CONNECTION_ENDS;
        }
    }

    /**
     * In version 1.2 an ERROR frame ends the connection, and the broker rolls back what is open in it; the COMMIT that was on
     * its way is then, now and then, the successful one of nothing. In version 1.1 it is that of the transaction.
     */
    private String version() {
        return this == STOMP_TRANSACTION ? "1.1" : "1.2";
    }

    private static boolean isCommitted(Socket socket) throws IOException {
        try {
            return frame(socket).startsWith("RECEIPT");
        } catch (EOFException | SocketException e) {
            return false;
        }
    }

    private static void write(Socket socket, String head, byte[] body) throws IOException {
        byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
        byte[] frame = Arrays.copyOf(headBytes, headBytes.length + body.length + 1);
        System.arraycopy(body, 0, frame, headBytes.length, body.length);
        socket.getOutputStream().write(frame);
    }

    private static String frame(Socket socket) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next > 0 || (frame.size() == 0 && next == 0); next = in.read()) {
            frame.write(next);
        }
        if (frame.size() == 0) {
            throw new EOFException();
        }
        return frame.toString(StandardCharsets.UTF_8).strip();
    }
}
