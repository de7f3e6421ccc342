package io.dialogsecurity.artemis.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AmqpFormTest {

    private static final String TEXT = "Grüße, \uD83D\uDE00";
    private static final byte[] OCTETS = {1, 2, (byte) 0xFF, 0};

    /** Sections as an AMQP client encodes them. */
    private static byte[] encode(Object... sections) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (Object section : sections) {
            if (section instanceof byte[] raw) {
                whole.writeBytes(raw);
                continue;
            }
            DecoderImpl decoder = new DecoderImpl();
            EncoderImpl encoder = new EncoderImpl(decoder);
            AMQPDefinedTypes.registerAllTypes(decoder, encoder);
            ByteBuffer out = ByteBuffer.allocate(100_000);
            encoder.setByteBuffer(out);
            encoder.writeObject(section);
            whole.write(out.array(), 0, out.position());
        }
        return whole.toByteArray();
    }

    private static Header header() {
        Header header = new Header();
        header.setDurable(true);
        header.setPriority(UnsignedByte.valueOf((byte) 7));
        header.setTtl(UnsignedInteger.valueOf(600_000));
        return header;
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setMessageId("ID:4711");
        properties.setUserId(new Binary("somebody".getBytes(StandardCharsets.UTF_8)));
        properties.setTo("a");
        properties.setSubject("secret type");
        properties.setReplyTo("answers");
        properties.setCorrelationId("c-1");
        properties.setCreationTime(new Date(1_700_000_000_000L));
        properties.setGroupId("g");
        properties.setGroupSequence(UnsignedInteger.valueOf(3));
        properties.setReplyToGroupId("rg");
        return properties;
    }

    private static Properties contentType(String type) {
        Properties properties = properties();
        properties.setContentType(Symbol.valueOf(type));
        return properties;
    }

    private static MessageAnnotations annotations(int type) {
        Map<Symbol, Object> map = new LinkedHashMap<>();
        map.put(Symbol.valueOf("x-opt-jms-dest"), (byte) 0);
        map.put(Symbol.valueOf("x-opt-jms-msg-type"), (byte) type);
        map.put(Symbol.valueOf("x-secret"), List.of("nested", 1));
        map.put(Symbol.valueOf("x-opt-jms-reply-to"), (byte) 1);
        return new MessageAnnotations(map);
    }

    private static ApplicationProperties application() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "secret value");
        map.put("dotted.and-hyphened", 5);
        map.put("big", 1L << 40);
        map.put("no", null);
        map.put("flag", true);
        map.put("b", (byte) -1);
        map.put("s", (short) 300);
        map.put("f", 1.5f);
        map.put("d", -0.25);
        map.put("c", 'x');
        map.put("_AMQ_DUPL_ID", "once");
        map.put("JMSXGroupID", "g");
        map.put("DS_ENVELOPE", "mine");
        return new ApplicationProperties(map);
    }

    private static ApplicationProperties exotic() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ub", UnsignedByte.valueOf((byte) 200));
        map.put("us", UnsignedShort.valueOf((short) -1));
        map.put("ui", UnsignedInteger.valueOf(-1));
        map.put("ul", UnsignedLong.valueOf(-1L));
        map.put("sym", Symbol.valueOf("symbol"));
        map.put("bin", new Binary(OCTETS));
        map.put("d32", new Decimal32(1));
        map.put("d64", new Decimal64(1));
        map.put("d128", new Decimal128(1, 2));
        return new ApplicationProperties(map);
    }

    private static Arguments of(String what, ContentKind kind, Object... sections) {
        return Arguments.of(what, kind, encode(sections));
    }

    static Stream<Arguments> messages() {
        Footer footer = new Footer(Map.of(Symbol.valueOf("x-hash"), new Binary(OCTETS)));
        String longText = "long ".repeat(1000);
        Properties idOnly = new Properties();
        idOnly.setMessageId(UUID.randomUUID());
        idOnly.setCorrelationId(UUID.randomUUID());
        Properties numbered = new Properties();
        numbered.setCorrelationId(UnsignedLong.valueOf(-5L));
        Properties octets = new Properties();
        octets.setCorrelationId(new Binary(OCTETS));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", "text");
        map.put("bin", new Binary(OCTETS));
        map.put("null", null);
        Map<String, Object> unusual = new LinkedHashMap<>();
        unusual.put("ui", UnsignedInteger.valueOf(-1));
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put("list", List.of(1, 2));
        nested.put(5, "number as name");
        return Stream.of(
                of("text", ContentKind.TEXT, header(), annotations(5), properties(), application(), value(TEXT)),
                of("text, nothing else", ContentKind.TEXT, value(TEXT)),
                of("empty text", ContentKind.TEXT, annotations(5), value("")),
                of("long text", ContentKind.TEXT, header(), annotations(5), application(), value(longText)),
                of("no text", ContentKind.TEXT, annotations(5), properties(), value(null)),
                of("null, for nothing", ContentKind.NONE, annotations(0), properties(), application(), value(null)),
                of("null", ContentKind.TEXT, properties(), value(null)),
                of("no body", ContentKind.NONE, header(), properties(), application()),
                of("no body, octets", ContentKind.NONE, contentType("application/octet-stream")),
                of("no body, of text", ContentKind.NONE, contentType("text/plain")),
                of("no body but footer", ContentKind.NONE, properties(), footer),
                of("nothing", ContentKind.NONE, header()),
                of("data", ContentKind.BYTES, annotations(3), contentType("application/octet-stream"), data(OCTETS)),
                of("data, nothing else", ContentKind.BYTES, data(OCTETS)),
                of("empty data", ContentKind.BYTES, properties(), data(new byte[0])),
                of("large data", ContentKind.BYTES, header(), properties(), application(), data(new byte[70_000])),
                of(
                        "text as data",
                        ContentKind.TEXT,
                        contentType("text/plain; charset=utf-8"),
                        data(TEXT.getBytes(StandardCharsets.UTF_8))),
                of(
                        "json",
                        ContentKind.TEXT,
                        contentType("application/json"),
                        application(),
                        data("{}".getBytes(StandardCharsets.UTF_8)),
                        footer),
                of("bad text as data", ContentKind.BYTES, contentType("text/plain"), data(OCTETS)),
                of("latin text as data", ContentKind.BYTES, contentType("text/plain;charset=iso-8859-1"), data(OCTETS)),
                of(
                        "object as data",
                        ContentKind.OBJECT,
                        annotations(1),
                        contentType(AmqpContent.JAVA_OBJECT),
                        data(OCTETS)),
                of(
                        "object as value",
                        ContentKind.OBJECT,
                        contentType(AmqpContent.JAVA_OBJECT),
                        value(new Binary(OCTETS))),
                of(
                        "several data",
                        ContentKind.BYTES,
                        properties(),
                        application(),
                        data(OCTETS),
                        data(new byte[300]),
                        footer),
                of("binary", ContentKind.BYTES, annotations(3), properties(), value(new Binary(OCTETS))),
                of("map", ContentKind.MAP, annotations(2), properties(), application(), value(map), footer),
                of("map of unsigned", ContentKind.MAP, properties(), value(unusual)),
                of("nested map", ContentKind.BYTES, properties(), value(nested)),
                of("empty map", ContentKind.MAP, value(Map.of())),
                of("list", ContentKind.STREAM, properties(), value(Arrays.asList(1, "x", null, new Binary(OCTETS)))),
                of("nested list", ContentKind.BYTES, value(List.of(List.of(1), 2))),
                of("sequence", ContentKind.STREAM, annotations(4), new AmqpSequence(List.of(1, 2L, "x", 'c'))),
                of("sequences", ContentKind.STREAM, new AmqpSequence(List.of(1)), new AmqpSequence(List.of(2))),
                of("empty sequence", ContentKind.STREAM, new AmqpSequence(List.of())),
                of("int", ContentKind.BYTES, properties(), application(), value(5)),
                of("ulong", ContentKind.BYTES, value(UnsignedLong.valueOf(7))),
                of("uuid", ContentKind.BYTES, value(UUID.randomUUID()), footer),
                of("timestamp", ContentKind.BYTES, value(new Date(5))),
                of("symbol", ContentKind.BYTES, value(Symbol.valueOf("s"))),
                of("boolean", ContentKind.BYTES, value(true)),
                of("exotic properties", ContentKind.TEXT, header(), properties(), exotic(), value(TEXT)),
                of("ids of uuids", ContentKind.TEXT, idOnly, value(TEXT)),
                of("id of a number", ContentKind.TEXT, numbered, value(TEXT)),
                of("id of octets", ContentKind.TEXT, octets, value(TEXT)),
                of(
                        "delivery annotations",
                        ContentKind.TEXT,
                        header(),
                        new DeliveryAnnotations(Map.of(Symbol.valueOf("x-opt-a"), 1)),
                        annotations(5),
                        properties(),
                        value(TEXT)),
                of(
                        "delayed",
                        ContentKind.TEXT,
                        header(),
                        new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-delivery-time"), 4_000_000_000_000L)),
                        value(TEXT)),
                of("wasteful encoding", ContentKind.TEXT, properties(), new byte[] {
                    0, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0x77, (byte) 0xB1, 0, 0, 0, 1, 'x'
                }));
    }

    private static AmqpValue value(Object value) {
        return new AmqpValue(value);
    }

    private static Data data(byte[] octets) {
        return new Data(new Binary(octets));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    @DisplayName("A message is opened to what it was, to the bit, and says so in neutral words")
    void comesBack(String what, ContentKind kind, byte[] encoded) throws Exception {
        Message original = AmqpPart.message(encoded);
        Message message = AmqpPart.message(encoded);
        for (Message each : List.of(original, message)) {
            each.setAddress(SimpleString.of("a"));
            each.setMessageID(42);
        }
        byte[] envelope = Sealed.seal(message);
        byte[] stored = Sealed.stored(message);
        assertSealed(message, original, envelope);

        Opened opened = Sealed.open(envelope);
        assertThat(opened.kind()).isEqualTo(kind);
        Message result = MessageForm.of(message).open(message, opened);

        assertThat(result.getExpiration()).isEqualTo(message.getExpiration());
        assertThat(Sealed.hex(Sealed.stored(result))).isEqualTo(Sealed.hex(encoded));
        assertThat(Sealed.stored(message)).isEqualTo(stored);
        assertSame(result, original);
        assertThat(result.getEncodeSize()).isEqualTo(original.getEncodeSize());
    }

    /** What is outside leads the broker as the original would; nothing of what is inside is there. */
    private static void assertSealed(Message sealed, Message original, byte[] envelope) {
        assertThat(sealed.isDurable()).isEqualTo(original.isDurable());
        assertThat(sealed.getPriority()).isEqualTo(original.getPriority());
        assertThat(sealed.getAddress()).isEqualTo("a");
        assertThat(sealed.getMessageID()).isEqualTo(42);
        assertThat(sealed.getExpiration() - original.getExpiration()).isBetween(-60_000L, 60_000L);
        assertThat(sealed.getScheduledDeliveryTime()).isEqualTo(original.getScheduledDeliveryTime());
        assertThat((Object) sealed.getGroupID()).isEqualTo(original.getGroupID());
        assertThat(sealed.getDuplicateProperty()).isEqualTo(original.getDuplicateProperty());
        assertThat((Object) sealed.getReplyTo()).isEqualTo(original.getReplyTo());
        assertThat(sealed.getUserID()).isEqualTo(original.getUserID());
        assertThat(sealed.getCorrelationID()).isEqualTo(original.getCorrelationID());
        assertThat(sealed.getTimestamp()).isEqualTo(original.getTimestamp());
        assertThat(sealed.getStringProperty(MessageNames.HINT)).isEqualTo(MessageNames.HINT_VALUE);
        byte[] stored = Sealed.stored(sealed);
        assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain("secret", "nested", "x-hash");
        ICoreMessage core = sealed.toCore();
        assertThat(core.getType()).isEqualTo(Message.BYTES_TYPE);
        assertThat(Sealed.body(core)).isEqualTo(envelope);
        assertThat(sealed.getMemoryEstimate()).isGreaterThanOrEqualTo(stored.length);
    }

    private static void assertSame(Message result, Message original) {
        Map<String, Object> expected = Sealed.state(original);
        expected.put(
                "expiration", result.getExpiration()); // compared when it was opened: to encode it is to read it anew
        assertThat(Sealed.state(result)).isEqualTo(expected);
        assertThat(asCore(result)).isEqualTo(asCore(original));
    }

    /** What a core consumer gets, or why the broker gives it nothing. When it expires is compared elsewhere. */
    private static Object asCore(Message message) {
        ICoreMessage core;
        try {
            core = message.toCore();
        } catch (RuntimeException e) {
            return e.getMessage();
        }
        core.setExpiration(0);
        return Sealed.state(core);
    }

    @Test
    @DisplayName("What the broker changes on the way is in the opened message, and nothing else that is outside")
    void brokersChanges() throws Exception {
        Message message = AmqpPart.message(encode(header(), annotations(5), properties(), application(), value(TEXT)));
        message.setAddress(SimpleString.of("a"));
        byte[] envelope = Sealed.seal(message);
        message.setExpiration(4_000_000_000_000L);
        message.setRoutingType(RoutingType.MULTICAST);
        message.setIngressTimestamp();
        message.setBrokerProperty(Message.HDR_ORIGINAL_ADDRESS, "before");
        message.putStringProperty("_AMQ_ORIG_QUEUE", "by the broker");
        message.putStringProperty("injected", "by an administrator");
        for (String name : List.of("_type", "_AMQ_ADDED", "JMSXadded", "JMS_added", "__HDR_added", "mqtt.added")) {
            message.putStringProperty(name, "by an administrator");
        }
        message.setAnnotation(SimpleString.of("x-opt-ADDED"), "by an administrator");
        message.setAddress(SimpleString.of("dead letters"));
        message.reencode();

        Message opened = MessageForm.of(message).open(message, Sealed.open(envelope));

        assertThat(opened.getAddress()).isEqualTo("dead letters");
        assertThat(opened.getExpiration()).isEqualTo(4_000_000_000_000L);
        assertThat(opened.getRoutingType()).isEqualTo(RoutingType.MULTICAST);
        assertThat(opened.getIngressTimestamp()).isEqualTo(message.getIngressTimestamp());
        assertThat(opened.getAnnotation(Message.HDR_ORIGINAL_ADDRESS)).isEqualTo("before");
        assertThat(opened.getBrokerProperty(Message.HDR_ORIGINAL_ADDRESS)).hasToString("before");
        assertThat(opened.getStringProperty("_AMQ_ORIG_QUEUE")).isEqualTo("by the broker");
        assertThat(opened.getPropertyNames()).noneMatch(name -> name.toString().endsWith("dded"));
        assertThat(opened.containsProperty("_type")).isFalse();
        assertThat(opened.getAnnotation(SimpleString.of("x-opt-ADDED"))).isNull();
        assertThat(opened.containsProperty("injected")).isFalse();
        assertThat(opened.getStringProperty("text")).isEqualTo("secret value");
        assertThat(opened.getStringProperty("DS_ENVELOPE")).isEqualTo("mine");
        assertThat(opened.toCore().getStringBody()).isEqualTo(TEXT);
    }

    @Test
    @DisplayName("A message that only says how long it lives expires when the stored one does")
    void expires() throws Exception {
        Message message = AmqpPart.message(encode(header(), value(TEXT)));
        byte[] envelope = Sealed.seal(message);
        message.getClass().getMethod("reloadExpiration", long.class).invoke(message, 5_000_000_000_000L);

        Message opened = MessageForm.of(message).open(message, Sealed.open(envelope));

        assertThat(opened.getExpiration()).isEqualTo(5_000_000_000_000L);
        assertThat(opened.toCore().getExpiration()).isEqualTo(5_000_000_000_000L);
    }

    @Test
    @DisplayName("Clear properties stay readable outside; the protected copy counts")
    void clearProperties() throws Exception {
        Message message = AmqpPart.message(encode(properties(), application(), value(TEXT)));
        byte[] envelope = Sealed.seal(message, "text", MessageNames.TYPE);
        assertThat(message.getStringProperty("text")).isEqualTo("secret value");
        assertThat(message.getObjectProperty(MessageNames.TYPE)).isEqualTo("secret type");
        message.putStringProperty("text", "changed");
        message.reencode();

        Message opened = MessageForm.of(message).open(message, Sealed.open(envelope));

        assertThat(opened.getStringProperty("text")).isEqualTo("secret value");
        assertThat(opened.getObjectProperty(MessageNames.TYPE)).isEqualTo("secret type");
    }

    @Test
    @DisplayName("Octets that say something else than the payload are refused")
    void contradictions() throws Exception {
        byte[] encoded = encode(properties(), application(), value(TEXT));
        Message message = AmqpPart.message(encoded);
        Map<String, Object> inside = Sealed.opened(AmqpForm.INSTANCE.read(message, Sealed.MAX_BODY_BYTES))
                .properties();
        Sealed.seal(message);
        byte[] other = encode(value("something else"));
        List<MessageContent> contents = List.of(
                MessageContent.text(TEXT + "!").with("", with(inside, AmqpForm.BODY, other)),
                MessageContent.bytes(OCTETS).with("", inside),
                MessageContent.text(TEXT).with("text/plain", inside),
                MessageContent.text(TEXT).with("", with(inside, "text", "another value")),
                MessageContent.text(TEXT).with("", with(inside, "more", 1)),
                MessageContent.text(TEXT).with("", with(inside, AmqpForm.AFTER, other)),
                MessageContent.text(TEXT).with("", Map.of(AmqpForm.BEFORE, OCTETS)));
        for (MessageContent content : contents) {
            Opened opened = Sealed.opened(content);
            assertThatThrownBy(() -> AmqpForm.INSTANCE.open(message, opened))
                    .isInstanceOf(EnvelopeFormatException.class);
        }
    }

    private static Map<String, Object> with(Map<String, Object> inside, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(inside);
        changed.put(name, value);
        return changed;
    }

    static Stream<Arguments> neutral() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("i", 5);
        map.put("o", OCTETS);
        return Stream.of(
                Arguments.of(MessageContent.text(TEXT), Message.TEXT_TYPE),
                Arguments.of(MessageContent.text(null), Message.TEXT_TYPE),
                Arguments.of(MessageContent.bytes(OCTETS), Message.BYTES_TYPE),
                Arguments.of(MessageContent.object(OCTETS), Message.OBJECT_TYPE),
                Arguments.of(MessageContent.map(map), Message.MAP_TYPE),
                Arguments.of(MessageContent.stream(List.of(1, "x")), Message.STREAM_TYPE));
    }

    @ParameterizedTest
    @MethodSource("neutral")
    @DisplayName("What another endpoint sealed is opened to what its kind is in AMQP")
    void ofAnotherEndpoint(MessageContent content, byte type) throws Exception {
        byte[] envelope = Sealed.envelope(
                content.with("", Map.of("p", "v", "n", 5, MessageNames.TYPE, "t", MessageNames.CORRELATION_ID, "c-1")));
        Properties outside = contentType("application/octet-stream");
        outside.setSubject(null);
        Message message = AmqpPart.message(encode(
                header(),
                annotations(3),
                outside,
                new ApplicationProperties(Map.of("DS_ENVELOPE", "1.0")),
                data(envelope)));

        Message opened = MessageForm.of(message).open(message, Sealed.open(envelope));

        ICoreMessage core = opened.toCore();
        assertThat(core.getType()).isEqualTo(type);
        assertThat(core.getStringProperty("p")).isEqualTo("v");
        assertThat(core.getIntProperty("n")).isEqualTo(5);
        assertThat(core.containsProperty("DS_ENVELOPE")).isFalse();
        assertThat(core.getStringProperty(MessageNames.TYPE)).isEqualTo("t");
        assertThat(opened.getCorrelationID()).isEqualTo("c-1");
        assertThat(opened.getUserID()).isEqualTo("ID:4711");
        assertThat(core.getStringProperty("JMS_AMQP_MA_x-secret")).isNull();
        assertThat(CoreBody.read(core, Sealed.MAX_BODY_BYTES).fingerprint()).isEqualTo(content.fingerprint());
    }

    @Test
    @DisplayName("What is no AMQP message is refused, and left as it is")
    void malformed() throws Exception {
        byte[] good = encode(properties(), application(), value(TEXT));
        for (int length = 1; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            try {
                new AmqpContent(new AmqpLayout(cut, 0, cut.length));
            } catch (IllegalArgumentException expected) {
                continue; // and nothing else is thrown
            }
        }
        Message twice = AmqpPart.message(encode(value(TEXT), data(OCTETS)));
        byte[] before = Sealed.stored(twice);
        assertThatThrownBy(() -> AmqpForm.INSTANCE.read(twice, Sealed.MAX_BODY_BYTES))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AmqpForm.INSTANCE.seal(twice, OCTETS, Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Sealed.stored(twice)).isEqualTo(before);
    }
}
