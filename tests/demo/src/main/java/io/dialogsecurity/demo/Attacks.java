package io.dialogsecurity.demo;

import io.dialogsecurity.demo.Attack.Outcome;
import io.dialogsecurity.demo.Attack.Place;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.Line;
import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.testkit.Table;
import io.dialogsecurity.wire.EnvelopeFormatException;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Attacks the inventory service, at the guard's door and behind it.
 *
 * <p>The attacker sits on the way between order entry and the broker, so that it has genuine envelopes which guard and
 * inventory have never seen; it has stolen order entry's password at the broker, but no service's private key. Behind the
 * guard it is the administrator of a broker that has none.
 */
final class Attacks {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long RECEIVE_MILLIS = 20_000;
    private static final String ATTACK = "attack";
    private static final String REJECTION = "DS_REJECTION";
    private static final String HONEST = "honest";

    /** The target of all attacks. */
    private static final Lane TARGET = Lane.ORDERS;

    /** Sealed for the same receiver, among others. */
    private static final Lane ELSEWHERE = Lane.NOTICES;

    private final Plan plan;
    private final Screen screen;
    private final Forger forger;
    private final Application orderEntry;
    private final Application inventory;
    private final GuardWatch guard;

    Attacks(Plan plan, Screen screen, Pki pki, Application orderEntry, Application inventory, GuardWatch guard) {
        this.plan = plan;
        this.screen = screen;
        this.forger = new Forger(pki);
        this.orderEntry = orderEntry;
        this.inventory = inventory;
        this.guard = guard;
    }

    /** Attacks everything and prints what came of it; true if everything was stopped where it had to be. */
    boolean run() throws JMSException, IOException, EnvelopeFormatException {
        Table table = new Table("attack", "at the guard's door", "", "past the guard", "");
        Map<Attack, String> door = attack(Place.DOOR);
        Map<Attack, String> behind = attack(Place.BEHIND);
        boolean good = true;
        for (Attack attack : Attack.values()) {
            String atDoor = judged(attack, Place.DOOR, door);
            String past = judged(attack, Place.BEHIND, behind);
            boolean stopped = !(atDoor + past).contains(Judgement.WRONG);
            good &= stopped;
            table.row(attack.title(), door.get(attack), atDoor, behind.getOrDefault(attack, "(authentic)"), past);
        }
        table.lines().forEach(screen::line);
        return good;
    }

    private static final class Judgement {
        private static final String RIGHT = "ok";
        private static final String WRONG = "BAD, not ";
    }

    private static String judged(Attack attack, Place place, Map<Attack, String> seen) {
        return attack.expected(place)
                .map(Outcome::toString)
                .map(expected -> expected.equals(seen.get(attack)) ? Judgement.RIGHT : Judgement.WRONG + expected)
                .orElse("");
    }

    /** What was seen of each attack. */
    private Map<Attack, String> attack(Place place) throws JMSException, IOException, EnvelopeFormatException {
        Side side = place == Place.DOOR ? Side.SEALED : Side.UNSEALED;
        List<Attack> attacks = new ArrayList<>();
        for (Attack attack : Attack.values()) {
            if (attack.expected(place).isPresent()) {
                attacks.add(attack);
            }
        }
        List<byte[]> captured = capture(TARGET, place + "-captured", attacks.size());
        byte[] ofOtherDialog = capture(TARGET, place + "-other", 1).get(0);
        byte[] fromElsewhere = capture(ELSEWHERE, place + "-elsewhere", 1).get(0);
        inventory.tell(Line.of("listen").with("side", side).with("lane", TARGET));
        inventory.await("listening", PATIENCE);

        Map<Attack, String> refused = new EnumMap<>(Attack.class);
        for (int i = 0; i < attacks.size(); i++) {
            Attack attack = attacks.get(i);
            screen.progress(attack.title());
            byte[] genuine = captured.get(i);
            byte[] envelope = forger.envelope(attack, genuine, ofOtherDialog, fromElsewhere);
            if (attack == Attack.REPLAYED_ENVELOPE || attack == Attack.REPLAYED_NUMBER) {
                send(side, place, attack, genuine);
            }
            Map<Rejection, Long> before = guard.refusals();
            if (!send(side, place, attack, envelope)) {
                refused.put(attack, guard.reasonSince(before));
            }
        }
        Map<String, String> quarantined = new HashMap<>();
        List<String> arrived = new ArrayList<>();
        seal(side, TARGET, HONEST, 1);
        Line line;
        do {
            line = inventory.await("arrived", PATIENCE);
            arrived.add(line.text("text"));
        } while (!line.text("text").startsWith(HONEST));
        // What a receiver refuses it puts aside on a thread of its own.
        long refusedLater = attacks.stream()
                .filter(attack -> attack.expected(place).get().isReceivers())
                .count();
        try {
            Await.until(Duration.ofSeconds(10), "the quarantine", () -> {
                quarantined.clear();
                quarantined.putAll(quarantine(side));
                return quarantined.keySet().stream()
                                .filter(id -> attacks.stream()
                                        .anyMatch(
                                                attack -> attack.id(place).equals(id) && !refused.containsKey(attack)))
                                .count()
                        >= refusedLater;
            });
        } catch (AssertionError e) {
            screen.bad("not everything refused is in the quarantine: " + quarantined);
        }
        inventory.tell(Line.of("stop-listening"));
        inventory.await("stopped-listening", PATIENCE);

        Map<Attack, String> seen = new EnumMap<>(Attack.class);
        for (int i = 0; i < attacks.size(); i++) {
            Attack attack = attacks.get(i);
            String text = textOf(attack, place, i + 1);
            int arrivals = Collections.frequency(arrived, text);
            seen.put(attack, outcome(attack, arrivals, refused.get(attack), quarantined.get(attack.id(place))));
        }
        return seen;
    }

