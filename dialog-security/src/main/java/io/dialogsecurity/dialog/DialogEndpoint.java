package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.ReceiveWindows;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Seals and opens for one service. One endpoint serves a whole process, with any number of dialogs in both directions.
 * Thread-safe.
 */
public final class DialogEndpoint implements AutoCloseable {

    private final ServiceIdentity self;
    private final AtomicReference<EndpointPolicy> policy;
    private final AtomicReference<TrustContext> trust;
    private final CryptoCounters counters = new CryptoCounters();
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final HeaderVerifier verifier;
    private final OutgoingPairs outgoing;
    private final LifeCycle lifeCycle;
    private final TakeOver takeOver;
    private final DialogOpener opener;
    private final Runnable forgetHeaders;

    private DialogEndpoint(Builder builder) {
        this.self = builder.self;
        this.policy = new AtomicReference<>(builder.policy);
        this.trust = new AtomicReference<>(builder.trust);
        this.clock = builder.clock != null ? builder.clock : InstantSource.system();
        DerivedCaches caches = builder.caches;
        var verifiedHeaders = caches.<Bytes, VerifiedPair>create(CacheName.VERIFIED_HEADERS);
        this.forgetHeaders = () -> verifiedHeaders.invalidateIf(pair -> true);
        this.verifier = new HeaderVerifier(policy::get, trust::get, counters, verifiedHeaders);
        this.lifeCycle = new LifeCycle(self.serviceName(), builder.dialogs, clock);
        this.opener = new DialogOpener(
                self,
                verifier,
                counters,
                clock,
                builder.clock != null ? clock : CoarseClock.start(),
                builder.windows,
                new Forks(builder.recentBytes, builder.onFork),
                lifeCycle,
                caches.create(CacheName.KEY_EXCHANGE_KEYS),
                caches.create(CacheName.DIALOG_KEYS));
        this.outgoing = new OutgoingPairs(
                self,
                policy::get,
                trust::get,
                counters,
                clock,
                random,
                builder.background,
                caches.create(CacheName.OUTGOING_PAIRS),
                opener::learn);
        this.takeOver = new TakeOver(
                Parties.validFromMillis(self.certificate()),
                policy::get,
                trust::get,
                clock,
                lifeCycle,
                verifier,
                opener,
                outgoing);
    }

    /** A builder with the default policy, no caches, windows in memory, and the system's clock. */
    public static Builder builder(ServiceIdentity self, TrustContext trust) {
        return new Builder(self, trust);
    }

    /** The service this endpoint speaks for. */
    public ServiceName serviceName() {
        return self.serviceName();
    }

    /** What has been computed so far. */
    public CryptoCounters.Snapshot counters() {
        return counters.snapshot();
    }

    /**
     * Opens a new dialog. Nothing is sent; the first sealed message carries all that the targets need.
     *
     * @param targets one service, or several that shall all receive every message
     * @throws SealingRefusedException if there is no certificate to seal to
     */
    public DialogSealer begin(Set<ServiceName> targets) {
        return begin(targets, Authenticity.SIGNED);
    }

    /**
     * As {@link #begin(Set)}, choosing what is proven of the sender where there are several targets.
     *
     * @param severalTargets {@link Authenticity#SIGNED}, or openly {@link Authenticity#GROUP}; ignored for one target
     */
    public DialogSealer begin(Set<ServiceName> targets, Authenticity severalTargets) {
        return begin(targets, severalTargets, policy.get().preferredSuite());
    }

    /**
     * As {@link #begin(Set, Authenticity)}, with another suite than the preferred one.
     *
     * @param suite one of the accepted suites, for which this service and all targets have certificates
     * @throws IllegalArgumentException if the suite is not accepted
     */
    public DialogSealer begin(Set<ServiceName> targets, Authenticity severalTargets, Suite suite) {
        if (!policy.get().acceptedSuites().contains(suite)) {
            throw new IllegalArgumentException("Policy does not accept " + suite);
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("A dialog has at least one target");
        }
        if (targets.contains(self.serviceName())) {
            throw new SealingRefusedException(
                    Rejection.REFLECTED,
                    "The service " + self.serviceName() + " cannot open a dialog with itself; name other receivers");
        }
        if (targets.size() > 1 && severalTargets == Authenticity.PAIR) {
            throw new IllegalArgumentException("With several targets messages are signed, or the group is trusted");
        }
        OutgoingPairs.PairKey key = pairKey(targets, severalTargets, suite);
        SealingPair pair = outgoing.lease(key);
        return new DialogSealer(sealingContext(key), DialogId.random(random), Direction.INITIATOR_TO_TARGET, pair);
    }

