package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.ArtemisDistribution;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.PlaintextSearch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** STOMP, MQTT and OpenWire at protected addresses. */
class OtherProtocolsIT {

    private static final String SECRET = "what nobody but shipping may read";
    private static final int TIMEOUT_MILLIS = 20_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static GuardedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(directory.resolve("guarded"), SERVICES);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.process.stop();
        assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.process.directory()))
                .isEmpty();
    }

    private static byte[] seal() {
        try (DialogEndpoint endpoint = SERVICES.endpoint(SERVICES.orderEntry)) {
            return endpoint.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text(SECRET), "orders");
        }
    }

    @Test
    void stompPlaintextIsAnsweredWithAnError() throws Exception {
        int before = broker.refusals();
        try (Socket stomp = stomp()) {
            send(stomp, SECRET.getBytes(StandardCharsets.UTF_8));
            assertThat(frame(stomp)).startsWith("ERROR");
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
        assertThat(broker.audit().get(before)).contains("protocol=STOMP");
        assertThat(broker.messageCount("orders")).isZero();
    }

    @Test
    void largeStompPlaintextLeavesNoFile() throws Exception {
        int before = broker.refusals();
        try (Socket stomp = stomp()) {
            send(stomp, SECRET.repeat(40_000).getBytes(StandardCharsets.UTF_8));
            assertThat(frame(stomp)).startsWith("ERROR");
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
        Path large = broker.process.dataDirectory().resolve("large-messages");
        Await.until(
                GuardedBroker.PATIENCE,
                "the file of the refused message to be gone",
                () -> large.toFile().list().length == 0);
    }

    @Test
    void stompMaySendWhatIsSealed() throws Exception {
        byte[] envelope = seal();
        try (Socket stomp = stomp();
                RawClient core = broker.client(GuardedBroker.SALES)) {
            send(stomp, envelope);
            assertThat(core.receive("orders").body()).isEqualTo(envelope);
        }
    }

    private static Socket stomp() throws IOException {
        Socket socket = socket();
        String connect = "CONNECT\naccept-version:1.2\nhost:broker\nlogin:" + GuardedBroker.SALES + "\npasscode:"
                + GuardedBroker.PASSWORD + "\n\n\0";
        socket.getOutputStream().write(connect.getBytes(StandardCharsets.UTF_8));
        assertThat(frame(socket)).startsWith("CONNECTED");
        return socket;
    }

    private static void send(Socket stomp, byte[] body) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(("SEND\ndestination:orders\ndestination-type:ANYCAST\ncontent-length:" + body.length + "\n\n")
                .getBytes(StandardCharsets.UTF_8));
        frame.writeBytes(body);
        frame.write(0);
        frame.writeTo(stomp.getOutputStream());
    }

    private static String frame(Socket socket) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next > 0 || (next == 0 && frame.size() == 0); next = in.read()) {
            frame.write(next);
        }
        return frame.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void mqttPlaintextEndsTheConnection() throws Exception {
        for (int qualityOfService : new int[] {0, 1}) {
            int before = broker.refusals();
            try (Socket mqtt = mqtt()) {
                mqtt.getOutputStream().write(publish(qualityOfService, SECRET.getBytes(StandardCharsets.UTF_8)));
                assertThat(mqtt.getInputStream().read())
                        .as("end of connection, QoS " + qualityOfService)
                        .isEqualTo(-1);
            }
            assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
            assertThat(broker.audit().get(before)).contains("protocol=MQTT");
        }
    }

    @Test
    void mqttMaySendWhatIsSealed() throws Exception {
        byte[] envelope = seal();
        try (Socket mqtt = mqtt();
                RawClient core = broker.client(GuardedBroker.SALES)) {
            mqtt.getOutputStream().write(publish(1, envelope));
            assertThat(mqtt.getInputStream().read() >> 4).as("PUBACK").isEqualTo(4);
            assertThat(core.receive("orders").body()).isEqualTo(envelope);
        }
    }

    private static Socket mqtt() throws IOException {
        Socket socket = socket();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF("MQTT");
        body.writeByte(4);
        body.writeByte(0xC2); // user, password, clean session
        body.writeShort(60);
        body.writeUTF("raw");
        body.writeUTF(GuardedBroker.SALES);
        body.writeUTF(GuardedBroker.PASSWORD);
        socket.getOutputStream().write(packet(0x10, bytes.toByteArray()));
        byte[] answer = socket.getInputStream().readNBytes(4);
        assertThat(answer).as("CONNACK").containsExactly(0x20, 2, 0, 0);
        return socket;
    }

    private static byte[] publish(int qualityOfService, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF("orders");
        if (qualityOfService > 0) {
            body.writeShort(7);
        }
        body.write(payload);
        return packet(0x30 | (qualityOfService << 1), bytes.toByteArray());
    }

    private static byte[] packet(int type, byte[] body) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        int length = body.length;
        do {
            packet.write(length >= 128 ? (length % 128) | 0x80 : length);
            length /= 128;
        } while (length > 0);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    private static Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.process.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** With the client of ActiveMQ that the distribution brings, in a class loader of its own. */
    @Test
    void openWirePlaintextIsRefusedToTheSendersFace() throws Exception {
        int before = broker.refusals();
        ClassLoader ours = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(distribution(), ClassLoader.getPlatformClassLoader())) {
            // The client looks there first for its parts, and would find those of a newer one.
            Thread.currentThread().setContextClassLoader(loader);
            Object factory = loader.loadClass("org.apache.activemq.ActiveMQConnectionFactory")
                    .getConstructor(String.class, String.class, String.class)
                    .newInstance(GuardedBroker.SALES, GuardedBroker.PASSWORD, broker.process.coreUrl());
            Class<?> connectionType = loader.loadClass("javax.jms.Connection");
            Class<?> sessionType = loader.loadClass("javax.jms.Session");
            Class<?> destinationType = loader.loadClass("javax.jms.Destination");
            Class<?> messageType = loader.loadClass("javax.jms.Message");
            Class<?> producerType = loader.loadClass("javax.jms.MessageProducer");
            Object connection = factory.getClass().getMethod("createConnection").invoke(factory);
            try {
                Object session = connectionType
                        .getMethod("createSession", boolean.class, int.class)
                        .invoke(connection, false, 1);
                Object queue =
                        sessionType.getMethod("createQueue", String.class).invoke(session, "orders");
                Object producer =
                        sessionType.getMethod("createProducer", destinationType).invoke(session, queue);
                Object message =
                        sessionType.getMethod("createTextMessage", String.class).invoke(session, SECRET);
                assertThatThrownBy(() ->
                                producerType.getMethod("send", messageType).invoke(producer, message))
                        .isInstanceOf(InvocationTargetException.class)
                        .cause()
                        .satisfies(e -> assertThat(e.getClass().getName()).isEqualTo("javax.jms.JMSSecurityException"))
                        .hasMessageContaining("The message was refused");
            } finally {
                connectionType.getMethod("close").invoke(connection);
            }
        } finally {
            Thread.currentThread().setContextClassLoader(ours);
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
        assertThat(broker.audit().get(before)).contains("protocol=OPENWIRE");
        assertThat(broker.messageCount("orders")).isZero();
    }

    private static URL[] distribution() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(ArtemisDistribution.find().home().resolve("lib"))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                jars.add(jar.toUri().toURL());
            }
        }
        return jars.toArray(URL[]::new);
    }
}
