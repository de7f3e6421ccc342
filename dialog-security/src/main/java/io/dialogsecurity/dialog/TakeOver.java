package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.PairHeaders;
import io.dialogsecurity.wire.PartyIdentity;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds what an instance needs to go on sending in a dialog that another one, or an earlier life of this one, sent in: the
 * service pair as it was on the wire. It is verified and unwrapped like any other, once, and not at all where it is at
 * hand. The dialog key is never taken over; the sealer makes its own. Thread-safe.
 */
final class TakeOver {

    /**
     * What a dialog is resumed with.
     *
     * @param key names the pair where this side is the initiator; null where it replies
     * @param pair with a lease for the caller
     */
    record Resumed(OutgoingPairs.PairKey key, SealingPair pair) {}

    private final long ownValidFromMillis;
    private final Supplier<EndpointPolicy> policy;
    private final Supplier<TrustContext> trust;
    private final InstantSource clock;
    private final LifeCycle lifeCycle;
    private final HeaderVerifier verifier;
    private final DialogOpener opener;
    private final OutgoingPairs outgoing;

    /** @param ownValidFromMillis when the certificate of this service begins */
    TakeOver(
            long ownValidFromMillis,
            Supplier<EndpointPolicy> policy,
            Supplier<TrustContext> trust,
            InstantSource clock,
            LifeCycle lifeCycle,
            HeaderVerifier verifier,
            DialogOpener opener,
            OutgoingPairs outgoing) {
        this.ownValidFromMillis = ownValidFromMillis;
        this.policy = policy;
        this.trust = trust;
        this.clock = clock;
        this.lifeCycle = lifeCycle;
        this.verifier = verifier;
        this.opener = opener;
        this.outgoing = outgoing;
    }

    Resumed resume(ServiceName initiator, DialogId dialogId) {
        DialogState state = lifeCycle.find(initiator, dialogId).orElseThrow(() -> unknown(initiator, dialogId));
        if (state.status().closed() || state.status() == DialogStatus.ENDED_BY_US) {
            throw new SealingRefusedException(
                    Rejection.DIALOG_ENDED,
                    "The dialog " + dialogId + " has ended (" + state.status() + "); begin another one");
        }
        Suite suite = Suite.of(state.suite())
                .filter(policy.get().acceptedSuites()::contains)
                .orElseThrow(() -> new SealingRefusedException(
                        Rejection.SUITE_NOT_ACCEPTED,
                        "Policy does not accept suite " + state.suite() + " of the dialog " + dialogId));
        if (state.ownIndex() == 0 && lifeCycle.sending(dialogId).last() == 0) {
            throw unknown(initiator, dialogId); // learned from an answer: how far this side had come is forgotten
        }
        PairHeaders headers = headers(state);
        return state.ownIndex() == 0
                ? asInitiator(suite, headers)
                : new Resumed(null, asTarget(suite, headers, state.ownIndex()));
    }

    private static SealingRefusedException unknown(ServiceName initiator, DialogId dialogId) {
        return new SealingRefusedException(
                Rejection.DIALOG_UNKNOWN,
                "What was sent in the dialog " + dialogId + " of " + initiator
                        + " is not remembered here; begin another one");
    }

    /** Refuses where one side has broken the dialog off, in an earlier life of this instance or in another one. */
    void requireNotBrokenOff(ServiceName initiator, DialogId dialogId) {
        if (lifeCycle
                .find(initiator, dialogId)
                .filter(state -> state.status() == DialogStatus.ERROR)
                .isPresent()) {
            throw new SealingRefusedException(
                    Rejection.DIALOG_ENDED, "The dialog " + dialogId + " has been broken off; begin another one");
        }
    }

    private static PairHeaders headers(DialogState state) {
        byte[] layers = state.pairLayers().toArray();
        try {
            return HeaderCodec.parsePair(layers, 0, layers.length);
        } catch (EnvelopeFormatException e) {
            SealingRefusedException refused = new SealingRefusedException(
                    Rejection.DIALOG_UNKNOWN,
                    "What is remembered of the dialog " + state.dialogId() + " is damaged; begin another one");
            refused.initCause(e);
            throw refused;
        }
    }

    private Resumed asInitiator(Suite suite, PairHeaders headers) {
        Set<ServiceName> targets = headers.servicePair().targets().stream()
                .map(PartyIdentity::service)
                .collect(Collectors.toSet());
        Authenticity authenticity = headers.servicePair().authenticity();
        OutgoingPairs.PairKey key = outgoing.key(targets, suite, authenticity);
        return new Resumed(key, outgoing.leaseKnown(key, suite, headers, new OutgoingPairs.Adoption() {
            @Override
            public VerifiedPair verify(Suite of, PairHeaders known, long nowMillis) {
                return verifier.verify(of, known, nowMillis);
            }

            @Override
            public KeyExchangeKey unwrap(VerifiedPair pair) {
                return opener.leaseKeyExchangeKey(pair, 0);
            }
        }));
    }

    private SealingPair asTarget(Suite suite, PairHeaders headers, int ownIndex) {
        long now = clock.millis();
        if (now >= headers.keyExchangeKey().notAfterMillis()) {
            throw new SealingRefusedException(
                    Rejection.KEY_EXPIRED,
                    "The key exchange key of this dialog may not be used any more; wait for the initiator's next"
                            + " message, which brings a new one, or begin a dialog");
        }
        try {
            VerifiedPair pair = verifier.verify(suite, headers, now);
            if (opener.ownIndex(pair) != ownIndex) {
                throw new SealingRefusedException(
                        Rejection.NOT_FOR_US, "The dialog was opened to another service of this process");
            }
            return replyPair(pair, ownIndex);
        } catch (RejectedException e) {
            throw new SealingRefusedException(
                    e.rejected().reason(), e.rejected().detail());
        }
    }

    /** What a target replies with: the initiator's pair. */
    SealingPair replyPair(VerifiedPair origin, int ownIndex) {
        return new SealingPair(
                origin.suite,
                origin.servicePair.authenticity(),
                ownIndex,
                origin.layers,
                opener.leaseKeyExchangeKey(origin, ownIndex),
                ownValidFromMillis,
                origin.keyExchangeKey.notAfterMillis(),
                Long.MAX_VALUE,
                origin,
                trust.get(),
                policy.get().keyExchangeKey());
    }
}
