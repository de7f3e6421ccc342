package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.KeyExchangeSecret;
import io.dialogsecurity.crypto.ServicePublicKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.KeyExchangeKeyHeader;
import io.dialogsecurity.wire.PairHeaders;
import io.dialogsecurity.wire.PartyIdentity;
import io.dialogsecurity.wire.ServicePairHeader;
import io.dialogsecurity.wire.WireFormat;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The initiator's side of service pairs: makes a key exchange key per pair, wraps it to everybody, signs, and keeps it
 * for all dialogs of the pair until its limits. The next one is made beside the traffic before the old one ends; only
 * who comes after the end waits. Thread-safe.
 */
final class OutgoingPairs {

    /**
     * Names a pair.
     *
     * @param targets in ascending order
     */
    record PairKey(Bytes owner, List<ServiceName> targets, Suite suite, Authenticity authenticity) {}

    /** Hears of pairs that were made here, so that replies under them need not be verified and unwrapped. */
    interface Listener {

        /** @param key comes with a lease for the listener */
        void made(VerifiedPair pair, KeyExchangeKey key);
    }

    private final ServiceIdentity self;
    private final Supplier<EndpointPolicy> policy;
    private final Supplier<TrustContext> trust;
    private final CryptoCounters counters;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Executor background;
    private final DerivedCache<PairKey, SealingPair> pairs;
    private final Listener listener;
    private final Set<PairKey> refreshing = ConcurrentHashMap.newKeySet();

    OutgoingPairs(
            ServiceIdentity self,
            Supplier<EndpointPolicy> policy,
            Supplier<TrustContext> trust,
            CryptoCounters counters,
            InstantSource clock,
            SecureRandom random,
            Executor background,
            DerivedCache<PairKey, SealingPair> pairs,
            Listener listener) {
        this.self = self;
        this.policy = policy;
        this.trust = trust;
        this.counters = counters;
        this.clock = clock;
        this.random = random;
        this.background = background;
        this.pairs = pairs;
        this.listener = listener;
    }

    PairKey key(Set<ServiceName> targets, Suite suite, Authenticity authenticity) {
        return new PairKey(
                Bytes.copyOf(self.certificate().fingerprint()),
                targets.stream().sorted().toList(),
                suite,
                authenticity);
    }

    /** A usable pair, with a lease for the caller. */
    SealingPair lease(PairKey key) {
        return lease(key, this::make);
    }

    /**
     * As {@link #lease(PairKey)}, where another instance of this service has made a pair: if none is at hand, its is used
     * on, for this dialog and the next ones, as long as it is good. Otherwise a new one is made.
     *
     * @param known a pair of this service, as it was on the wire
     */
    SealingPair leaseKnown(PairKey key, Suite suite, PairHeaders known, Adoption adoption) {
        return lease(key, wanted -> adopt(wanted, suite, known, adoption).orElseGet(() -> make(wanted)));
    }

    /** Verifies and unwraps a pair this service made elsewhere. */
    interface Adoption {

        /** Layers 2 and 3, if their signature is this service's; throws {@link RejectedException}. */
        VerifiedPair verify(Suite suite, PairHeaders headers, long nowMillis);

        /** Their key exchange key, with a lease for the caller; throws {@link RejectedException}. */
        KeyExchangeKey unwrap(VerifiedPair pair);
    }

    private Optional<SealingPair> adopt(PairKey key, Suite suite, PairHeaders known, Adoption adoption) {
        TrustContext context = trust.get();
        Instant now = clock.instant();
        long notBefore = known.keyExchangeKey().notBeforeMillis();
        long notAfter = known.keyExchangeKey().notAfterMillis();
        boolean ours = known.servicePair().initiator().fingerprint().equals(key.owner());
        boolean current = now.toEpochMilli() < notAfter
                && notAfter - notBefore
                        <= policy.get().keyExchangeKey().maxAge().toMillis();
        if (!ours || !current || !trusted(known.servicePair().targets(), context, now)) {
            return Optional.empty();
        }
        try {
            VerifiedPair pair = adoption.verify(suite, known, now.toEpochMilli());
            return Optional.of(new SealingPair(
                    suite,
                    key.authenticity(),
                    0,
                    pair.layers,
                    adoption.unwrap(pair),
                    notBefore,
                    notAfter,
                    early(notBefore, notAfter, policy.get().limits().refreshJitter(), random),
                    null,
                    context,
                    policy.get().keyExchangeKey()));
        } catch (RejectedException e) {
            return Optional.empty(); // a new pair is as good, and making it says what is wrong, if something is
        }
    }

