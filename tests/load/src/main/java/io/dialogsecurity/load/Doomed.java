package io.dialogsecurity.load;

import io.dialogsecurity.testkit.Line;
import io.dialogsecurity.testkit.plain.PlainKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/**
 * A process with some readers in it, which will be killed. It writes down what they do before they do it. Arguments: the
 * broker's port, a seed, and for each reader {@code kind=place}. It ends by itself when its input does.
 */
final class Doomed {

    private static final String ARRIVED = "arrived";
    private static final String ACKNOWLEDGING = "acknowledging";
    private static final String SETTLED = "settled";
    private static final String CUT = "cut";
    private static final String TROUBLE = "trouble";
    private static final String WRONG = "wrong";
    private static final String READY = "ready";

    private Doomed() {}

    /** The argument that makes a reader. */
    static String argument(PlainKind kind, Place place) {
        return kind + "=" + place.text();
    }

    /** Whether a line of output says that all readers receive. */
    static boolean isReady(String line) {
        return Line.parse(line).filter(parsed -> parsed.is(READY)).isPresent();
    }

    /** @param arguments see above */
    public static void main(String[] arguments) throws InterruptedException {
        Stop stop = new Stop();
        List<Reader> readers = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", -1);
            readers.add(new Reader(
                    PlainKind.valueOf(parts[0]),
                    Place.of(parts[1]),
                    Integer.parseInt(arguments[0]),
                    new Teller(),
                    Long.parseLong(arguments[1]) + i,
                    stop));
        }
        for (Reader reader : readers) {
            new Thread(reader, "reader").start();
        }
        for (Reader reader : readers) {
            reader.ready().await();
        }
        say(Line.of(READY));
        try (Scanner input = new Scanner(System.in, StandardCharsets.UTF_8)) {
            while (input.hasNextLine()) {
                input.nextLine();
            }
        }
        stop.now();
    }

    private static synchronized void say(Line line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Puts what the process has written into the books. */
    static void enter(String output, Ledger ledger) {
        Line line = Line.parse(output).orElse(null);
        if (line == null || line.is(READY)) {
            return;
        }
        if (line.is(TROUBLE)) {
            ledger.trouble(line.text("who"), line.text("what"));
        } else if (line.is(WRONG)) {
            ledger.wrong(line.text("who"), line.text("what"));
        } else if (line.is(CUT)) {
            ledger.cutOff(Place.of(line.text("place")));
        } else {
            Place place = Place.of(line.text("place"));
            Note note = new Note(place.audience(), (int) line.number("sender"), line.number("number"));
            if (line.is(ARRIVED)) {
                ledger.arrived(place, note);
            } else if (line.is(ACKNOWLEDGING)) {
                ledger.acknowledging(place, note);
            } else if (line.is(SETTLED)) {
                ledger.settled(place, note);
            }
        }
    }

    private static final class Teller implements Ledger {

        private static void tell(String word, Place place, Note note) {
            say(Line.of(word)
                    .with("place", place.text())
                    .with("sender", note.sender())
                    .with("number", note.number()));
        }

        @Override
        public void arrived(Place place, Note note) {
            tell(ARRIVED, place, note);
        }

        @Override
        public void acknowledging(Place place, Note note) {
            tell(ACKNOWLEDGING, place, note);
        }

        @Override
        public void settled(Place place, Note note) {
            tell(SETTLED, place, note);
        }

        @Override
        public void cutOff(Place place) {
            say(Line.of(CUT).with("place", place.text()));
        }

        @Override
        public void trouble(String who, String what) {
            say(Line.of(TROUBLE).with("who", who).with("what", what.replaceAll("\\s+", " ")));
        }

        @Override
        public void wrong(String who, String what) {
            say(Line.of(WRONG).with("who", who).with("what", what.replaceAll("\\s+", " ")));
        }
    }
}