    /**
     * The sealer for replies in the dialog of a message that was opened here: under the initiator's key exchange key, with
     * a dialog key of its own, without a public-key operation.
     *
     * @throws IllegalArgumentException if the message was this side's own
     * @throws SealingRefusedException if the dialog has been broken off
     */
    public DialogSealer reply(Opened message) {
        if (message.direction() != Direction.INITIATOR_TO_TARGET || message.ownIndex() == 0) {
            throw new IllegalArgumentException("Only a target replies, to a message of the initiator");
        }
        takeOver.requireNotBrokenOff(message.initiator(), message.dialogId());
        return new DialogSealer(
                sealingContext(null), message.dialogId(), Direction.TARGET_TO_INITIATOR, replyPair(message));
    }

    /** Lets a reply sealer change to the key exchange key of a newer message, if it is another one. */
    public void renew(DialogSealer replies, Opened message) {
        if (!replies.dialogId().equals(message.dialogId())) {
            throw new IllegalArgumentException("The message belongs to another dialog");
        }
        if (!replies.uses(message.pair().pairHash)) {
            replies.adopt(replyPair(message));
        }
    }

    private SealingPair replyPair(Opened message) {
        return takeOver.replyPair(message.pair(), message.ownIndex());
    }

    /**
     * Goes on sending in a dialog that another instance of this service sent in, or this one in an earlier life, as far as
     * the states of this endpoint remember it. On either side: an initiator's numbers go on after the last that was used,
     * a target's instance numbers its own. The first message brings a dialog key of this sealer's own.
     *
     * <p>Takes one verification and one unwrap at most, and none where they have been done here before; an initiator whose
     * key exchange key has ended, or whose targets have other certificates now, makes a new one.
     *
     * @param initiator who began the dialog: this service, or another one. A dialog id alone names nothing, because
     *     anybody may choose it
     * @throws SealingRefusedException if the dialog is unknown ({@link Rejection#DIALOG_UNKNOWN}), has ended ({@link
     *     Rejection#DIALOG_ENDED}), or its services are not trusted any more
     */
    public DialogSealer resume(DialogId dialogId, ServiceName initiator) {
        TakeOver.Resumed resumed = takeOver.resume(initiator, dialogId);
        Direction direction = resumed.key() == null ? Direction.TARGET_TO_INITIATOR : Direction.INITIATOR_TO_TARGET;
        return new DialogSealer(sealingContext(resumed.key()), dialogId, direction, resumed.pair());
    }

    /** What an insider knows; for tests that attack with it. */
    KeyExchangeKey keyExchangeKeyOf(Opened message) {
        return opener.leaseKeyExchangeKey(message.pair(), message.ownIndex());
    }

    TrustContext trustContext() {
        return trust.get();
    }

    SealingContext replyContext() {
        return sealingContext(null);
    }

    SealingContext contextFor(Set<ServiceName> targets) {
        return sealingContext(pairKey(targets, Authenticity.SIGNED, policy.get().preferredSuite()));
    }

    SealingPair pairFor(Set<ServiceName> targets) {
        return outgoing.lease(pairKey(targets, Authenticity.SIGNED, policy.get().preferredSuite()));
    }

    private OutgoingPairs.PairKey pairKey(Set<ServiceName> targets, Authenticity severalTargets, Suite suite) {
        return outgoing.key(targets, suite, targets.size() == 1 ? Authenticity.PAIR : severalTargets);
    }

    private SealingContext sealingContext(OutgoingPairs.PairKey key) {
        return new SealingContext(
                self, policy::get, counters, clock, random, lifeCycle, trust::get, verifier, outgoing, key);
    }

    /** Opens an envelope; see {@link #open(byte[], int, int, Reception)}. */
    public OpenOutcome open(byte[] envelope, Reception reception) {
        return open(envelope, 0, envelope.length, reception);
    }

