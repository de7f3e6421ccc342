package io.dialogsecurity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.MirroredPair.Side;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirroredPairIT {

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "Only one of a mirrored pair accepts clients; when it is killed the other one does, and hands back later")
    void takeOver() throws Exception {
        try (MirroredPair pair =
                MirroredPair.in(directory).each(broker -> broker.queue("q")).start()) {
            assertThat(pair.active()).contains(Side.A);
            assertThat(pair.accepts(Side.B)).isFalse();
            for (ConnectionFactory factory :
                    List.of(new ActiveMQConnectionFactory(pair.coreUrl()), new JmsConnectionFactory(pair.amqpUrl()))) {
                takeOver(pair, factory);
            }
        }
    }

    private static void takeOver(MirroredPair pair, ConnectionFactory factory) throws JMSException {
        try (Connection connection = factory.createConnection(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue("q"));
            producer.send(session.createTextMessage("to A"));

            pair.kill(Side.A);
            pair.awaitActive(Side.B);
            producer.send(session.createTextMessage("to B"));

            pair.start(Side.A);
            pair.awaitMirrored();
            assertThat(pair.active()).contains(Side.B);
            pair.handOver(Side.A);
            assertThat(pair.accepts(Side.B)).isFalse();
            producer.send(session.createTextMessage("to A again"));

            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            for (String expected : List.of("to A", "to B", "to A again")) {
                assertThat(((TextMessage) consumer.receive(20_000)).getText()).isEqualTo(expected);
            }
            pair.awaitMirrored();
            pair.awaitCounts("q", 0);
        }
    }
}
