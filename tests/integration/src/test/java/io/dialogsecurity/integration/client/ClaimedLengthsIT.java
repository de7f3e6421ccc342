package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.interceptor.OpeningInterceptor;
import io.dialogsecurity.artemis.client.interceptor.SealingInterceptor;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.ObjectMessage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

/** A list in a list in a list, each of which says that it is as long as it may say. */
class ClaimedLengthsIT {

    private static final int LEVELS = 900;

    private final ClientWorld world = ClientWorld.get();

    private static byte[] lists(int bytes) throws IOException {
        int each = 16 * bytes;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(0xACED0005);
        for (int i = 0; i < LEVELS; i++) {
            data.writeByte(0x73);
            if (i == 0) {
                data.writeByte(0x72);
                data.writeUTF("java.util.ArrayList");
                data.writeLong(0x7881d21d99c7619dL);
                data.writeByte(3);
                data.writeShort(1);
                data.writeByte('I');
                data.writeUTF("size");
                data.writeByte(0x78);
                data.writeByte(0x70);
            } else {
                data.writeByte(0x71);
                data.writeInt(0x7E0000);
            }
            data.writeInt(each);
            data.writeByte(0x77);
            data.writeByte(4);
            data.writeInt(each);
        }
        int padding = bytes - data.size() - LEVELS - 9;
        data.writeByte(0x7C);
        data.writeLong(padding);
        data.write(new byte[padding]);
        for (int i = 0; i < LEVELS; i++) {
            data.writeByte(0x78);
        }
        assertThat(data.size()).isEqualTo(bytes);
        return out.toByteArray();
    }

    @Test
    void listsInListsAreNotBelievedAboutTheirLengths() throws Exception {
        String name = world.name("orders");
        byte[] object = lists(300_000);
        Path file = world.configuration("order-entry", "lists", "");
        String url = world.broker().coreUrl() + "?minLargeMessageSize=399000&outgoingInterceptorList="
                + SealingInterceptor.class.getName() + "&incomingInterceptorList="
                + OpeningInterceptor.class.getName() + "&" + SealingInterceptor.URL_PARAMETER + "="
                + URLEncoder.encode(file.toString(), StandardCharsets.UTF_8);
        try (JMSContext in = world.shipping(Provider.CORE).createContext();
                ActiveMQConnectionFactory factory = (ActiveMQConnectionFactory) Provider.CORE.factory(url);
                ClientSession session = factory.getServerLocator()
                        .createSessionFactory()
                        .createSession(
                                BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD, false, true, true, false, 0)) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            try (ClientProducer producer = session.createProducer(name)) {
                ClientMessage message = session.createMessage(ClientMessage.OBJECT_TYPE, true);
                message.getBodyBuffer().writeInt(object.length);
                message.getBodyBuffer().writeBytes(object);
                producer.send(message);
            }
            ObjectMessage received = (ObjectMessage) consumer.receive(PATIENCE_MILLIS);
            Throwable thrown = null;
            try {
                received.getObject();
            } catch (Throwable e) {
                thrown = e;
            }
            assertThat(thrown).isInstanceOf(JMSException.class);
        }
    }
}
