package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The process of an application: order entry with its two services, shipping, inventory or billing. It does what it is
 * told on its standard input and tells on its standard output what happened, in {@link Line}s.
 */
public final class ServiceProcess {

    private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String application;
    private final Plan plan;
    private final Connections connections;
    private final PrintStream out;

    private ServiceProcess(String application, Plan plan, PrintStream out) {
        this.application = application;
        this.plan = plan;
        this.connections = new Connections(application, plan);
        this.out = out;
    }

    /** Arguments: the application, then those of a {@link Plan}. */
    public static void main(String[] arguments) throws IOException, JMSException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Plan plan = Plan.fromArguments(Arrays.copyOfRange(arguments, 1, arguments.length));
        new ServiceProcess(arguments[0], plan, out).serve();
    }

    private void serve() throws IOException, JMSException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        tell(Line.of("ready"));
        Round round = null;
        Connection listening = null;
        for (String text = commands.readLine(); text != null; text = commands.readLine()) {
            Line command = Line.parse(text).orElseThrow();
            if (command.is("prepare")) {
                Side side = Side.valueOf(command.text("side"));
                int number = Math.toIntExact(command.number("round"));
                round = Round.prepare(application, plan, side, number, connections, this::tellTrouble);
                tell(Line.of("prepared").with("side", side).with("round", number));
            } else if (command.is("go")) {
                run(round);
                round.close();
                tell(Line.of("done").with("round", command.number("round")).with("side", command.text("side")));
            } else if (command.is("seal")) {
                seal(command);
            } else if (command.is("listen")) {
                listening = listen(command);
            } else if (command.is("stop-listening")) {
                listening.close();
                tell(Line.of("stopped-listening"));
            } else if (command.is("leave")) {
                leave();
                tell(Line.of("left"));
            } else if (command.is("counters")) {
                connections.counters().forEach(this::tell);
                tell(Line.of("counted"));
            } else {
                throw new IOException("not understood: " + text);
            }
        }
    }

    /** Until everything is sent and received, or nothing moves any more. */
    private void run(Round round) {
        round.go();
        long start = System.nanoTime();
        long last = 0;
        long movedAt = start;
        long toldAt = start;
        while (!round.complete() && System.nanoTime() - movedAt < STALLED_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            long progress = round.progress();
            long now = System.nanoTime();
            if (progress != last) {
                last = progress;
                movedAt = now;
            }
            if (now - toldAt > TELL_NANOS) {
                toldAt = now;
                tell(Line.of("progress").with("count", progress));
            }
        }
        tell(Line.of("moved").with("nanos", System.nanoTime() - start));
        round.results().forEach(this::tell);
    }

    /** Sends a document of each lane to either broker, and leaves it there. */
    private void leave() throws JMSException {
        for (Lane lane : Lane.values()) {
            if (lane.from().application().equals(application)) {
                for (Side side : Side.values()) {
                    try (Connection connection = connections.connect(side, lane.from(), lane.sending())) {
                        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                        Documents.producer(session, lane)
                                .send(Documents.message(session, lane, plan.document(lane, 0, 1, 1)));
                    }
                }
            }
        }
    }

    /** Sends a few messages, each in a dialog of its own. */
    private void seal(Line command) throws JMSException {
        Lane lane = Lane.valueOf(command.text("lane"));
        Side side = Side.valueOf(command.text("side"));
        for (int number = 1; number <= command.number("count"); number++) {
            try (Connection connection = connections.connectSealing(side, lane.from(), lane.sending())) {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                Documents.producer(session, lane).send(session.createTextMessage(command.text("text") + "-" + number));
            }
        }
        tell(Line.of("sealed"));
    }

    /** Tells every text message that reaches the application. */
    private Connection listen(Line command) throws JMSException {
        Lane lane = Lane.valueOf(command.text("lane"));
        Connection connection = connections.connectSealing(
                Side.valueOf(command.text("side")), lane.to().get(0), lane.receiving());
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(session.createQueue(lane.address())).setMessageListener(message -> {
            try {
                tell(Line.of("arrived").with("text", message.getBody(String.class)));
            } catch (JMSException e) {
                tellTrouble(e);
            }
        });
        connection.start();
        tell(Line.of("listening"));
        return connection;
    }

    private void tellTrouble(Exception trouble) {
        StringWriter trace = new StringWriter();
        trouble.printStackTrace(new PrintWriter(trace, true));
        tell(Line.of("trouble").with("what", trouble.toString().replace('\n', ' ')));
        out.print(trace);
    }

    private void tell(Line line) {
        out.println(line);
    }
}
