package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.Body;
import io.dialogsecurity.testkit.plain.Outgoing;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An application that sends durable notes to its audience, one by one and waiting for the answer, now and then several
 * together, and some of those it takes back. Its line is cut by others at any time.
 */
final class Sender implements Runnable {

    private static final int TOGETHER_ONE_IN = 10;
    private static final int MOST_TOGETHER = 3;
    private static final int SHORT = 1_000;
    private static final int LONG = 20_000;
    private static final int LONG_ONE_IN = 25;

    private final int index;
    private final PlainKind kind;
    private final Audience audience;
    private final Routing routing;
    private final int port;
    private final double perSecond;
    private final Books books;
    private final Random random;
    private final Stop stop;
    private volatile Relay line;
    private long number;

    Sender(
            int index,
            PlainKind kind,
            Audience audience,
            Routing routing,
            int port,
            double perSecond,
            Books books,
            long seed,
            Stop stop) {
        this.index = index;
        this.kind = kind;
        this.audience = audience;
        this.routing = routing;
        this.port = port;
        this.perSecond = perSecond;
        this.books = books;
        this.random = new Random(seed);
        this.stop = stop;
    }

    /** Cuts it off, wherever it is. */
    void cut() {
        Relay current = line;
        if (current != null) {
            current.cut();
        }
    }

    private String who() {
        return kind + " sender " + index + " to " + audience;
    }

    @Override
    public void run() {
        while (!stop.isNow()) {
            try {
                Broker.insist(stop, this::send);
            } catch (RuntimeException e) {
                books.trouble(who(), "cannot send: " + e);
            }
        }
    }

    private void send() {
        try (Broker.Connected connected = Broker.connect(kind, port, audience.sender(), null)) {
            line = connected.relay();
            while (!stop.isNow() && !connected.relay().isOver()) {
                pause();
                send(connected);
            }
            if (!connected.relay().wasCut() && !stop.isNow()) {
                books.trouble(who(), "the broker has ended the connection");
            }
        } finally {
            line = null;
        }
    }

    /** For a random time, as long as the rate says on average. */
    private void pause() {
        double seconds = -Math.log(1 - random.nextDouble()) / perSecond;
        LockSupport.parkNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    private void send(Broker.Connected connected) {
        boolean together = kind.can(Ability.SENDS_TOGETHER) && random.nextInt(TOGETHER_ONE_IN) == 0;
        boolean takenBack = together && random.nextBoolean();
        List<Note> notes = new ArrayList<>();
        List<Outgoing> messages = new ArrayList<>();
        int count = together ? 1 + random.nextInt(MOST_TOGETHER) : 1;
        for (int i = 0; i < count; i++) {
            number++;
            Note note = new Note(audience, index, number);
            notes.add(note);
            messages.add(message(note));
            books.sending(note, routing);
        }
        try {
            if (together) {
                connected.client().sendTogether(messages, !takenBack);
            } else {
                connected.client().send(messages.get(0));
            }
            for (Note note : notes) {
                if (takenBack) {
                    books.takenBack(note);
                } else {
                    books.accepted(note);
                }
            }
        } catch (PlainFailure e) {
            notes.forEach(books::uncertain);
            if (!connected.relay().wasCut()) {
                books.trouble(who(), "refused: " + e);
                throw e;
            }
        }
    }

    private Outgoing message(Note note) {
        String text = note.text(random.nextInt(LONG_ONE_IN) == 0 ? LONG : SHORT);
        String address = routing == Routing.QUEUE ? audience.queue() : audience.topic();
        Outgoing message = Outgoing.to(routing, address, new Body.Text(text));
        return kind.can(Ability.PROPERTIES) ? message.property("audience", note.property()) : message;
    }
}
