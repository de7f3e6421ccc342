package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each cache and each memory switched off in turn, in clients and guard: slower, and as right as with everything on, over
 * the death of the broker and a restart of both clients.
 */
class SwitchesIT {

    private static final int MESSAGES = 6;

    /** What is off. */
    private enum Off {
        NOTHING(true, true),
        OUTGOING_PAIRS(true, true, "outgoing-pairs"),
        VERIFIED_HEADERS(true, true, "verified-headers"),
        KEY_EXCHANGE_KEYS(true, true, "key-exchange-keys"),
        DIALOG_KEYS(true, true, "dialog-keys"),
        ALL_CACHES(true, true, "outgoing-pairs", "verified-headers", "key-exchange-keys", "dialog-keys"),
        STATE_OF_CLIENTS(true, false),
        STATE_OF_GUARD(false, true),
        EVERYTHING(false, false, "outgoing-pairs", "verified-headers", "key-exchange-keys", "dialog-keys");

        private final boolean guardRemembers;
        private final boolean clientsRemember;
        private final List<String> caches;

        Off(boolean guardRemembers, boolean clientsRemember, String... caches) {
            this.guardRemembers = guardRemembers;
            this.clientsRemember = clientsRemember;
            this.caches = List.of(caches);
        }

        private String settings(boolean remembers, String directory) {
            StringBuilder xml = new StringBuilder("<caches>");
            caches.forEach(cache -> xml.append('<').append(cache).append(" enabled=\"false\"/>"));
            return xml.append("</caches><state enabled=\"")
                    .append(remembers)
                    .append("\" directory=\"")
                    .append(directory)
                    .append("\"/>")
                    .toString();
        }

        private String guardSettings() {
            return settings(guardRemembers, "state-of-guard");
        }

        private String clientSettings(String service) {
            return settings(clientsRemember, "state-of-" + service + "-without-" + name());
        }

        private boolean uses(String cache) {
            return !caches.contains(cache);
        }
    }

    @TempDir
    Path directory;

    private final ClientWorld world = ClientWorld.get();
    private BrokerProcess broker;
    private ClientEndpoint orderEntry;
    private ClientEndpoint shipping;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingIsRightWithout(boolean guardRemembers) throws Exception {
        List<Off> all = Arrays.stream(Off.values())
                .filter(off -> off.guardRemembers == guardRemembers)
                .toList();
        Map<Off, Map<Provider, byte[]>> consumed = new EnumMap<>(Off.class);
        try (BrokerProcess process = BrokerProcess.in(directory.resolve("broker"))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(
                        "io.dialogsecurity.artemis.DialogSecurityPlugin",
                        Map.of("config", guard(all.get(0)).toString()))
                .coreElement("configuration-file-refresh-period", "100")
                .addressSetting("#", "redelivery-delay", "0")
                .start()) {
            broker = process;
            for (Off off : all) {
                consumed.put(off, withClients(off, this::beforeTheRestart));
            }
            broker.kill();
            broker.start();
            for (Off off : all) {
                withClients(off, without -> afterTheRestart(without, consumed.get(without)));
            }
        }
    }

    private Path guard(Off off) throws IOException {
        return world.guard("guard-remembers-" + off.guardRemembers, off.guardSettings());
    }

    /** What is done with the endpoints. */
    @FunctionalInterface
    private interface Part<T> {
        T with(Off off) throws JMSException;
    }

    private <T> T withClients(Off off, Part<T> part) throws IOException, JMSException {
        guard(off);
        String variant = "without-" + off;
        try (ClientEndpoint sender = world.own("order-entry", variant, off.clientSettings("order-entry"));
                ClientEndpoint receiver = world.own("shipping", variant, off.clientSettings("shipping"))) {
            orderEntry = sender;
            shipping = receiver;
            T result = part.with(off);
            checkCounters(off, sender.cryptoCounters(), receiver.cryptoCounters());
            assertThat(receiver.counters().refusedIncoming()).isEmpty();
            assertThat(sender.counters().refusedIncoming()).isEmpty();
            return result;
        } catch (AssertionError e) {
            throw new AssertionError("Without " + off + ": " + e.getMessage(), e);
        }
    }

