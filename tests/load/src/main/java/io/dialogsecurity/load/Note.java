package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Octets;
import io.dialogsecurity.testkit.plain.Received;
import io.dialogsecurity.wire.EnvelopeFrame;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a message says: for whom it is, and which one of whose it is. Immutable.
 *
 * @param audience for whom
 * @param sender the number of the application that sends it
 * @param number counted by the sender
 */
record Note(Audience audience, int sender, long number) {

    /** Stands in every text and nowhere else. */
    private static final String MARK = "this note is for ";

    private static final Pattern FORM = Pattern.compile(MARK + "([A-Z]+) and is (\\d+) of (\\d+)[.].*", Pattern.DOTALL);

    /** The text of the message. */
    String text(int length) {
        StringBuilder text = new StringBuilder(MARK + audience + " and is " + number + " of " + sender + ". ");
        while (text.length() < length) {
            text.append("it says nothing more; ");
        }
        return text.toString();
    }

    /** What was received, if it is the whole text of a message. */
    static Optional<Note> read(Received received) {
        Matcher matcher = FORM.matcher(
                received.body() instanceof Octets octets
                        ? new String(bytes(octets), StandardCharsets.UTF_8)
                        : String.valueOf(received.body()));
        return matcher.matches()
                ? Optional.of(new Note(
                        Audience.valueOf(matcher.group(1)),
                        Integer.parseInt(matcher.group(3)),
                        Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether what was received is an envelope, and nothing beside it says what is in it. */
    static boolean isEnvelope(Received received) {
        if (!(received.body() instanceof Octets octets)) {
            return false;
        }
        byte[] bytes = bytes(octets);
        return EnvelopeFrame.looksSealed(bytes, 0, bytes.length) && !shows(received, bytes);
    }

    private static boolean shows(Received received, byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1).contains(MARK)
                || new String(body, StandardCharsets.UTF_16).contains(MARK)
                || received.properties().toString().contains(MARK)
                || received.headers().toString().contains(MARK);
    }

    private static byte[] bytes(Octets octets) {
        return HexFormat.of().parseHex(octets.hex());
    }

    /** A property that says the same, to be protected too. */
    String property() {
        return MARK + audience;
    }
}
