package io.dialogsecurity.artemis.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.utils.DataConstants;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CoreFormTest {

    /** Names that begin like a provider's, and are an application's. */
    private static final List<String> LOOK_ALIKES = List.of(
            "_type", "_", "__TypeId__", "JMSXtype", "JMS_type", "_AMQ_type", "_HQ_type", "__HDR_type", "mqtt.type");

    private static final String TEXT = "Grüße, \uD83D\uDE00";
    private static final byte[] OCTETS = {1, 2, (byte) 0xFF, 0};

    /** A message as it comes in a packet. */
    private static CoreMessage received(byte type, Consumer<ActiveMQBuffer> body, Consumer<CoreMessage> headers) {
        CoreMessage message = new CoreMessage(42, 64);
        message.setType(type);
        message.setAddress(SimpleString.of("a"));
        headers.accept(message);
        body.accept(message.getBodyBuffer());
        ByteBuf packet = Unpooled.buffer();
        message.sendBuffer(packet, 0);
        CoreMessage received = new CoreMessage();
        received.receiveBuffer(packet);
        return received;
    }

    private static void plain(CoreMessage message) {
        message.setDurable(true)
                .setPriority((byte) 7)
                .setExpiration(4_000_000_000_000L)
                .setTimestamp(17);
        message.setUserID(UUIDGenerator.getInstance().generateUUID());
        message.setRoutingType(RoutingType.ANYCAST);
        message.setGroupID("g").setGroupSequence(3);
        message.setCorrelationID("c-1");
        message.setReplyTo(SimpleString.of("topic://answers"));
        message.setScheduledDeliveryTime(4_000_000_000_000L);
        message.putStringProperty("JMSType", "secret type");
        message.putStringProperty("text", "secret value");
        message.putStringProperty("dotted.and-hyphened", "x");
        message.putStringProperty("no", (String) null);
        message.putBooleanProperty("flag", true);
        message.putByteProperty("b", (byte) -1);
        message.putShortProperty("s", (short) 300);
        message.putIntProperty("i", 5);
        message.putLongProperty("l", 1L << 40);
        message.putFloatProperty("f", 1.5f);
        message.putDoubleProperty("d", -0.25);
        message.putCharProperty("c", 'x');
        message.putBytesProperty("octets", OCTETS);
        message.putStringProperty("DS_ENVELOPE", "mine");
        message.putStringProperty("_AMQ_DUPL_ID", "once");
        message.putStringProperty("__AMQ_CID", "client");
        message.putStringProperty("JMSXUserID", "me");
        for (String name : LOOK_ALIKES) {
            message.putStringProperty(name, "secret value");
        }
    }

    private static void mqtt(CoreMessage message) {
        message.putBooleanProperty("mqtt.message.retain", true);
        message.putIntProperty("mqtt.qos.level", 2);
        message.putStringProperty("__AMQ_CID", "device");
        message.putIntProperty("mqtt.payload.format.indicator", 1);
        message.putStringProperty("mqtt.response.topic", "secret/answers");
        message.putBytesProperty("mqtt.correlation.data", OCTETS);
        message.putIntProperty("mqtt.user.property.exists", 2);
        message.putStringProperty("mqtt.ordered.user.property.0.secret key", "v0");
        message.putStringProperty("mqtt.ordered.user.property.1.secret key", "v1");
        message.putStringProperty("mqtt.content.type", "secret/type");
        message.setTimestamp(5);
    }

    private static void stomp(CoreMessage message) {
        message.putStringProperty("_AMQ_CONTENT_TYPE", "secret/type");
        message.putStringProperty("_AMQ_PREFIX", "/queue/");
        message.putObjectProperty("JMSCorrelationID", "c-1");
        message.putStringProperty("JMSReplyTo", "/queue/answers");
        message.putObjectProperty("x:header", "secret value");
        message.putObjectProperty("destination", "/queue/a");
    }

    private static void openWire(CoreMessage message) {
        message.putLongProperty("__HDR_ARRIVAL", 5);
        message.putLongProperty("__HDR_BROKER_IN_TIME", 6);
        message.putIntProperty("__HDR_COMMAND_ID", 7);
        message.putStringProperty("__HDR_MESSAGE_ID", "ID:x-1:1:1:1:1");
        message.putBooleanProperty("__HDR_MSG_COMPRESSED", true);
        message.putBooleanProperty("__HDR_DROPPABLE", false);
        message.setGroupSequence(0);
        message.setReplyTo(SimpleString.of("temp-queue://answers"));
        message.putObjectProperty("p", "secret value");
    }

    private static void fromAmqp(CoreMessage message) {
        message.putShortProperty("JMS_AMQP_ORIGINAL_ENCODING", (short) 5);
        message.putStringProperty("JMS_AMQP_ContentType", "secret/type");
        message.putByteProperty("JMS_AMQP_MA_x-opt-jms-msg-type", (byte) 5);
        message.putBooleanProperty("JMS_AMQP_HEADER", true);
    }

    private static Consumer<ActiveMQBuffer> text(String text) {
        return body -> body.writeNullableSimpleString(SimpleString.of(text));
    }

    private static Consumer<ActiveMQBuffer> octets(byte[] octets) {
        return body -> body.writeBytes(octets);
    }

    private static void map(ActiveMQBuffer body) {
        TypedProperties values = new TypedProperties();
        values.putLongProperty(SimpleString.of("l"), 5);
        values.putCharProperty(SimpleString.of("c"), 'x');
        values.putBytesProperty(SimpleString.of("o"), OCTETS);
        values.putNullValue(SimpleString.of("n"));
        values.putFloatProperty(SimpleString.of("f"), Float.NaN);
        values.encode(body.byteBuf());
    }

    private static void stream(ActiveMQBuffer body) {
        body.writeByte(DataConstants.CHAR);
        body.writeShort((short) 'x');
        body.writeByte(DataConstants.BYTES);
        body.writeInt(OCTETS.length);
        body.writeBytes(OCTETS);
        body.writeByte(DataConstants.STRING);
        body.writeNullableString(null);
        body.writeByte(DataConstants.STRING);
        body.writeNullableString("x".repeat(5000));
    }

    private static Arguments of(String what, ContentKind kind, int type, Consumer<ActiveMQBuffer> body) {
        return of(what, kind, type, body, CoreFormTest::plain);
    }

    private static Arguments of(
            String what, ContentKind kind, int type, Consumer<ActiveMQBuffer> body, Consumer<CoreMessage> headers) {
        return Arguments.of(what, kind, received((byte) type, body, headers));
    }

    static Stream<Arguments> messages() {
        Consumer<ActiveMQBuffer> nothing = body -> {};
        return Stream.of(
                of("text", ContentKind.TEXT, Message.TEXT_TYPE, text(TEXT)),
                of("no text", ContentKind.TEXT, Message.TEXT_TYPE, text(null)),
                of("empty text", ContentKind.TEXT, Message.TEXT_TYPE, text("")),
                of("long text", ContentKind.TEXT, Message.TEXT_TYPE, text("long ".repeat(5000))),
                of("half a surrogate", ContentKind.BYTES, Message.TEXT_TYPE, text("\uD83D")),
                of("text without a body", ContentKind.TEXT, Message.TEXT_TYPE, nothing),
                of(
                        "text with more behind",
                        ContentKind.TEXT,
                        Message.TEXT_TYPE,
                        text("x").andThen(octets(OCTETS))),
                of("text that is none", ContentKind.BYTES, Message.TEXT_TYPE, octets(OCTETS)),
                of("octets", ContentKind.BYTES, Message.BYTES_TYPE, octets(OCTETS)),
                of("no octets", ContentKind.BYTES, Message.BYTES_TYPE, nothing),
                of("many octets", ContentKind.BYTES, Message.BYTES_TYPE, octets(new byte[90_000])),
                of("default", ContentKind.NONE, Message.DEFAULT_TYPE, nothing),
                of("default with a body", ContentKind.BYTES, Message.DEFAULT_TYPE, octets(OCTETS)),
                of("a type of somebody's own", ContentKind.BYTES, 99, octets(OCTETS)),
                of("map", ContentKind.MAP, Message.MAP_TYPE, CoreFormTest::map),
                of("null map", ContentKind.MAP, Message.MAP_TYPE, body -> body.writeByte(DataConstants.NULL)),
                of("map without a body", ContentKind.MAP, Message.MAP_TYPE, nothing),
                of("map that is none", ContentKind.BYTES, Message.MAP_TYPE, octets(OCTETS)),
                of("map that says it is huge", ContentKind.BYTES, Message.MAP_TYPE, octets(new byte[] {
                    1, 127, -1, -1, -1
                })),
                of("stream", ContentKind.STREAM, Message.STREAM_TYPE, CoreFormTest::stream),
                of("empty stream", ContentKind.STREAM, Message.STREAM_TYPE, nothing),
                of("stream that says it is huge", ContentKind.BYTES, Message.STREAM_TYPE, octets(new byte[] {
                    4, 127, -1, -1, -1
                })),
                of("object", ContentKind.OBJECT, Message.OBJECT_TYPE, body -> {
                    body.writeInt(OCTETS.length);
                    body.writeBytes(OCTETS);
                }),
                of("no object", ContentKind.OBJECT, Message.OBJECT_TYPE, nothing),
                of("object that is none", ContentKind.BYTES, Message.OBJECT_TYPE, octets(OCTETS)),
                of("mqtt", ContentKind.BYTES, Message.BYTES_TYPE, octets(OCTETS), CoreFormTest::mqtt),
                of("stomp text", ContentKind.TEXT, Message.TEXT_TYPE, text(TEXT), CoreFormTest::stomp),
                of("stomp octets", ContentKind.BYTES, Message.BYTES_TYPE, octets(OCTETS), CoreFormTest::stomp),
                of("openwire text", ContentKind.TEXT, Message.TEXT_TYPE, text(TEXT), CoreFormTest::openWire),
                of("openwire map", ContentKind.MAP, Message.MAP_TYPE, CoreFormTest::map, CoreFormTest::openWire),
                of("was amqp", ContentKind.TEXT, Message.TEXT_TYPE, text(TEXT), CoreFormTest::fromAmqp),
                of("no properties", ContentKind.TEXT, Message.TEXT_TYPE, text(TEXT), message -> {}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    @DisplayName("A message is opened to what it was, and says so in neutral words")
    void comesBack(String what, ContentKind kind, CoreMessage message) throws Exception {
        CoreMessage original = (CoreMessage) message.copy();
        Map<String, Object> expected = Sealed.state(original);
        byte[] envelope = Sealed.seal(message);
        byte[] stored = Sealed.stored(message);
        assertSealed(message, original, envelope);

        Opened opened = Sealed.open(envelope);
        assertThat(opened.kind()).isEqualTo(kind);
        ICoreMessage result = (ICoreMessage) MessageForm.of(message).open(reloaded(stored), opened);

        assertThat(Sealed.state(result)).isEqualTo(expected);
        assertThat(result.getUserID()).isEqualTo(original.getUserID());
        assertThat(Sealed.stored(message)).isEqualTo(stored);
        assertThat(inAmqp(result)).isEqualTo(inAmqp(original));
    }

    /** As the journal gives it back. */
    private static CoreMessage reloaded(byte[] stored) {
        CoreMessage message = new CoreMessage();
        message.reloadPersistence(
                ActiveMQBuffers.wrappedBuffer(
                        Unpooled.buffer().writeInt(stored.length).writeBytes(stored)),
                null);
        return message;
    }

    /** What an AMQP consumer gets, or that the broker cannot make anything of it. */
    private static Object inAmqp(ICoreMessage message) throws Exception {
        message.setExpiration(0);
        ICoreMessage converted;
        try {
            converted = AmqpPart.fromCore(message).toCore();
        } catch (InvocationTargetException | RuntimeException e) {
            return "cannot be converted";
        }
        String text = converted.getStringBody();
        return text != null && text.startsWith("Conversion to AMQP error")
                ? "cannot be converted"
                : Sealed.state(converted);
    }

    private static void assertSealed(CoreMessage sealed, CoreMessage original, byte[] envelope) {
        Map<String, Object> outside = Sealed.state(sealed);
        Map<String, Object> expected = Sealed.state(original);
        expected.put("properties", outside.get("properties"));
        expected.put("type", Message.BYTES_TYPE);
        expected.put("body", Sealed.hex(envelope));
        assertThat(outside).isEqualTo(expected);
        assertThat(sealed.getUserID()).isEqualTo(original.getUserID());
        for (SimpleString name : original.getPropertyNames()) {
            boolean ofBroker = MessageNames.OWNED.contains(name.toString()) && name.startsWith(SimpleString.of("_AMQ"));
            if (ofBroker || name.toString().equals("mqtt.qos.level")) {
                assertThat(sealed.getObjectProperty(name)).isEqualTo(original.getObjectProperty(name));
            }
        }
        byte[] stored = Sealed.stored(sealed);
        assertThat(new String(stored, StandardCharsets.UTF_16LE)).doesNotContain("secret");
        assertThat(new String(stored, 1, stored.length - 1, StandardCharsets.UTF_16LE))
                .doesNotContain("secret");
        assertThat(sealed.getEncodeSize()).isEqualTo(stored.length);
    }

    @Test
    @DisplayName("What brokers add outside is kept; what others change or add there is not")
    void brokersChanges() throws Exception {
        CoreMessage message = received(Message.TEXT_TYPE, text(TEXT), CoreFormTest::plain);
        byte[] envelope = Sealed.seal(message, "text");
        assertThat(message.getStringProperty("text")).isEqualTo("secret value");
        message.putStringProperty("text", "changed");
        message.putStringProperty("injected", "x");
        for (String name : LOOK_ALIKES) {
            message.putStringProperty(name, "x");
        }
        message.putStringProperty("_AMQ_CONTENT_TYPE", "x");
        message.putStringProperty("_AMQ_ORIG_ADDRESS", "before");
        message.putStringProperty("mqtt.message.retain.initial.distribution", (String) null);
        message.setAddress("dead letters");

        Message opened = MessageForm.of(message).open(message, Sealed.open(envelope));

        assertThat(opened.getStringProperty("text")).isEqualTo("secret value");
        assertThat(opened.containsProperty("injected")).isFalse();
        for (String name : LOOK_ALIKES) {
            assertThat(opened.getStringProperty(name)).as(name).isEqualTo("secret value");
        }
        assertThat(opened.containsProperty("_AMQ_CONTENT_TYPE")).isFalse();
        assertThat(opened.getStringProperty("_AMQ_ORIG_ADDRESS")).isEqualTo("before");
        assertThat(opened.containsProperty("mqtt.message.retain.initial.distribution"))
                .isTrue();
        assertThat(opened.getAddress()).isEqualTo("dead letters");
    }

    @Test
    @DisplayName("Large messages and those that embed others are refused, with what to do")
    void refused() {
        for (byte type : new byte[] {Message.EMBEDDED_TYPE, Message.LARGE_EMBEDDED_TYPE}) {
            CoreMessage message = received(type, octets(OCTETS), CoreFormTest::plain);
            assertThatThrownBy(() -> CoreForm.INSTANCE.read(message, Sealed.MAX_BODY_BYTES))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> CoreForm.INSTANCE.seal(message, OCTETS, Set.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        CoreMessage large = new CoreMessage(1, 10) {
            @Override
            public boolean isLargeMessage() {
                return true;
            }
        };
        assertThatThrownBy(() -> CoreForm.INSTANCE.read(large, Sealed.MAX_BODY_BYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client-side endpoint");
    }

    @Test
    @DisplayName(
            "Octets that say something else than the payload are refused, and types that brokers keep for themselves")
    void contradictions() {
        CoreMessage stored = received(Message.BYTES_TYPE, octets(OCTETS), CoreFormTest::plain);
        byte[] text = Sealed.body(received(Message.TEXT_TYPE, text("other"), CoreFormTest::plain));
        List<MessageContent> contents = List.of(
                MessageContent.text(TEXT).with("", Map.of(CoreForm.BODY, text)),
                MessageContent.text(null).with("", Map.of(CoreForm.BODY, text)),
                MessageContent.text(TEXT).with("", Map.of(CoreForm.BODY, OCTETS)),
                MessageContent.bytes(OCTETS).with("", Map.of(CoreForm.BODY, OCTETS)),
                MessageContent.text(TEXT).with("", Map.of(CoreForm.TYPE, Message.BYTES_TYPE)),
                MessageContent.bytes(OCTETS).with("", Map.of(CoreForm.TYPE, Message.EMBEDDED_TYPE)),
                MessageContent.bytes(OCTETS).with("", Map.of(CoreForm.TYPE, Message.LARGE_EMBEDDED_TYPE)));
        for (MessageContent content : contents) {
            Opened opened = Sealed.opened(content);
            assertThatThrownBy(() -> CoreForm.INSTANCE.open(stored, opened))
                    .isInstanceOf(EnvelopeFormatException.class);
        }
    }

    @Test
    @DisplayName("Whatever is in body and properties, it comes back")
    void anything() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("CoreFormTest.anything: seed " + seed);
        Random random = new Random(seed);
        byte[] types = {0, 1, 2, 3, 4, 5, 6, 9, -1};
        for (int i = 0; i < 500; i++) {
            byte[] body = new byte[random.nextInt(random.nextBoolean() ? 12 : 3000)];
            random.nextBytes(body);
            if (random.nextBoolean() && body.length > 0) {
                body[0] = (byte) random.nextInt(12);
            }
            CoreMessage message = received(types[random.nextInt(types.length)], octets(body), each -> {
                for (int n = random.nextInt(6); n > 0; n--) {
                    String name = Integer.toString(random.nextInt(), 36) + (char) ('.' + random.nextInt(80));
                    byte[] value = new byte[random.nextInt(20)];
                    random.nextBytes(value);
                    switch (random.nextInt(5)) {
                        case 0 -> each.putStringProperty(name, new String(value, StandardCharsets.ISO_8859_1));
                        case 1 -> each.putBytesProperty(name, value);
                        case 2 -> each.putDoubleProperty(name, random.nextDouble());
                        case 3 -> each.putCharProperty(name, (char) random.nextInt());
                        default -> each.putStringProperty(name, (String) null);
                    }
                }
            });
            Map<String, Object> expected = Sealed.state(message);
            byte[] envelope = Sealed.seal(message);
            assertThat(Sealed.state(MessageForm.of(message).open(message, Sealed.open(envelope))))
                    .as("seed %d, message %d", seed, i)
                    .isEqualTo(expected);
        }
    }
}
