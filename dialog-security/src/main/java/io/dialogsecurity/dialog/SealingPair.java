package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Leased;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.wire.Authenticity;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is needed to seal for a service pair: its key exchange key and the signed headers, ready to be copied. Made by
 * the initiator, or taken from an envelope that arrived by whoever replies. Thread-safe while leased.
 */
final class SealingPair extends Leased {

    final Suite suite;
    final Authenticity authenticity;
    /** 0 for the initiator, i + 1 for target i. */
    final int senderIndex;
    /** Layers 2 and 3 with their frames. */
    final byte[] layers;
    /** The same, for states to share. */
    final Bytes sharedLayers;

    final KeyExchangeKey keyExchangeKey;
    /** No message is dated before this; it is ahead of now, by a clock's skew at the most, while a certificate begins. */
    final long notBeforeMillis;

    final long notAfterMillis;
    /** When to make the next one; {@link Long#MAX_VALUE} where only the other side can. */
    final long refreshAtMillis;

    /** What a reply rests on; null on the initiator's side, which checks trust when it makes the pair. */
    final VerifiedPair origin;

    private volatile TrustContext trustedUnder;
    private final AtomicLong messagesLeft;
    private final AtomicLong bytesLeft;
    private final long fewMessages;
    private final long fewBytes;
    private final long halfOfBytes;
    private final long portionMessages;
    private final long portionBytes;

    /** Takes over one lease of the key exchange key. */
    SealingPair(
            Suite suite,
            Authenticity authenticity,
            int senderIndex,
            byte[] layers,
            KeyExchangeKey keyExchangeKey,
            long notBeforeMillis,
            long notAfterMillis,
            long refreshAtMillis,
            VerifiedPair origin,
            TrustContext trustedUnder,
            KeyLimits limits) {
        this.suite = suite;
        this.authenticity = authenticity;
        this.senderIndex = senderIndex;
        this.layers = layers;
        this.sharedLayers = Bytes.copyOf(layers);
        this.keyExchangeKey = keyExchangeKey;
        this.notBeforeMillis = notBeforeMillis;
        this.notAfterMillis = notAfterMillis;
        this.refreshAtMillis = refreshAtMillis;
        this.origin = origin;
        this.trustedUnder = trustedUnder;
        this.messagesLeft = new AtomicLong(limits.maxMessages());
        this.bytesLeft = new AtomicLong(limits.maxBytes());
        this.fewMessages = limits.maxMessages() / 5;
        this.fewBytes = limits.maxBytes() / 5;
        this.halfOfBytes = limits.maxBytes() / 2;
        this.portionMessages = Math.max(1, Math.min(64, limits.maxMessages() / 100_000));
        this.portionBytes = Math.min(1 << 20, limits.maxBytes() / 100_000);
    }

    /**
     * Part of what a pair's keys may seal, taken by one dialog: all dialogs draw on the same limits at once, and the
     * counters they share are dear. What a dialog leaves of its portion, a hundred thousandth at most, nobody uses. Not
     * thread-safe.
     */
    final class Portion {

        private long messages;
        private long bytes;

        /**
         * Takes a message, before it is sealed.
         *
         * @return false if it would go beyond the limits; then the pair is used up
         */
        boolean use(long messageBytes) {
            if (messages == 0 || bytes < messageBytes) {
                long moreBytes = Math.max(messageBytes, portionBytes);
                if (messagesLeft.addAndGet(-portionMessages) < 0 || bytesLeft.addAndGet(-moreBytes) < 0) {
                    return false;
                }
                messages += portionMessages;
                bytes += moreBytes;
            }
            messages--;
            bytes -= messageBytes;
            return true;
        }
    }

    boolean trustedUnder(TrustContext context) {
        return trustedUnder.equals(context);
    }

    void nowTrustedUnder(TrustContext context) {
        trustedUnder = context;
    }

    /** Whether less than a fifth of the messages or bytes is left. */
    boolean nearlyUsedUp() {
        return messagesLeft.get() < fewMessages || bytesLeft.get() < fewBytes;
    }

    /** Whether less than half of the bytes is left. */
    boolean halfUsedUp() {
        return bytesLeft.get() < halfOfBytes;
    }

    /**
     * Takes bytes of a message that is being written, before they are sealed.
     *
     * @return false if they would go beyond the limits; then the pair is used up
     */
    boolean useBytes(long bytes) {
        return bytesLeft.addAndGet(-bytes) >= 0;
    }

    boolean usedUp() {
        return messagesLeft.get() <= 0 || bytesLeft.get() <= 0;
    }

    @Override
    protected void erase() {
        keyExchangeKey.release();
    }
}
