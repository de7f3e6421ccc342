package io.dialogsecurity.benchmarks;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * A plain application that does nothing beside sending or receiving, so that the broker's part of a rate is as large as it
 * can be. Not for use by several threads.
 */
interface LeanClient extends AutoCloseable {

    /** MQTT has topics only; theirs are beside the queues. */
    String TOPIC = ".topic";

    /** Longer than any round takes. */
    long PATIENCE_SECONDS = 120;

    /** Connects a client of a kind: core, amqp, openwire, mqtt3, mqtt5 or stomp. */
    static LeanClient connect(String kind, int port, String user) throws Exception {
        String place = "127.0.0.1:" + port;
        return switch (kind) {
            case "core" ->
                new Jms(
                        new ActiveMQConnectionFactory(
                                "tcp://" + place + "?blockOnDurableSend=false&confirmationWindowSize=1048576"),
                        user);
            case "amqp" -> new Jms(new JmsConnectionFactory("amqp://" + place + "?jms.forceAsyncSend=true"), user);
            case "openwire" ->
                new Jms(
                        new org.apache.activemq.ActiveMQConnectionFactory(
                                "tcp://" + place + "?jms.useAsyncSend=true&jms.watchTopicAdvisories=false"),
                        user);
            case "mqtt3" -> new Mqtt3(place, user);
            case "mqtt5" -> new Mqtt5(place, user);
            case "stomp" -> new Stomp(port, user);
            default -> throw new IllegalArgumentException("core, amqp, mqtt3, mqtt5, stomp or openwire, not " + kind);
        };
    }

    /** Starts to receive; returns when the broker knows. */
    void subscribe(String address) throws Exception;

    /** Sends messages of so many bytes; returns when all are sent. */
    void send(String address, int messages, int bytes) throws Exception;

    /** Returns when so many messages of so many bytes were received. */
    void receive(int messages, int bytes);

    @Override
    void close();

    /** CORE, AMQP and OpenWire. */
    final class Jms implements LeanClient {

        private final Connection connection;
        private final Session session;
        private MessageConsumer consumer;

        private Jms(ConnectionFactory factory, String user) throws JMSException {
            connection = factory.createConnection(user, BrokerSide.PASSWORD);
            session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        }

        @Override
        public void subscribe(String address) throws JMSException {
            consumer = session.createConsumer(session.createQueue(address));
            connection.start();
        }

        @Override
        public void send(String address, int messages, int bytes) throws JMSException {
            MessageProducer producer = session.createProducer(session.createQueue(address));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            byte[] body = new byte[bytes];
            for (int i = 0; i < messages; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(body);
                producer.send(message);
            }
        }

