package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Login;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainKind;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A message leaves one of several queues that had it; the others have it all the same, and get it once. */
class SeveralQueuesIT {

    private static final long LONG = 10_000;
    private static final String MIRROR_QUEUE = "$ACTIVEMQ_ARTEMIS_MIRROR_nowhere";
    private static final List<String> QUEUES = List.of(
            "events.one", "events.two", "orders", "letters", "copies", "lanes.a", "lanes.b", GuardedBroker.QUARANTINE);

    private static final Services SERVICES = new Services();

    @TempDir
    static Path directory;

    private static GuardedBroker broker;
    private static DialogEndpoint orderEntry;

    @BeforeAll
    static void start() throws Exception {
        orderEntry = SERVICES.endpoint(SERVICES.orderEntry);
        broker = GuardedBroker.start(
                GuardedBroker.builder(directory.resolve("several"))
                        .queue("letters")
                        .queue("copies")
                        .divert("orders", "copies")
                        .addressSetting("events", "dead-letter-address", "letters")
                        .addressSetting("events", "expiry-address", "letters")
                        .addressSetting("events", "max-delivery-attempts", "1")
                        .coreElements("""
                                <addresses>
                                  <address name="events">
                                    <multicast><queue name="events.one"/><queue name="events.two"/></multicast>
                                  </address>
                                  <address name="lanes">
                                    <anycast><queue name="lanes.a"/><queue name="lanes.b"/></anycast>
                                  </address>
                                </addresses>
                                <broker-connections>
                                  <amqp-connection uri="tcp://127.0.0.1:%d" name="nowhere" retry-interval="60000">
                                    <mirror/>
                                  </amqp-connection>
                                </broker-connections>
                                """.formatted(FreePort.choose()))
                        .plugin(GuardedBroker.PLUGIN, Map.of("config", GuardedBroker.POLICY_FILE)),
                SERVICES,
                process -> Files.writeString(
                        process.etcDirectory().resolve(GuardedBroker.POLICY_FILE),
                        GuardedBroker.policy("")
                                .replace(
                                        "</addresses>",
                                        "<address match=\"lanes\" action=\"apply\" senders=\"order-entry\"/></addresses>")));
    }

    @AfterAll
    static void stop() {
        orderEntry.close();
        broker.close();
    }

    @AfterEach
    void empty() {
        for (String queue : QUEUES) {
            if (broker.messageCount(queue) > 0) {
                invoke(queue, "removeAllMessages");
            }
        }
    }

