package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.wire.EnvelopeFrame;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageKindsIT {

    private static final String SECRET = "the secret of MessageKindsIT, Grüße";

    private final ClientWorld world = ClientWorld.get();

    static Stream<Arguments> pairs() {
        return Stream.of(Provider.values())
                .flatMap(sender -> Stream.of(Provider.values()).map(receiver -> Arguments.of(sender, receiver)));
    }

    /** Not of a package that is trusted by default. */
    record Invoice(String number) implements Serializable {}

    @ParameterizedTest
    @MethodSource("pairs")
    void everyKindOfMessageArrivesAsItWasSent(Provider sender, Provider receiver) throws Exception {
        String name = world.name("orders");
        try (Connection out = world.orderEntry(sender).createConnection();
                Connection in = world.shipping(receiver).createConnection()) {
            in.start();
            Session sending = out.createSession();
            Session receiving = in.createSession();
            MessageProducer producer = sending.createProducer(sending.createQueue(name));
            MessageConsumer consumer = receiving.createConsumer(receiving.createQueue(name));

            TextMessage text = sending.createTextMessage(SECRET);
            writeProperties(text);
            text.setJMSType("order");
            text.setJMSCorrelationID("correlation-7");
            text.setJMSReplyTo(sending.createQueue("replies.kinds"));
            producer.send(text, DeliveryMode.PERSISTENT, 7, 600_000);
            assertThat(text.getJMSMessageID()).isNotNull();
            assertThat(text.getJMSPriority()).isEqualTo(7);

            TextMessage received = (TextMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(received.getText()).isEqualTo(SECRET);
            assertThat(received.getBody(String.class)).isEqualTo(SECRET);
            assertThat(received.isBodyAssignableTo(Map.class)).isFalse();
            assertThat(properties(received)).isEqualTo(properties(text));
            assertThat(received.getJMSType()).isEqualTo("order");
            assertThat(received.getJMSCorrelationID()).isEqualTo("correlation-7");
            assertThat(((Queue) received.getJMSReplyTo()).getQueueName()).isEqualTo("replies.kinds");
            assertThat(received.getJMSPriority()).isEqualTo(7);
            assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(received.getJMSExpiration()).isPositive();
            assertThat(received.getJMSTimestamp()).isPositive();
            assertThat(received.getJMSRedelivered()).isFalse();
            assertThat(((Queue) received.getJMSDestination()).getQueueName()).isEqualTo(name);
            assertThatThrownBy(() -> received.setText("other")).isInstanceOf(MessageNotWriteableException.class);

            producer.send(sending.createTextMessage(null));
            assertThat(((TextMessage) consumer.receive(PATIENCE_MILLIS)).getText())
                    .isNull();
            producer.send(sending.createTextMessage(""));
            assertThat(((TextMessage) consumer.receive(PATIENCE_MILLIS)).getText())
                    .isEmpty();

            BytesMessage bytes = sending.createBytesMessage();
            bytes.writeInt(42);
            bytes.writeUTF("Grüße");
            bytes.writeBytes(new byte[] {1, 2, 3});
            producer.send(bytes);
            BytesMessage receivedBytes = (BytesMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(receivedBytes.getBodyLength()).isEqualTo(4 + 2 + 7 + 3);
            assertThat(receivedBytes.readInt()).isEqualTo(42);
            assertThat(receivedBytes.readUTF()).isEqualTo("Grüße");
            byte[] rest = new byte[10];
            assertThat(receivedBytes.readBytes(rest)).isEqualTo(3);
            assertThat(receivedBytes.readBytes(rest)).isEqualTo(-1);
            assertThatThrownBy(receivedBytes::readByte).isInstanceOf(MessageEOFException.class);

            MapMessage map = sending.createMapMessage();
            map.setString("currency", "EUR");
            map.setDouble("amount", 12.5);
            map.setChar("c", 'ß');
            map.setBytes("b", new byte[] {9});
            map.setObject("none", null);
            producer.send(map);
            MapMessage receivedMap = (MapMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(receivedMap.getString("currency")).isEqualTo("EUR");
            assertThat(receivedMap.getDouble("amount")).isEqualTo(12.5);
            assertThat(receivedMap.getString("amount")).isEqualTo("12.5");
            assertThat(receivedMap.getChar("c")).isEqualTo('ß');
            assertThat(receivedMap.getBytes("b")).containsExactly(9);
            assertThat(receivedMap.itemExists("none")).isTrue();
            assertThat(names(receivedMap.getMapNames())).hasSize(5);

            StreamMessage stream = sending.createStreamMessage();
            stream.writeBoolean(true);
            stream.writeLong(1L << 40);
            stream.writeString("Grüße");
            stream.writeBytes(new byte[] {4, 5});
            producer.send(stream);
            StreamMessage receivedStream = (StreamMessage) consumer.receive(PATIENCE_MILLIS);
            assertThat(receivedStream.readBoolean()).isTrue();
            assertThatThrownBy(receivedStream::readInt).isInstanceOf(MessageFormatException.class);
            assertThat(receivedStream.readLong()).isEqualTo(1L << 40);
            assertThat(receivedStream.readString()).isEqualTo("Grüße");
            assertThat((byte[]) receivedStream.readObject()).containsExactly(4, 5);
            assertThatThrownBy(receivedStream::readObject).isInstanceOf(MessageEOFException.class);

            producer.send(sending.createObjectMessage(new ArrayList<>(List.of("a", "b"))));
            assertThat(((ObjectMessage) consumer.receive(PATIENCE_MILLIS)).getObject())
                    .isEqualTo(List.of("a", "b"));
            producer.send(sending.createObjectMessage(new Invoice("1")));
            ObjectMessage untrusted = (ObjectMessage) consumer.receive(PATIENCE_MILLIS);
            assertThatThrownBy(untrusted::getObject)
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageContaining("not trusted");

            Message plain = sending.createMessage();
            plain.setBooleanProperty("ping", true);
            producer.send(plain);
            Message receivedPlain = consumer.receive(PATIENCE_MILLIS);
            assertThat(receivedPlain.getBooleanProperty("ping")).isTrue();
            assertThat(receivedPlain).isNotInstanceOfAny(TextMessage.class, BytesMessage.class);
        }
        assertThat(world.search(SECRET)).isEmpty();
    }

    private static void writeProperties(Message message) throws Exception {
        message.setBooleanProperty("boolean", true);
        message.setByteProperty("byte", (byte) 1);
        message.setShortProperty("short", (short) 2);
        message.setIntProperty("int", 3);
        message.setLongProperty("long", 4L);
        message.setFloatProperty("float", 5.5f);
        message.setDoubleProperty("double", 6.5);
        message.setStringProperty("string", "sieben");
        message.setObjectProperty("object", 8L);
        message.setStringProperty("region", "EU");
    }

    private static List<String> names(Enumeration<?> names) {
        List<String> texts = new ArrayList<>();
        names.asIterator().forEachRemaining(name -> texts.add((String) name));
        return texts;
    }

    private static Map<String, Object> properties(Message message) throws Exception {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String name : names(message.getPropertyNames())) {
            if (!name.startsWith("JMSX")) {
                properties.put(name, message.getObjectProperty(name));
            }
        }
        return properties;
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void onTheWireIsAnEnvelopeAndNothingElse(Provider provider) throws Exception {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.plain(provider).createContext()) {
            out.createProducer()
                    .setProperty("region", "EU")
                    .setProperty("customer", "4711")
                    .setProperty("JMSXGroupID", "g1")
                    .setJMSType("order")
                    .send(out.createQueue(name), SECRET);
            BytesMessage raw = (BytesMessage)
                    in.createConsumer(in.createQueue(name), "region = 'EU'").receive(PATIENCE_MILLIS);
            byte[] body = raw.getBody(byte[].class);
            EnvelopeFrame frame = EnvelopeFrame.read(body, 0, body.length);
            assertThat(frame.message().destination()).isEqualTo(name);
            assertThat(raw.getStringProperty("DS_ENVELOPE")).isEqualTo("1.0");
            assertThat(raw.getStringProperty("JMSXGroupID")).isEqualTo("g1");
            assertThat(raw.propertyExists("customer")).isFalse();
            assertThat(raw.getJMSType()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void theSimplifiedApiIsComplete(Provider provider) {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(provider).createContext();
                JMSContext in = world.shipping(provider).createContext();
                JMSContext more = in.createContext(JMSContext.CLIENT_ACKNOWLEDGE)) {
            Queue queue = out.createQueue(name);
            out.createProducer().send(queue, "text");
            out.createProducer().send(queue, Map.of("a", 1));
            out.createProducer().send(queue, new byte[] {1, 2});
            out.createProducer().send(queue, (Serializable) 42L);
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("text");
            assertThatThrownBy(() -> consumer.receiveBody(String.class, PATIENCE_MILLIS))
                    .isInstanceOf(jakarta.jms.MessageFormatRuntimeException.class);
            Object map = consumer.receiveBody(Map.class, PATIENCE_MILLIS);
            assertThat(map).isEqualTo(Map.of("a", 1));
            assertThat(consumer.receiveBody(byte[].class, PATIENCE_MILLIS)).containsExactly(1, 2);
            assertThat(consumer.receiveBody(Long.class, PATIENCE_MILLIS)).isEqualTo(42L);
            assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
            assertThat(more.getSessionMode()).isEqualTo(JMSContext.CLIENT_ACKNOWLEDGE);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aReceivedMessageIsForwarded(Provider sender, Provider receiver) throws Exception {
        String first = world.name("orders");
        String open = world.name("open");
        try (JMSContext out = world.orderEntry(sender).createContext();
                JMSContext in = world.shipping(receiver).createContext();
                JMSContext plain = world.plain(sender).createContext()) {
            out.createProducer().setProperty("n", 1).send(out.createQueue(first), "forward me");
            Message received = in.createConsumer(in.createQueue(first)).receive(PATIENCE_MILLIS);
            in.createProducer().send(in.createQueue(open), received);
            TextMessage forwarded =
                    (TextMessage) plain.createConsumer(plain.createQueue(open)).receive(PATIENCE_MILLIS);
            assertThat(forwarded.getText()).isEqualTo("forward me");
            assertThat(forwarded.getIntProperty("n")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void largeMessages(Provider sender, Provider receiver) {
        String name = world.name("orders");
        try (JMSContext out = world.orderEntry(sender).createContext();
                JMSContext in = world.shipping(receiver).createContext()) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            for (int size : List.of(100_000, 2_000_000, 20_000_000)) {
                byte[] body = new byte[size];
                new Random(size).nextBytes(body);
                out.createProducer().setProperty("size", size).send(out.createQueue(name), body);
                assertThat(Arrays.equals(consumer.receiveBody(byte[].class, PATIENCE_MILLIS), body))
                        .isTrue();
            }
            String text = "ß".repeat(1_000_000);
            out.createProducer().send(out.createQueue(name), text);
            assertThat(text.equals(consumer.receiveBody(String.class, PATIENCE_MILLIS)))
                    .isTrue();
        }
    }

    /** Converters choose a class by `_type`; who may look into a queue and put messages back has no say in it. */
    @ParameterizedTest
    @MethodSource("pairs")
    void aPropertyThatBeginsLikeTheBrokersIsReadAndChangedByNobody(Provider sender, Provider receiver)
            throws Exception {
        String name = world.name("orders");
        String marker = "marker-in-type-4f0a-" + sender + "-" + receiver;
        List<String> names = List.of("_type", "__TypeId__", "JMSXtype", "JMS_type", "_AMQ_type");
        try (JMSContext out = world.orderEntry(sender).createContext();
                JMSContext administrator = world.plain(Provider.CORE).createContext(JMSContext.SESSION_TRANSACTED);
                JMSContext in = world.shipping(receiver).createContext()) {
            TextMessage message = out.createTextMessage("{}");
            for (String property : names) {
                message.setStringProperty(property, marker);
            }
            message.setStringProperty("JMSXGroupID", "group 7");
            out.createProducer().send(out.createQueue(name), message);

            Queue queue = administrator.createQueue(name);
            Message envelope;
            try (JMSConsumer taking = administrator.createConsumer(queue)) {
                envelope = taking.receive(PATIENCE_MILLIS);
            }
            Map<String, Object> outside = new LinkedHashMap<>();
            for (String property : names(envelope.getPropertyNames())) {
                outside.put(property, envelope.getObjectProperty(property));
            }
            assertThat(outside)
                    .doesNotContainKeys(names.toArray(String[]::new))
                    .containsEntry("JMSXGroupID", "group 7");
            envelope.clearProperties();
            for (Map.Entry<String, Object> property : outside.entrySet()) {
                // The core client reads names that it does not write.
                if (!property.getKey().equals("JMSXDeliveryCount")
                        && !property.getKey().contains("-")) {
                    envelope.setObjectProperty(property.getKey(), property.getValue());
                }
            }
            for (String property : names) {
                envelope.setStringProperty(property, "of the administrator");
            }
            envelope.setStringProperty("_other", "of the administrator");
            administrator.createProducer().send(queue, envelope);
            administrator.commit();

            Message received = in.createConsumer(in.createQueue(name)).receive(PATIENCE_MILLIS);
            for (String property : names) {
                assertThat(received.getStringProperty(property)).as(property).isEqualTo(marker);
            }
            assertThat(received.propertyExists("_other")).isFalse();
            assertThat(received.getStringProperty("JMSXGroupID")).isEqualTo("group 7");
        }
        assertThat(world.search(marker)).isEmpty();
    }
}
