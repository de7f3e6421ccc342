package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A copy of an envelope in the sealed broker's queue, to be looked at. */
final class Keepsake {

    private final Plan plan;

    Keepsake(Plan plan) {
        this.plan = plan;
    }

    /** The file. */
    Path take() throws JMSException, IOException {
        try (ActiveMQConnectionFactory factory =
                        new ActiveMQConnectionFactory("tcp://127.0.0.1:" + plan.port(Side.SEALED));
                Connection connection = factory.createConnection(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            connection.start();
            try (QueueBrowser browser = session.createBrowser(session.createQueue(Lane.ORDERS.address()))) {
                Enumeration<?> found = browser.getEnumeration();
                if (found.hasMoreElements()) {
                    Path file = plan.directory().resolve("envelope.bin");
                    Files.write(file, ((Message) found.nextElement()).getBody(byte[].class));
                    return file;
                }
            }
        }
        throw new JMSException("nothing was left in " + Lane.ORDERS.address());
    }
}
