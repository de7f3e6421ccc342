package io.dialogsecurity.artemis.client.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.TestConfigurations;
import io.dialogsecurity.dialog.MessageContent;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of refused messages when the quarantine cannot take them. */
class QuarantineTest {

    private static final String ADDRESSES = "<quarantine address=\"quarantine\"/><addresses>"
            + "<address match=\"orders\" action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"/>"
            + "</addresses>";

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

    private Session session(ClientEndpoint endpoint, int mode) throws JMSException {
        return new SecureConnection(null, provider.connection(), endpoint, TrustedObjects.byDefault())
                .createSession(mode);
    }

    private void sendForgedThenHonest() throws JMSException {
        provider.queue("orders").add(new ClearTextMessage("forged"));
        Session sending = session(sales, Session.AUTO_ACKNOWLEDGE);
        sending.createProducer(sending.createQueue("orders")).send(sending.createTextMessage("honest"));
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void aMessageThatCannotBeQuarantinedStaysWhereItIs(int mode) throws Exception {
        sendForgedThenHonest();
        provider.unwritable.add("quarantine");
        Session session = session(store, mode);
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));

        assertThatThrownBy(consumer::receiveNoWait)
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("quarantine")
                .hasMessageContaining("PLAINTEXT_REFUSED");
        assertThat(provider.queue("orders")).hasSize(2);
        assertThat(store.counters().quarantineFailures()).isEqualTo(1);

        provider.unwritable.clear();
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("honest");
        Message quarantined = provider.queue("quarantine").element();
        assertThat(quarantined.getBody(String.class)).isEqualTo("forged");
        assertThat(quarantined.getStringProperty("DS_REJECTION")).isEqualTo("PLAINTEXT_REFUSED");
        assertThat(quarantined.getStringProperty("DS_REJECTION_CODE")).isEqualTo("1");
        assertThat(quarantined.getStringProperty("DS_ORIGINAL_DESTINATION")).isEqualTo("orders");
        assertThat(provider.queue("orders")).isEmpty();
    }

    @Test
    void aTransactionWithSuchAMessageIsRolledBack() throws Exception {
        sendForgedThenHonest();
        provider.unwritable.add("quarantine");
        Session session = session(store, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));

        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(JMSException.class);
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("honest");
        assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
        assertThat(provider.queue("orders")).hasSize(2);

        provider.unwritable.clear();
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("honest");
        session.commit();
        assertThat(provider.queue("orders")).isEmpty();
        assertThat(provider.queue("quarantine")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.CLIENT_ACKNOWLEDGE, Session.SESSION_TRANSACTED})
    void aCopyOfAMessageInHandSharesItsFate(int mode) throws Exception {
        byte[] envelope = sales.outgoing(false)
                .dialogFor("orders", null, null)
                .orElseThrow()
                .seal(MessageContent.text("pay 100"));
        for (int i = 0; i < 2; i++) {
            ClearBytesMessage copy = new ClearBytesMessage();
            copy.writeBytes(envelope);
            copy.reset();
            provider.queue("orders").add(copy);
        }
        Session session = session(store, mode);
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("pay 100");
        assertThat(consumer.receiveNoWait()).as("the copy").isNull();
        if (mode == Session.SESSION_TRANSACTED) {
            session.rollback();
        } else {
            session.recover();
        }
        Message again = consumer.receiveNoWait();
        assertThat(again.getBody(String.class)).as("not decided yet").isEqualTo("pay 100");
        assertThat(consumer.receiveNoWait()).as("the copy").isNull();
        if (mode == Session.SESSION_TRANSACTED) {
            session.commit();
        } else {
            again.acknowledge();
        }
        assertThat(provider.queue("orders")).isEmpty();
        assertThat(store.counters().duplicates()).isEqualTo(2);
    }

    @Test
    void anAuthenticMessageThatIsNoMessageBlocksNobody() throws Exception {
        byte[] envelope = sales.outgoing(false)
                .dialogFor("orders", null, null)
                .orElseThrow()
                .seal(MessageContent.text("text").with("", Map.of("JMSType", 7)));
        ClearBytesMessage odd = new ClearBytesMessage();
        odd.writeBytes(envelope);
        odd.reset();
        provider.queue("orders").add(odd);
        Session sending = session(sales, Session.AUTO_ACKNOWLEDGE);
        sending.createProducer(sending.createQueue("orders")).send(sending.createTextMessage("honest"));

        Session receiving = session(store, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = receiving.createConsumer(receiving.createQueue("orders"));
        assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("honest");
        Message quarantined = provider.queue("quarantine").element();
        assertThat(quarantined.getStringProperty("DS_REJECTION")).isEqualTo("CONTENT_INVALID");
        assertThat(quarantined.getBody(byte[].class)).isEqualTo(envelope);
    }

    @Test
    void aFailedSendLeavesNoGap() throws Exception {
        Session sending = session(sales, Session.AUTO_ACKNOWLEDGE);
        var producer = sending.createProducer(sending.createQueue("orders"));
        provider.unwritable.add("orders");
        assertThatThrownBy(() -> producer.send(sending.createTextMessage("lost")))
                .hasMessageContaining("permission");
        provider.unwritable.clear();
        producer.send(sending.createTextMessage("first"));

        Session receiving = session(store, Session.AUTO_ACKNOWLEDGE);
        Message received =
                receiving.createConsumer(receiving.createQueue("orders")).receiveNoWait();
        assertThat(DialogSession.origin(received))
                .hasValueSatisfying(origin -> assertThat(origin.sequence()).isEqualTo(1));
    }
}