    private static byte[] seal(String destination) {
        return orderEntry.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text("news"), destination);
    }

    private static void send(String address, byte[] envelope) throws JMSException {
        boolean topic = address.equals("events");
        // the core client asks for a queue of the address's name
        try (RawClient sales = topic ? broker.client(GuardedBroker.SALES) : broker.amqpClient(GuardedBroker.SALES)) {
            Destination destination = topic
                    ? sales.session().createTopic(address)
                    : sales.session().createQueue(address);
            sales.send(destination, envelope);
        }
    }

    private static Object invoke(String queue, String operation, String... arguments) {
        String[] signature = new String[arguments.length];
        Arrays.fill(signature, String.class.getName());
        return broker.process.management().invoke(queue(queue), operation, arguments, signature);
    }

    private static ObjectName queue(String name) {
        return broker.process
                .management()
                .query("org.apache.activemq.artemis:component=addresses,subcomponent=queues,queue="
                        + ObjectName.quote(name) + ",*")
                .iterator()
                .next();
    }

    private static void assertCounts(long one, long two) {
        assertThat(List.of(broker.messageCount("events.one"), broker.messageCount("events.two")))
                .containsExactly(one, two);
    }

    /** Ways in which a queue lets a message go that was consumed by nobody. */
    enum Leaving {
        DEAD_LETTER {
            @Override
            void leave() throws JMSException {
                try (RawClient store = broker.client(GuardedBroker.STORE)) {
                    Session session = store.transacted();
                    assertThat(session.createConsumer(session.createTopic("events::events.one"))
                                    .receive(LONG))
                            .isNotNull();
                    session.rollback();
                }
            }
        },
        EXPIRED {
            @Override
            void leave() {
                SeveralQueuesIT.invoke("events.one", "expireMessages", "");
            }
        },
        MOVED {
            @Override
            void leave() {
                SeveralQueuesIT.invoke("events.one", "moveMessages", "", "letters");
            }
        };

        abstract void leave() throws JMSException;
    }

    @ParameterizedTest
    @EnumSource
    void whatLiesAmongTheLettersOfOneSubscriptionIsRefusedAndDrivenBackToThatOne(Leaving leaving) throws Exception {
        byte[] envelope = seal("events");
        send("events", envelope);
        assertCounts(1, 1);
        leaving.leave();
        Await.until(GuardedBroker.PATIENCE, "a letter", () -> broker.messageCount("letters") == 1);
        assertCounts(0, 1);
        int before = broker.refusals();
        assertThatThrownBy(() -> send("events", envelope)).isInstanceOf(JMSException.class);
        assertThat(broker.nextRefusal(before)).isEqualTo("REPLAYED");
        assertCounts(0, 1);
        assertThat(broker.process
                        .management()
                        .invoke(broker.bean(), "redrive", new Object[] {"letters", ""}, new String[] {
                            String.class.getName(), String.class.getName()
                        }))
                .isEqualTo(new String[] {"redriven=1 stayed=0"});
        assertCounts(1, 1);
        send("events", envelope);
        assertCounts(1, 1);
    }

    @Test
    void aLetterThatABatchHasNotBroughtBackIsALetterStill() throws Exception {
        byte[] envelope = seal("events");
        send("events", envelope);
        Leaving.MOVED.leave();
        try (RawClient sales = broker.client(GuardedBroker.SALES)) {
            sales.sendText("letters", "what may not go to events");
        }
        assertThatThrownBy(() -> invoke("letters", "moveMessages", "", "events.one"))
                .hasStackTraceContaining("may not go to events: PLAINTEXT_REFUSED");
        assertThat(broker.messageCount("letters")).isEqualTo(2);
        assertThatThrownBy(() -> send("events", envelope)).isInstanceOf(JMSException.class);
        assertCounts(0, 1);
    }

    @Test
    void aLetterOfOneSubscriptionIsNotLostToAProgramThatSendsItAgain() throws Exception {
        byte[] envelope = seal("events");
        send("events", envelope);
        Leaving.MOVED.leave();
        try (RawClient program = broker.client(GuardedBroker.SALES)) {
            Session session = program.transacted();
            Message letter =
                    session.createConsumer(session.createQueue("letters")).receive(LONG);
            assertThatThrownBy(() -> {
                        session.createProducer(session.createTopic("events")).send(letter);
                        session.commit();
                    })
                    .isInstanceOf(JMSException.class);
        }
        Await.until(GuardedBroker.PATIENCE, "it to stay", () -> broker.messageCount("letters") == 1);
        assertCounts(0, 1);
    }

    @Test
    void aPurgedSubscriptionGivesNothingBackThatAnotherHas() throws Exception {
        byte[] envelope = seal("events");
        send("events", envelope);
        invoke("events.one", "removeAllMessages");
        send("events", envelope);
        assertCounts(0, 1);
    }

    @Test
    void aClosedSubscriptionGivesNothingBackThatAnotherHas() throws Exception {
        byte[] envelope = seal("events");
        broker.process
                .management()
                .invoke(
                        broker.process.management().server(),
                        "createQueue",
                        new Object[] {"events", "events.brief", "MULTICAST"},
                        new String[] {String.class.getName(), String.class.getName(), String.class.getName()});
        send("events", envelope);
        broker.process
                .management()
                .invoke(
                        broker.process.management().server(),
                        "destroyQueue",
                        new Object[] {"events.brief"},
                        new String[] {String.class.getName()});
        send("events", envelope);
        assertCounts(1, 1);
    }

    @Test
    void whatIsRetainedNoMoreIsInTheSubscriptionsStill() throws Exception {
        byte[] first = seal("events");
        byte[] second = seal("events");
        try (PlainClient sales =
                PlainKind.MQTT_3.connect(Login.to(broker.process, GuardedBroker.SALES, GuardedBroker.PASSWORD))) {
            sales.send(Outgoing.toTopic("events", new Body.Binary(first)).retained());
            sales.send(Outgoing.toTopic("events", new Body.Binary(second)).retained());
        }
        Await.until(GuardedBroker.PATIENCE, "both", () -> broker.messageCount("events.one") == 2);
        send("events", first);
        assertCounts(2, 2);
    }

    @Test
    void whatIsPurgedOnItsWayToAnotherBrokerIsInItsQueueStill() throws Exception {
        byte[] envelope = seal("lanes");
        send("lanes", envelope);
        assertThat(broker.messageCount(MIRROR_QUEUE)).isPositive();
        invoke(MIRROR_QUEUE, "removeAllMessages");
        send("lanes", envelope);
        assertThat(broker.messageCount("lanes.a") + broker.messageCount("lanes.b"))
                .isEqualTo(1);
    }

    @Test
    void whatIsMovedBetweenTwoQueuesOfAnAddressIsThereStill() throws Exception {
        byte[] envelope = seal("lanes");
        send("lanes", envelope);
        boolean first = broker.messageCount("lanes.a") == 1;
        invoke(first ? "lanes.a" : "lanes.b", "moveMessages", "", first ? "lanes.b" : "lanes.a");
        send("lanes", envelope);
        assertThat(broker.messageCount("lanes.a") + broker.messageCount("lanes.b"))
                .isEqualTo(1);
        invoke(first ? "lanes.b" : "lanes.a", "removeAllMessages");
        send("lanes", envelope); // now nobody has it
        assertThat(broker.messageCount("lanes.a") + broker.messageCount("lanes.b"))
                .isEqualTo(1);
    }

    @Test
    void whatADivertHasCopiedIsThereStill() throws Exception {
        byte[] envelope = seal("orders");
        send("orders", envelope);
        invoke("orders", "removeAllMessages");
        send("orders", envelope);
        assertThat(broker.messageCount("orders")).isZero();
        assertThat(broker.messageCount("copies")).isEqualTo(1);
    }
}
