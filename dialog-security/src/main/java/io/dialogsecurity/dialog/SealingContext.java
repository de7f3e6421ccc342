package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.SenderSignature;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** What all sealers of an endpoint share, and how a sealer comes by its next service pair. */
final class SealingContext {

    final ServiceIdentity self;
    final Supplier<EndpointPolicy> policy;
    final CryptoCounters counters;
    final InstantSource clock;
    final SecureRandom random;
    final LifeCycle lifeCycle;
    final Bytes ownFingerprint;
    private final Supplier<TrustContext> trust;
    private final HeaderVerifier verifier;
    private final OutgoingPairs outgoing;
    private final OutgoingPairs.PairKey pairKey;

    /** @param pairKey names the pair where this side is the initiator; null where it replies */
    SealingContext(
            ServiceIdentity self,
            Supplier<EndpointPolicy> policy,
            CryptoCounters counters,
            InstantSource clock,
            SecureRandom random,
            LifeCycle lifeCycle,
            Supplier<TrustContext> trust,
            HeaderVerifier verifier,
            OutgoingPairs outgoing,
            OutgoingPairs.PairKey pairKey) {
        this.self = self;
        this.policy = policy;
        this.counters = counters;
        this.clock = clock;
        this.random = random;
        this.lifeCycle = lifeCycle;
        this.ownFingerprint = Bytes.copyOf(self.certificate().fingerprint());
        this.trust = trust;
        this.verifier = verifier;
        this.outgoing = outgoing;
        this.pairKey = pairKey;
    }

    /** Whether the pair may seal another message, and there is no reason to look for a newer one. */
    boolean upToDate(SealingPair pair, long nowMillis) {
        return outgoing.usable(pair, nowMillis) && (pairKey == null || !outgoing.aging(pair, nowMillis));
    }

    /** Gives the old pair back and returns one that may seal; the same one, if it still may. */
    SealingPair renew(SealingPair old, long nowMillis) {
        if (pairKey != null) {
            SealingPair next = outgoing.lease(pairKey);
            old.release(); // the same pair, too, has been leased once more
            return next;
        }
        if (nowMillis >= old.notAfterMillis || old.usedUp()) {
            throw new SealingRefusedException(
                    Rejection.KEY_EXPIRED,
                    "The key exchange key of this dialog may not be used any more; wait for the initiator's next"
                            + " message, which brings a new one, or begin a dialog");
        }
        try {
            TrustContext context = trust.get();
            verifier.requireTrusted(old.origin, nowMillis);
            old.nowTrustedUnder(context);
            return old;
        } catch (RejectedException e) {
            throw new SealingRefusedException(
                    e.rejected().reason(), e.rejected().detail());
        }
    }

    /** Another pair in the place of one that is half used up; the same one where only the other side makes them. */
    SealingPair replace(SealingPair old) {
        if (pairKey == null) {
            return old;
        }
        SealingPair next = outgoing.replace(pairKey, old);
        old.release();
        return next;
    }

    /**
     * When a message counts as sealed: now, but not before its keys and certificates begin, which is ahead by no more than
     * clocks may be apart.
     */
    long creationMillis(SealingPair pair, long nowMillis) {
        long ahead = pair.notBeforeMillis - nowMillis;
        return ahead > 0 && ahead <= policy.get().clockSkew().toMillis() ? pair.notBeforeMillis : nowMillis;
    }

    /** Bytes a sender signature layer takes at most, 0 where there is none. */
    int signatureRoom(SealingPair pair) {
        if (pair.authenticity != Authenticity.SIGNED) {
            return 0;
        }
        int certificates = senderCertificates(pair).stream()
                .mapToInt(certificate -> 2 + certificate.length())
                .sum();
        // An RSA signature is as long as the modulus; no key in use is beyond 16384 bits.
        return 5 + 1 + certificates + 2 + 2048;
    }

    /**
     * Layer 7 with its frame.
     *
     * @param transcript what is signed, up to the certificates
     */
    byte[] sign(SealingPair pair, byte[] transcript) {
        counters.countSignature();
        List<Bytes> certificates = senderCertificates(pair);
        byte[] signature = self.key().sign(pair.suite, Transcript.withCertificates(transcript, certificates));
        return EnvelopeFrame.encode(new SenderSignature(certificates, Bytes.copyOf(signature)));
    }

    private List<Bytes> senderCertificates(SealingPair pair) {
        if (pair.senderIndex == 0 || !policy.get().embedCertificates()) {
            return List.of();
        }
        return self.certificate().encodedChain().stream().map(Bytes::copyOf).toList();
    }
}
