package io.dialogsecurity.vectors;

import static io.dialogsecurity.vectors.ReferenceCrypto.ascii;
import static io.dialogsecurity.vectors.ReferenceCrypto.expand;
import static io.dialogsecurity.vectors.ReferenceCrypto.extract;
import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.sha256;
import static io.dialogsecurity.vectors.ReferenceCrypto.u32;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;

import io.dialogsecurity.vectors.ReferenceHeaders.DialogKey;
import io.dialogsecurity.vectors.ReferenceHeaders.MessageHeader;
import io.dialogsecurity.vectors.ReferenceHeaders.Party;
import io.dialogsecurity.vectors.ReferenceHeaders.Preamble;
import io.dialogsecurity.vectors.ReferenceHeaders.SenderSignature;
import io.dialogsecurity.vectors.ReferenceHeaders.ServicePair;
import io.dialogsecurity.vectors.ReferenceHeaders.Static;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens envelopes as a stranger would write it from WIRE-FORMAT.md, on the cryptography of JDK and Bouncy Castle, without
 * caches and without a line of the product: to find where product and document part. Every check has a name, so that it
 * can be left out.
 */
final class ReferenceOpener {

    private static final long SKEW = Duration.ofMinutes(2).toMillis();
    private static final long LONGEST_AGE = Duration.ofDays(7).toMillis();

    /**
     * Who receives, where, and what policy says.
     *
     * @param streamed whether the body is opened as a stream
     */
    record Surroundings(
            VectorPki.Identity self,
            ReferenceTrust trust,
            long now,
            String receivedAt,
            Set<Integer> suites,
            boolean groupAccepted,
            boolean gapsRefused,
            boolean streamed) {}

    /** What came out, and every value on the way. */
    record Result(
            String initiator,
            List<String> targets,
            String sender,
            String dialogId,
            int direction,
            long sequence,
            long created,
            int kind,
            int flags,
            String destination,
            String arrival,
            String contentType,
            Map<String, Object> properties,
            byte[] payload,
            Map<String, byte[]> values) {}

    private final Surroundings around;
    private final Checks checks;
    private final ReferenceMemory memory;

    ReferenceOpener(Surroundings around, Checks checks) {
        this.around = around;
        this.checks = checks;
        this.memory = new ReferenceMemory(around.gapsRefused(), checks);
    }

    /** What steps 1 and 2 have found, and whose word it is. */
    private record Believed(
            byte[] envelope,
            Preamble preamble,
            MessageHeader message,
            Static headers,
            X509Certificate initiator,
            byte[] pairHash,
            byte[] headerHash) {

        ServicePair pair() {
            return headers.pair();
        }

        DialogKey dialog() {
            return headers.dialog();
        }

        Party sender() {
            return pair().parties()
                    .get(Math.min(dialog().sender(), pair().parties().size() - 1));
        }

        byte[] contextHash() {
            return sha256(ascii("dialog-security 1 message context"), headerHash, message.context());
        }

        byte[] associatedData() {
            return join(contextHash(), u64(preamble.created()), u64(message.sequence()));
        }

        byte[] nonce() {
            return Arrays.copyOf(preamble.salt(), 12);
        }
    }

    /** Opens an envelope; {@link Checks.Refused} if it is not one to be opened. */
    Result open(byte[] envelope) throws GeneralSecurityException {
        Body body = new Body(envelope);
        Believed believed = believe(envelope, body.message);
        int own = ownIndex(believed);
        Map<String, byte[]> values = new TreeMap<>();
        Keys keys = new Keys(believed, own, values);
        requirePlaceAndTime(believed);
        boolean toTargets = believed.dialog().direction() == 0;
        checks.require(Check.TO_THIS_SIDE, toTargets == (own != 0), 4);
        checks.require(Check.DESTINATION, believed.message().destination().equals(around.receivedAt()), 5);
        values.put("associated-data", believed.associatedData());
        values.put("context-hash", believed.contextHash());
        String arrival;
        byte[] plaintext;
        if (around.streamed()) {
            open(keys.bodyKey, believed, believed.preamble().mic());
            requireSignedAsAgreed(believed);
            arrival = memory.arrive(believed.sender(), believed.dialog(), believed.message(), envelope);
            plaintext = body.chunks(believed, keys, values);
        } else {
            requireSenderSignature(believed, body.signature, body.ciphertext);
            plaintext = open(
                    keys.bodyKey,
                    believed,
                    join(body.ciphertext, believed.preamble().mic()));
            arrival = memory.arrive(believed.sender(), believed.dialog(), believed.message(), envelope);
        }
        ReferenceContent content = ReferenceContent.read(believed.message(), plaintext, checks);
        memory.accepted(believed.sender(), believed.dialog(), believed.message());
        List<String> services =
                believed.pair().parties().stream().map(Party::service).toList();
        return new Result(
                services.get(0),
                services.subList(1, services.size()),
                believed.sender().service(),
                believed.dialog().dialogId(),
                believed.dialog().direction(),
                believed.message().sequence(),
                believed.preamble().created(),
                believed.message().kind(),
                believed.message().flags(),
                believed.message().destination(),
                arrival,
                content.contentType,
                content.properties,
                content.payload,
                values);
    }