    private Map<Provider, byte[]> beforeTheRestart(Off off) throws JMSException {
        Map<Provider, byte[]> consumed = new EnumMap<>(Provider.class);
        for (Provider provider : Provider.values()) {
            converse(provider, off);
            consumed.put(provider, leaveSome(provider, off));
        }
        return consumed;
    }

    private Off afterTheRestart(Off off, Map<Provider, byte[]> consumed) throws JMSException {
        for (Provider provider : Provider.values()) {
            offerCopy(provider, off, consumed.get(provider));
            findTheRest(provider, off);
            converse(provider, off);
        }
        boolean met = !off.guardRemembers && off.clientsRemember;
        assertThat(shipping.counters().duplicates()).isEqualTo(met ? Provider.values().length : 0);
        return off;
    }

    private static String queue(Provider provider, Off off) {
        return "orders.without." + off + "." + provider;
    }

    private void converse(Provider provider, Off off) throws JMSException {
        String name = queue(provider, off);
        try (Connection out = new SecureConnectionFactory(provider.factory(broker), orderEntry).createConnection();
                Connection in = new SecureConnectionFactory(provider.factory(broker), shipping).createConnection()) {
            out.start();
            in.start();
            twoDialogsInOrder(out, in, name);
            requestsAndReplies(out, in, name);
            transactions(out, in, name);
        }
    }

    private static void twoDialogsInOrder(Connection out, Connection in, String name) throws JMSException {
        Session one = out.createSession();
        Session other = out.createSession();
        MessageProducer producer = one.createProducer(one.createQueue(name));
        MessageProducer otherProducer = other.createProducer(other.createQueue(name));
        for (int i = 0; i < MESSAGES; i++) {
            (i % 2 == 0 ? producer : otherProducer).send(one.createTextMessage("message " + i));
        }
        Session session = in.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        assertThat(text(consumer)).isEqualTo("message 0");
        session.recover();
        for (int i = 0; i < MESSAGES; i++) {
            Message message = consumer.receive(PATIENCE_MILLIS);
            assertThat(message.getBody(String.class)).isEqualTo("message " + i);
            message.acknowledge();
        }
        one.close();
        other.close();
        session.close();
    }

    private static void requestsAndReplies(Connection out, Connection in, String name) throws JMSException {
        Session session = out.createSession();
        TemporaryQueue replyTo = session.createTemporaryQueue();
        MessageProducer requests = session.createProducer(session.createQueue(name));
        MessageConsumer replies = session.createConsumer(replyTo);
        Session service = in.createSession();
        MessageConsumer consumer = service.createConsumer(service.createQueue(name));
        MessageProducer answers = service.createProducer(null);
        for (int i = 0; i < MESSAGES; i++) {
            TextMessage request = session.createTextMessage("question " + i);
            request.setJMSReplyTo(replyTo);
            requests.send(request);
            Message received = consumer.receive(PATIENCE_MILLIS);
            answers.send(received.getJMSReplyTo(), service.createTextMessage("re: " + received.getBody(String.class)));
            assertThat(text(replies)).isEqualTo("re: question " + i);
        }
        session.close();
        service.close();
    }

    private static void transactions(Connection out, Connection in, String name) throws JMSException {
        Session sending = out.createSession(Session.SESSION_TRANSACTED);
        MessageProducer producer = sending.createProducer(sending.createQueue(name));
        producer.send(sending.createTextMessage("one"));
        sending.commit();
        producer.send(sending.createTextMessage("never"));
        sending.rollback();
        producer.send(sending.createTextMessage("two"));
        sending.commit();
        Session receiving = in.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = receiving.createConsumer(receiving.createQueue(name));
        assertThat(text(consumer)).isEqualTo("one");
        assertThat(text(consumer)).isEqualTo("two");
        receiving.rollback();
        Message again = consumer.receive(PATIENCE_MILLIS);
        assertThat(again.getBody(String.class)).isEqualTo("one");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(text(consumer)).isEqualTo("two");
        receiving.commit();
        assertThat(consumer.receiveNoWait()).isNull();
        sending.close();
        receiving.close();
    }

