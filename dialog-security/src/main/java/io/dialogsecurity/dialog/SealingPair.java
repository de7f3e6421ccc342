package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Leased;
import io.dialogsecurity.crypto.Suite;
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

    final KeyExchangeKey keyExchangeKey;
    final long notAfterMillis;
    /** When to make the next one; {@link Long#MAX_VALUE} where only the other side can. */
    final long refreshAtMillis;

    /** What a reply rests on; null on the initiator's side, which checks trust when it makes the pair. */
    final VerifiedPair origin;

    private volatile TrustContext trustedUnder;
    private final AtomicLong messagesLeft;
    private final AtomicLong bytesLeft;

    /** Takes over one lease of the key exchange key. */
    SealingPair(
            Suite suite,
            Authenticity authenticity,
            int senderIndex,
            byte[] layers,
            KeyExchangeKey keyExchangeKey,
            long notAfterMillis,
            long refreshAtMillis,
            VerifiedPair origin,
            TrustContext trustedUnder,
            KeyLimits limits) {
        this.suite = suite;
        this.authenticity = authenticity;
        this.senderIndex = senderIndex;
        this.layers = layers;
        this.keyExchangeKey = keyExchangeKey;
        this.notAfterMillis = notAfterMillis;
        this.refreshAtMillis = refreshAtMillis;
        this.origin = origin;
        this.trustedUnder = trustedUnder;
        this.messagesLeft = new AtomicLong(limits.maxMessages());
        this.bytesLeft = new AtomicLong(limits.maxBytes());
    }

    /** Counts a message sealed under this pair's keys. */
    void use(long bytes) {
        messagesLeft.decrementAndGet();
        bytesLeft.addAndGet(-bytes);
    }

    boolean trustedUnder(TrustContext context) {
        return trustedUnder.equals(context);
    }

    void nowTrustedUnder(TrustContext context) {
        trustedUnder = context;
    }

    /** Whether a fifth or less of the messages or bytes is left. */
    boolean nearlyUsedUp(KeyLimits limits) {
        return messagesLeft.get() < limits.maxMessages() / 5 || bytesLeft.get() < limits.maxBytes() / 5;
    }

    boolean usedUp() {
        return messagesLeft.get() <= 0 || bytesLeft.get() <= 0;
    }

    @Override
    protected void erase() {
        keyExchangeKey.release();
    }
}