    /** What somebody without a private key finds: {@link Checks.Refused}, or nothing. */
    void guard(byte[] envelope) throws GeneralSecurityException {
        Body body = new Body(envelope);
        Believed believed = believe(envelope, body.message);
        requireWithinValidity(believed);
        if (around.streamed()) {
            requireSignedAsAgreed(believed);
        } else {
            requireSenderSignature(believed, body.signature, body.ciphertext);
        }
    }

    /** Layers 1 and 5, and what stands behind them as far as it is at hand (step 1). */
    private final class Body {
        final MessageHeader message;
        /** In one piece. */
        byte[] ciphertext;

        SenderSignature signature;
        private final ReferenceReader in;

        Body(byte[] envelope) {
            Preamble preamble = Preamble.read(envelope, checks);
            message = MessageHeader.read(envelope, preamble.headerLength(), checks);
            checks.require(Check.BODY_AS_EXPECTED, message.has(ReferenceHeaders.STREAMED) == around.streamed(), 5);
            in = new ReferenceReader(envelope, message.end(), envelope.length, checks, Check.LAYER_6_THERE, 6);
            if (around.streamed()) {
                return;
            }
            ciphertext = in.frame(Check.LAYER_6_TYPE, 6, Check.LAYER_6_THERE, 6).all();
            if (!message.has(ReferenceHeaders.SIGNED)) {
                in.end(Check.NOTHING_BEHIND);
                return;
            }
            checks.require(Check.LAYER_7_MISSING, in.remaining() > 0, 7);
            if (in.remaining() > 0) {
                signature = SenderSignature.read(in, checks);
                in.end(Check.ENVELOPE_END);
            }
        }

        /** Layers 6 and 7 of a stream (step 6). */
        byte[] chunks(Believed believed, Keys keys, Map<String, byte[]> values) throws GeneralSecurityException {
            byte[] chunkKey = keys.chunkKey(believed);
            values.put("chunk-key", chunkKey);
            ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
            int start = in.position();
            long size = message.chunkSize();
            boolean last = false;
            for (int index = 0; !last; index++) {
                ReferenceReader content;
                int type = in.remaining() > 0 ? believed.envelope()[in.position()] : 0;
                last = type == 9;
                if (!last && index > 0 && in.remaining() <= 0) {
                    checks.require(Check.CHUNK_THERE, false, 8);
                    break;
                }
                content = in.frame(Check.CHUNK_TYPE, last ? 9 : 8, Check.CHUNK_THERE, 8);
                byte[] sealed = content.all();
                checks.require(Check.CHUNK_TAG_THERE, sealed.length >= 16, 8);
                int length = sealed.length - 16;
                if (last) {
                    checks.atMost(Check.LAST_CHUNK_SIZE, length, size, 8);
                    checks.require(Check.LAST_CHUNK_EMPTY, length > 0 || index == 0, 8);
                } else {
                    checks.require(Check.CHUNK_FULL, length == size, 8);
                }
                byte[] nonce = join(new byte[7], u8(last ? 1 : 0), u32(index));
                try {
                    plaintext.writeBytes(ReferenceCrypto.gcmOpen(chunkKey, nonce, new byte[0], sealed));
                } catch (GeneralSecurityException e) {
                    checks.require(Check.CHUNK_TAG, false, 8);
                    plaintext.writeBytes(Arrays.copyOf(sealed, length));
                }
            }
            byte[] body = Arrays.copyOfRange(believed.envelope(), start, in.position());
            if (message.has(ReferenceHeaders.SIGNED)) {
                SenderSignature last7 = SenderSignature.read(in, checks);
                requireSenderSignature(believed, last7, body);
            }
            checks.require(Check.STREAM_END, in.remaining() <= 0, 9);
            return plaintext.toByteArray();
        }
    }

