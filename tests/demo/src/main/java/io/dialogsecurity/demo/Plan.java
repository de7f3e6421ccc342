package io.dialogsecurity.demo;

import io.dialogsecurity.demo.document.DocumentGenerator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What all processes of a run have to agree on. The documents follow from it, so that a receiver knows what it has to
 * receive.
 *
 * @param seed of the documents
 * @param scale of the load; 1 is the full one
 * @param directory where everything of the run is kept
 * @param sealedPort the port of the broker with the plugin
 * @param unsealedPort the port of the broker without
 */
record Plan(long seed, double scale, Path directory, int sealedPort, int unsealedPort) {

    private static final int LEAST_MESSAGES = 3;

    /** As arguments of a process. */
    String[] toArguments() {
        return new String[] {
            Long.toString(seed),
            Double.toString(scale),
            directory.toString(),
            Integer.toString(sealedPort),
            Integer.toString(unsealedPort)
        };
    }

    /** The reverse of {@link #toArguments()}. */
    static Plan fromArguments(String... arguments) {
        return new Plan(
                Long.parseLong(arguments[0]),
                Double.parseDouble(arguments[1]),
                Path.of(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
    }

    /** Messages the initiator sends per dialog and round. */
    int messages(Lane lane) {
        return Math.max(LEAST_MESSAGES, (int) Math.round(lane.messages() * scale));
    }

    /** Messages of the lane and round, answers not counted. */
    int messagesOfAllDialogs(Lane lane) {
        return messages(lane) * lane.dialogs();
    }

    /** A message's document. The same in both sides' rounds of a number. */
    String document(Lane lane, int round, int dialog, int number) {
        String reference = reference(lane, round, dialog, number);
        DocumentGenerator generator = new DocumentGenerator(seed);
        return generator.document(lane.kind(), reference, size(generator, lane, reference, number));
    }

    /** The document that answers another. */
    String answer(Lane lane, int round, int dialog, int number) {
        String reference = reference(lane, round, dialog, number) + "-R";
        return new DocumentGenerator(seed).document(lane.kind(), reference, lane.minChars());
    }

    /** The extremes are in every round, the other sizes as it happens. */
    private static int size(DocumentGenerator generator, Lane lane, String reference, int number) {
        return switch (number) {
            case 1 -> lane.minChars();
            case 2 -> lane.maxChars();
            default -> generator.size(reference, lane.minChars(), lane.maxChars());
        };
    }

    /** A document's own number. */
    static String reference(Lane lane, int round, int dialog, int number) {
        return lane.name().charAt(0) + "-" + round + "-" + dialog + "-" + number;
    }

    /** What a receiver compares; documents are not kept for it. */
    static int digest(byte[] utf8) {
        return Arrays.hashCode(utf8);
    }

    /** What a receiver compares. */
    static int digest(String document) {
        return digest(document.getBytes(StandardCharsets.UTF_8));
    }

    /** Where the sealed side's broker lives. */
    Path brokerDirectory(Side side) {
        return directory.resolve(side.title() + "-broker");
    }

    int port(Side side) {
        return side == Side.SEALED ? sealedPort : unsealedPort;
    }

    Path pki() {
        return directory.resolve("pki");
    }

    /** A service's configuration. */
    Path configuration(Service service) {
        return directory.resolve("config").resolve(service.title() + ".xml");
    }

    /** Of a user at both brokers. */
    static String password(String user) {
        return user + "-pw";
    }
}