    private static String outcome(Attack attack, int arrivals, String refusal, String quarantineReason) {
        boolean originalArrives = attack == Attack.REPLAYED_ENVELOPE || attack == Attack.REPLAYED_NUMBER;
        if (arrivals > (originalArrives ? 1 : 0)) {
            return "GOT THROUGH";
        }
        if (originalArrives && arrivals == 0) {
            return "the original is lost";
        }
        if (refusal != null) {
            return Outcome.GUARD + " " + refusal;
        }
        if (quarantineReason != null) {
            return Outcome.RECEIVER + " " + quarantineReason;
        }
        return originalArrives ? Outcome.REMOVED : "has vanished";
    }

    /** What the application would read if it got through. */
    private static String textOf(Attack attack, Place place, int number) {
        return switch (attack) {
            case OLD -> Forger.text(Service.ORDER_ENTRY.title());
            case IMPOSTOR -> Forger.text(Pki.IMPOSTOR);
            case REVOKED -> Forger.text(Pki.DISMISSED);
            case UNAUTHORISED, FORGED_KEK -> Forger.text(Pki.MALLORY);
            case PLAINTEXT -> Forger.text("nobody");
            case REDIRECTED -> place + "-elsewhere-1";
            default -> place + "-captured-" + number;
        };
    }

    /** Envelopes of as many dialogs, taken where they pass a broker of the attacker's on their way. */
    private List<byte[]> capture(Lane lane, String text, int count) throws JMSException {
        List<byte[]> envelopes = new ArrayList<>();
        try (Connection connection = connect(Side.UNSEALED, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(destination(session, lane));
            connection.start();
            seal(Side.UNSEALED, lane, text, count);
            for (int i = 0; i < count; i++) {
                Message message = consumer.receive(RECEIVE_MILLIS);
                if (message == null) {
                    throw new JMSException("nothing to capture on " + lane.address());
                }
                envelopes.add(message.getBody(byte[].class));
            }
        }
        return envelopes;
    }

    private void seal(Side side, Lane lane, String text, int count) {
        orderEntry.tell(Line.of("seal")
                .with("side", side)
                .with("lane", lane)
                .with("text", text)
                .with("count", count));
        orderEntry.await("sealed", PATIENCE);
    }

    /** Sends an attack's message; false if the sender was told that it is refused. */
    private boolean send(Side side, Place place, Attack attack, byte[] envelope) throws JMSException {
        boolean door = place == Place.DOOR;
        String user = door ? attack.user() : BrokerProcess.ADMIN;
        String password = door ? Plan.password(user) : BrokerProcess.ADMIN_PASSWORD;
        try (Connection connection = connect(side, user, password)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Message message;
            if (attack == Attack.PLAINTEXT) {
                message = session.createTextMessage(Forger.text("nobody"));
            } else {
                var bytes = session.createBytesMessage();
                bytes.writeBytes(envelope);
                message = bytes;
            }
            message.setStringProperty(ATTACK, attack.id(place));
            session.createProducer(destination(session, TARGET)).send(message);
            return true;
        } catch (JMSSecurityException refused) {
            return false;
        }
    }

    /** Reasons by attack. */
    private Map<String, String> quarantine(Side side) throws JMSException {
        Map<String, String> reasons = new HashMap<>();
        try (Connection connection = connect(side, BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            connection.start();
            try (QueueBrowser browser = session.createBrowser(session.createQueue(Configuration.QUARANTINE))) {
                for (Enumeration<?> found = browser.getEnumeration(); found.hasMoreElements(); ) {
                    Message message = (Message) found.nextElement();
                    reasons.put(message.getStringProperty(ATTACK), message.getStringProperty(REJECTION));
                }
            }
        }
        return reasons;
    }

    private static Destination destination(Session session, Lane lane) throws JMSException {
        return lane.shape() == Lane.Shape.TOPIC
                ? session.createTopic(lane.address())
                : session.createQueue(lane.address());
    }

    private Connection connect(Side side, String user, String password) throws JMSException {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + plan.port(side)).createConnection(user, password);
    }
}
