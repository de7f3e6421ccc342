package io.dialogsecurity.integration.brokerside;

import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Routing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * What is sent in one row of the matrix.
 *
 * @param name for the report
 * @param cells the pairs of producer and consumer for whom it is; what the unsealed broker itself cannot deliver is left
 *     out
 * @param body what
 * @param more what is said beside the body
 */
record Exchange(String name, BiPredicate<PlainKind, PlainKind> cells, Body body, UnaryOperator<Outgoing> more) {

    static final String IN_TEXT = "marker-in-text-81c5";
    static final String IN_BYTES = "marker-in-bytes-81c5";
    static final String IN_PROPERTY = "marker-in-property-81c5";
    static final String IN_TYPE = "marker-in-type-81c5";
    static final String IN_CONTENT_TYPE = "marker-in-content-type-81c5";
    static final String IN_MAP = "marker-in-map-81c5";
    static final String IN_STREAM = "marker-in-stream-81c5";
    static final String IN_OBJECT = "marker-in-object-81c5";

    /** All that must not be readable on disk. */
    static final Set<String> MARKERS =
            Set.of(IN_TEXT, IN_BYTES, IN_PROPERTY, IN_TYPE, IN_CONTENT_TYPE, IN_MAP, IN_STREAM, IN_OBJECT);

    private static final Set<PlainKind> MQTT = Set.of(PlainKind.MQTT_3, PlainKind.MQTT_5);
    private static final int LONG_CHARS = 50_000;

    static List<Exchange> all() {
        Body text = new Body.Text(IN_TEXT + " and nothing else");
        return List.of(
                anybody("text", text),
                anybody("text with umlauts and emoji", new Body.Text(IN_TEXT + " äöüß ÄÖÜ € 🙂👩‍🚀 \t\r\n'\"<&>\\")),
                anybody("long text", new Body.Text(longText("The quick brown fox, "))),
                anybody("long text with umlauts", new Body.Text(longText("Zwölf Boxkämpfer; "))),
                anybody("bytes 0 to 255", new Body.Binary(allBytes())),
                anybody("bytes that are text", new Body.Binary(IN_BYTES.getBytes(StandardCharsets.UTF_8))),
                anybody("empty text", new Body.Text("")),
                anybody("empty bytes", new Body.Binary(new byte[0])),
                anybody("no body", new Body.None()),
                anybody("not persistent", text, Outgoing::notPersistent),
                anybody("in full", text, Exchange::everything),
                new Exchange(
                        "quality of service 2",
                        (from, to) -> MQTT.contains(from),
                        text,
                        message -> message.qualityOfService(2)),
                whoHas(Ability.PROPERTIES, "properties of text", text, Exchange::texts),
                whoHas(Ability.PROPERTIES, "properties that begin like the broker's", text, Exchange::lookAlikes),
                whoHas(Ability.PROPERTIES, "no body but properties", new Body.None(), Exchange::texts),
                whoHas(Ability.JMS, "properties of each type", text, Exchange::typed),
                whoHas(Ability.JMS, "bytes with properties", new Body.Binary(allBytes()), Exchange::typed),
                jms("text that is null", new Body.Text(null), (from, to) -> !MQTT.contains(to)),
                whoHas(Ability.JMS, "group", text, message -> message.property("JMSXGroupID", "group 7")),
                jms("map", new Body.Fields(fields()), (from, to) -> true),
                jms(
                        "map with bytes",
                        new Body.Fields(Map.of("text", IN_MAP, "bytes", new byte[] {7, 8, 9})),
                        (from, to) -> true),
                jms("empty map", new Body.Fields(Map.of()), (from, to) -> true),
                jms(
                        "stream",
                        new Body.Items(items()),
                        (from, to) -> to.can(Ability.JMS) || (MQTT.contains(to) && from != PlainKind.AMQP)),
                jms(
                        "stream with bytes",
                        new Body.Items(List.of(IN_STREAM, new byte[] {7, 8, 9})),
                        (from, to) -> to.can(Ability.JMS) && (from == PlainKind.AMQP) == (to == PlainKind.AMQP)),
                jms("empty stream", new Body.Items(List.of()), (from, to) -> true),
                jms("object", new Body.Thing(new ArrayList<>(List.of(IN_OBJECT, 42))), (from, to) -> true),
                jms(
                        "object that is null",
                        new Body.Thing(null),
                        (from, to) -> from == PlainKind.AMQP || to != PlainKind.AMQP));
    }

    private static Exchange jms(String name, Body body, BiPredicate<PlainKind, PlainKind> delivered) {
        BiPredicate<PlainKind, PlainKind> sent = (from, to) -> from.can(Ability.JMS);
        return new Exchange(name, sent.and(delivered), body, message -> message);
    }

    private static Exchange anybody(String name, Body body) {
        return anybody(name, body, message -> message);
    }

    private static Exchange anybody(String name, Body body, UnaryOperator<Outgoing> more) {
        return new Exchange(name, (from, to) -> true, body, more);
    }

    private static Exchange whoHas(Ability ability, String name, Body body, UnaryOperator<Outgoing> more) {
        return new Exchange(name, (from, to) -> from.can(ability), body, more);
    }

    /** The message of this row. */
    Outgoing to(Routing routing, String address) {
        return more.apply(Outgoing.to(routing, address, body));
    }

    private static Outgoing everything(Outgoing message) {
        return texts(message)
                .correlationId("request 7: ä")
                .replyTo("answers.here")
                .type(IN_TYPE)
                .contentType("text/" + IN_CONTENT_TYPE)
                .priority(7)
                .lifetime(Duration.ofHours(1));
    }

    private static Outgoing texts(Outgoing message) {
        return message.property("customer", IN_PROPERTY)
                .property("city", "Köln: 50667, Germany")
                .property("empty", "")
                .property(BrokerSideWorld.CLEAR_PROPERTY, "EU");
    }

    private static Outgoing lookAlikes(Outgoing message) {
        return message.property("_type", IN_PROPERTY)
                .property("__TypeId__", IN_PROPERTY)
                .property("JMSXtype", IN_PROPERTY)
                .property("JMS_type", IN_PROPERTY)
                .property("_AMQ_type", IN_PROPERTY);
    }

    private static Outgoing typed(Outgoing message) {
        return message.property("boolean", true)
                .property("byte", (byte) -1)
                .property("short", Short.MIN_VALUE)
                .property("int", Integer.MAX_VALUE)
                .property("long", Long.MIN_VALUE)
                .property("float", 5.5f)
                .property("double", Math.PI)
                .property("string", IN_PROPERTY)
                .property(BrokerSideWorld.CLEAR_PROPERTY, "EU");
    }

    private static Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", IN_MAP);
        fields.put("umlaut ä", "ö");
        fields.put("none", null);
        fields.put("boolean", false);
        fields.put("byte", (byte) 1);
        fields.put("short", (short) 2);
        fields.put("char", 'ß');
        fields.put("int", 3);
        fields.put("long", 4L);
        fields.put("float", 5f);
        fields.put("double", 6.5);
        return fields;
    }

    private static List<Object> items() {
        List<Object> items = new ArrayList<>(fields().values());
        items.set(0, IN_STREAM);
        return items;
    }

    private static byte[] allBytes() {
        byte[] marker = IN_BYTES.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(256 + marker.length);
        for (int i = 0; i < 256; i++) {
            bytes.put((byte) i);
        }
        return bytes.put(marker).array();
    }

    private static String longText(String words) {
        return (IN_TEXT + words.repeat(LONG_CHARS / words.length() + 1)).substring(0, LONG_CHARS);
    }
}
