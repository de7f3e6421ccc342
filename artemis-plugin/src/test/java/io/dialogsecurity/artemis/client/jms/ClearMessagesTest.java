package io.dialogsecurity.artemis.client.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.io.UTFDataFormatException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages applications see do what Jakarta Messaging says. */
class ClearMessagesTest {

    @Test
    void propertiesAreConvertedAsTheSpecificationAllows() throws Exception {
        ClearMessage message = new ClearMessage();
        message.setByteProperty("byte", (byte) 7);
        message.setStringProperty("number", "12");
        message.setLongProperty("long", 1L << 40);
        assertThat(message.getShortProperty("byte")).isEqualTo((short) 7);
        assertThat(message.getLongProperty("byte")).isEqualTo(7);
        assertThat(message.getStringProperty("byte")).isEqualTo("7");
        assertThat(message.getIntProperty("number")).isEqualTo(12);
        assertThat(message.getDoubleProperty("number")).isEqualTo(12.0);
        assertThat(message.getBooleanProperty("absent")).isFalse();
        assertThat(message.getStringProperty("absent")).isNull();
        assertThatThrownBy(() -> message.getIntProperty("long")).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.getIntProperty("absent")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> message.setObjectProperty("big", BigDecimal.ONE))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void correlationIdsAreShownAsTheProviderShowsThem() throws Exception {
        byte[] octets = {0, 1, (byte) 0xFE};
        ClearMessage amqp = new ClearMessage();
        amqp.showCorrelationIds(new CorrelationIds(true, true));
        amqp.setJMSCorrelationIDAsBytes(octets);
        assertThat(amqp.getJMSCorrelationID()).isEqualTo("ID:AMQP_BINARY:0001FE");
        ClearMessage reply = new ClearMessage();
        reply.showCorrelationIds(new CorrelationIds(true, true));
        reply.setJMSCorrelationID(amqp.getJMSCorrelationID());
        assertThat(reply.rawCorrelationId()).isEqualTo(octets);
        assertThat(reply.getJMSCorrelationIDAsBytes()).isEqualTo(octets);
        assertThatThrownBy(() -> reply.setJMSCorrelationID("ID:AMQP_BINARY:0G")).isInstanceOf(JMSException.class);
        reply.setJMSCorrelationID("text");
        assertThatThrownBy(reply::getJMSCorrelationIDAsBytes).isInstanceOf(MessageFormatException.class);
        reply.setJMSCorrelationID(null);
        assertThat(reply.getJMSCorrelationIDAsBytes()).isNull();

        ClearMessage core = new ClearMessage();
        core.showCorrelationIds(new CorrelationIds(false, false));
        core.setJMSCorrelationIDAsBytes(octets);
        assertThat(core.getJMSCorrelationID()).isNull();
        assertThat(core.getJMSCorrelationIDAsBytes()).isEqualTo(octets);
        core.setJMSCorrelationID("ID:AMQP_BINARY:0001FE");
        assertThat(core.rawCorrelationId()).isEqualTo("ID:AMQP_BINARY:0001FE");
        assertThat(core.getJMSCorrelationIDAsBytes()).isNull();
    }

    @Test
    void aStringTooLongForItsLengthIsRefusedAsProvidersRefuseIt() {
        assertThatThrownBy(() -> new ClearBytesMessage().writeUTF("x".repeat(65_536)))
                .isExactlyInstanceOf(JMSException.class)
                .hasCauseInstanceOf(UTFDataFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JMSCorrelationID", "JMSReplyTo", "not", "1a"})
    void namesThatAreNotPropertiesAreRefused(String name) {
        ClearMessage message = new ClearMessage();
        assertThatThrownBy(() -> message.setIntProperty(name, 1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> message.setIntProperty("", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void receivedMessagesAreReadOnlyUntilTheyAreCleared() throws Exception {
        ClearTextMessage message = new ClearTextMessage("text");
        message.setIntProperty("n", 1);
        message.received(null, Map.of("JMSXDeliveryCount", 1), null);
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        assertThatThrownBy(() -> message.setText("x")).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> message.setIntProperty("n", 2)).isInstanceOf(MessageNotWriteableException.class);
        message.clearBody();
        message.clearProperties();
        message.setText("x");
        message.setIntProperty("n", 2);
        assertThat(message.getText()).isEqualTo("x");
        assertThat(message.propertyExists("JMSXDeliveryCount")).isFalse();
    }

    @Test
    void bytesAreWrittenThenRead() throws Exception {
        ClearBytesMessage message = new ClearBytesMessage();
        message.writeObject((short) 3);
        message.writeObject("text");
        assertThatThrownBy(message::readShort).isInstanceOf(MessageNotReadableException.class);
        message.reset();
        assertThat(message.readShort()).isEqualTo((short) 3);
        assertThat(message.readUTF()).isEqualTo("text");
        assertThatThrownBy(message::readByte).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(() -> message.writeByte((byte) 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(message.getBody(byte[].class)).hasSize(8);
        assertThatThrownBy(() -> message.getBody(String.class)).isInstanceOf(MessageFormatException.class);
        message.clearBody();
        assertThat(message.getBody(String.class)).as("no body is any type").isNull();
    }

    @Test
    void streamsOfValuesAreReadInPieces() throws Exception {
        ClearStreamMessage message = new ClearStreamMessage(List.of());
        message.writeBytes(new byte[] {1, 2, 3, 4, 5});
        message.writeBytes(new byte[0]);
        message.writeString("7");
        message.reset();
        byte[] piece = new byte[3];
        assertThat(message.readBytes(piece)).isEqualTo(3);
        assertThatThrownBy(message::readString).isInstanceOf(MessageFormatException.class);
        assertThat(message.readBytes(piece)).isEqualTo(2);
        assertThat(message.readBytes(piece)).isZero();
        assertThat(message.readInt()).isEqualTo(7);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageEOFException.class);
    }

    @Test
    void onlyTrustedObjectsAreMade() throws Exception {
        TrustedObjects objects = TrustedObjects.byDefault();
        ArrayList<String> list = new ArrayList<>(List.of("a"));
        assertThat(objects.read(TrustedObjects.write(list))).isEqualTo(list);
        byte[] other = TrustedObjects.write(new java.awt.Point(1, 2));
        assertThatThrownBy(() -> objects.read(other))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("not trusted");
        assertThat(new TrustedObjects(info -> java.io.ObjectInputFilter.Status.ALLOWED).read(other))
                .isEqualTo(new java.awt.Point(1, 2));
    }

    @Test
    void bytesThatAreNotThereAreNoZeros() throws Exception {
        byte[] three = {1, 2, 3};
        ClearMapMessage map = new ClearMapMessage(Map.of());
        ClearStreamMessage stream = new ClearStreamMessage(List.of());
        assertThatThrownBy(() -> map.setBytes("name", three, 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stream.writeBytes(three, 0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        map.setBytes("name", three, 1, 2);
        assertThat(map.getBytes("name")).containsExactly(2, 3);
    }
}
