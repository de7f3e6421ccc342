package io.dialogsecurity.integration.replies;

import static io.dialogsecurity.integration.replies.ReplyWorld.A_MOMENT_MILLIS;
import static io.dialogsecurity.integration.replies.ReplyWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody decides by a request to whom other messages of its receiver are sealed. */
class ReplyRecipientsIT {

    @TempDir
    static Path directory;

    private static ReplyWorld unguarded;
    private static ReplyWorld guarded;

    @BeforeAll
    static void start() throws IOException {
        unguarded = new ReplyWorld(directory.resolve("unguarded"), false);
        guarded = new ReplyWorld(directory.resolve("guarded"), true);
    }

    @AfterAll
    static void stop() {
        unguarded.close();
        guarded.close();
    }

    static Stream<Arguments> ways() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(false, true).map(guard -> Arguments.of(way, guard)));
    }

    private static ReplyWorld world(boolean withGuard) {
        return withGuard ? guarded : unguarded;
    }

    /** Mallory's own: over core, where a client may write whatever it likes. */
    private static void malloryAsks(ReplyWorld world, String orders, String replyTo, String correlation)
            throws IOException, JMSException {
        try (JMSContext mallory = world.context("mallory", Way.DECORATOR_CORE)) {
            JMSProducer producer =
                    mallory.createProducer().setJMSReplyTo(ActiveMQDestination.fromPrefixedName(replyTo));
            if (correlation != null) {
                producer.setJMSCorrelationID(correlation);
            }
            producer.send(mallory.createQueue(orders), "mallory's order");
        }
    }

    private static void reply(JMSContext store, Destination to, String correlation, String text) {
        JMSProducer producer = store.createProducer();
        if (correlation != null) {
            producer.setJMSCorrelationID(correlation);
        }
        producer.send(to, text);
    }

    private static Message take(JMSContext context, String queue) {
        try (JMSConsumer consumer = context.createConsumer(context.createQueue(queue))) {
            return consumer.receive(PATIENCE_MILLIS);
        }
    }

    private static String replyAddress(Message request) throws JMSException {
        return ((Queue) request.getJMSReplyTo()).getQueueName();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void anInvoiceGoesToBillingWhateverARequestSays(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext store = world.context("store", way);
                JMSContext billing = world.context("billing", way)) {
            malloryAsks(world, orders, "queue://billing.invoices", "order-4711");
            malloryAsks(world, orders, "queue://billing.invoices::billing.invoices", "order-4712");
            JMSConsumer requests = store.createConsumer(store.createQueue(orders));
            Message request = requests.receive(PATIENCE_MILLIS);
            request.getJMSReplyTo();
            requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
            reply(store, store.createQueue("billing.invoices"), "order-4711", "invoice 1");
            reply(store, store.createQueue("billing.invoices"), "order-4712", "invoice 2");
            reply(store, store.createQueue("billing.invoices"), null, "invoice 3");
            reply(store, request.getJMSReplyTo(), request.getJMSCorrelationID(), "invoice 4");

            JMSConsumer invoices = billing.createConsumer(billing.createQueue("billing.invoices"));
            for (int i = 1; i <= 4; i++) {
                assertThat(invoices.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("invoice " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aRequestClosesNoAddressThatPolicyLetsPass(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way);
                JMSContext plain = world.plain()) {
            malloryAsks(world, orders, "queue://metrics", "c-1");
            malloryAsks(world, orders, "temp-queue://metrics", "c-2");
            shop.createProducer()
                    .setJMSReplyTo(shop.createQueue("metrics"))
                    .setJMSCorrelationID("c-1")
                    .send(shop.createQueue(orders), "the shop's order");
            JMSConsumer requests = store.createConsumer(store.createQueue(orders));
            for (int i = 0; i < 3; i++) {
                requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
            }
            Queue metrics = store.createQueue("metrics");
            reply(store, metrics, null, "temperature 21");
            reply(store, metrics, "c-1", "temperature 22");
            reply(store, metrics, "c-2", "temperature 23");

            JMSConsumer consumer = plain.createConsumer(plain.createQueue("metrics"));
            for (int i = 21; i <= 23; i++) {
                assertThat(consumer.receive(PATIENCE_MILLIS)).isInstanceOfSatisfying(TextMessage.class, message -> {});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whoRepeatsAnothersReplyAddressAndIdIsNotAnsweredInItsPlace(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way);
                JMSContext other = store.createContext(JMSContext.AUTO_ACKNOWLEDGE)) {
            TemporaryQueue replies = shop.createTemporaryQueue();
            JMSConsumer answers = shop.createConsumer(replies);
            TextMessage question = shop.createTextMessage("my balance?");
            question.setJMSReplyTo(replies);
            shop.createProducer().send(shop.createQueue(orders), question);
            Message request = take(store, orders);
            Destination replyTo = request.getJMSReplyTo();
            malloryAsks(world, orders, "temp-queue://" + replyAddress(request), request.getJMSMessageID());
            Message theirs = take(other, orders);
            assertThat(replyAddress(theirs)).isEqualTo(replyAddress(request));

            if (way.knowsDestinations()) {
                reply(store, replyTo, request.getJMSMessageID(), "balance of the shop 1000000");
                assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("balance of the shop 1000000");
                reply(store, replyTo, null, "and thank you");
                assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("and thank you");
            } else {
                assertThatThrownBy(() -> reply(store, replyTo, request.getJMSMessageID(), "balance of the shop"))
                        .hasMessageContaining("cannot be told");
            }
            Queue named = store.createQueue(replyAddress(request));
            assertThatThrownBy(() -> reply(store, named, request.getJMSMessageID(), "balance of the shop"))
                    .hasMessageContaining("cannot be told");
            assertThat(answers.receive(A_MOMENT_MILLIS)).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatIsPrefetchedIsNotAnsweredYet(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", way);
                Connection store = world.process("store", way).createConnection()) {
            TemporaryQueue replies = shop.createTemporaryQueue();
            JMSConsumer answers = shop.createConsumer(replies);
            TextMessage question = shop.createTextMessage("my balance?");
            question.setJMSReplyTo(replies);
            shop.createProducer().send(shop.createQueue(orders), question);
            malloryAsks(world, orders, "temp-queue://" + replies.getQueueName(), question.getJMSMessageID());

            store.start();
            Session session = store.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer requests = session.createConsumer(session.createQueue(orders));
            Message request = requests.receive(PATIENCE_MILLIS);
            session.createTemporaryQueue(); // its answer comes after what the broker has sent before
            TextMessage reply = session.createTextMessage("balance of the shop 1000000");
            reply.setJMSCorrelationID(request.getJMSMessageID());
            session.createProducer(request.getJMSReplyTo()).send(reply);
            assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("balance of the shop 1000000");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void askersWhoShareAReplyAddress(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        String shared = world.name("answers");
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way)) {
            malloryAsks(world, orders, "queue://" + shared, "m-1");
            shop.createProducer()
                    .setJMSReplyTo(shop.createQueue(shared))
                    .setJMSCorrelationID("s-1")
                    .send(shop.createQueue(orders), "the shop's order");
            JMSConsumer requests = store.createConsumer(store.createQueue(orders));
            requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
            Message request = requests.receive(PATIENCE_MILLIS);
            Destination replyTo = request.getJMSReplyTo();
            JMSConsumer answers = shop.createConsumer(shop.createQueue(shared));

            reply(store, store.createQueue(shared), "s-1", "by the correlation id");
            assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("by the correlation id");
            if (way.knowsDestinations()) {
                reply(store, replyTo, null, "by the destination");
                assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("by the destination");
            }
            assertThatThrownBy(() -> reply(store, store.createQueue(shared), null, "to whom?"))
                    .hasMessageContaining("cannot be told");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void anIdOfAnyKindTellsWhichRequestIsAnswered(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        List<Object> ids = List.of(
                "text",
                "ID:text",
                "ID:AMQP_UUID:6b2b9e5c-8f8c-4bb0-9a3c-0b8a3ec9d6a1",
                "ID:AMQP_ULONG:42",
                "ID:AMQP_BINARY:0A0B",
                new byte[] {1, (byte) 0xFE, 3});
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way)) {
            JMSConsumer requests = store.createConsumer(store.createQueue(orders));
            for (Object id : ids) {
                String shared = world.name("answers");
                malloryAsks(world, orders, "queue://" + shared, "m-1");
                requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
                correlated(shop, id)
                        .setJMSReplyTo(shop.createQueue(shared))
                        .send(shop.createQueue(orders), "the shop's order");
                requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
                correlated(store, id).send(store.createQueue(shared), "by its id");
                try (JMSConsumer answers = shop.createConsumer(shop.createQueue(shared))) {
                    Message answer = answers.receive(PATIENCE_MILLIS);
                    assertThat(answer.getBody(String.class)).isEqualTo("by its id");
                    if (id instanceof byte[] octets) {
                        assertThat(answer.getJMSCorrelationIDAsBytes()).isEqualTo(octets);
                    } else {
                        assertThat(answer.getJMSCorrelationID()).isEqualTo(id);
                    }
                }
            }
        }
    }

    private static JMSProducer correlated(JMSContext context, Object id) {
        JMSProducer producer = context.createProducer();
        return id instanceof byte[] octets
                ? producer.setJMSCorrelationIDAsBytes(octets)
                : producer.setJMSCorrelationID((String) id);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void ordinaryRepliesArrive(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way);
                JMSContext other = store.createContext(JMSContext.AUTO_ACKNOWLEDGE)) {
            TemporaryQueue replies = shop.createTemporaryQueue();
            JMSConsumer answers = shop.createConsumer(replies);
            shop.createProducer()
                    .setJMSReplyTo(replies)
                    .setJMSCorrelationID("s-1")
                    .send(shop.createQueue(orders), "the shop's order");
            Message request = store.createConsumer(store.createQueue(orders)).receive(PATIENCE_MILLIS);
            Destination replyTo = request.getJMSReplyTo();
            Queue copied = store.createQueue(replyAddress(request));
            for (Destination to : List.of(replyTo, copied)) {
                reply(store, to, request.getJMSMessageID(), "by message id");
                reply(store, to, "s-1", "by correlation id");
                reply(store, to, "something else", "by an id of its own");
                reply(store, to, null, "by none");
                CompletableFuture.runAsync(() -> reply(other, to, null, "of another thread and session"))
                        .get();
                for (String expected : List.of(
                        "by message id",
                        "by correlation id",
                        "by an id of its own",
                        "by none",
                        "of another thread and session")) {
                    assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS))
                            .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aReplyMayBeAnsweredToo(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        try (JMSContext shop = world.context("shop", way);
                JMSContext store = world.context("store", way)) {
            TemporaryQueue atShop = shop.createTemporaryQueue();
            TemporaryQueue atStore = store.createTemporaryQueue();
            JMSConsumer answers = shop.createConsumer(atShop);
            JMSConsumer furtherQuestions = store.createConsumer(atStore);
            shop.createProducer().setJMSReplyTo(atShop).send(shop.createQueue(orders), "how much?");
            Message request = store.createConsumer(store.createQueue(orders)).receive(PATIENCE_MILLIS);
            store.createProducer().setJMSReplyTo(atStore).send(request.getJMSReplyTo(), "how many?");
            Message answer = answers.receive(PATIENCE_MILLIS);
            reply(shop, answer.getJMSReplyTo(), answer.getJMSMessageID(), "ten");
            assertThat(furtherQuestions.receiveBody(String.class, PATIENCE_MILLIS))
                    .isEqualTo("ten");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aPooledProducerThatWasMadeForOneAnswersTheOther(Way way, boolean guard) throws Exception {
        ReplyWorld world = world(guard);
        String orders = world.name("store.orders");
        String shared = world.name("answers");
        try (JMSContext shop = world.context("shop", way);
                Connection store = world.process("store", way).createConnection()) {
            malloryAsks(world, orders, "queue://" + shared, "m-1");
            shop.createProducer()
                    .setJMSReplyTo(shop.createQueue(shared))
                    .setJMSCorrelationID("s-1")
                    .send(shop.createQueue(orders), "the shop's order");
            store.start();
            Session session = store.createSession();
            MessageConsumer requests = session.createConsumer(session.createQueue(orders));
            MessageProducer pooled =
                    session.createProducer(requests.receive(PATIENCE_MILLIS).getJMSReplyTo());
            for (String correlation : List.of("m-1", "s-1")) {
                TextMessage reply = session.createTextMessage("re: " + correlation);
                reply.setJMSCorrelationID(correlation);
                if (correlation.equals("s-1")) {
                    requests.receive(PATIENCE_MILLIS).getJMSReplyTo();
                }
                pooled.send(reply);
            }
            JMSConsumer answers = shop.createConsumer(shop.createQueue(shared), "JMSCorrelationID = 's-1'");
            assertThat(answers.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("re: s-1");
        }
    }
}
