package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.MessageFlags;
import io.dialogsecurity.wire.PartyIdentity;
import io.dialogsecurity.wire.ServicePairHeader;
import io.dialogsecurity.wire.StaticHeaders;
import io.dialogsecurity.wire.WireFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Checks envelopes without a private key: well-formed, accepted suite, fresh, signed by a trusted initiator over exactly
 * these headers, within the validity of its keys; and, where messages carry their sender's signature, that too. Who may
 * send where, and order, are left to whoever asks. Thread-safe.
 */
public final class EnvelopeGuard {

    private record HeadersRef(long commitmentHigh, long commitmentLow) {}

    private final AtomicReference<EndpointPolicy> policy;
    private final AtomicReference<TrustContext> trust;
    private final InstantSource clock;
    private final CryptoCounters counters = new CryptoCounters();
    private final DerivedCache<Bytes, VerifiedPair> verifiedHeaders;
    private final DerivedCache<HeadersRef, BelievedHeaders> believedHeaders;
    private final HeaderVerifier verifier;

    /** A guard with caches of its own. */
    public EnvelopeGuard(EndpointPolicy policy, TrustContext trust, DerivedCaches caches, InstantSource clock) {
        this.policy = new AtomicReference<>(policy);
        this.trust = new AtomicReference<>(trust);
        this.clock = clock;
        this.verifiedHeaders = caches.create(CacheName.VERIFIED_HEADERS);
        this.believedHeaders = caches.create(CacheName.DIALOG_KEYS);
        this.verifier = new HeaderVerifier(this.policy::get, this.trust::get, counters, verifiedHeaders);
    }

    /** What has been computed so far. */
    public CryptoCounters.Snapshot counters() {
        return counters.snapshot();
    }

    /** Applies a new configuration; what was believed under the old one is checked again. */
    public void reconfigure(EndpointPolicy newPolicy, TrustContext newTrust) {
        policy.set(newPolicy);
        trust.set(newTrust);
        believedHeaders.invalidateIf(headers -> true);
        verifiedHeaders.invalidateIf(pair -> true);
    }

    /** Checks a whole envelope. The bytes must not change meanwhile. */
    public GuardOutcome check(byte[] bytes, int offset, int length) {
        return check(bytes, offset, length, false, clock.millis());
    }

    /**
     * Checks the head of an envelope whose body is streamed, layers 1 to 5. Of the body, and of a sender's signature
     * behind it, this says nothing.
     *
     * @param length exactly the head, as {@link EnvelopeFrame#headLength} gives it
     */
    public GuardOutcome checkHead(byte[] bytes, int offset, int length) {
        return check(bytes, offset, length, true, clock.millis());
    }

    /**
     * Checks an envelope that has come before: by everything that is known now, but its age as it was then.
     *
     * @param head whether it is only the head of an envelope whose body is streamed
     * @param cameAt when it came; an envelope of which that is not known was fresh, so that null says nothing about its age
     */
    public GuardOutcome checkAgain(byte[] bytes, int offset, int length, boolean head, Instant cameAt) {
        return check(bytes, offset, length, head, cameAt == null ? Long.MIN_VALUE : cameAt.toEpochMilli());
    }

    /** @param ageAtMillis when its age is judged */
    private GuardOutcome check(byte[] bytes, int offset, int length, boolean streamed, long ageAtMillis) {
        try {
            if (!EnvelopeFrame.looksSealed(bytes, offset, length)) {
                return new Rejected(Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "the message is not sealed");
            }
            EnvelopeFrame frame = streamed
                    ? EnvelopeFrame.readStreamHead(bytes, offset, length)
                    : EnvelopeFrame.read(bytes, offset, length);
            return check(frame, ageAtMillis);
        } catch (EnvelopeFormatException e) {
            return DialogOpener.rejected(e);
        } catch (RejectedException e) {
            return e.rejected();
        }
    }

