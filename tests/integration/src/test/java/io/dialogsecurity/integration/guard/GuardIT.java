package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes the guard of a real broker, and what does not, as raw clients see it. */
class GuardIT {

    private static final String SECRET = "the customer's secret order";
    private static final byte[] SECRET_BYTES = SECRET.getBytes(StandardCharsets.UTF_8);
    private static final int LARGE = 300_000;

    @TempDir
    static Path directory;

    private static final Services SERVICES = new Services();
    private static final DialogEndpoint ORDER_ENTRY = SERVICES.endpoint(SERVICES.orderEntry);
    private static GuardedBroker broker;

    enum Protocol {
        CORE,
        AMQP;

        RawClient client(String user) {
            return this == CORE ? broker.client(user) : broker.amqpClient(user);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        broker = GuardedBroker.start(directory.resolve("guarded"), SERVICES);
    }

    @AfterAll
    static void stop() throws Exception {
        ORDER_ENTRY.close();
        broker.process.stop();
        assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.process.directory()))
                .as("plaintext in the broker's files")
                .isEmpty();
    }

    @AfterEach
    void nothingFailedInside() throws IOException {
        assertThat(broker.attribute("HookFailureCount")).isEqualTo(0L);
    }

    // --- What passes

    @ParameterizedTest
    @EnumSource
    void sealedMessagesPassAndArriveUnchanged(Protocol protocol) throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            client.send("orders", envelope);

            assertThat(client.receive("orders").body()).isEqualTo(envelope);
        }
    }

    @Test
    void whatOneProtocolSealsTheOtherReceives() throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient core = broker.client(GuardedBroker.SALES);
                RawClient amqp = broker.amqpClient(GuardedBroker.SALES)) {
            amqp.send("orders", envelope);
            assertThat(core.receive("orders").body()).isEqualTo(envelope);
            byte[] next = seal("orders");
            core.send("orders", next);
            assertThat(amqp.receive("orders").body()).isEqualTo(next);
        }
    }

    @ParameterizedTest
    @EnumSource
    void repliesPassFromTheServiceThatWasWrittenTo(Protocol protocol) throws Exception {
        DialogSealer orders = ORDER_ENTRY.begin(Set.of(Services.SHIPPING));
        byte[] order = orders.seal(MessageContent.text(SECRET), "orders");
        try (DialogEndpoint shipping = SERVICES.endpoint(SERVICES.shipping);
                RawClient store = protocol.client(GuardedBroker.STORE)) {
            Opened opened = (Opened) shipping.open(order, Reception.at("orders"));
            byte[] reply = shipping.reply(opened).seal(MessageContent.text(SECRET), "replies.sales");

            store.send("replies.sales", reply);

            assertThat(store.receive("replies.sales").body()).isEqualTo(reply);
        }
    }

    @ParameterizedTest
    @EnumSource
    void largeEnvelopesPassWholeAndStreamed(Protocol protocol) throws Exception {
        DialogSealer dialog = ORDER_ENTRY.begin(Set.of(Services.SHIPPING));
        byte[] whole = dialog.seal(MessageContent.bytes(new byte[LARGE]), "orders");
        ByteArrayOutputStream streamed = new ByteArrayOutputStream();
        try (OutputStream out = dialog.sealStream(MessageContent.bytes(new byte[0]), "orders", streamed)) {
            out.write(new byte[LARGE]);
        }
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            client.send("orders", whole);
            client.send("orders", streamed.toByteArray());

            assertThat(client.receive("orders").body()).isEqualTo(whole);
            assertThat(client.receive("orders").body()).isEqualTo(streamed.toByteArray());
        }
    }

    @Test
    void messagesToSeveralTargetsPassWithTheirSendersSignature() throws Exception {
        DialogSealer dialog = ORDER_ENTRY.begin(Set.of(Services.SHIPPING, Services.BILLING));
        byte[] event = dialog.seal(MessageContent.text(SECRET), "events");
        try (RawClient client = broker.client(GuardedBroker.SALES);
                MessageConsumer subscriber =
                        client.session().createConsumer(client.session().createTopic("events"))) {
            client.send(client.session().createTopic("events"), event);

            assertThat(RawClient.body(subscriber.receive(10_000))).isEqualTo(event);
        }
    }

    @Test
    void unprotectedAddressesAreLeftAlone() throws Exception {
        try (RawClient client = broker.client(GuardedBroker.MALLORY)) {
            client.sendText("free", "for everybody to read");
            assertThat(client.receive("free").message().getBody(String.class)).isEqualTo("for everybody to read");
        }
    }

    @Test
    void anAddressHasOnePolicyHoweverItIsNamed() throws Exception {
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            for (String name : List.of("orders::orders", GuardedBroker.ANYCAST_PREFIX + "orders")) {
                assertThatThrownBy(() -> client.sendText(name, SECRET)).isInstanceOf(JMSSecurityException.class);
                assertThat(broker.nextRefusal(before++)).isEqualTo("PLAINTEXT_REFUSED");
                byte[] envelope = seal("orders");
                client.send(name, envelope);
                assertThat(client.receive("orders").body()).isEqualTo(envelope);
            }
            byte[] named = seal("orders::orders");
            client.send("orders::orders", named);
            assertThat(client.receive("orders").body()).isEqualTo(named);
        }
    }

    @ParameterizedTest
    @EnumSource
    void senderWhoAsksAgainWithTheBrokersDuplicateIdIsToldThatAllIsWell(Protocol protocol) throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            for (int i = 0; i < 2; i++) {
                BytesMessage message = RawClient.bytes(client.session(), envelope);
                message.setStringProperty("_AMQ_DUPL_ID", "order " + protocol);
                client.send("orders", message);
            }
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
            Await.until(GuardedBroker.PATIENCE, "the queue to be empty", () -> broker.messageCount("orders") == 0);
        }
    }

    // --- What is refused, and is kept in quarantine

    /** What one attacker does, and who must notice. */
    record Attack(Rejection reason, String what, String user, String address, byte[] envelope) {
        @Override
        public String toString() {
            return what + ": " + reason;
        }
    }

    static List<Attack> attacks() {
        byte[] good = seal("orders");
        Instant now = Instant.now();
        List<Attack> attacks = new ArrayList<>();
        attacks.add(attack(Rejection.SIGNATURE_INVALID, "a header tampered with", Forgeries.tampered(good)));
        attacks.add(attack(
                Rejection.SIGNATURE_INVALID,
                "a captured header with another key exchange key",
                Forgeries.withKeyExchangeKeyOf(good, sealBy(SERVICES.retired, now, Services.SHIPPING))));
        attacks.add(attack(
                Rejection.SIGNATURE_INVALID,
                "the service pair of one message, the keys of another",
                Forgeries.withKeyExchangeKeyOf(good, seal("orders", Services.BILLING))));
        attacks.add(attack(
                Rejection.CERTIFICATE_UNTRUSTED,
                "signed by somebody of the same name",
                sealBy(SERVICES.impostor, now, Services.SHIPPING)));
        attacks.add(attack(
                Rejection.CERTIFICATE_EXPIRED,
                "an expired certificate",
                Forgeries.sealedAt(sealBy(SERVICES.expired, now.minus(Duration.ofHours(2)), Services.SHIPPING), now)));
        attacks.add(attack(
                Rejection.STALE,
                "sealed days ago",
                sealBy(SERVICES.orderEntry, now.minus(Duration.ofDays(3)), Services.SHIPPING)));
        attacks.add(attack(
                Rejection.FROM_THE_FUTURE,
                "sealed tomorrow",
                sealBy(SERVICES.orderEntry, now.plus(Duration.ofDays(1)), Services.SHIPPING)));
        attacks.add(attack(
                Rejection.KEY_EXPIRED,
                "sealed long after its key's end",
                Forgeries.sealedAt(
                        sealBy(SERVICES.orderEntry, now.minus(Duration.ofDays(30)), Services.SHIPPING), now)));
        attacks.add(attack(Rejection.WRONG_DESTINATION, "sealed for elsewhere", seal("orders.strict")));
        attacks.add(attack(Rejection.NOT_FOR_US, "sealed to others", seal("orders", Services.BILLING)));
        attacks.add(new Attack(
                Rejection.CONNECTION_NOT_ENTITLED,
                "somebody else's connection",
                GuardedBroker.MALLORY,
                "orders",
                seal("orders")));
        attacks.add(new Attack(
                Rejection.SENDER_NOT_AUTHORISED,
                "a service that may not send here",
                GuardedBroker.STORE,
                "orders",
                sealBy(SERVICES.shipping, now, Services.BILLING)));
        attacks.add(new Attack(
                Rejection.SUITE_NOT_ACCEPTED,
                "a suite that is not accepted here",
                GuardedBroker.SALES,
                "orders.rsa",
                seal("orders.rsa")));
        attacks.add(attack(Rejection.MALFORMED, "cut", Forgeries.withoutItsEnd(good)));
        attacks.add(attack(Rejection.VERSION_UNSUPPORTED, "of another version", Forgeries.ofAnotherVersion(good)));
        return attacks;
    }

    private static Attack attack(Rejection reason, String what, byte[] envelope) {
        return new Attack(reason, what, GuardedBroker.SALES, "orders", envelope);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refusedOverCore(Attack attack) throws Exception {
        refused(Protocol.CORE, attack);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refusedOverAmqp(Attack attack) throws Exception {
        refused(Protocol.AMQP, attack);
    }

    private void refused(Protocol protocol, Attack attack) throws Exception {
        int before = broker.audit().size();
        try (RawClient client = protocol.client(attack.user())) {
            assertThatThrownBy(() -> client.send(attack.address(), attack.envelope()))
                    .isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("The message was refused");

            assertThat(broker.nextRefusal(before)).isEqualTo(attack.reason().name());
            assertThat(broker.audit().get(before))
                    .contains("user=" + attack.user(), "protocol=" + protocol, "quarantined=true");
            assertQuarantined(client, attack.envelope(), attack.reason(), attack.user(), attack.address());
            assertThat(broker.messageCount(attack.address())).isZero();
        }
    }

    private static void assertQuarantined(
            RawClient client, byte[] envelope, Rejection reason, String user, String address) throws JMSException {
        RawClient.Received received = client.receive(GuardedBroker.QUARANTINE);
        assertThat(received.body()).isEqualTo(envelope);
        Message kept = received.message();
        assertThat(kept.getStringProperty("DS_REJECTION")).isEqualTo(reason.name());
        assertThat(kept.getStringProperty("DS_REJECTION_CODE")).isEqualTo(Integer.toString(reason.code()));
        assertThat(kept.getStringProperty("DS_REJECTION_DETAIL")).isNotBlank();
        assertThat(kept.getStringProperty("DS_ORIGINAL_ADDRESS")).isEqualTo(address);
        assertThat(kept.getStringProperty("DS_USER")).isEqualTo(user);
    }

    @ParameterizedTest
    @EnumSource
    void aServiceWithoutARoleThatMaySendHereIsRefused(Protocol protocol) throws Exception {
        byte[] event = SERVICES.endpoint(SERVICES.billing)
                .begin(Set.of(Services.SHIPPING))
                .seal(MessageContent.text(SECRET), "events");
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.STORE)) {
            assertThatThrownBy(() -> client.send(client.session().createTopic("events"), event))
                    .isInstanceOf(JMSSecurityException.class);

            assertThat(broker.nextRefusal(before)).isEqualTo("SENDER_NOT_AUTHORISED");
            assertThat(broker.audit().get(before)).contains("no role of billing");
            assertQuarantined(client, event, Rejection.SENDER_NOT_AUTHORISED, GuardedBroker.STORE, "events");
        }
    }

    /** An acknowledgement may take a moment. */
    private static void awaitEmpty(String queue) {
        Await.until(GuardedBroker.PATIENCE, queue + " to be empty", () -> broker.messageCount(queue) == 0);
    }

    @ParameterizedTest
    @EnumSource
    void copiesAreAbsorbedAndConflictsRefused(Protocol protocol) throws Exception {
        byte[] envelope = seal("orders");
        byte[] conflicting = Forgeries.withAnotherMic(envelope);
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            client.send("orders", envelope);
            client.send("orders", envelope);
            assertThatThrownBy(() -> client.send("orders", conflicting)).isInstanceOf(JMSSecurityException.class);

            Await.until(GuardedBroker.PATIENCE, "two lines in the audit log", () -> broker.refusals() == before + 2);
            assertThat(broker.audit().get(before)).contains("absorbed sender=order-entry user=sales");
            assertThat(broker.nextRefusal(before + 1)).isEqualTo("SEQUENCE_CONFLICT");
            assertQuarantined(client, conflicting, Rejection.SEQUENCE_CONFLICT, GuardedBroker.SALES, "orders");
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
            awaitEmpty("orders");
        }
    }

    @Test
    void numbersHeldUpAreTakenHoweverManyYoungerOnesThereAre() throws Exception {
        byte[] envelope = seal("orders");
        byte[] younger = Forgeries.withSequence(envelope, 5000);
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", younger);
            client.send("orders", envelope);
            assertThat(client.receive("orders").body()).isEqualTo(younger);
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
        }
    }

    @Test
    void anEnvelopeWithCopiedHeadersAndAWorthlessBodyHasNoOtherAbsorbed() throws Exception {
        byte[] envelope = seal("orders");
        byte[] worthless = envelope.clone();
        worthless[worthless.length - 1] ^= 1;
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", worthless);
            assertThatThrownBy(() -> client.send("orders", envelope)).isInstanceOf(JMSSecurityException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("SEQUENCE_CONFLICT");
            assertQuarantined(client, envelope, Rejection.SEQUENCE_CONFLICT, GuardedBroker.SALES, "orders");
            assertThat(client.receive("orders").body()).isEqualTo(worthless);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDueOnlyWhenItIsTooOldIsRefused(Protocol protocol) throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient client = protocol.client(GuardedBroker.SALES);
                MessageProducer producer = client.session().createProducer(client.queue("orders"))) {
            BytesMessage message = client.session().createBytesMessage();
            message.writeBytes(envelope);
            producer.setDeliveryDelay(Duration.ofDays(2).plusMinutes(1).toMillis());
            assertThatThrownBy(() -> producer.send(message)).isInstanceOf(JMSException.class);
            assertQuarantined(client, envelope, Rejection.STALE, GuardedBroker.SALES, "orders");
            producer.setDeliveryDelay(100);
            producer.send(message);
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
        }
        assertThat(broker.process.directory().resolve("log/artemis.log"))
                .content()
                .contains("message-max-age");
    }

    @Test
    void gapsAreRefusedWhereThePolicySaysSo() throws Exception {
        DialogSealer dialog = ORDER_ENTRY.begin(Set.of(Services.SHIPPING));
        byte[] first = dialog.seal(MessageContent.text(SECRET), "orders.strict");
        byte[] second = dialog.seal(MessageContent.text(SECRET), "orders.strict");
        byte[] third = dialog.seal(MessageContent.text(SECRET), "orders.strict");
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders.strict", first);
            assertThatThrownBy(() -> client.send("orders.strict", third)).isInstanceOf(JMSSecurityException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("SEQUENCE_GAP");
            assertQuarantined(client, third, Rejection.SEQUENCE_GAP, GuardedBroker.SALES, "orders.strict");
            client.send("orders.strict", second);
            client.send("orders.strict", third);
            for (byte[] expected : List.of(first, second, third)) {
                assertThat(client.receive("orders.strict").body()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void envelopesLargerThanThePolicyAllowsAreRefused(Protocol protocol) throws Exception {
        byte[] envelope =
                ORDER_ENTRY.begin(Set.of(Services.SHIPPING)).seal(MessageContent.bytes(new byte[1 << 20]), "orders");
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.send("orders", envelope)).isInstanceOf(JMSException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("TOO_LARGE");
            assertQuarantined(client, envelope, Rejection.TOO_LARGE, GuardedBroker.SALES, "orders");
        }
    }

    @Test
    void whatPolicyDropsIsRefusedSealedOrNot() throws Exception {
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.send("legacy.old", seal("legacy.old")))
                    .isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> client.sendText("legacy.old", SECRET)).isInstanceOf(JMSSecurityException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("DROPPED_BY_POLICY");
            assertThat(broker.nextRefusal(before + 1)).isEqualTo("DROPPED_BY_POLICY");
        }
    }

    // --- Plaintext, in every way a client can send

    @ParameterizedTest
    @EnumSource
    void plaintextIsRefusedToTheSendersFace(Protocol protocol) throws Exception {
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.sendText("orders", SECRET)).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> client.send("orders", SECRET_BYTES)).isInstanceOf(JMSSecurityException.class);

            assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
            assertThat(broker.audit().get(before)).contains("quarantined=false");
            assertThat(broker.messageCount("orders")).isZero();
            assertThat(broker.messageCount(GuardedBroker.QUARANTINE)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void plaintextTooLargeForAnEnvelopeIsPlaintextAndNotKept(Protocol protocol) throws Exception {
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.send("orders", SECRET.repeat(50_000).getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(JMSException.class);
            assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
            assertThat(broker.messageCount(GuardedBroker.QUARANTINE)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void largePlaintextIsRefusedAndItsFileIsGone(Protocol protocol) throws Exception {
        int before = broker.audit().size();
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            assertThatThrownBy(() -> client.sendText("orders", SECRET.repeat(20_000)))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("The message was refused");
            assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
            assertThat(broker.messageCount("orders")).isZero();
            Path large = broker.process.dataDirectory().resolve("large-messages");
            Await.until(
                    GuardedBroker.PATIENCE,
                    "the file of the refused message to be gone",
                    () -> large.toFile().list().length == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders::orders", "one-of:orders", "one-of:orders::orders", "replies.sales"})
    void largePlaintextOfTheCoreProtocolIsNeverOnDiskNotEvenOnItsWay(String name) throws Exception {
        int before = broker.refusals();
        CountDownLatch looked = new CountDownLatch(1);
        Path large = broker.process.dataDirectory().resolve("large-messages");
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            CompletableFuture<Exception> outcome = CompletableFuture.supplyAsync(() -> {
                try {
                    client.sendStream(name, new PausingStream(SECRET, 1 << 20, looked));
                    return null;
                } catch (JMSException e) {
                    return e;
                }
            });
            Await.until(
                    GuardedBroker.PATIENCE,
                    "the first half to be on disk",
                    () -> Arrays.stream(large.toFile().listFiles()).anyMatch(file -> file.length() > 400_000));
            assertThat(PlaintextSearch.forMarkers(SECRET).in(large)).isEmpty();
            looked.countDown();
            assertThat(outcome.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("The message was refused");
        } finally {
            looked.countDown();
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
    }

    @Test
    void aListenerWithAConfirmationWindowHearsOfItAndKeepsTheConnection() throws Exception {
        CompletableFuture<Exception> outcome = new CompletableFuture<>();
        try (RawClient client =
                RawClient.core(broker.process, GuardedBroker.SALES, "&confirmationWindowSize=1048576")) {
            client.sendText("orders", SECRET, listener(outcome));
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(JMSException.class);
            try {
                client.queue("orders");
            } catch (JMSSecurityException late) {
                // a call that follows at once may be given the refusal, too: the core client has one place for answers
            }
            byte[] envelope = seal("orders");
            client.send("orders", envelope);
            assertThat(client.receive("orders").body()).isEqualTo(envelope);
        }
    }

    @Test
    void senderWhoDoesNotWaitLosesTheConnection() throws Exception {
        int before = broker.audit().size();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.sendAndForget("orders", SECRET);
            assertThat(client.awaitFailure()).isNotNull();
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
    }

    @Test
    void senderWithAListenerLosesTheConnection() throws Exception {
        int before = broker.audit().size();
        CompletableFuture<Exception> outcome = new CompletableFuture<>();
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.sendText("orders", SECRET, listener(outcome));
            assertThat(client.awaitFailure()).isNotNull();
        }
        assertThat(broker.nextRefusal(before)).isEqualTo("PLAINTEXT_REFUSED");
    }

    @Test
    void anAmqpListenerHearsOfIt() throws Exception {
        CompletableFuture<Exception> outcome = new CompletableFuture<>();
        try (RawClient client = broker.amqpClient(GuardedBroker.SALES)) {
            client.sendText("orders", SECRET, listener(outcome));
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(JMSException.class);
        }
    }

    // --- Transactions

    @ParameterizedTest
    @EnumSource
    void aTransactionWithARefusedMessageCannotBeCommitted(Protocol protocol) throws Exception {
        byte[] good = seal("orders");
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            Session session = client.transacted();
            MessageProducer producer = session.createProducer(session.createQueue("orders"));
            producer.send(RawClient.bytes(session, good));
            assertThatThrownBy(() -> {
                        producer.send(session.createTextMessage(SECRET));
                        session.commit();
                    })
                    .isInstanceOf(JMSException.class);
        }
        assertThat(broker.messageCount("orders")).isZero();
        // Nothing was routed, so that the good one can come again.
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            client.send("orders", good);
            assertThat(client.receive("orders").body()).isEqualTo(good);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasRolledBackMayComeAgainAndOnlyOnce(Protocol protocol) throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient client = protocol.client(GuardedBroker.SALES)) {
            Session session = client.transacted();
            MessageProducer producer = session.createProducer(session.createQueue("orders"));
            BytesMessage message = RawClient.bytes(session, envelope);
            producer.send(message);
            session.rollback();
            producer.send(RawClient.bytes(session, envelope));
            session.commit();
            assertThat(client.receive("orders").body()).isEqualTo(envelope);

            client.send("orders", envelope);
            awaitEmpty("orders");
        }
    }

    @Test
    void aClientAcknowledgeSessionIsNoTransactionToTheGuard() throws Exception {
        byte[] envelope = seal("orders");
        try (RawClient client = broker.client(GuardedBroker.SALES)) {
            client.send("orders", envelope);
            Session session = client.clientAcknowledge();
            MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
            Message received = consumer.receive(10_000);
            MessageProducer producer = session.createProducer(session.createQueue("orders"));
            assertThatThrownBy(() -> producer.send(session.createTextMessage(SECRET)))
                    .isInstanceOf(JMSSecurityException.class);
            assertThatCode(received::acknowledge).doesNotThrowAnyException();
            session.close();
            Await.until(
                    GuardedBroker.PATIENCE, "the message to be acknowledged", () -> broker.messageCount("orders") == 0);
        }
    }

    private static CompletionListener listener(CompletableFuture<Exception> outcome) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                outcome.complete(null);
            }

            @Override
            public void onException(Message message, Exception exception) {
                outcome.complete(exception);
            }
        };
    }

    private static byte[] seal(String address) {
        return seal(address, Services.SHIPPING);
    }

    private static byte[] seal(String address, ServiceName target) {
        return ORDER_ENTRY.begin(Set.of(target)).seal(MessageContent.text(SECRET), address);
    }

    private static byte[] sealBy(IssuedIdentity identity, Instant when, ServiceName target) {
        try (DialogEndpoint endpoint = SERVICES.endpoint(identity, when)) {
            return endpoint.begin(Set.of(target)).seal(MessageContent.text(SECRET), "orders");
        }
    }
}
