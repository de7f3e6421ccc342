package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.dialog.ForkReport.Cause;
import io.dialogsecurity.dialog.ForkReport.Evidence;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.MessageFlags;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Shows forks: remembers what arrived lately, and reports two messages with one number. Thread-safe. */
final class Forks {

    /** Of one sender: forked messages that were delivered, so that each is acknowledged for itself; and streams that were read. */
    private static final int MOST_PER_SENDER = 10_000;

    /** @param identity under a key of this object's own */
    private record Place(WindowKey window, long sequence, long identity) {}

    private final RecentEnvelopes recent;
    private final Consumer<ForkReport> listener;
    private final IdentityKey identityKey = IdentityKey.random();

    /** By the sender's certificate: what one sender does pushes out nothing of another. */
    private final Map<Bytes, Map<Place, ForkedMessage>> delivered = new HashMap<>();

    /** Hashes of the encrypted bodies that were read to their end, likewise. */
    private final Map<Bytes, Map<Place, Bytes>> bodies = new HashMap<>();

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
        Evidence second = new Evidence(headers.dialog.keyId(), bytes(frame), whole);
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

    /** Whether an envelope is another one than that which was accepted in its place, as far as that one's bytes are remembered. */
    boolean isAnother(WindowKey window, EnvelopeFrame frame) {
        return recent.find(window, frame.sequence())
                .filter(known -> known.whole() && !frame.context().has(MessageFlags.STREAMED))
                .map(known -> !known.envelope().equals(bytes(frame)))
                .orElse(false);
    }

    /** The memory of a forked message that is delivered; the same for each copy of it. */
    ForkedMessage delivered(WindowKey window, long sequence, EnvelopeIdentity identity) {
        Place place = new Place(window, sequence, identity.digest(identityKey));
        synchronized (delivered) {
            return delivered
                    .computeIfAbsent(window.sender(), sender -> newestOnly())
                    .computeIfAbsent(place, ignored -> new ForkedMessage());
        }
    }

    /** Whether the body of a stream is the one that was read before with this head, as far as that is remembered. */
    boolean isSameBody(WindowKey window, long sequence, EnvelopeIdentity head, byte[] bodyHash) {
        Place place = new Place(window, sequence, head.digest(identityKey));
        Bytes hash = Bytes.copyOf(bodyHash);
        synchronized (bodies) {
            Bytes known = bodies.computeIfAbsent(window.sender(), sender -> newestOnly())
                    .putIfAbsent(place, hash);
            return known == null || known.equals(hash);
        }
    }

    private static <V> Map<Place, V> newestOnly() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
                return size() > MOST_PER_SENDER;
            }
        };
    }

    private static Bytes bytes(EnvelopeFrame frame) {
        return Bytes.copyOf(frame.array(), frame.offset(), frame.end() - frame.offset());
    }
}