    /**
     * Opens an envelope whose body is in one piece. Never throws because of what the bytes are.
     *
     * <p>An array that has 16 bytes of room behind the envelope spares the copy of a large body; the room is written to
     * and restored, so that such an array is opened by one thread at a time.
     *
     * <p>The array is not to be changed until the message is acknowledged, or another of its dialog has been opened: until
     * then it is what a copy of the message is compared with. Who opens out of an array that he uses again acknowledges
     * first, or a message that comes again may be taken for another.
     */
    public OpenOutcome open(byte[] bytes, int offset, int length, Reception reception) {
        return openInto(bytes, offset, length, reception, null, 0);
    }

    /**
     * As {@link #open(byte[], int, int, Reception)}, into an array that the caller uses again: for large messages, where a
     * new array costs as much as the deciphering. What it holds of a refused message is zeros.
     *
     * @param out another array than the envelope's, with room for {@code length} bytes from {@code outOffset}; the payload
     *     is somewhere in it, see {@link Opened#payloadOffset()}
     * @throws IllegalArgumentException if it is the envelope's own array
     */
    public OpenOutcome open(byte[] bytes, int offset, int length, Reception reception, byte[] out, int outOffset) {
        Objects.checkFromIndexSize(outOffset, length, out.length);
        if (out == bytes) {
            throw new IllegalArgumentException("A refused message has to stay as it is: open it into another array");
        }
        return openInto(bytes, offset, length, reception, out, outOffset);
    }

    private OpenOutcome openInto(byte[] bytes, int offset, int length, Reception reception, byte[] out, int outOffset) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > policy.get().limits().maxEnvelopeBytes()) {
            return new Rejected(Rejection.TOO_LARGE, Layer.SECURITY_PREAMBLE, "an envelope of " + length + " bytes");
        }
        return opener.open(bytes, offset, length, reception, out, outOffset);
    }

    /**
     * Opens an envelope whose body is streamed, in constant memory.
     *
     * @param in the envelope, which ends where the stream ends; closed with the stream returned
     * @throws IOException if it cannot be read
     */
    public StreamOutcome openStream(InputStream in, Reception reception) throws IOException {
        return opener.openStream(in, reception);
    }

    /** Applies a new configuration. What was believed or derived under the old one is derived again. */
    public void reconfigure(EndpointPolicy newPolicy, TrustContext newTrust) {
        policy.set(newPolicy);
        trust.set(newTrust);
        forget();
    }

    private void forget() {
        outgoing.invalidateAll();
        opener.invalidateAll();
        forgetHeaders.run();
    }

    /** Erases the keys in the caches. Sealers are closed by whoever has them; the identity by its owner. */
    @Override
    public void close() {
        forget();
    }

    /** Builds an endpoint. */
    public static final class Builder {

        private final ServiceIdentity self;
        private final TrustContext trust;
        private EndpointPolicy policy = EndpointPolicy.defaults();
        private DerivedCaches caches = DerivedCaches.none();
        private ReceiveWindows windows = ReceiveWindows.inMemory(100_000);
        private DialogStates dialogs = DialogStates.inMemory(100_000);
        private long recentBytes = 512 << 10;
        private Consumer<ForkReport> onFork = report -> {};
        private InstantSource clock;
        private Executor background = ForkJoinPool.commonPool();

        private Builder(ServiceIdentity self, TrustContext trust) {
            this.self = self;
            this.trust = trust;
        }

        public Builder policy(EndpointPolicy value) {
            this.policy = value;
            return this;
        }

        public Builder caches(DerivedCaches value) {
            this.caches = value;
            return this;
        }

        public Builder windows(ReceiveWindows value) {
            this.windows = value;
            return this;
        }

        /** What is remembered of dialogs beside the windows; by default in memory. */
        public Builder dialogs(DialogStates value) {
            this.dialogs = value;
            return this;
        }

        /**
         * How much of the envelopes opened last is kept in memory, to show a fork with both of its messages.
         *
         * @param bytes about; 0 for nothing, by default 512 KiB, which stays near the processor; more of it costs time with each message
         */
        public Builder recentEnvelopes(long bytes) {
            this.recentBytes = bytes;
            return this;
        }

        /** Who hears of two messages with one number, before the second is refused or flagged. It must not throw. */
        public Builder onFork(Consumer<ForkReport> listener) {
            this.onFork = listener;
            return this;
        }

        public Builder clock(InstantSource value) {
            this.clock = value;
            return this;
        }

        /** Where the next key exchange key of a pair is made before the old one ends. */
        public Builder background(Executor value) {
            this.background = value;
            return this;
        }

        public DialogEndpoint build() {
            return new DialogEndpoint(this);
        }
    }
}