    /** Sends three messages, of which one is consumed and two are for after the restart. Returns the first envelope. */
    private byte[] leaveSome(Provider provider, Off off) throws JMSException {
        String name = queue(provider, off);
        try (Connection out = new SecureConnectionFactory(provider.factory(broker), orderEntry).createConnection();
                Connection raw = provider.factory(broker).createConnection();
                Connection in = new SecureConnectionFactory(provider.factory(broker), shipping).createConnection()) {
            Session session = out.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            for (int i = 0; i < 3; i++) {
                producer.send(session.createTextMessage("left " + i));
            }
            raw.start();
            byte[] envelope = first(raw.createSession(), name);
            in.start();
            Session consuming = in.createSession(Session.CLIENT_ACKNOWLEDGE);
            Message message =
                    consuming.createConsumer(consuming.createQueue(name)).receive(PATIENCE_MILLIS);
            assertThat(message.getBody(String.class)).isEqualTo("left 0");
            message.acknowledge();
            return envelope;
        }
    }

    private static byte[] first(Session session, String name) throws JMSException {
        try (QueueBrowser browser = session.createBrowser(session.createQueue(name))) {
            return ((BytesMessage) browser.getEnumeration().nextElement()).getBody(byte[].class);
        }
    }

    /** Once more what was consumed before the restart. */
    private void offerCopy(Provider provider, Off off, byte[] envelope) throws JMSException {
        try (Connection raw = provider.factory(broker).createConnection()) {
            Session session = raw.createSession();
            Queue queue = session.createQueue(queue(provider, off));
            BytesMessage copy = session.createBytesMessage();
            copy.writeBytes(envelope);
            session.createProducer(queue).send(copy);
        } catch (JMSSecurityException e) {
            assertThat(off.guardRemembers).as(e.getMessage()).isTrue();
        }
    }

    /** What was left is found in order; the copy only where nobody remembers. */
    private void findTheRest(Provider provider, Off off) throws JMSException {
        List<String> expected = new ArrayList<>(List.of("left 1", "left 2"));
        if (!off.guardRemembers && !off.clientsRemember) {
            expected.add("left 0");
        }
        try (Connection in = new SecureConnectionFactory(provider.factory(broker), shipping).createConnection()) {
            in.start();
            Session session = in.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue(provider, off)));
            for (String text : expected) {
                assertThat(text(consumer)).isEqualTo(text);
            }
        } // whatever else is in the queue is what the conversation that follows meets first
    }

    private static String text(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(PATIENCE_MILLIS);
        assertThat(message).isNotNull();
        return message.getBody(String.class);
    }

    /** At least once per dialog, or per message, without the cache; with it, once or twice in all. */
    private static void checkCounters(Off off, CryptoCounters.Snapshot sender, CryptoCounters.Snapshot receiver) {
        long dialogs = sender.dialogKeyWraps();
        assertThat(dialogs).isGreaterThanOrEqualTo(10);
        boolean onePair = off.uses("outgoing-pairs");
        assertThat(sender.signatures()).isEqualTo(onePair ? 1 : dialogs);
        few(receiver.verifications(), onePair && off.uses("verified-headers"), dialogs);
        few(receiver.publicKeyUnwraps(), onePair && off.uses("key-exchange-keys"), dialogs);
        if (off.uses("dialog-keys")) {
            assertThat(receiver.dialogKeyUnwraps()).isLessThan(receiver.aeadOpens());
        } else {
            assertThat(receiver.dialogKeyUnwraps()).isEqualTo(receiver.aeadOpens());
        }
    }

    private static void few(long operations, boolean cached, long dialogs) {
        if (cached) {
            assertThat(operations).isBetween(1L, 2L); // one pair before the restart, and one after it
        } else {
            assertThat(operations).isGreaterThanOrEqualTo(dialogs);
        }
    }
}
