package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.PlainConsumer;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Received;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * An application that may read what is for its audience. Its line is cut by others at any time, and by itself between
 * receiving a message and acknowledging it; it comes back each time.
 */
final class Reader implements Runnable {

    /** One in so many messages is never acknowledged. */
    private static final int CUTS_ONE_IN = 120;

    private static final Duration MOMENT = Duration.ofMillis(300);

    private final PlainKind kind;
    private final Place place;
    private final int port;
    private final Ledger ledger;
    private final Random random;
    private final Stop stop;
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile Relay line;

    Reader(PlainKind kind, Place place, int port, Ledger ledger, long seed, Stop stop) {
        this.kind = kind;
        this.place = place;
        this.port = port;
        this.ledger = ledger;
        this.random = new Random(seed);
        this.stop = stop;
    }

    /** Open once it receives for the first time. */
    CountDownLatch ready() {
        return ready;
    }

    /** Cuts it off, wherever it is. */
    void cut() {
        Relay current = line;
        if (current != null && current.cut()) {
            ledger.cutOff(place);
        }
    }

    private String who() {
        return kind + " reader of " + place.text();
    }

    @Override
    public void run() {
        while (!stop.isNow()) {
            try {
                Broker.insist(stop, this::read);
            } catch (RuntimeException e) {
                ledger.trouble(who(), "cannot read: " + e);
            }
        }
    }

    private void read() {
        try (Broker.Connected connected =
                Broker.connect(kind, port, place.audience().reader(), place.subscriber())) {
            line = connected.relay();
            try (PlainConsumer consumer = connected.client().consume(place.intake(kind))) {
                ready.countDown();
                read(consumer, connected.relay());
            } catch (PlainFailure e) {
                if (!connected.relay().wasCut()) {
                    throw e;
                }
            }
        } finally {
            line = null;
        }
    }

    private void read(PlainConsumer consumer, Relay relay) {
        while (!stop.isNow() && !relay.isOver()) {
            Optional<Received> received = consumer.receive(MOMENT);
            if (received.isEmpty()) {
                continue;
            }
            Note note = Note.read(received.get()).orElse(null);
            if (note == null) {
                ledger.wrong(who(), "got something else than a note: " + received.get());
            } else if (note.audience() != place.audience()) {
                ledger.wrong(who(), "was shown " + note);
            } else {
                ledger.arrived(place, note);
                if (random.nextInt(CUTS_ONE_IN) == 0) {
                    cut();
                    return;
                }
                ledger.acknowledging(place, note);
                consumer.acknowledge();
                if (place.settlesForSure(kind)) {
                    ledger.settled(place, note);
                }
            }
        }
        if (!relay.wasCut() && !stop.isNow()) {
            ledger.trouble(who(), "the broker has ended the connection");
        }
    }
}