    // --- Steps 1 and 2

    private Believed believe(byte[] envelope, MessageHeader message) throws GeneralSecurityException {
        Preamble preamble = Preamble.read(envelope, checks);
        checks.require(Check.SUITE_KNOWN, preamble.suite() == 1 || preamble.suite() == 2, 1);
        checks.require(
                Check.SUITE_ACCEPTED,
                around.suites().contains(preamble.suite()) || preamble.suite() < 1 || preamble.suite() > 2,
                1);
        checks.atMost(Check.NOT_STALE, around.now() - preamble.created(), LONGEST_AGE, 1);
        checks.atMost(Check.NOT_FROM_THE_FUTURE, preamble.created() - around.now(), SKEW, 1);
        Static headers = Static.read(envelope, preamble.headerLength(), checks);
        ServicePair pair = headers.pair();
        X509Certificate initiator =
                around.trust().certificateOf(pair.parties().get(0), pair.certificates(), preamble.created(), 2, checks);
        byte[] transcript = join(
                ascii("dialog-security 1 pair signature"),
                preamble.v(),
                u32(pair.signed().length),
                pair.signed(),
                headers.layer3());
        if (initiator != null) {
            boolean fits = isOfSuite(initiator.getPublicKey(), preamble.suite());
            checks.require(Check.SIGNATURE_KEY, fits, 2);
            checks.require(
                    Check.SIGNATURE,
                    ReferenceCrypto.verify(initiator.getPublicKey(), transcript, pair.signature(), 2, checks),
                    2);
        }
        checks.require(Check.GROUP_ACCEPTED, pair.authenticity() != 2 || around.groupAccepted(), 2);
        byte[] pairHash =
                sha256(ascii("dialog-security 1 pair hash"), preamble.v(), headers.layer2(), headers.layer3());
        byte[] headerHash = sha256(ascii("dialog-security 1 header hash"), preamble.v(), headers.all());
        return new Believed(envelope, preamble, message, headers, initiator, pairHash, headerHash);
    }

    /** A suite nobody knows says nothing of keys. */
    private static boolean isOfSuite(PublicKey key, int suite) {
        return suite < 1 || suite > 2 || (key instanceof RSAPublicKey) == (suite == 1);
    }

    // --- Steps 3 and 4

    private int ownIndex(Believed believed) {
        List<Party> parties = believed.pair().parties();
        for (int i = 1; i < parties.size(); i++) {
            if (parties.get(i).is(around.self().fingerprint())) {
                return i;
            }
        }
        boolean initiator = parties.get(0).is(around.self().fingerprint());
        checks.require(Check.FOR_US, initiator, 2);
        return initiator ? 0 : 1;
    }

    private final class Keys {
        private final byte[] context;
        private final byte[] prk;
        final byte[] bodyKey;

        Keys(Believed believed, int own, Map<String, byte[]> values) {
            context = believed.dialog().context();
            byte[] secret = keyExchangeSecret(believed, own);
            byte[] kek = extract(believed.pairHash(), secret);
            byte[] wrapKey = expand(kek, join(ascii("dialog-security 1 wrap"), context));
            byte[] dialogSecret;
            try {
                dialogSecret =
                        ReferenceCrypto.keyUnwrap(wrapKey, believed.dialog().wrapped());
            } catch (GeneralSecurityException e) {
                checks.require(Check.DIALOG_SECRET, false, 4);
                dialogSecret = new byte[32];
            }
            prk = extract(believed.pairHash(), dialogSecret);
            byte[] commitment = expand(prk, join(ascii("dialog-security 1 commit"), context));
            checks.require(
                    Check.COMMITMENT,
                    Arrays.equals(commitment, believed.dialog().commitment()),
                    4);
            bodyKey = expand(prk, join(ascii("dialog-security 1 body"), context));
            values.put("key-exchange-secret", secret);
            values.put("pair-hash", believed.pairHash());
            values.put("kek", kek);
            values.put("dialog-secret", dialogSecret);
            values.put("body-key", bodyKey);
            values.put("header-hash", believed.headerHash());
        }

