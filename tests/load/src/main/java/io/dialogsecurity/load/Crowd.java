package io.dialogsecurity.load;

import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.ClientClassPath;
import io.dialogsecurity.testkit.ClientProcess;
import io.dialogsecurity.testkit.plain.Ability;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * All applications of a run: two fifths send, two fifths read, one fifth are strangers. Of the readers some are in processes
 * that are killed; all others have lines that are cut. Not for use by several threads, except for what they do themselves.
 */
final class Crowd implements AutoCloseable {

    private static final int READERS_PER_PROCESS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long JOIN_MILLIS = 40_000;

    private final int port;
    private final Random random;
    private final Stop stopSending = new Stop();
    private final Stop stopPrying = new Stop();
    private final Stop stopReading = new Stop();
    private final LongAdder envelopes = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final Set<Place> places = new LinkedHashSet<>();
    private final List<List<String>> doomed = new ArrayList<>();
    private final List<ClientProcess> processes = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Stranger> strangers = new ArrayList<>();
    private final List<Thread> sending = new ArrayList<>();
    private final List<Thread> reading = new ArrayList<>();
    private final List<Thread> prying = new ArrayList<>();
    private final Books books;
    private int kills;

    Crowd(Main.Options options, BrokerProcess broker, Random random) {
        this.port = broker.port();
        this.random = random;
        int ofEach = options.clients() / 5;
        int inProcesses = options.clients() >= 100 ? 2 * READERS_PER_PROCESS : READERS_PER_PROCESS / 2;
        List<Seat> seats = seats(2 * ofEach);
        seats.forEach(seat -> places.add(seat.place()));
        this.books = new Books(places);
        List<Seat> away = seats.subList(0, inProcesses);
        for (int from = 0; from < away.size(); from += READERS_PER_PROCESS) {
            doomed.add(away.subList(from, Math.min(away.size(), from + READERS_PER_PROCESS)).stream()
                    .map(seat -> Doomed.argument(seat.kind(), seat.place()))
                    .toList());
        }
        for (Seat seat : seats.subList(inProcesses, seats.size())) {
            readers.add(new Reader(seat.kind(), seat.place(), port, books, random.nextLong(), stopReading));
        }
        for (int i = 0; i < 2 * ofEach; i++) {
            senders.add(new Sender(
                    i,
                    kind(i),
                    Audience.values()[i / PlainKind.values().length % Audience.values().length],
                    i % 2 == i / PlainKind.values().length / Audience.values().length % 2
                            ? Routing.QUEUE
                            : Routing.TOPIC,
                    port,
                    options.rate() / (2 * ofEach),
                    books,
                    random.nextLong(),
                    stopSending));
        }
        for (int i = 0; i < options.clients() - 4 * ofEach; i++) {
            Audience audience = Audience.values()[random.nextInt(Audience.values().length)];
            Audience other = Audience.values()[
                    (audience.ordinal() + 1 + random.nextInt(Audience.values().length - 1)) % Audience.values().length];
            strangers.add(new Stranger(
                    kind(i),
                    audience,
                    random.nextBoolean() ? Optional.of(other) : Optional.empty(),
                    port,
                    books,
                    random.nextLong(),
                    stopPrying,
                    envelopes,
                    refusals));
        }
    }

    private record Seat(PlainKind kind, Place place) {}

    private static PlainKind kind(int index) {
        return PlainKind.values()[index % PlainKind.values().length];
    }

    /** Half of the readers at queues, as many kinds as can, and half with a subscription; of each audience as many. */
    private static List<Seat> seats(int count) {
        List<PlainKind> ofQueues = Stream.of(PlainKind.values())
                .filter(kind -> kind.can(Ability.QUEUES))
                .toList();
        List<Seat> seats = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Audience audience = Audience.values()[i % Audience.values().length];
            int turn = i / Audience.values().length;
            seats.add(
                    turn % 2 == 0
                            ? new Seat(ofQueues.get(turn / 2 % ofQueues.size()), new Place(audience, null))
                            : new Seat(kind(turn / 2), new Place(audience, "subscriber-" + i)));
        }
        return seats;
    }

    /** Starts the readers and waits until all receive, then everybody else. */
    void start() throws InterruptedException {
        doomed.forEach(arguments -> processes.add(process(arguments)));
        for (Reader reader : readers) {
            reading.add(thread(reader));
        }
        for (Reader reader : readers) {
            if (!reader.ready().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("not all readers receive: " + books.told());
            }
        }
        processes.forEach(process -> process.awaitLine(PATIENCE, Doomed::isReady));
        senders.forEach(sender -> sending.add(thread(sender)));
        strangers.forEach(stranger -> prying.add(thread(stranger)));
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "application");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private ClientProcess process(List<String> arguments) {
        return ClientProcess.of(Doomed.class.getName())
                .jvmOptions(ClientClassPath.quietJava())
                .jvmOptions("-Xmx192m", "-XX:TieredStopAtLevel=1")
                .arguments(Integer.toString(port), Long.toString(random.nextLong()))
                .arguments(arguments.toArray(String[]::new))
                .onLine(line -> Doomed.enter(line, books))
                .start();
    }

    /** Kills one process and starts it again. */
    void killOne() {
        int victim = random.nextInt(processes.size());
        processes.get(victim).kill();
        processes.set(victim, process(doomed.get(victim)));
        kills++;
    }

    /** Cuts somebody's line. */
    void cutOne() {
        int victim = random.nextInt(readers.size() + senders.size() + strangers.size());
        if (victim < readers.size()) {
            readers.get(victim).cut();
        } else if (victim < readers.size() + senders.size()) {
            senders.get(victim - readers.size()).cut();
        } else {
            strangers.get(victim - readers.size() - senders.size()).cut();
        }
    }

    /** Nobody sends any more, and strangers go home. */
    void stopSending() throws InterruptedException {
        stopSending.now();
        stopPrying.now();
        join(sending);
        join(prying);
    }

    /** Everybody goes home. */
    void stopReading() throws InterruptedException {
        stopReading.now();
        join(reading);
        processes.forEach(ClientProcess::close);
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(JOIN_MILLIS);
            if (thread.isAlive()) {
                StringBuilder where = new StringBuilder();
                for (StackTraceElement element : thread.getStackTrace()) {
                    where.append(" < ").append(element);
                }
                books.trouble("an application", "does not stop" + where);
            }
        }
    }

    Books books() {
        return books;
    }

    List<Place> places() {
        return List.copyOf(places);
    }

    int kills() {
        return kills;
    }

    /** Envelopes that strangers have seen. */
    long envelopes() {
        return envelopes.sum();
    }

    /** How often strangers were told that they must not send. */
    long refusals() {
        return refusals.sum();
    }

    @Override
    public void close() {
        processes.forEach(ClientProcess::close);
    }
}
