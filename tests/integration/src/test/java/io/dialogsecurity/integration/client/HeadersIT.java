package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids, types and settings do in sealed messages what they do in others of the same provider. */
class HeadersIT {

    private static final byte[] OCTETS = {0, 1, 2, (byte) 0xFE};
    private static final List<String> TEXTS =
            List.of("ID:AMQP_UUID:bd8a3a8a-6d83-4a4a-9a3b-2f6f6f6f6f6f", "ID:AMQP_ULONG:42", "order-4711", "ID:mine");

    private final ClientWorld world = ClientWorld.get();

    static Stream<Arguments> pairs() {
        return Arrays.stream(Provider.values())
                .flatMap(one -> Arrays.stream(Provider.values()).map(other -> Arguments.of(one, other)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void idsKeepTheirKind(Provider requester, Provider responder) throws Exception {
        String orders = world.name("orders");
        String replies = world.name("replies");
        try (Connection asking = started(world.orderEntry(requester));
                Connection answering = started(world.shipping(responder))) {
            Session asker = asking.createSession();
            Session answerer = answering.createSession();
            for (Object id : Stream.concat(TEXTS.stream(), Stream.of(OCTETS)).toList()) {
                Message request = asker.createTextMessage("how much?");
                request.setJMSReplyTo(asker.createQueue(replies));
                if (id instanceof byte[] octets) {
                    request.setJMSCorrelationIDAsBytes(octets);
                } else {
                    request.setJMSCorrelationID((String) id);
                }
                asker.createProducer(asker.createQueue(orders)).send(request);
                answer(answerer, orders, id instanceof byte[] && responder == Provider.CORE);
                Message reply = receive(asker, replies);
                if (id instanceof byte[] octets) {
                    assertThat(reply.getJMSCorrelationIDAsBytes()).isEqualTo(octets);
                } else {
                    assertThat(reply.getJMSCorrelationID()).isEqualTo(id);
                }
            }
        }
    }

    /** As applications do, which copy the id as a text; except where their provider has none for octets. */
    private static void answer(Session session, String orders, boolean octets) throws JMSException {
        Message request = receive(session, orders);
        Message reply = session.createTextMessage("ten");
        if (octets) {
            assertThat(request.getJMSCorrelationID()).isNull();
            reply.setJMSCorrelationIDAsBytes(request.getJMSCorrelationIDAsBytes());
        } else {
            reply.setJMSCorrelationID(request.getJMSCorrelationID());
        }
        session.createProducer(request.getJMSReplyTo()).send(reply);
    }

    @Test
    void aPlainRequesterWithOctetsForItsIdGetsItsReply() throws Exception {
        String open = world.name("open");
        try (Connection asking = started(world.plain(Provider.AMQP));
                Connection answering = started(world.shipping(Provider.AMQP))) {
            Session asker = asking.createSession();
            TemporaryQueue replies = asker.createTemporaryQueue();
            Message request = asker.createTextMessage("how much?");
            request.setJMSReplyTo(replies);
            request.setJMSCorrelationIDAsBytes(OCTETS);
            asker.createProducer(asker.createQueue(open)).send(request);
            answer(answering.createSession(), open, false);
            try (MessageConsumer consumer = asker.createConsumer(replies)) {
                assertThat(consumer.receive(PATIENCE_MILLIS).getJMSCorrelationIDAsBytes())
                        .isEqualTo(OCTETS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void idsReadAsTheProvidersOwn(Provider provider) throws Exception {
        try (Connection plain = world.plain(provider).createConnection();
                Connection secure = world.orderEntry(provider).createConnection()) {
            Session bare = plain.createSession();
            Session sealing = secure.createSession();
            for (String id : Stream.concat(TEXTS.stream(), Stream.of("ID:AMQP_BINARY:00FF", "ID:AMQP_BINARY:0"))
                    .toList()) {
                assertThat(read(sealing.createMessage(), id)).as(id).isEqualTo(read(bare.createMessage(), id));
            }
            Message octets = bare.createMessage();
            octets.setJMSCorrelationIDAsBytes(OCTETS);
            Message sealed = sealing.createMessage();
            sealed.setJMSCorrelationIDAsBytes(OCTETS);
            assertThat(sealed.getJMSCorrelationID()).isEqualTo(octets.getJMSCorrelationID());
        }
    }

    /** What comes of an id, as text and as octets. */
    private static String read(Message message, String id) {
        String text;
        try {
            message.setJMSCorrelationID(id);
            text = message.getJMSCorrelationID();
        } catch (JMSException e) {
            return "refused";
        }
        try {
            return text + " " + Arrays.toString(message.getJMSCorrelationIDAsBytes());
        } catch (JMSException e) {
            return text + " no octets";
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theTypeIsSelectedByWherePolicyLeavesItReadable(Way way) throws Exception {
        String name = world.name("typed");
        try (Connection sender = way.connect(world, "order-entry", "typed", "").createConnection();
                Connection receiver = started(way.connect(world, "shipping", "typed", ""))) {
            Session sending = sender.createSession();
            for (String type : List.of("bus", "car", "train")) {
                Message message = sending.createTextMessage(type);
                message.setJMSType(type);
                sending.createProducer(sending.createQueue(name)).send(message);
            }
            Session receiving = receiver.createSession();
            try (MessageConsumer consumer = receiving.createConsumer(receiving.createQueue(name), "JMSType = 'car'")) {
                Message message = consumer.receive(PATIENCE_MILLIS);
                assertThat(message).isNotNull();
                assertThat(message.getJMSType()).isEqualTo("car");
                assertThat(message.getBody(String.class)).isEqualTo("car");
            }
            assertThat(receive(receiving, name).getJMSType()).isEqualTo("bus");
        }
    }

    @Test
    void aFactoryThatCompressesSealsAllTheSame() throws Exception {
        String name = world.name("orders");
        String url = world.broker().coreUrl() + "?compressLargeMessage=true&minLargeMessageSize=51200";
        try (JMSContext sender =
                        new SecureConnectionFactory(Provider.CORE.factory(url), world.orderEntry()).createContext();
                Connection receiver =
                        started(new SecureConnectionFactory(Provider.CORE.factory(url), world.shipping()))) {
            Session receiving = receiver.createSession();
            for (int size : new int[] {1_000, 51_200, 200_000, 2_000_000}) {
                sender.createProducer().send(sender.createQueue(name), new byte[size]);
                BytesMessage message = (BytesMessage) receive(receiving, name);
                assertThat(message.getBodyLength()).isEqualTo(size);
            }
        }
    }

    @Test
    void whatTheUrlAllowsIsMade() throws Exception {
        String name = world.name("orders");
        ActiveMQConnectionFactory told = (ActiveMQConnectionFactory) Provider.CORE.factory(
                world.broker().coreUrl() + "?deserializationAllowList=" + HeadersIT.class.getPackageName());
        try (JMSContext sender = world.orderEntry(Provider.CORE).createContext();
                Connection receiver = started(new SecureConnectionFactory(told, world.shipping()))) {
            sender.createProducer().send(sender.createQueue(name), Provider.AMQP);
            assertThat(receive(receiver.createSession(), name).getBody(Provider.class))
                    .isEqualTo(Provider.AMQP);
        }
    }

    private static Connection started(ConnectionFactory factory) throws JMSException {
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }

    private static Message receive(Session session, String name) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
            Message message = consumer.receive(PATIENCE_MILLIS);
            assertThat(message).isNotNull();
            return message;
        }
    }
}
