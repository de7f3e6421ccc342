package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.ServicePublicKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.PairHeaders;
import io.dialogsecurity.wire.PartyIdentity;
import io.dialogsecurity.wire.SenderSignature;
import io.dialogsecurity.wire.ServicePairHeader;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Believes or refuses what needs no private key: suite, times, certificates, signatures. The guard does nothing else;
 * the opener starts with it. Thread-safe.
 */
final class HeaderVerifier {

    private final Supplier<EndpointPolicy> policy;
    private final Supplier<TrustContext> trust;
    private final CryptoCounters counters;
    private final DerivedCache<Bytes, VerifiedPair> verified;

    HeaderVerifier(
            Supplier<EndpointPolicy> policy,
            Supplier<TrustContext> trust,
            CryptoCounters counters,
            DerivedCache<Bytes, VerifiedPair> verified) {
        this.policy = policy;
        this.trust = trust;
        this.counters = counters;
        this.verified = verified;
    }

    /** The suite of an envelope, if it is accepted. */
    Suite acceptedSuite(EnvelopeFrame frame) {
        Optional<Suite> suite = Suite.of(frame.suite());
        if (suite.isEmpty() || !policy.get().acceptedSuites().contains(suite.get())) {
            throw new RejectedException(
                    Rejection.SUITE_NOT_ACCEPTED,
                    Layer.SECURITY_PREAMBLE,
                    "suite " + frame.suite() + " is not accepted by policy");
        }
        return suite.get();
    }

    /** Whether the message was sealed neither too long ago, for the address it was sealed for, nor in the future. */
    boolean isFresh(String destination, long creationTimeMillis, long nowMillis) {
        EndpointPolicy current = policy.get();
        return creationTimeMillis - nowMillis <= current.clockSkew().toMillis()
                && nowMillis - creationTimeMillis
                        <= current.maxMessageAge(destination).toMillis();
    }

    /** Refuses what is too old, or sealed in the future. */
    void requireFresh(String destination, long creationTimeMillis, long nowMillis) {
        EndpointPolicy current = policy.get();
        long ahead = creationTimeMillis - nowMillis;
        if (ahead > 0 && ahead > current.clockSkew().toMillis()) {
            throw new RejectedException(
                    Rejection.FROM_THE_FUTURE, Layer.SECURITY_PREAMBLE, "sealed " + ahead + " ms in the future");
        }
        if (nowMillis - creationTimeMillis > current.maxMessageAge(destination).toMillis()) {
            throw new RejectedException(
                    Rejection.STALE,
                    Layer.SECURITY_PREAMBLE,
                    "sealed " + (nowMillis - creationTimeMillis) / 1000 + " s ago for " + destination
                            + ", where a message may take "
                            + current.maxMessageAge(destination));
        }
    }

    /** Whether a message sealed at this time may use keys of this validity. */
    void requireWithin(Layer layer, long notBeforeMillis, long notAfterMillis, long creationTimeMillis) {
        if (notBeforeMillis <= creationTimeMillis && creationTimeMillis <= notAfterMillis) {
            return;
        }
        long skew = policy.get().clockSkew().toMillis();
        // A header can claim any times, so the comparison must not overflow.
        if (creationTimeMillis < notBeforeMillis - skew || creationTimeMillis - skew > notAfterMillis) {
            throw new RejectedException(Rejection.KEY_EXPIRED, layer, "sealed outside the validity of its key");
        }
    }

    /** Layers 2 and 3, verified now or earlier, and trusted at the time the message was sealed. */
    VerifiedPair verify(Suite suite, PairHeaders headers, long creationTimeMillis) {
        byte[] pairHash = Transcript.pairHash(
                suite,
                headers.servicePairBytes().toArray(),
                headers.keyExchangeKeyBytes().toArray());
        VerifiedPair pair = verified.lease(
                Bytes.copyOf(pairHash), hash -> verifySignature(suite, headers, hash, creationTimeMillis));
        requireTrusted(pair, creationTimeMillis);
        return pair;
    }

