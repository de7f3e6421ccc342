package io.dialogsecurity.takeover;

import io.dialogsecurity.takeover.Ledger.Entry;
import io.dialogsecurity.takeover.Ledger.Record;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All ledgers of a run, joined. Not for use by several threads.
 *
 * <p>In every lane:
 *
 * <ul>
 *   <li><em>sent</em> is a message whose send, or the commit of whose transaction, a broker has answered;
 *   <li><em>lost</em> is a sent message that no instance of the receiving service has ever been given;
 *   <li><em>redelivered</em> is a message given to the service again before any of its instances had acknowledged it with
 *       success: that is as it should be;
 *   <li><em>doubled</em> is one given to it again afterwards. Outside a transaction no AMQP client waits to be told that an
 *       acknowledgement has arrived; what is given to another instance within seconds of such a one was never acknowledged
 *       for all anybody can know, and counts as redelivered;
 *   <li><em>reordered</em> is a message that is given to the service for the first time after one with a greater number.
 * </ul>
 */
final class Books {

    /** What has become of a lane's messages. */
    record Tally(
            int sent, int received, int lost, int redelivered, int doubled, int reordered, int refused, int altered) {

        static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0);

        Tally plus(Tally other) {
            return new Tally(
                    sent + other.sent,
                    received + other.received,
                    lost + other.lost,
                    redelivered + other.redelivered,
                    doubled + other.doubled,
                    reordered + other.reordered,
                    refused + other.refused,
                    altered + other.altered);
        }

        Tally minus(Tally other) {
            return new Tally(
                    sent - other.sent,
                    received - other.received,
                    lost - other.lost,
                    redelivered - other.redelivered,
                    doubled - other.doubled,
                    reordered - other.reordered,
                    refused - other.refused,
                    altered - other.altered);
        }
    }

    private static final long UNCERTAIN_MICROS = 5_000_000;

    /** A record, and in whose directory it was found. */
    private record Kept(Record record, String instance) {

        long micros() {
            return record.micros();
        }
    }

    private final Path instances;
    private final Map<Path, Long> read = new HashMap<>();
    private final Map<Lane, List<Kept>> records = new LinkedHashMap<>();

    Books(Path instances) {
        this.instances = instances;
        Lane.all().forEach(lane -> records.put(lane, new ArrayList<>()));
    }

    /** Reads what has been written since. */
    void read() {
        try (Stream<Path> homes = Files.list(instances)) {
            for (Path home : homes.toList()) {
                for (Path file : Ledger.files(home)) {
                    read(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path file) throws IOException {
        long from = read.getOrDefault(file, 0L);
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(in.length() - from)];
            in.seek(from);
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.US_ASCII);
            int end = text.lastIndexOf('\n') + 1;
            String instance = file.getParent().getFileName().toString();
            text.substring(0, end)
                    .lines()
                    .map(Record::parse)
                    .forEach(record -> records.get(record.lane()).add(new Kept(record, instance)));
            read.put(file, from + end);
        }
    }

    /** How many records of a lane have been read, to look only at later ones. */
    int mark(Lane lane) {
        return records.get(lane).size();
    }

    /** What has been read says of a lane. */
    Tally tally(Lane lane) {
        return tally(lane, Long.MAX_VALUE);
    }

    /** As {@link #tally(Lane)}, but of messages sent until then; those sent later may be on their way. */
    Tally tally(Lane lane, long sentUntilMicros) {
        List<Kept> inOrder = new ArrayList<>(records.get(lane));
        inOrder.sort(Comparator.comparingLong(Kept::micros));
        Set<Integer> sent = new HashSet<>();
        Set<Integer> received = new HashSet<>();
        Map<Integer, Kept> acknowledged = new HashMap<>();
        int newest = 0;
        int redelivered = 0;
        int doubled = 0;
        int reordered = 0;
        int refused = 0;
        int altered = 0;
        for (Kept kept : inOrder) {
            Record record = kept.record();
            int number = record.number();
            switch (record.entry()) {
                case SENDING -> {
                    // Says nothing by itself.
                }
                case SENT -> {
                    if (record.micros() <= sentUntilMicros) {
                        sent.add(number);
                    }
                }
                case REFUSED -> refused++;
                case ALTERED -> altered++;
                case ACKNOWLEDGED -> acknowledged.putIfAbsent(number, kept);
                case GOT -> {
                    if (isCertain(acknowledged.get(number), kept, lane)) {
                        doubled++;
                    } else if (!received.add(number)) {
                        redelivered++;
                    } else {
                        reordered += number < newest ? 1 : 0;
                        newest = Math.max(newest, number);
                    }
                }
            }
        }
        received.retainAll(sent);
        int lost = sent.size() - received.size();
        return new Tally(sent.size(), received.size(), lost, redelivered, doubled, reordered, refused, altered);
    }

    /** Whether a message that somebody is given now had been acknowledged, as far as whoever acknowledged it can know. */
    private static boolean isCertain(Kept acknowledgementOrNull, Kept given, Lane lane) {
        if (acknowledgementOrNull == null) {
            return false;
        }
        boolean confirmed = lane.flow().receiving() != Way.AMQP || lane.flow().transaction() > 1;
        return confirmed
                || acknowledgementOrNull.instance().equals(given.instance())
                || given.micros() - acknowledgementOrNull.micros() > UNCERTAIN_MICROS;
    }

    /** Sent messages that have not been received, of those sent until then. */
    Set<Integer> missing(Lane lane, long sentUntilMicros) {
        Set<Integer> missing = new HashSet<>();
        for (Kept kept : records.get(lane)) {
            Record record = kept.record();
            if (record.entry() == Entry.SENT && record.micros() <= sentUntilMicros) {
                missing.add(record.number());
            }
        }
        records.get(lane).stream()
                .filter(kept -> kept.record().entry() == Entry.GOT)
                .forEach(kept -> missing.remove(kept.record().number()));
        return missing;
    }

    /**
     * When the first message was received after a time, of those sent after it.
     *
     * @param mark what was read before need not be looked at
     * @param evenIfSentBefore also of those sent before it
     */
    OptionalLong firstReceived(Lane lane, int mark, long afterMicros, boolean evenIfSentBefore) {
        List<Record> all = records.get(lane).stream().map(Kept::record).toList();
        List<Record> later = all.subList(Math.min(mark, all.size()), all.size());
        int from = evenIfSentBefore
                ? 0
                : later.stream()
                        .filter(record -> record.entry() == Entry.SENT && record.micros() > afterMicros)
                        .mapToInt(Record::number)
                        .min()
                        .orElse(Integer.MAX_VALUE);
        return later.stream()
                .filter(record ->
                        record.entry() == Entry.GOT && record.number() >= from && record.micros() > afterMicros)
                .mapToLong(Record::micros)
                .min();
    }
}
