package io.dialogsecurity.artemis.client.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.IncomingMessages;
import io.dialogsecurity.artemis.client.TestConfigurations;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unsealed messages at an address where policy tolerates them for the time being. */
class ToleratedMessagesTest {

    private static final int MAX_ENVELOPE = 4096;
    private static final String ADDRESSES = "<limits max-envelope-size=\"" + MAX_ENVELOPE + "\"/>"
            + "<quarantine address=\"quarantine\"/><addresses>"
            + "<address match=\"orders\" action=\"apply\" senders=\"order-entry\" receivers=\"shipping\""
            + " plaintext-until=\"2999-01-01T00:00:00Z\"/></addresses>";

    @TempDir
    Path directory;

    private final FakeProvider provider = new FakeProvider();
    private ClientEndpoint sales;
    private ClientEndpoint store;

    @BeforeEach
    void open() throws Exception {
        TestConfigurations configurations = TestConfigurations.in(directory);
        sales = ClientEndpoint.open(configurations.write("sales", List.of("order-entry"), ADDRESSES));
        store = ClientEndpoint.open(configurations.write("store", List.of("shipping"), ADDRESSES));
    }

    @AfterEach
    void close() {
        sales.close();
        store.close();
    }

    private SecureConnection connection(ClientEndpoint endpoint) {
        return new SecureConnection(null, provider.connection(), endpoint, TrustedObjects.byDefault());
    }

    private Session session(ClientEndpoint endpoint) throws JMSException {
        return connection(endpoint).createSession(Session.AUTO_ACKNOWLEDGE);
    }

    private static ClearBytesMessage bytes(byte[] body) throws JMSException {
        ClearBytesMessage message = new ClearBytesMessage();
        message.writeBytes(body);
        message.reset();
        return message;
    }

    @Test
    void theyAreReceivedBetweenSealedOnes() throws Exception {
        provider.queue("orders").add(new ClearTextMessage("plain"));
        provider.queue("orders").add(bytes(new byte[] {1, 2, 3}));
        Session sending = session(sales);
        sending.createProducer(sending.createQueue("orders")).send(sending.createTextMessage("sealed"));
        assertThat(((BytesMessage) provider.queue("orders").peekLast()).getBodyLength())
                .as("what this process sends is sealed")
                .isGreaterThan(100);

        Session session = session(store);
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("plain");
        assertThat(consumer.receiveNoWait().getBody(byte[].class)).containsExactly(1, 2, 3);
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("sealed");
        assertThat(store.counters().toleratedPlaintext()).isEqualTo(2);
        assertThat(store.counters().opened()).isEqualTo(1);
        assertThat(provider.queue("quarantine")).isEmpty();
    }

    @Test
    void aLargeOneIsLeftAloneUnread() throws Exception {
        BytesMessage large = bytes(new byte[MAX_ENVELOPE + 1]);
        provider.queue("orders").add(large);
        Session session = session(store);
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
        assertThat(consumer.receiveNoWait()).isSameAs(large);
        assertThat(store.counters().toleratedPlaintext()).isEqualTo(1);
    }

    @Test
    void aDialogGetsNone() throws Exception {
        provider.queue("orders").add(new ClearTextMessage("plain"));
        try (DialogSession session = DialogSession.on(connection(store), Session.CLIENT_ACKNOWLEDGE)) {
            MessageConsumer consumer = session.sealedConsumer(session.session().createQueue("orders"));
            assertThat(consumer.receiveNoWait()).isNull();
        }
        assertThat(provider.queue("quarantine").element().getBody(String.class)).isEqualTo("plain");
        assertThat(store.counters().toleratedPlaintext()).isZero();
    }

    @Test
    void aBrowserSeesThemAndCountsNothing() throws Exception {
        Session sending = session(sales);
        sending.createProducer(sending.createQueue("orders")).send(sending.createTextMessage("sealed"));
        Message sealed = provider.queue("orders").element();
        byte[] envelope = sealed.getBody(byte[].class);
        envelope[envelope.length - 1] ^= 1;

        MessageOpening opening =
                new MessageOpening(session(store), store, TrustedObjects.byDefault(), CorrelationIds.OF_NOBODY);
        IncomingMessages incoming = store.incoming("orders", false);
        Message plain = new ClearTextMessage("plain");
        assertThat(opening.look(plain, incoming)).isSameAs(plain);
        assertThat(opening.look(sealed, incoming).getBody(String.class)).isEqualTo("sealed");
        assertThat(opening.look(bytes(envelope), incoming))
                .as("a consumer would refuse it")
                .isNull();
        assertThat(opening.look(bytes(new byte[MAX_ENVELOPE + 1]), incoming)).isNull();
        assertThat(opening.look(plain, incoming.sealedOnly())).isNull();
        assertThat(store.counters().toleratedPlaintext()).isZero();
    }
}