        byte[] chunkKey(Believed believed) {
            byte[] streamKey = expand(prk, join(ascii("dialog-security 1 stream"), context));
            byte[] streamHash = sha256(
                    ascii("dialog-security 1 stream hash"),
                    believed.associatedData(),
                    believed.preamble().salt(),
                    believed.preamble().mic());
            return expand(streamKey, join(ascii("dialog-security 1 chunks"), streamHash));
        }
    }

    private byte[] keyExchangeSecret(Believed believed, int own) {
        byte[] info = join(
                ascii("dialog-security 1 key wrap"),
                believed.preamble().v(),
                believed.headers().key().keyId(),
                believed.pair().parties().get(0).fingerprint(),
                around.self().fingerprint());
        List<byte[]> wraps = believed.headers().key().wraps();
        byte[] secret;
        try {
            secret = ReferenceCrypto.unwrap(
                    around.self(),
                    wraps.get(own == 0 ? believed.pair().parties().size() - 1 : own - 1),
                    info,
                    checks);
        } catch (GeneralSecurityException e) {
            checks.require(Check.WRAP_OPENS, false, 3);
            secret = new byte[32];
        }
        checks.require(Check.SECRET_LENGTH, secret.length == 32, 3);
        return secret;
    }

    // --- Step 5

    private void requirePlaceAndTime(Believed believed) {
        if (believed.dialog().direction() == 1) {
            around.trust().believeReplier(believed.sender(), believed.preamble().created(), checks);
        }
        requireWithinValidity(believed);
    }

    private void requireWithinValidity(Believed believed) {
        long created = believed.preamble().created();
        long from = believed.headers().key().notBefore();
        long to = believed.headers().key().notAfter();
        checks.atMost(Check.KEY_FROM, from - created, SKEW, 3);
        checks.atMost(Check.KEY_TO, created - to, SKEW, 3);
        checks.atMost(Check.DIALOG_KEY_FROM, believed.dialog().notBefore() - created, SKEW, 4);
        checks.atMost(Check.DIALOG_KEY_TO, created - believed.dialog().notAfter(), SKEW, 4);
    }

    // --- Step 6

    private void requireSignedAsAgreed(Believed believed) {
        boolean signed = believed.message().has(ReferenceHeaders.SIGNED);
        boolean toBe = believed.pair().authenticity() == 1;
        checks.require(Check.SIGNED, signed || !toBe, 7);
        checks.require(Check.NOT_SIGNED, !signed || toBe, 7);
    }

    private void requireSenderSignature(Believed believed, SenderSignature signature, byte[] body)
            throws GeneralSecurityException {
        requireSignedAsAgreed(believed);
        if (signature == null) {
            checks.require(Check.SIGNED, believed.pair().authenticity() != 1, 7);
            return;
        }
        X509Certificate certificate;
        if (believed.dialog().sender() == 0) {
            checks.require(Check.INITIATOR_BARE, signature.certificates().isEmpty(), 7);
            certificate = believed.initiator();
        } else {
            certificate = around.trust()
                    .certificateOf(
                            believed.sender(),
                            signature.certificates(),
                            believed.preamble().created(),
                            7,
                            checks);
        }
        if (certificate == null) {
            return;
        }
        byte[] transcript = join(
                ascii("dialog-security 1 sender signature"),
                believed.associatedData(),
                believed.preamble().salt(),
                believed.preamble().mic(),
                sha256(body),
                signature.signed());
        checks.require(
                Check.SENDER_SIGNATURE_KEY,
                isOfSuite(certificate.getPublicKey(), believed.preamble().suite()),
                7);
        checks.require(
                Check.SENDER_SIGNATURE,
                ReferenceCrypto.verify(certificate.getPublicKey(), transcript, signature.signature(), 7, checks),
                7);
    }

    private byte[] open(byte[] key, Believed believed, byte[] sealed) {
        try {
            return ReferenceCrypto.gcmOpen(key, believed.nonce(), believed.associatedData(), sealed);
        } catch (GeneralSecurityException e) {
            checks.require(Check.MIC, false, 6);
            return Arrays.copyOf(sealed, sealed.length - 16);
        }
    }
}
