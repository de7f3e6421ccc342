package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies larger than what endpoints take into memory, which here is a megabyte. */
class LargeStreamsIT {

    private static final int SIZE = 5_000_001;

    private final ClientWorld world = ClientWorld.get();
    private ClientEndpoint orderEntry;
    private ClientEndpoint shipping;
    private byte[] body;

    @BeforeEach
    void prepare() throws IOException {
        orderEntry = world.streaming("order-entry");
        shipping = world.streaming("shipping");
        body = new byte[SIZE];
        new Random(SIZE).nextBytes(body);
    }

    @AfterEach
    void close() {
        orderEntry.close();
        shipping.close();
    }

    @ParameterizedTest
    @MethodSource("io.dialogsecurity.integration.client.MessageKindsIT#pairs")
    void streamedBodiesAreSealedAndOpenedChunkByChunk(Provider sender, Provider receiver) throws Exception {
        String name = world.name("orders");
        try (Connection out = new SecureConnectionFactory(world.plain(sender), orderEntry).createConnection();
                Connection in = new SecureConnectionFactory(world.plain(receiver), shipping).createConnection()) {
            in.start();
            Session sending = out.createSession();
            Session receiving = in.createSession();
            MessageConsumer consumer = receiving.createConsumer(receiving.createQueue(name));
            MessageProducer producer = sending.createProducer(sending.createQueue(name));

            BytesMessage streamed = sending.createBytesMessage();
            streamed.setObjectProperty("JMS_AMQ_InputStream", new ByteArrayInputStream(body));
            streamed.setStringProperty("document", "scan");
            producer.send(streamed);
            Message received = consumer.receive(PATIENCE_MILLIS);
            assertThat(received.getStringProperty("document")).isEqualTo("scan");
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            received.setObjectProperty(
                    "JMS_AMQ_SaveStream", new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            assertThat(hex(digest.digest()))
                    .isEqualTo(hex(MessageDigest.getInstance("SHA-256").digest(body)));

            BytesMessage inMemory = sending.createBytesMessage();
            inMemory.writeBytes(body);
            producer.send(inMemory);
            BytesMessage read = (BytesMessage) consumer.receive(PATIENCE_MILLIS);
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            byte[] piece = new byte[50_000];
            for (int n = read.readBytes(piece); n > 0; n = read.readBytes(piece)) {
                copy.write(piece, 0, n);
                assertThat(read.getBodyLength()).isEqualTo(SIZE);
            }
            assertThat(Arrays.equals(copy.toByteArray(), body)).isTrue();
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aChangedChunkIsNoticedBeforeAnybodyReads(Provider provider) throws Exception {
        String name = world.name("orders");
        try (Connection out = new SecureConnectionFactory(world.plain(provider), orderEntry).createConnection();
                Connection attacking = world.plain(provider).createConnection();
                Connection in = new SecureConnectionFactory(world.plain(provider), shipping).createConnection()) {
            attacking.start();
            in.start();
            Session sending = out.createSession();
            MessageProducer producer = sending.createProducer(sending.createQueue(name));
            BytesMessage message = sending.createBytesMessage();
            message.writeBytes(body);
            producer.send(message);
            Session attacker = attacking.createSession();
            byte[] envelope;
            try (MessageConsumer stolen = attacker.createConsumer(attacker.createQueue(name))) {
                envelope = read((BytesMessage) stolen.receive(PATIENCE_MILLIS));
            }
            envelope[envelope.length - 1000] ^= 1;
            BytesMessage forged = attacker.createBytesMessage();
            forged.writeBytes(envelope);
            attacker.createProducer(attacker.createQueue(name)).send(forged);
            producer.send(sending.createTextMessage("the next one"));

            Session receiving = in.createSession();
            Message received =
                    receiving.createConsumer(receiving.createQueue(name)).receive(PATIENCE_MILLIS);
            assertThat(received.getBody(String.class)).isEqualTo("the next one");
            String selector = "DS_ORIGINAL_DESTINATION = '" + name + "' AND DS_REJECTION = 'MIC_INVALID'";
            MessageConsumer quarantine =
                    attacker.createConsumer(attacker.createQueue(ClientWorld.QUARANTINE), selector);
            assertThat(Arrays.equals(read((BytesMessage) quarantine.receive(PATIENCE_MILLIS)), envelope))
                    .isTrue();
        }
    }

    private static byte[] read(BytesMessage message) throws JMSException {
        byte[] bytes = new byte[(int) message.getBodyLength()];
        message.readBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aStreamThatBreaksIsNotSent(Provider provider) throws Exception {
        String name = world.name("orders");
        try (Connection out = new SecureConnectionFactory(world.plain(provider), orderEntry).createConnection();
                Connection in = new SecureConnectionFactory(world.plain(provider), shipping).createConnection()) {
            in.start();
            Session sending = out.createSession();
            MessageProducer producer = sending.createProducer(sending.createQueue(name));
            BytesMessage broken = sending.createBytesMessage();
            InputStream closed = Files.newInputStream(world.broker().consoleLog());
            closed.close();
            broken.setObjectProperty("JMS_AMQ_InputStream", closed);
            assertThatThrownBy(() -> producer.send(broken)).isInstanceOf(Exception.class);
            producer.send(sending.createTextMessage("still there"));
            Session receiving = in.createSession();
            assertThat(receiving
                            .createConsumer(receiving.createQueue(name))
                            .receive(PATIENCE_MILLIS)
                            .getBody(String.class))
                    .isEqualTo("still there");
        }
    }
}