    /** Remembers headers that were signed here. */
    void learn(VerifiedPair pair) {
        verified.put(pair.pairHash, pair);
    }

    /** Checks a verified pair again if trust has changed, or the message was sealed at another time. */
    void requireTrusted(VerifiedPair pair, long creationTimeMillis) {
        TrustContext context = trust.get();
        if (!pair.holdsUnder(context, creationTimeMillis)) {
            requireTrusted(
                    pair.initiator, context, Instant.ofEpochMilli(creationTimeMillis), Layer.SERVICE_PAIR_HEADER);
            pair.checkedUnder(context);
        }
        if (pair.servicePair.authenticity() == Authenticity.GROUP
                && !policy.get().groupAuthenticityAccepted()) {
            throw new RejectedException(
                    Rejection.AUTHENTICITY_NOT_ACCEPTED,
                    Layer.SERVICE_PAIR_HEADER,
                    "several targets share the keys and messages are not signed");
        }
    }

    /**
     * When a replying target's certificate is valid, as far as it is known here; revocation counts in any case.
     *
     * @param context under which it is trusted; under another it has to be asked again
     * @param fromMillis start of validity
     * @param untilMillis end of validity
     */
    record SenderTrust(TrustContext context, long fromMillis, long untilMillis) {

        boolean covers(TrustContext current, long atMillis) {
            return context.equals(current) && atMillis >= fromMillis && atMillis <= untilMillis;
        }
    }

    /** Whether trust in a replying target, checked earlier, says anything about a message sealed at this time. */
    boolean covers(SenderTrust checked, long creationTimeMillis) {
        return checked != null && checked.covers(trust.get(), creationTimeMillis);
    }

    /**
     * Checks a target that replies without a signature of its own. Its keys were given to it by the initiator, this very
     * service; but a certificate that was revoked or has expired since does not speak any more.
     */
    SenderTrust requireReplierTrusted(VerifiedPair pair, int senderIndex, long creationTimeMillis) {
        TrustContext context = trust.get();
        PartyIdentity party = pair.servicePair.party(senderIndex);
        byte[] fingerprint = party.fingerprint().toArray();
        if (context.trust().isRevoked(fingerprint, party.issuer(), party.serial())) {
            throw new RejectedException(
                    Rejection.CERTIFICATE_REVOKED,
                    Layer.SERVICE_PAIR_HEADER,
                    "the certificate of " + party.service() + " is revoked");
        }
        Optional<ServiceCertificate> known = context.directory().byFingerprint(fingerprint);
        if (known.isEmpty()) {
            return new SenderTrust(context, 0, Long.MAX_VALUE);
        }
        requireTrusted(known.get(), context, Instant.ofEpochMilli(creationTimeMillis), Layer.SERVICE_PAIR_HEADER);
        return new SenderTrust(context, Parties.validFromMillis(known.get()), Parties.validUntilMillis(known.get()));
    }

    private VerifiedPair verifySignature(Suite suite, PairHeaders headers, Bytes pairHash, long creationTimeMillis) {
        ServicePairHeader servicePair = headers.servicePair();
        TrustContext context = trust.get();
        ServiceCertificate certificate = certificateOf(
                servicePair.initiator(),
                servicePair.initiatorCertificates(),
                context,
                Instant.ofEpochMilli(creationTimeMillis),
                Layer.SERVICE_PAIR_HEADER);
        byte[] transcript = Transcript.pairSignature(
                suite,
                HeaderCodec.signedPart(servicePair),
                headers.keyExchangeKeyBytes().toArray());
        counters.countVerification();
        if (!publicKey(certificate)
                .verify(suite, transcript, servicePair.signature().toArray())) {
            throw new RejectedException(
                    Rejection.SIGNATURE_INVALID,
                    Layer.SERVICE_PAIR_HEADER,
                    "the signature is not that of " + servicePair.initiator().service());
        }
        byte[] pairLayer = headers.servicePairBytes().toArray();
        byte[] keyLayer = headers.keyExchangeKeyBytes().toArray();
        byte[] layers = Arrays.copyOf(pairLayer, pairLayer.length + keyLayer.length);
        System.arraycopy(keyLayer, 0, layers, pairLayer.length, keyLayer.length);
        return new VerifiedPair(suite, layers, servicePair, headers.keyExchangeKey(), pairHash, certificate, context);
    }