    /** Whether each target's very certificate may be sealed to today. */
    private static boolean trusted(List<PartyIdentity> targets, TrustContext context, Instant now) {
        return targets.stream()
                .allMatch(target -> context.directory()
                        .byFingerprint(target.fingerprint().toArray())
                        .filter(certificate ->
                                context.trust().check(certificate, now).isEmpty())
                        .isPresent());
    }

    private SealingPair lease(PairKey key, Function<PairKey, SealingPair> derive) {
        long now = clock.millis();
        SealingPair pair = pairs.lease(key, derive);
        if (!usable(pair, now)) {
            pairs.invalidate(key, pair);
            pair.release();
            pair = pairs.lease(key, this::make);
        }
        if (aging(pair, now)) {
            refresh(key);
        }
        return pair;
    }

    /** A pair with a lease for the caller, and not this one, which other dialogs may use up. */
    SealingPair replace(PairKey key, SealingPair old) {
        pairs.invalidate(key, old);
        return lease(key);
    }

    /** Whether a pair may still be sealed with: young enough, not used up, and made under today's trust. */
    boolean usable(SealingPair pair, long nowMillis) {
        return nowMillis < pair.notAfterMillis && !pair.usedUp() && pair.trustedUnder(trust.get());
    }

    /** Whether it is time to make the next one beside the traffic. */
    boolean aging(SealingPair pair, long nowMillis) {
        return nowMillis >= pair.refreshAtMillis || pair.nearlyUsedUp();
    }

    private void refresh(PairKey key) {
        if (!refreshing.add(key)) {
            return;
        }
        try {
            background.execute(() -> {
                try {
                    pairs.put(key, make(key));
                } catch (SealingRefusedException ignored) {
                    // who seals after the end of the old one is told why
                } finally {
                    refreshing.remove(key);
                }
            });
        } catch (RejectedExecutionException ignored) {
            refreshing.remove(key); // who seals after the end of the old one waits for the next
        }
    }

    private SealingPair make(PairKey key) {
        TrustContext context = trust.get();
        EndpointPolicy current = policy.get();
        Instant now = clock.instant();
        ServiceCertificate own = self.certificate();
        Instant start = validFrom(own, now, current.clockSkew());
        requireUsable(own, context, key.suite(), start, "this service's own certificate");
        List<ServiceCertificate> targets = new ArrayList<>();
        for (ServiceName target : key.targets()) {
            ServiceCertificate certificate = certificateOf(target, context, key.suite(), now, current.clockSkew());
            Instant begins = validFrom(certificate, now, current.clockSkew());
            start = begins.isAfter(start) ? begins : start;
            targets.add(certificate);
        }
        KeyId keyId = KeyId.random(random);
        long notBefore = start.toEpochMilli();
        long notAfter = notBefore + current.keyExchangeKey().maxAge().toMillis();
        ServicePairHeader unsigned = new ServicePairHeader(
                key.authenticity(),
                Parties.identityOf(own),
                current.embedCertificates()
                        ? own.encodedChain().stream().map(Bytes::copyOf).toList()
                        : List.of(),
                targets.stream().map(Parties::identityOf).toList(),
                Bytes.EMPTY);
        try (KeyExchangeSecret secret = KeyExchangeSecret.generate(random)) {
            List<Bytes> wraps = new ArrayList<>();
            for (ServiceCertificate target : targets) {
                wraps.add(wrap(secret, target, own, key.suite(), keyId));
            }
            wraps.add(wrap(secret, own, own, key.suite(), keyId));
            KeyExchangeKeyHeader keyHeader = new KeyExchangeKeyHeader(keyId, notBefore, notAfter, wraps);
            byte[] keyLayer = HeaderCodec.encode(keyHeader);
            byte[] transcript = Transcript.pairSignature(key.suite(), HeaderCodec.signedPart(unsigned), keyLayer);
            counters.countSignature();
            Bytes signature = Bytes.copyOf(self.key().sign(key.suite(), transcript));
            ServicePairHeader signed = unsigned.withSignature(signature);
            byte[] pairLayer = HeaderCodec.encode(signed);
            byte[] layers = new byte[pairLayer.length + keyLayer.length];
            System.arraycopy(pairLayer, 0, layers, 0, pairLayer.length);
            System.arraycopy(keyLayer, 0, layers, pairLayer.length, keyLayer.length);
            requireFits(layers.length);
            byte[] pairHash = Transcript.pairHash(key.suite(), pairLayer, keyLayer);
            listener.made(
                    new VerifiedPair(key.suite(), layers, signed, keyHeader, Bytes.copyOf(pairHash), own, context),
                    secret.bind(pairHash));
            return new SealingPair(
                    key.suite(),
                    key.authenticity(),
                    0,
                    layers,
                    secret.bind(pairHash),
                    notBefore,
                    notAfter,
                    early(notBefore, notAfter, current.limits().refreshJitter(), random),
                    null,
                    context,
                    current.keyExchangeKey());
        }
    }

