package io.dialogsecurity.takeover;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has done, written down line by line as it does it, in a file of its own. A line that has been written
 * outlives {@code kill -9}, because the operating system has it; a line that was cut by it does not count. Safe for use by
 * several threads.
 */
final class Ledger implements AutoCloseable {

    /** What is written down. */
    enum Entry {
        /** It is about to be sent; what has no more than this is uncertain, and is sent again. */
        SENDING('b'),
        /** The broker has answered, or committed. */
        SENT('s'),
        /** The broker has refused it. */
        REFUSED('r'),
        /** The application has been given it. */
        GOT('g'),
        /** Its acknowledgement, or the commit, has succeeded. */
        ACKNOWLEDGED('a'),
        /** It does not say what it should. */
        ALTERED('x');

        private final char mark;

        Entry(char mark) {
            this.mark = mark;
        }

        static Entry of(char mark) {
            for (Entry entry : values()) {
                if (entry.mark == mark) {
                    return entry;
                }
            }
            throw new IllegalArgumentException("no entry '" + mark + "'");
        }
    }

    /**
     * A line.
     *
     * @param micros when, since 1970
     */
    record Record(Entry entry, Lane lane, int number, long micros) {

        static Record parse(String line) {
            String[] words = line.split(" ");
            return new Record(
                    Entry.of(line.charAt(0)), Lane.at(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]));
        }
    }

    private static final String PREFIX = "ledger-";

    private final OutputStream out;

    private Ledger(OutputStream out) {
        this.out = out;
    }

    /** A new file after those that are there. */
    static Ledger beginIn(Path home) {
        try {
            Path file = home.resolve(PREFIX + (files(home).size() + 1));
            return new Ledger(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files there, in any order. */
    static List<Path> files(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
    }

    /** The clock of all ledgers: the machine's. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    void write(Entry entry, Lane lane, int number) {
        try {
            synchronized (out) {
                String line = entry.mark + " " + lane.address() + " " + number + " " + nowMicros() + "\n";
                out.write(line.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
