package io.dialogsecurity.dialog;

import io.dialogsecurity.dialog.ForkReport.Cause;
import io.dialogsecurity.dialog.ForkReport.Evidence;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.MessageFlags;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Shows forks: remembers what arrived lately, and reports two messages with one number. Thread-safe. */
final class Forks {

    /** Forked messages that were delivered, so that each is acknowledged for itself. */
    private static final int MAX_FORKED_MESSAGES = 10_000;

    private record Place(WindowKey window, long sequence, long micPrefix) {}

    private final RecentEnvelopes recent;
    private final Consumer<ForkReport> listener;

    private final Map<Place, ForkedMessage> delivered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, ForkedMessage> eldest) {
            return size() > MAX_FORKED_MESSAGES;
        }
    };

    Forks(long recentBytes, Consumer<ForkReport> listener) {
        this.recent = new RecentEnvelopes(recentBytes);
        this.listener = listener;
    }

    /** An envelope was accepted for the first time. */
    void accepted(WindowKey window, BelievedHeaders headers, EnvelopeFrame frame) {
        recent.keep(window, headers, frame);
    }

    /** An authentic envelope has the number of another one: tells the listener, and returns what it was told. */
    ForkReport report(WindowKey window, BelievedHeaders headers, EnvelopeFrame frame) {
        long sequence = frame.sequence();
        boolean whole = !frame.context().has(MessageFlags.STREAMED);
        Evidence second = new Evidence(
                headers.dialog.keyId(),
                Bytes.copyOf(frame.array(), frame.offset(), frame.end() - frame.offset()),
                whole);
        Optional<Evidence> first = recent.find(window, sequence);
        Cause cause = first.map(
                        known -> known.dialogKeyId().equals(second.dialogKeyId()) ? Cause.ONE_KEY : Cause.TWO_INSTANCES)
                .orElse(Cause.UNKNOWN);
        ForkReport report = new ForkReport(
                cause,
                window.dialogId(),
                window.direction(),
                headers.pair.servicePair.party(headers.dialog.senderIndex()).service(),
                sequence,
                first,
                second);
        listener.accept(report);
        return report;
    }

    /** The memory of a forked message that is delivered; the same for each copy of it. */
    ForkedMessage delivered(WindowKey window, EnvelopeFrame frame) {
        Place place = new Place(window, frame.sequence(), frame.micPrefix());
        synchronized (delivered) {
            return delivered.computeIfAbsent(place, ignored -> new ForkedMessage());
        }
    }
}