    private Bytes wrap(
            KeyExchangeSecret secret, ServiceCertificate party, ServiceCertificate own, Suite suite, KeyId keyId) {
        counters.countPublicKeyWrap();
        ServicePublicKey key =
                ServicePublicKey.of(party.publicKey(), party.agreementKey().orElse(null));
        return Bytes.copyOf(secret.wrapTo(
                key,
                suite,
                Transcript.keyWrapInfo(
                        suite, keyId, Bytes.copyOf(own.fingerprint()), Bytes.copyOf(party.fingerprint()))));
    }

    /**
     * When to replace what ends at {@code notAfter}: a random part, half at the least, of the configured fraction before
     * that. So what was made together is not replaced together.
     *
     * @param fraction of the key's life, 0 to 0.5
     */
    static long early(long notBefore, long notAfter, double fraction, SecureRandom random) {
        return notAfter - (long) ((notAfter - notBefore) * fraction * (0.5 + 0.5 * random.nextDouble()));
    }

    private static void requireFits(int layersLength) {
        if (layersLength > WireFormat.MAX_HEADER_BYTES / 2) {
            throw new SealingRefusedException(
                    Rejection.TOO_LARGE,
                    "The headers for these targets take " + layersLength
                            + " bytes; seal to fewer targets or use shorter certificate chains");
        }
    }

    /**
     * From when on a certificate is sealed with: now; or, of one that becomes valid no further ahead than clocks may be apart,
     * from then on. Its authority's clock may be the right one, and who receives allows for the same difference.
     */
    private static Instant validFrom(ServiceCertificate certificate, Instant now, Duration skew) {
        Instant begin = Instant.ofEpochMilli(Parties.validFromMillis(certificate));
        return begin.isAfter(now) && !begin.isAfter(now.plus(skew)) ? begin : now;
    }

    private static ServiceCertificate certificateOf(
            ServiceName target, TrustContext context, Suite suite, Instant now, Duration skew) {
        List<ServiceCertificate> candidates = context.directory().certificatesOf(target);
        if (candidates.isEmpty()) {
            throw new SealingRefusedException(
                    Rejection.CERTIFICATE_UNTRUSTED,
                    "No certificate of the service " + target
                            + " is known; add it to the services in the configuration");
        }
        return usable(candidates, context, suite, certificate -> now)
                .or(() -> usable(candidates, context, suite, certificate -> validFrom(certificate, now, skew)))
                .orElseGet(() -> {
                    requireUsable(candidates.get(0), context, suite, now, "the certificate of the service " + target);
                    return candidates.get(0);
                });
    }

    private static Optional<ServiceCertificate> usable(
            List<ServiceCertificate> candidates,
            TrustContext context,
            Suite suite,
            Function<ServiceCertificate, Instant> at) {
        return candidates.stream()
                .filter(candidate -> candidate.suites().contains(suite))
                .filter(candidate ->
                        context.trust().check(candidate, at.apply(candidate)).isEmpty())
                .findFirst();
    }

    private static void requireUsable(
            ServiceCertificate certificate, TrustContext context, Suite suite, Instant now, String whose) {
        if (!certificate.suites().contains(suite)) {
            throw new SealingRefusedException(
                    Rejection.CERTIFICATE_UNSUITABLE,
                    whose + " has no key for " + suite + "; prefer another suite, or issue a certificate for this one");
        }
        Optional<CertificateProblem> problem = context.trust().check(certificate, now);
        if (problem.isPresent()) {
            throw new SealingRefusedException(
                    Parties.rejectionOf(problem.get()),
                    whose + " " + problem.get().description());
        }
    }

    void invalidateAll() {
        pairs.invalidateIf(pair -> true);
    }
}