        @Override
        public void receive(int messages, int bytes) {
            try {
                for (int i = 0; i < messages; i++) {
                    BytesMessage message = (BytesMessage) consumer.receive(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                    if (message == null || message.getBodyLength() != bytes) {
                        throw new IllegalStateException(i + " of " + messages + " messages came, then " + message);
                    }
                    message.readBytes(new byte[bytes]);
                }
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Messages that came, one permit each, for clients that are told on a thread of their library. */
    final class Arrivals {

        private final Semaphore arrived = new Semaphore(0);
        private volatile int size;

        void add(int bytes) {
            size = bytes;
            arrived.release();
        }

        void await(int messages, int bytes) {
            try {
                if (!arrived.tryAcquire(messages, PATIENCE_SECONDS, TimeUnit.SECONDS) || size != bytes) {
                    throw new IllegalStateException(
                            arrived.availablePermits() + " of " + messages + " messages came, the last of " + size);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Never more than {@link BrokerSide#UNANSWERED} without an answer. */
    final class Window {

        private final Semaphore free = new Semaphore(BrokerSide.UNANSWERED);

        void enter() throws InterruptedException {
            if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no answers");
            }
        }

        void leave() {
            free.release();
        }
    }

    /** MQTT 3.1.1, quality of service 1, a session that lasts as long as this client. */
    final class Mqtt3 implements LeanClient, org.eclipse.paho.client.mqttv3.MqttCallback {

        private final org.eclipse.paho.client.mqttv3.MqttAsyncClient client;
        private final Window window = new Window();
        private final Arrivals arrivals = new Arrivals();
        private String subscription;

        private Mqtt3(String place, String user) throws Exception {
            client = new org.eclipse.paho.client.mqttv3.MqttAsyncClient(
                    "tcp://" + place,
                    "bench-3-" + user,
                    new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
            client.setCallback(this);
            var options = new org.eclipse.paho.client.mqttv3.MqttConnectOptions();
            options.setMqttVersion(org.eclipse.paho.client.mqttv3.MqttConnectOptions.MQTT_VERSION_3_1_1);
            options.setUserName(user);
            options.setPassword(BrokerSide.PASSWORD.toCharArray());
            options.setCleanSession(false);
            options.setMaxInflight(2 * BrokerSide.UNANSWERED);
            client.connect(options).waitForCompletion();
        }

        @Override
        public void subscribe(String address) throws Exception {
            subscription = topic(address);
            client.subscribe(subscription, 1).waitForCompletion();
        }

        private static String topic(String address) {
            return (address + TOPIC).replace('.', '/');
        }

        @Override
        public void send(String address, int messages, int bytes) throws Exception {
            byte[] body = new byte[bytes];
            for (int i = 0; i < messages; i++) {
                window.enter();
                client.publish(topic(address), body, 1, false);
            }
        }

        @Override
        public void receive(int messages, int bytes) {
            arrivals.await(messages, bytes);
        }

        @Override
        public void messageArrived(String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
            arrivals.add(message.getPayload().length);
        }

        @Override
        public void deliveryComplete(org.eclipse.paho.client.mqttv3.IMqttDeliveryToken token) {
            window.leave();
        }

        /** Whoever waits finds out. */
        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void close() {
            try {
                if (subscription != null) {
                    client.unsubscribe(subscription).waitForCompletion();
                }
                client.disconnect().waitForCompletion();
                client.close();
            } catch (org.eclipse.paho.client.mqttv3.MqttException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** MQTT 5, quality of service 1, a session that lasts as long as this client. */
    final class Mqtt5 implements LeanClient, org.eclipse.paho.mqttv5.client.MqttCallback {

        private final org.eclipse.paho.mqttv5.client.MqttAsyncClient client;
        private final Window window = new Window();
        private final Arrivals arrivals = new Arrivals();
        private String subscription;

        private Mqtt5(String place, String user) throws Exception {
            client = new org.eclipse.paho.mqttv5.client.MqttAsyncClient(
                    "tcp://" + place,
                    "bench-5-" + user,
                    new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
            client.setCallback(this);
            var options = new org.eclipse.paho.mqttv5.client.MqttConnectionOptions();
            options.setUserName(user);
            options.setPassword(BrokerSide.PASSWORD.getBytes(StandardCharsets.UTF_8));
            options.setCleanStart(false);
            options.setSessionExpiryInterval(PATIENCE_SECONDS);
            client.connect(options).waitForCompletion();
        }

        @Override
        public void subscribe(String address) throws Exception {
            subscription = Mqtt3.topic(address);
            client.subscribe(subscription, 1).waitForCompletion();
        }

        @Override
        public void send(String address, int messages, int bytes) throws Exception {
            byte[] body = new byte[bytes];
            for (int i = 0; i < messages; i++) {
                window.enter();
                client.publish(Mqtt3.topic(address), body, 1, false);
            }
        }

        @Override
        public void receive(int messages, int bytes) {
            arrivals.await(messages, bytes);
        }

        @Override
        public void messageArrived(String topic, org.eclipse.paho.mqttv5.common.MqttMessage message) {
            arrivals.add(message.getPayload().length);
        }

        @Override
        public void deliveryComplete(org.eclipse.paho.mqttv5.client.IMqttToken token) {
            window.leave();
        }

        /** Whoever waits finds out. */
        @Override
        public void disconnected(org.eclipse.paho.mqttv5.client.MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(org.eclipse.paho.mqttv5.common.MqttException exception) {}

        @Override
        public void connectComplete(boolean reconnect, String url) {}

        @Override
        public void authPacketArrived(
                int reasonCode, org.eclipse.paho.mqttv5.common.packet.MqttProperties properties) {}

        @Override
        public void close() {
            try {
                if (subscription != null) {
                    client.unsubscribe(subscription).waitForCompletion();
                }
                client.disconnect().waitForCompletion();
                client.close();
            } catch (org.eclipse.paho.mqttv5.common.MqttException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** STOMP 1.2 over a socket; every message asks for a receipt, and is acknowledged by the broker itself when it is sent out. */
    final class Stomp implements LeanClient {

        private final Socket socket;
        private final OutputStream out;
        private final Window window = new Window();
        private final Arrivals arrivals = new Arrivals();
        private final Semaphore connected = new Semaphore(0);

        private Stomp(int port, String user) throws Exception {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            out = new BufferedOutputStream(socket.getOutputStream(), 8 * 1024);
            Thread reader = new Thread(this::read, "stomp");
            reader.setDaemon(true);
            reader.start();
            write("CONNECT\naccept-version:1.2\nhost:broker\nheart-beat:600000,0\nlogin:" + user + "\npasscode:"
                    + BrokerSide.PASSWORD + "\n\n");
            flushFrame(connected::tryAcquire);
        }

        /** Something that may wait. */
        @FunctionalInterface
        private interface Waiting {
            boolean await(long time, TimeUnit unit) throws InterruptedException;
        }

        private void flushFrame(Waiting answer) throws IOException, InterruptedException {
            out.write(0);
            out.flush();
            if (!answer.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no answer");
            }
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }

        private void read() {
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024))) {
                while (true) {
                    String command = line(in);
                    if (command.isEmpty()) {
                        continue; // between frames
                    }
                    int length = -1;
                    for (String header = line(in); !header.isEmpty(); header = line(in)) {
                        if (header.startsWith("content-length:")) {
                            length = Integer.parseInt(header.substring("content-length:".length()));
                        }
                    }
                    LongConsumer got = of(command);
                    got.accept(length >= 0 ? skip(in, length) : untilZero(in));
                }
            } catch (IOException closed) {
                connected.release(0); // whoever waits finds out
            }
        }

        private LongConsumer of(String command) {
            return switch (command) {
                case "MESSAGE" -> size -> arrivals.add((int) size);
                case "RECEIPT" -> size -> window.leave();
                case "CONNECTED" -> size -> connected.release();
                default -> throw new IllegalStateException(command);
            };
        }

        private static String line(DataInputStream in) throws IOException {
            StringBuilder line = new StringBuilder(64);
            for (int octet = in.readUnsignedByte(); octet != '\n' && octet != 0; octet = in.readUnsignedByte()) {
                line.append((char) octet);
            }
            return line.toString();
        }

        private static int skip(DataInputStream in, int length) throws IOException {
            in.readFully(new byte[length + 1]);
            return length;
        }

        private static int untilZero(DataInputStream in) throws IOException {
            int length = 0;
            while (in.readUnsignedByte() != 0) {
                length++;
            }
            return length;
        }

        @Override
        public void subscribe(String address) throws Exception {
            window.enter();
            write("SUBSCRIBE\nid:0\nack:auto\nsubscription-type:ANYCAST\ndestination:" + address + "\nreceipt:s\n\n");
            out.write(0);
            out.flush();
        }

        @Override
        public void send(String address, int messages, int bytes) throws Exception {
            byte[] frame = ("SEND\ndestination-type:ANYCAST\npersistent:true\ndestination:" + address
                            + "\ncontent-length:" + bytes + "\nreceipt:m\n\n")
                    .getBytes(StandardCharsets.UTF_8);
            byte[] body = new byte[bytes + 1];
            for (int i = 0; i < messages; i++) {
                window.enter();
                out.write(frame);
                out.write(body);
                out.flush();
            }
        }

        @Override
        public void receive(int messages, int bytes) {
            arrivals.await(messages, bytes);
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
