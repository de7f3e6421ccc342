package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * An application that the broker lets in and policy does not name where it is: of queues it must see nothing, of topics
 * envelopes, and what it sends must be refused. It subscribes to one audience's topic, or to everybody's, waits at a queue
 * between those who may read it, looks into queues, and comes and goes. Some are readers of another audience: what is for
 * them they may see.
 */
final class Stranger implements Runnable {

    /** A user whom policy does not name at all. */
    static final String NOBODY = "nobody";

    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final Duration SHORTEST_STAY = Duration.ofSeconds(3);
    private static final int LONGEST_STAY_SECONDS = 12;

    private final PlainKind kind;
    private final Audience audience;
    private final Optional<Audience> own;
    private final int port;
    private final Books books;
    private final Random random;
    private final Stop stop;
    private final LongAdder envelopes;
    private final LongAdder refusals;
    private volatile Relay line;

    /**
     * A stranger.
     *
     * @param audience whose messages it is after
     * @param own whose reader it is, if it is not a nobody
     * @param envelopes counts those seen
     * @param refusals counts those met with
     */
    Stranger(
            PlainKind kind,
            Audience audience,
            Optional<Audience> own,
            int port,
            Books books,
            long seed,
            Stop stop,
            LongAdder envelopes,
            LongAdder refusals) {
        this.kind = kind;
        this.audience = audience;
        this.own = own;
        this.port = port;
        this.books = books;
        this.random = new Random(seed);
        this.stop = stop;
        this.envelopes = envelopes;
        this.refusals = refusals;
    }

    /** Cuts it off, wherever it is. */
    void cut() {
        Relay current = line;
        if (current != null) {
            current.cut();
        }
    }

    private String user() {
        return own.map(Audience::reader).orElse(NOBODY);
    }

    private String who() {
        return kind + " stranger " + user() + " after " + audience;
    }

    @Override
    public void run() {
        while (!stop.isNow()) {
            try {
                Broker.insist(stop, this::stay);
            } catch (RuntimeException e) {
                books.trouble(who(), "cannot get in: " + e);
            }
        }
    }

    private void stay() {
        try (Broker.Connected connected = Broker.connect(kind, port, user(), null)) {
            line = connected.relay();
            try {
                if (random.nextInt(4) == 0) {
                    intrude(connected);
                } else if (kind.can(Ability.BROWSES) && random.nextInt(3) == 0) {
                    look(connected.client());
                } else {
                    listen(connected);
                }
            } catch (PlainFailure e) {
                if (!connected.relay().wasCut()) {
                    throw e;
                }
            }
        } finally {
            line = null;
        }
    }

    private void listen(Broker.Connected connected) {
        boolean atQueue = kind.can(Ability.QUEUES) && random.nextBoolean();
        Intake intake = atQueue
                ? Intake.queue(audience.queue())
                : Intake.topic(random.nextBoolean() ? audience.topic() : "load.#");
        long stay =
                SHORTEST_STAY.plusSeconds(random.nextInt(LONGEST_STAY_SECONDS)).toNanos();
        long start = System.nanoTime();
        try (PlainConsumer consumer = connected.client().consume(intake)) {
            while (!stop.isNow() && !connected.relay().isOver() && System.nanoTime() - start < stay) {
                Optional<Received> received = consumer.receive(MOMENT);
                received.ifPresent(message -> judge(message, !atQueue));
            }
        }
    }

    private void look(PlainClient client) {
        client.browse(audience.queue(), null).forEach(message -> judge(message, false));
    }

    private void judge(Received received, boolean envelopesAllowed) {
        Optional<Note> note = Note.read(received);
        if (note.isPresent() && own.equals(Optional.of(note.get().audience()))) {
            return; // its own
        }
        if (envelopesAllowed && Note.isEnvelope(received)) {
            envelopes.increment();
        } else {
            books.wrong(who(), "was shown " + received);
        }
    }

    /** Sends as if it were one of those who may; the note has a number nobody knows. */
    private void intrude(Broker.Connected connected) {
        Note note = new Note(audience, -1, random.nextInt(Integer.MAX_VALUE));
        try {
            connected.client().send(Outgoing.toQueue(audience.queue(), new Body.Text(note.text(0))));
            // The library keeps the reason in MQTT 5's answer to itself; the note would be one nobody knows.
            if (kind != PlainKind.MQTT_5) {
                books.wrong(who(), "was not refused, or not told so");
            }
        } catch (PlainFailure e) {
            if (!connected.relay().wasCut()) {
                refusals.increment();
            }
        }
    }
}
