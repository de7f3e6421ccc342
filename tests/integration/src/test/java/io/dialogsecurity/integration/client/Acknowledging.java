package io.dialogsecurity.integration.client;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.concurrent.CountDownLatch;

/** A process that acknowledges messages, and then stays as it is until it is killed. */
final class Acknowledging {

    /** Before the number of copies it has removed. */
    static final String DONE = "@acknowledged, copies removed: ";

    private Acknowledging() {}

    /** Arguments: configuration, provider, its URL, queue, how many. */
    public static void main(String[] arguments) throws Exception {
        ClientEndpoint endpoint = ClientEndpoint.shared(arguments[0]);
        try (Connection connection = new SecureConnectionFactory(
                        Provider.valueOf(arguments[1]).factory(arguments[2]), endpoint)
                .createConnection()) {
            connection.start();
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[3]));
            for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
                Message message = consumer.receive(ClientWorld.PATIENCE_MILLIS);
                System.out.println(message.getBody(String.class));
                message.acknowledge();
            }
            System.out.println(DONE + endpoint.counters().duplicates());
            new CountDownLatch(1).await();
        }
    }
}
