package io.dialogsecurity.artemis.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.reader.StreamMessageUtil;
import org.apache.activemq.artemis.utils.DataConstants;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreBodyTest {

    private static final Instant NOW = Instant.now();
    private static final ServiceName SENDER = new ServiceName("sender");
    private static final ServiceName RECEIVER = new ServiceName("receiver");
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.root("Test Root", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
    private static final IssuedIdentity SENDING = issue(SENDER);
    private static final IssuedIdentity RECEIVING = issue(RECEIVER);

    private static IssuedIdentity issue(ServiceName name) {
        return AUTHORITY.issue(name, Suite.SUITE_2, NOW.minus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(1)));
    }

    private static ClientMessageImpl message(byte type) {
        return new ClientMessageImpl(type, true, 0, 0, (byte) 4, 64);
    }

    /** There and back: content of a message, sealed, opened, and put into a message that held something else. */
    private static ICoreMessage roundTrip(ICoreMessage message) throws Exception {
        return restore(
                seal(CoreBody.read(message, Sealed.MAX_BODY_BYTES).with("", CoreHeaders.toProtect(message))), message);
    }

    private static ICoreMessage restore(Opened opened, ICoreMessage like) throws Exception {
        ClientMessageImpl received = CoreBody.withBody(like, new byte[3000]);
        CoreHeaders.strip(received, Set.of());
        received.putStringProperty("injected", "by a broker");
        CoreBody.write(
                opened.kind(),
                opened.nullBody(),
                opened.payloadArray(),
                opened.payloadOffset(),
                opened.payloadLength(),
                received);
        CoreHeaders.restore(opened, received);
        assertThat(received.containsProperty("injected")).isFalse();
        return received;
    }

    private static Opened seal(MessageContent content) {
        TrustContext trust = new TrustContext(
                TrustStore.of(List.of(AUTHORITY.certificate()), List.of(), Set.of()),
                ListedCertificates.of(List.of(SENDING.certificate(), RECEIVING.certificate())));
        EndpointPolicy policy = EndpointPolicy.defaults().preferring(Suite.SUITE_2);
        try (DialogEndpoint sender = DialogEndpoint.builder(SENDING.identity(), trust)
                        .policy(policy)
                        .build();
                DialogEndpoint receiver = DialogEndpoint.builder(RECEIVING.identity(), trust)
                        .policy(policy)
                        .build();
                DialogSealer sealer = sender.begin(Set.of(RECEIVER))) {
            OpenOutcome outcome = receiver.open(sealer.seal(content, "a"), Reception.at("a"));
            assertThat(outcome).isInstanceOf(Opened.class);
            return (Opened) outcome;
        }
    }

    private static byte[] body(ICoreMessage message) {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return bytes;
    }

    @Test
    @DisplayName("Every type of body comes back in the bytes it had")
    void everyType() throws Exception {
        ICoreMessage text = message(Message.TEXT_TYPE);
        text.getBodyBuffer().writeNullableSimpleString(SimpleString.of("Grüße, \uD83D\uDE00"));
        ICoreMessage noText = message(Message.TEXT_TYPE);
        noText.getBodyBuffer().writeNullableSimpleString(null);
        ICoreMessage octets = message(Message.BYTES_TYPE);
        octets.getBodyBuffer().writeBytes(new byte[5000]);
        ICoreMessage object = message(Message.OBJECT_TYPE);
        object.getBodyBuffer().writeInt(3);
        object.getBodyBuffer().writeBytes(new byte[] {1, 2, 3});
        ICoreMessage stream = message(Message.STREAM_TYPE);
        ActiveMQBuffer values = stream.getBodyBuffer();
        values.writeByte(DataConstants.CHAR);
        values.writeShort((short) 'x');
        values.writeByte(DataConstants.DOUBLE);
        values.writeLong(Double.doubleToLongBits(-0.5));
        values.writeByte(DataConstants.BYTES);
        values.writeInt(1);
        values.writeByte((byte) 7);
        values.writeByte(DataConstants.STRING);
        values.writeNullableString(null);
        ICoreMessage map = message(Message.MAP_TYPE);
        TypedProperties properties = new TypedProperties();
        properties.putLongProperty(SimpleString.of("l"), 5);
        properties.encode(map.getBodyBuffer().byteBuf());
        for (ICoreMessage message : List.of(text, noText, octets, object, stream, map)) {
            byte[] before = body(message);
            ICoreMessage after = roundTrip(message);
            assertThat(after.getType()).isEqualTo(message.getType());
            assertThat(body(after)).isEqualTo(before);
            assertThat(body(message)).as("the application's own").isEqualTo(before);
        }
    }

    @Test
    @DisplayName("Application properties and protected headers come from inside, provider's from outside")
    void properties() throws Exception {
        ICoreMessage message = message(Message.BYTES_TYPE);
        message.getBodyBuffer().writeByte((byte) 1);
        message.putStringProperty("s", "text");
        message.putCharProperty("c", 'c');
        message.putBytesProperty("b", new byte[] {1});
        message.putStringProperty("JMSType", "order");
        message.putStringProperty("JMSReplyTo", "temp-queue://answers");
        message.putStringProperty(Message.HDR_GROUP_ID, SimpleString.of("g"));
        ClientMessageImpl outside = CoreBody.withBody(message, new byte[1]);
        CoreHeaders.strip(outside, Set.of("s"));
        assertThat(outside.getPropertyNames())
                .containsExactlyInAnyOrder(
                        SimpleString.of("s"),
                        SimpleString.of("JMSReplyTo"),
                        Message.HDR_GROUP_ID,
                        SimpleString.of("DS_ENVELOPE"));
        ICoreMessage back = roundTrip(message);
        assertThat(back.getStringProperty("s")).isEqualTo("text");
        assertThat(back.getObjectProperty("c")).isEqualTo('c');
        assertThat(back.getBytesProperty("b")).containsExactly(1);
        assertThat(back.getStringProperty("JMSType")).isEqualTo("order");
        assertThat(back.getStringProperty("JMSReplyTo")).isEqualTo("temp-queue://answers");
        assertThat(String.valueOf(back.getGroupID())).isEqualTo("g");
        assertThat(back.containsProperty("DS_ENVELOPE")).isFalse();
        message.putStringProperty("JMSReplyTo", "temp-queue://elsewhere");
        assertThat(restore(seal(MessageContent.none().with("", Map.of("JMSReplyTo", "answers"))), message)
                        .getStringProperty("JMSReplyTo"))
                .as("replies cannot be diverted")
                .isEqualTo("temp-queue://answers");
    }

    @Test
    @DisplayName("A body that was compressed on the way is sealed as it was")
    void compressed() throws Exception {
        byte[] plain = new byte[10_000];
        Arrays.fill(plain, (byte) 'x');
        Deflater deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] small = new byte[1000];
        int length = deflater.deflate(small);
        deflater.end();
        ICoreMessage message = message(Message.BYTES_TYPE);
        message.getBodyBuffer().writeBytes(small, 0, length);
        message.putBooleanProperty(Message.HDR_LARGE_COMPRESSED, true);
        message.putLongProperty(Message.HDR_LARGE_BODY_SIZE, plain.length);
        ICoreMessage back = roundTrip(message);
        assertThat(body(back)).isEqualTo(plain);
        assertThat(back.containsProperty(Message.HDR_LARGE_COMPRESSED)).isFalse();
        for (long wrong : new long[] {plain.length + 1, plain.length - 1, 0}) {
            message.putLongProperty(Message.HDR_LARGE_BODY_SIZE, wrong);
            assertThatThrownBy(() -> CoreBody.read(message, Sealed.MAX_BODY_BYTES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong > plain.length ? "shorter than it says" : "longer than it says");
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                2_000_000_000L,
                250_000_000L,
                Long.MAX_VALUE,
                Integer.MAX_VALUE + 1L,
                1_000_001L,
                -1L,
                Long.MIN_VALUE
            })
    @DisplayName("A small message is not believed that it is a large one: memory is taken for what is there")
    void notBelievedAboutItsSize(long declared) {
        ICoreMessage message = message(Message.BYTES_TYPE);
        message.getBodyBuffer().writeBytes(new byte[200]);
        message.putBooleanProperty(Message.HDR_LARGE_COMPRESSED, true);
        message.putLongProperty(Message.HDR_LARGE_BODY_SIZE, declared);
        long before = allocatedBytes();
        assertThatThrownBy(() -> CoreBody.read(message, 1_000_000)).isInstanceOf(IllegalArgumentException.class);
        assertThat(allocatedBytes() - before).isLessThan(1_000_000);
    }

    @Test
    @DisplayName("A body that becomes larger than is allowed is not inflated beyond that, whatever it says")
    void bomb() {
        byte[] small = deflated(new byte[60_000_000]);
        ICoreMessage message = message(Message.BYTES_TYPE);
        message.getBodyBuffer().writeBytes(small);
        message.putBooleanProperty(Message.HDR_LARGE_COMPRESSED, true);
        for (long declared : new long[] {60_000_000, 1_000_001}) {
            message.putLongProperty(Message.HDR_LARGE_BODY_SIZE, declared);
            long before = allocatedBytes();
            assertThatThrownBy(() -> CoreBody.read(message, 1_000_000)).isInstanceOf(BodyTooLargeException.class);
            assertThat(allocatedBytes() - before).isLessThan(1_000_000);
        }
        message.putStringProperty(Message.HDR_LARGE_BODY_SIZE, SimpleString.of("many"));
        assertThatThrownBy(() -> CoreBody.read(message, 1_000_000)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] small = new byte[plain.length / 100];
        int length = deflater.deflate(small);
        deflater.end();
        return Arrays.copyOf(small, length);
    }

    @Test
    @DisplayName("Content that is not what its kind promises leaves the message alone")
    void wrongContent() {
        ICoreMessage message = message(Message.BYTES_TYPE);
        message.getBodyBuffer().writeBytes(new byte[] {1, 2, 3});
        byte[] nonsense = {(byte) 0xFF, 0, 0, 0, 9};
        for (ContentKind kind : List.of(ContentKind.TEXT, ContentKind.MAP, ContentKind.STREAM)) {
            assertThatThrownBy(() -> CoreBody.write(kind, false, nonsense, 0, nonsense.length, message))
                    .isInstanceOf(EnvelopeFormatException.class);
        }
        assertThat(body(message)).containsExactly(1, 2, 3);
        assertThat(message.getType()).isEqualTo(Message.BYTES_TYPE);
    }

    @Test
    @DisplayName("Values of a stream are read by Artemis as they were written")
    void streamValues() throws Exception {
        Opened opened = seal(MessageContent.stream(List.of(true, (byte) 1, (short) 2, 3, 4L, 5f, 6d, 'c', "s")));
        ICoreMessage message = message(Message.BYTES_TYPE);
        CoreBody.write(
                opened.kind(),
                opened.nullBody(),
                opened.payloadArray(),
                opened.payloadOffset(),
                opened.payloadLength(),
                message);
        ActiveMQBuffer body = message.getBodyBuffer();
        for (Object value : List.of(true, (byte) 1, (short) 2, 3, 4L, 5f, 6d, 'c', "s")) {
            assertThat(StreamMessageUtil.streamReadObject(body)).isEqualTo(value);
        }
    }
}