    /**
     * Checks the signature of one message of a pair with several targets.
     *
     * @param signature layer 7, or empty
     * @param transcript what is signed, up to the certificates
     */
    void verifySender(
            VerifiedPair pair,
            int senderIndex,
            Optional<SenderSignature> signature,
            byte[] transcript,
            long creationTimeMillis) {
        if (pair.servicePair.authenticity() != Authenticity.SIGNED) {
            if (signature.isPresent()) {
                throw senderSignatureInvalid("there is a sender signature where none belongs");
            }
            return;
        }
        SenderSignature present =
                signature.orElseThrow(() -> senderSignatureInvalid("the sender's signature is missing"));
        ServiceCertificate certificate;
        if (senderIndex == 0) {
            if (!present.certificates().isEmpty()) {
                throw senderSignatureInvalid("the initiator's certificates are in the service-pair header already");
            }
            certificate = pair.initiator;
        } else {
            certificate = certificateOf(
                    pair.servicePair.party(senderIndex),
                    present.certificates(),
                    trust.get(),
                    Instant.ofEpochMilli(creationTimeMillis),
                    Layer.SENDER_SIGNATURE);
        }
        counters.countVerification();
        byte[] signed = Transcript.withCertificates(transcript, present.certificates());
        if (!publicKey(certificate)
                .verify(pair.suite, signed, present.signature().toArray())) {
            throw senderSignatureInvalid("the sender's signature is not that of " + certificate.serviceName());
        }
    }

    private static RejectedException senderSignatureInvalid(String detail) {
        return new RejectedException(Rejection.SENDER_SIGNATURE_INVALID, Layer.SENDER_SIGNATURE, detail);
    }

    /** A party's certificate, from the envelope or the directory, which is exactly the one named and is trusted. */
    private static ServiceCertificate certificateOf(
            PartyIdentity party, List<Bytes> embedded, TrustContext context, Instant at, Layer layer) {
        ServiceCertificate certificate;
        if (embedded.isEmpty()) {
            certificate = context.directory()
                    .byFingerprint(party.fingerprint().toArray())
                    .orElseThrow(() -> new RejectedException(
                            Rejection.CERTIFICATE_UNTRUSTED,
                            layer,
                            "no certificate of " + party.service() + " with fingerprint " + party.fingerprint()
                                    + " is in the envelope or the directory"));
        } else {
            try {
                certificate = ServiceCertificate.parse(
                        embedded.stream().map(Bytes::toArray).toList());
            } catch (CertificateException | IllegalArgumentException e) {
                throw new RejectedException(
                        Rejection.CERTIFICATE_UNSUITABLE, layer, "the certificate in the envelope cannot be read");
            }
        }
        if (!Parties.identityOf(certificate).equals(party)) {
            throw new RejectedException(
                    Rejection.CERTIFICATE_UNSUITABLE,
                    layer,
                    "the header's names are not those of the certificate of " + certificate.serviceName());
        }
        requireTrusted(certificate, context, at, layer);
        return certificate;
    }

    private static void requireTrusted(ServiceCertificate certificate, TrustContext context, Instant at, Layer layer) {
        Optional<CertificateProblem> problem = context.trust().check(certificate, at);
        if (problem.isPresent()) {
            throw new RejectedException(
                    Parties.rejectionOf(problem.get()),
                    layer,
                    "the certificate of " + certificate.serviceName() + " "
                            + problem.get().description());
        }
    }

    private static ServicePublicKey publicKey(ServiceCertificate certificate) {
        return ServicePublicKey.of(
                certificate.publicKey(), certificate.agreementKey().orElse(null));
    }
}