    private VerifiedEnvelope check(EnvelopeFrame frame, long ageAtMillis) throws EnvelopeFormatException {
        long created = frame.creationTimeMillis();
        Suite suite = verifier.acceptedSuite(frame);
        // Not from the future now, and not too old then.
        verifier.requireFresh(
                frame.context().destination(), created, Math.max(ageAtMillis, Math.min(created, clock.millis())));
        BelievedHeaders headers = believe(suite, frame);
        VerifiedPair pair = headers.pair;
        DialogSessionKeyHeader dialog = headers.dialog;
        verifier.requireTrusted(pair, created);
        verifier.requireWithin(
                Layer.KEY_EXCHANGE_KEY_HEADER,
                pair.keyExchangeKey.notBeforeMillis(),
                pair.keyExchangeKey.notAfterMillis(),
                created);
        verifier.requireWithin(
                Layer.DIALOG_SESSION_KEY_HEADER, dialog.notBeforeMillis(), dialog.notAfterMillis(), created);
        boolean senderProven = verifySender(frame, headers);
        ServicePairHeader servicePair = pair.servicePair;
        PartyIdentity sender = servicePair.party(dialog.senderIndex());
        return new VerifiedEnvelope(
                sender.service(),
                sender.fingerprint(),
                senderProven,
                servicePair.initiator().service(),
                servicePair.targets().stream().map(PartyIdentity::service).toList(),
                dialog.dialogId(),
                dialog.direction(),
                dialog.instance(),
                frame.sequence(),
                identity(frame, headers.headerHash),
                frame.context().has(MessageFlags.STREAMED),
                frame.context().destination(),
                suite,
                servicePair.authenticity(),
                created);
    }

    /**
     * What tells an envelope from every other, for whoever has it without having checked it: from a queue, or from a mirror.
     *
     * @throws EnvelopeFormatException if its suite is not known here
     */
    public static EnvelopeIdentity identity(EnvelopeFrame frame) throws EnvelopeFormatException {
        Suite suite = Suite.of(frame.suite())
                .orElseThrow(() -> new EnvelopeFormatException(Layer.SECURITY_PREAMBLE, "has an unknown suite"));
        return identity(
                frame, Transcript.headerHash(suite, frame.array(), frame.headersOffset(), frame.headersLength()));
    }

    static EnvelopeIdentity identity(EnvelopeFrame frame, byte[] headerHash) {
        return new EnvelopeIdentity(
                headerHash,
                frame.array(),
                frame.offset(),
                frame.offset() + WireFormat.MIC_OFFSET,
                frame.headersOffset(),
                frame.messageOffset(),
                frame.end());
    }

    /** The name in the cache is only a claim, without a key; another's claim costs time, but never a refusal. */
    private BelievedHeaders believe(Suite suite, EnvelopeFrame frame) throws EnvelopeFormatException {
        ByteBuffer bytes = ByteBuffer.wrap(frame.array());
        int commitment = frame.messageOffset() - WireFormat.COMMITMENT_BYTES;
        HeadersRef ref = new HeadersRef(bytes.getLong(commitment), bytes.getLong(commitment + 8));
        BelievedHeaders headers = believedHeaders.lease(ref, ignored -> verify(suite, frame));
        return headers.fit(frame) ? headers : verify(suite, frame);
    }

    private BelievedHeaders verify(Suite suite, EnvelopeFrame frame) {
        try {
            StaticHeaders headers = frame.staticHeaders();
            VerifiedPair pair = verifier.verify(suite, headers.pair(), frame.creationTimeMillis());
            return new BelievedHeaders(pair, headers.dialogSessionKey(), frame);
        } catch (EnvelopeFormatException e) {
            Rejected rejected = DialogOpener.rejected(e);
            throw new RejectedException(rejected.reason(), rejected.layer(), rejected.detail());
        }
    }

    private boolean verifySender(EnvelopeFrame frame, BelievedHeaders headers) throws EnvelopeFormatException {
        boolean signed = headers.pair.servicePair.authenticity() == Authenticity.SIGNED;
        if (signed != frame.context().has(MessageFlags.SIGNED)) {
            throw new RejectedException(
                    Rejection.SENDER_SIGNATURE_INVALID,
                    Layer.SENDER_SIGNATURE,
                    "the sender's signature is missing, or stands where none belongs");
        }
        if (!signed || frame.context().has(MessageFlags.STREAMED)) {
            return false;
        }
        byte[] associatedData = Transcript.associatedData(
                Transcript.contextHash(headers.headerHash, frame.context()),
                frame.creationTimeMillis(),
                frame.sequence());
        MessageDigest bodyHash = Transcript.sha256();
        bodyHash.update(frame.array(), frame.bodyOffset(), frame.bodyLength());
        verifier.verifySender(
                headers.pair,
                headers.dialog.senderIndex(),
                Optional.of(frame.senderSignature().orElseThrow()),
                Transcript.senderSignature(associatedData, frame.array(), frame.offset(), bodyHash.digest()),
                frame.creationTimeMillis());
        return true;
    }
}
