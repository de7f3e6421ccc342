package io.dialogsecurity.dialog;

import static io.dialogsecurity.wire.WireFormat.MIC_BYTES;
import static io.dialogsecurity.wire.WireFormat.MIC_OFFSET;
import static io.dialogsecurity.wire.WireFormat.SALT_OFFSET;

import io.dialogsecurity.crypto.ChunkCipher;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.KeyExchangeSecret;
import io.dialogsecurity.crypto.KeyOperationException;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.EnvelopeIdentity;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.ReceiveWindows;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.MessageContext;
import io.dialogsecurity.wire.MessageFlags;
import io.dialogsecurity.wire.StaticHeaders;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Opens envelopes for a service, layer by layer, outermost first. What was derived from a dialog's static headers is
 * kept, and used again only for an envelope with exactly the same bytes; so a warm message costs a comparison and one AEAD
 * operation, and a message that meets empty caches costs one verification and one unwrap more. Thread-safe.
 */
final class DialogOpener {

    /**
     * Finds what was derived for a dialog and direction. The name is the key commitment (its first half), which nobody can
     * claim who does not know the key: so nobody else can take the place in the cache.
     */
    record DialogRef(Bytes owner, long commitmentHigh, long commitmentLow) {}

    /** Finds a key exchange key. */
    record PairRef(Bytes owner, Bytes pairHash) {}

    /** Envelopes up to this size without room behind them are opened from a buffer that is kept per thread. */
    private static final int KEPT_BUFFER_BYTES = 64 * 1024;

    /** Up to here a copy costs less than it is worth to avoid it. */
    private static final int SMALL_BODY_BYTES = 4 * 1024;

    private static final byte[] NOTHING = {};

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /**
     * Messages of one dialog that a thread opens without a look at the cache, which has to hear now and then that the dialog
     * is in use. (That the cache has dropped it is known at once: then it gives no more leases.)
     */
    private static final int LONGEST_RUN = 32;

    /** Ciphertext and tag side by side, where the caller's array has no room for the tag; and the associated data. */
    private static final class Workspace {
        byte[] ciphertext = new byte[4096];
        final byte[] associatedData = new byte[Transcript.ASSOCIATED_DATA_BYTES];
        /** What this thread opened last, which is what it will probably open next. */
        MessageContext likely;

        OpeningDialog last;
        /** Messages since the last was found in the cache. */
        int run;

        byte[] ciphertext(int length) {
            if (length > KEPT_BUFFER_BYTES) {
                return new byte[length];
            }
            if (length > ciphertext.length) {
                ciphertext = new byte[length];
            }
            return ciphertext;
        }
    }

    private final ThreadLocal<Workspace> workspaces = ThreadLocal.withInitial(Workspace::new);

    private final ServiceIdentity self;
    private final Bytes ownFingerprint;
    private final HeaderVerifier verifier;
    private final CryptoCounters counters;
    private final InstantSource clock;
    private final InstantSource coarseClock;
    private final ReceiveWindows windows;
    private final Forks forks;
    private final LifeCycle lifeCycle;
    private final DerivedCache<PairRef, KeyExchangeKey> keyExchangeKeys;
    private final DerivedCache<DialogRef, OpeningDialog> dialogs;

    DialogOpener(
            ServiceIdentity self,
            HeaderVerifier verifier,
            CryptoCounters counters,
            InstantSource clock,
            InstantSource coarseClock,
            ReceiveWindows windows,
            Forks forks,
            LifeCycle lifeCycle,
            DerivedCache<PairRef, KeyExchangeKey> keyExchangeKeys,
            DerivedCache<DialogRef, OpeningDialog> dialogs) {
        this.self = self;
        this.ownFingerprint = Bytes.copyOf(self.certificate().fingerprint());
        this.verifier = verifier;
        this.counters = counters;
        this.clock = clock;
        this.coarseClock = coarseClock;
        this.windows = windows;
        this.forks = forks;
        this.lifeCycle = lifeCycle;
        this.keyExchangeKeys = keyExchangeKeys;
        this.dialogs = dialogs;
    }

    /** @param out receives the plaintext at {@code outOffset}; null for an array of its size */
    OpenOutcome open(byte[] bytes, int offset, int length, Reception reception, byte[] out, int outOffset) {
        try {
            if (!EnvelopeFrame.looksSealed(bytes, offset, length)) {
                return new Rejected(Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "the message is not sealed");
            }
            Workspace workspace = workspaces.get();
            EnvelopeFrame frame = EnvelopeFrame.read(bytes, offset, length, workspace.likely);
            checkPreamble(frame, reception);
            OpeningDialog dialog = derive(frame, workspace);
            try {
                checkMessage(frame, dialog, reception);
                return openBody(frame, dialog, reception, workspace, out, outOffset);
            } finally {
                dialog.release();
            }
        } catch (EnvelopeFormatException e) {
            return rejected(e);
        } catch (RejectedException e) {
            return e.rejected();
        }
    }

    static Rejected rejected(EnvelopeFormatException e) {
        Rejection reason = e.versionUnsupported() ? Rejection.VERSION_UNSUPPORTED : Rejection.MALFORMED;
        return new Rejected(reason, e.layer(), e.getMessage());
    }

    // --- Layer 1: the preamble

    private void checkPreamble(EnvelopeFrame frame, Reception reception) {
        verifier.acceptedSuite(frame);
        if (reception.remembers()) {
            long created = frame.creationTimeMillis();
            String destination = frame.context().destination();
            if (!verifier.isFresh(destination, created, coarseClock.millis())) {
                verifier.requireFresh(destination, created, clock.millis()); // the exact time decides
            }
        }
    }

    // --- Layers 2 to 4: who, under which key exchange key, under which dialog key

    /** What the static headers lead to, with a lease for the caller. */
    private OpeningDialog derive(EnvelopeFrame frame, Workspace workspace) {
        OpeningDialog last = workspace.last;
        if (last != null && workspace.run < LONGEST_RUN && last.fits(frame) && last.tryLease()) {
            workspace.run++;
            return last;
        }
        OpeningDialog dialog = lookUp(frame);
        workspace.last = dialog;
        workspace.run = 0;
        return dialog;
    }

    private OpeningDialog lookUp(EnvelopeFrame frame) {
        int commitment = frame.messageOffset() - WireFormat.COMMITMENT_BYTES;
        DialogRef ref = new DialogRef(
                ownFingerprint, readLong(frame.array(), commitment), readLong(frame.array(), commitment + 8));
        OpeningDialog dialog = dialogs.lease(ref, ignored -> deriveAnew(frame));
        if (!dialog.fits(frame)) {
            dialog.release();
            dialog = deriveAnew(frame); // says what is wrong with these headers, which were never believed before
        }
        return dialog;
    }

    private OpeningDialog deriveAnew(EnvelopeFrame frame) {
        StaticHeaders headers;
        try {
            headers = frame.staticHeaders();
        } catch (EnvelopeFormatException e) {
            Rejected rejected = rejected(e);
            throw new RejectedException(rejected.reason(), rejected.layer(), rejected.detail());
        }
        Suite suite = verifier.acceptedSuite(frame);
        VerifiedPair pair = verifier.verify(suite, headers.pair(), frame.creationTimeMillis());
        int ownIndex = ownIndex(pair);
        KeyExchangeKey keyExchangeKey = leaseKeyExchangeKey(pair, ownIndex);
        try {
            DialogKey key = unwrapDialogKey(keyExchangeKey, headers);
            BelievedHeaders believed = new BelievedHeaders(pair, headers.dialogSessionKey(), frame);
            return new OpeningDialog(
                    believed, key, keyExchangeKey, ownIndex, self.serviceName().value());
        } catch (RuntimeException e) {
            keyExchangeKey.release();
            throw e;
        }
    }

    /** This service's place in a pair: 0 the initiator, i + 1 target i. */
    int ownIndex(VerifiedPair pair) {
        List<Bytes> targets = pair.servicePair.targets().stream()
                .map(party -> party.fingerprint())
                .toList();
        int target = targets.indexOf(ownFingerprint);
        if (target >= 0) {
            return target + 1;
        }
        if (pair.servicePair.initiator().fingerprint().equals(ownFingerprint)) {
            return 0;
        }
        throw new RejectedException(
                Rejection.NOT_FOR_US,
                Layer.SERVICE_PAIR_HEADER,
                "sealed to "
                        + pair.servicePair.targets().stream()
                                .map(p -> p.service())
                                .toList() + " by "
                        + pair.servicePair.initiator().service() + ", not to this certificate of "
                        + self.serviceName());
    }

    /** The pair's key exchange key, with a lease for the caller. */
    KeyExchangeKey leaseKeyExchangeKey(VerifiedPair pair, int ownIndex) {
        return keyExchangeKeys.lease(new PairRef(ownFingerprint, pair.pairHash), ref -> unwrap(pair, ownIndex));
    }

    /** Remembers a pair that was made here; takes over the lease of its key. */
    void learn(VerifiedPair pair, KeyExchangeKey key) {
        verifier.learn(pair);
        keyExchangeKeys.put(new PairRef(ownFingerprint, pair.pairHash), key);
    }

    private KeyExchangeKey unwrap(VerifiedPair pair, int ownIndex) {
        byte[] info = Transcript.keyWrapInfo(
                pair.suite,
                pair.keyExchangeKey.keyId(),
                pair.servicePair.initiator().fingerprint(),
                ownFingerprint);
        counters.countPublicKeyUnwrap();
        try (KeyExchangeSecret secret = KeyExchangeSecret.unwrap(
                self.key(), pair.suite, pair.keyExchangeKey.wrapFor(ownIndex).toArray(), info)) {
            return secret.bind(pair.pairHash.toArray());
        } catch (KeyOperationException e) {
            throw new RejectedException(
                    Rejection.KEY_EXCHANGE_KEY_INVALID,
                    Layer.KEY_EXCHANGE_KEY_HEADER,
                    "the key exchange key does not unwrap with the private key of " + self.serviceName());
        }
    }

    private DialogKey unwrapDialogKey(KeyExchangeKey keyExchangeKey, StaticHeaders headers) {
        counters.countDialogKeyUnwrap();
        DialogKey key;
        try {
            key = keyExchangeKey.unwrapDialogKey(
                    HeaderCodec.dialogContext(headers.dialogSessionKey()),
                    headers.dialogSessionKey().wrappedSecret().toArray(),
                    headers.dialogSessionKey().commitment().toArray());
        } catch (KeyOperationException e) {
            throw new RejectedException(
                    Rejection.DIALOG_KEY_INVALID,
                    Layer.DIALOG_SESSION_KEY_HEADER,
                    "the dialog key does not unwrap under this key exchange key");
        }
        if (key == null) {
            throw new RejectedException(
                    Rejection.COMMITMENT_MISMATCH,
                    Layer.DIALOG_SESSION_KEY_HEADER,
                    "the dialog key is not the one committed to");
        }
        return key;
    }

    // --- Layer 5: the message header, against what the static headers say

    private void checkMessage(EnvelopeFrame frame, OpeningDialog dialog, Reception reception) {
        long created = frame.creationTimeMillis();
        verifier.requireTrusted(dialog.pair, created);
        if (dialog.header.senderIndex() != 0 && !verifier.covers(dialog.replierTrust, created)) {
            dialog.replierTrust = verifier.requireReplierTrusted(dialog.pair, dialog.header.senderIndex(), created);
        }
        verifier.requireWithin(
                Layer.KEY_EXCHANGE_KEY_HEADER,
                dialog.pair.keyExchangeKey.notBeforeMillis(),
                dialog.pair.keyExchangeKey.notAfterMillis(),
                created);
        verifier.requireWithin(
                Layer.DIALOG_SESSION_KEY_HEADER,
                dialog.header.notBeforeMillis(),
                dialog.header.notAfterMillis(),
                created);
        if (reception.audit()) {
            return;
        }
        boolean toTargets = dialog.header.direction() == Direction.INITIATOR_TO_TARGET;
        if (toTargets == (dialog.ownIndex == 0)) {
            throw new RejectedException(
                    Rejection.REFLECTED,
                    Layer.DIALOG_SESSION_KEY_HEADER,
                    "the message travels away from this side of the dialog");
        }
        if (!reception.accepts(frame.context().destination())) {
            throw new RejectedException(
                    Rejection.WRONG_DESTINATION,
                    Layer.MESSAGE_HEADER,
                    "sealed for " + frame.context().destination());
        }
    }

    // --- Layers 6 and 7: the body, and the sender's signature

    private OpenOutcome openBody(
            EnvelopeFrame frame,
            OpeningDialog dialog,
            Reception reception,
            Workspace workspace,
            byte[] out,
            int outOffset)
            throws EnvelopeFormatException {
        ContextHashes.Hashed context = dialog.contexts.of(frame.context());
        Transcript.associatedData(context.hash, frame.creationTimeMillis(), frame.sequence(), workspace.associatedData);
        verifySender(frame, dialog, workspace.associatedData);
        byte[] plaintext = out != null ? out : new byte[frame.bodyLength()];
        boolean authentic = decrypt(frame, dialog, workspace, plaintext, outOffset);
        counters.countAeadOpen();
        if (!authentic) {
            throw micInvalid();
        }
        dialog.contexts.keep(context);
        workspace.likely = context.context;
        try {
            WindowKey place = dialog.windowKey.through(reception.subscription());
            ReceiveWindow window = reception.remembers() ? window(dialog, reception) : null;
            Arrival arrival = arrive(window, place, dialog, frame, reception);
            Opened opened = new Opened(dialog, frame, arrival, window, place, plaintext, outOffset, frame.bodyLength());
            return accepted(opened, window, place, dialog, frame);
        } catch (RejectedException e) {
            Arrays.fill(plaintext, outOffset, outOffset + frame.bodyLength(), (byte) 0);
            throw e;
        } catch (EnvelopeFormatException e) {
            Arrays.fill(plaintext, outOffset, outOffset + frame.bodyLength(), (byte) 0);
            return new Rejected(Rejection.CONTENT_INVALID, Layer.BODY, e.getMessage());
        }
    }

    /** AES-GCM wants the tag behind the ciphertext; on the wire it is in the preamble. */
    private static boolean decrypt(
            EnvelopeFrame frame, OpeningDialog dialog, Workspace workspace, byte[] out, int outOffset) {
        byte[] bytes = frame.array();
        int bodyEnd = frame.bodyOffset() + frame.bodyLength();
        int length = frame.bodyLength() + MIC_BYTES;
        if (frame.bodyLength() > SMALL_BODY_BYTES && bytes.length - bodyEnd >= MIC_BYTES) {
            byte[] behind = Arrays.copyOfRange(bytes, bodyEnd, bodyEnd + MIC_BYTES);
            System.arraycopy(bytes, frame.offset() + MIC_OFFSET, bytes, bodyEnd, MIC_BYTES);
            try {
                return decrypt(frame, dialog, workspace, bytes, frame.bodyOffset(), length, out, outOffset);
            } finally {
                System.arraycopy(behind, 0, bytes, bodyEnd, MIC_BYTES);
            }
        }
        byte[] ciphertext = workspace.ciphertext(length);
        System.arraycopy(bytes, frame.bodyOffset(), ciphertext, 0, frame.bodyLength());
        System.arraycopy(bytes, frame.offset() + MIC_OFFSET, ciphertext, frame.bodyLength(), MIC_BYTES);
        return decrypt(frame, dialog, workspace, ciphertext, 0, length, out, outOffset);
    }

    private static boolean decrypt(
            EnvelopeFrame frame,
            OpeningDialog dialog,
            Workspace workspace,
            byte[] ciphertext,
            int offset,
            int length,
            byte[] out,
            int outOffset) {
        synchronized (dialog) {
            return dialog.key.open(
                    frame.array(),
                    frame.offset() + SALT_OFFSET,
                    workspace.associatedData,
                    ciphertext,
                    offset,
                    length,
                    out,
                    outOffset);
        }
    }

    private static RejectedException micInvalid() {
        return new RejectedException(Rejection.MIC_INVALID, Layer.BODY, "the MIC does not fit body and headers");
    }

    private void verifySender(EnvelopeFrame frame, OpeningDialog dialog, byte[] associatedData)
            throws EnvelopeFormatException {
        if (dialog.pair.servicePair.authenticity() != Authenticity.SIGNED
                && !frame.context().has(MessageFlags.SIGNED)) {
            return;
        }
        MessageDigest bodyHash = Transcript.sha256();
        bodyHash.update(frame.array(), frame.bodyOffset(), frame.bodyLength());
        verifier.verifySender(
                dialog.pair,
                dialog.header.senderIndex(),
                frame.senderSignature(),
                Transcript.senderSignature(associatedData, frame.array(), frame.offset(), bodyHash.digest()),
                frame.creationTimeMillis());
    }

    // --- Order and replay, for authentic messages only

    private ReceiveWindow window(OpeningDialog dialog, Reception reception) {
        if (!reception.subscription().isEmpty()) {
            return windows.window(dialog.windowKey.through(reception.subscription()));
        }
        ReceiveWindow window = dialog.window;
        if (window == null || !window.isCurrent()) {
            window = windows.window(dialog.windowKey);
            dialog.window = window;
        }
        return window;
    }

    private Arrival arrive(
            ReceiveWindow window, WindowKey place, OpeningDialog dialog, EnvelopeFrame frame, Reception reception) {
        if (window == null) {
            return Arrival.NEXT;
        }
        long sequence = frame.sequence();
        EnvelopeIdentity identity = EnvelopeGuard.identity(frame, dialog.headers.headerHash);
        Arrival arrival = window.arrive(sequence, identity, reception.refuseGaps());
        switch (arrival) {
            case CONFLICT -> {
                return forked(place, dialog, frame, identity, reception);
            }
            case DUPLICATE -> {
                // The window may know it by its MIC alone, which who has the key can give to another ciphertext too.
                if (forks.isAnother(place, frame)) {
                    return forked(place, dialog, frame, identity, reception);
                }
            }
            case BEFORE_WINDOW -> {
                if (reception.replays()) {
                    return Arrival.DUPLICATE; // as good as any other that was here before
                }
                throw new RejectedException(
                        Rejection.SEQUENCE_TOO_OLD,
                        Layer.MESSAGE_HEADER,
                        "sequence " + sequence
                                + " was acknowledged so long ago that nobody can tell whether this is it; the"
                                + " newest is " + window.newest());
            }
            case AFTER_END ->
                throw new RejectedException(
                        Rejection.DIALOG_ENDED,
                        Layer.MESSAGE_HEADER,
                        "sequence " + sequence + " comes after what its sender said was the last");
            case AFTER_GAP, LATE -> {
                if (reception.refuseGaps()) {
                    throw new RejectedException(
                            Rejection.SEQUENCE_GAP,
                            Layer.MESSAGE_HEADER,
                            "sequence " + sequence + " does not follow " + window.newest());
                }
            }
            default -> {
                // in order, or seen before and identical
            }
        }
        return arrival;
    }

    /**
     * Two messages with one number: reported; refused, or delivered with a mark, each once, or where replays are allowed as
     * often as it comes, each time with the mark.
     */
    private Arrival forked(
            WindowKey place,
            OpeningDialog dialog,
            EnvelopeFrame frame,
            EnvelopeIdentity identity,
            Reception reception) {
        if (reception.flagForks()
                && forks.delivered(place, frame.sequence(), identity).acknowledged()) {
            return reception.replays() ? Arrival.FORKED : Arrival.DUPLICATE;
        }
        ForkReport report = forks.report(place, dialog.headers, frame);
        if (reception.flagForks()) {
            return Arrival.FORKED;
        }
        throw conflict(report);
    }

    private static RejectedException conflict(ForkReport report) {
        return new RejectedException(
                Rejection.SEQUENCE_CONFLICT,
                Layer.MESSAGE_HEADER,
                "sequence " + report.sequence() + " was used before with another ciphertext, "
                        + report.cause().description());
    }

    /** What follows from a message for those that come after it. */
    private Opened accepted(
            Opened opened, ReceiveWindow window, WindowKey place, OpeningDialog dialog, EnvelopeFrame frame) {
        if (window == null) {
            return opened;
        }
        Arrival arrival = opened.arrival();
        switch (arrival) {
            case NEXT, AFTER_GAP, LATE -> {
                forks.accepted(place, dialog.headers, frame);
                if (!dialog.remembered && arrival != Arrival.LATE) { // what is late may bring an older key exchange key
                    lifeCycle.opened(dialog);
                    dialog.remembered = true;
                }
            }
            case FORKED -> {
                EnvelopeIdentity identity = EnvelopeGuard.identity(frame, dialog.headers.headerHash);
                return opened.forked(forks.delivered(place, frame.sequence(), identity));
            }
            default -> {
                // a copy
            }
        }
        if (opened.endsDialog() && arrival != Arrival.DUPLICATE) {
            window.end(opened.sequence());
            lifeCycle.openedLast(dialog, opened.kind());
        }
        return opened;
    }

    // --- Streams

    StreamOutcome openStream(InputStream in, Reception reception) throws IOException {
        try {
            byte[] head = readHead(in);
            EnvelopeFrame frame = EnvelopeFrame.readStreamHead(head, 0, head.length);
            checkPreamble(frame, reception);
            OpeningDialog dialog = derive(frame, workspaces.get());
            try {
                checkMessage(frame, dialog, reception);
                return openStream(in, frame, dialog, reception);
            } finally {
                dialog.release();
            }
        } catch (EnvelopeFormatException e) {
            return rejected(e);
        } catch (RejectedException e) {
            return e.rejected();
        }
    }

    private static RejectedException notSealed() {
        return new RejectedException(Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "the message is not sealed");
    }

    private static byte[] readHead(InputStream in) throws IOException, EnvelopeFormatException {
        byte[] head = new byte[0];
        int needed = WireFormat.PREAMBLE_BYTES;
        while (head.length < needed) {
            byte[] more = in.readNBytes(needed - head.length);
            head = Arrays.copyOf(head, head.length + more.length);
            System.arraycopy(more, 0, head, head.length - more.length, more.length);
            if (!EnvelopeFrame.looksSealed(head, 0, head.length)) {
                throw notSealed();
            }
            if (head.length < needed) {
                break; // cut: the frame says where
            }
            needed = EnvelopeFrame.headLength(head, 0, head.length);
        }
        return head;
    }

    private StreamOutcome openStream(InputStream in, EnvelopeFrame frame, OpeningDialog dialog, Reception reception)
            throws IOException {
        byte[] head = frame.array();
        ContextHashes.Hashed context = dialog.contexts.of(frame.context());
        byte[] associatedData = Transcript.associatedData(context.hash, frame.creationTimeMillis(), frame.sequence());
        boolean authentic;
        ChunkCipher chunks;
        synchronized (dialog) {
            authentic = dialog.key.open(head, SALT_OFFSET, associatedData, head, MIC_OFFSET, MIC_BYTES, NOTHING, 0);
            chunks = dialog.key.chunks(Transcript.streamHash(associatedData, head, 0));
        }
        counters.countAeadOpen();
        if (!authentic) {
            chunks.close();
            throw micInvalid();
        }
        dialog.contexts.keep(context);
        boolean signed = dialog.pair.servicePair.authenticity() == Authenticity.SIGNED;
        if (signed != frame.context().has(MessageFlags.SIGNED)) {
            chunks.close();
            throw new RejectedException(
                    Rejection.SENDER_SIGNATURE_INVALID,
                    Layer.SENDER_SIGNATURE,
                    "the sender's signature is missing, or stands where none belongs");
        }
        OpeningInputStream.SenderCheck check = signed
                ? (signature, bodyHash) -> verifier.verifySender(
                        dialog.pair,
                        dialog.header.senderIndex(),
                        Optional.of(signature),
                        Transcript.senderSignature(associatedData, head, 0, bodyHash),
                        frame.creationTimeMillis())
                : null;
        WindowKey place = dialog.windowKey.through(reception.subscription());
        ReceiveWindow window = reception.remembers() ? window(dialog, reception) : null;
        Arrival arrival = arrive(window, place, dialog, frame, reception);
        OpeningInputStream.BodyCheck sameBody =
                window == null ? null : bodyHash -> requireSameBody(place, dialog, frame, bodyHash);
        OpeningInputStream plaintext =
                new OpeningInputStream(in, chunks, frame.context().chunkBytes(), check, sameBody, counters);
        try {
            byte[] section = frame.context().has(MessageFlags.CONTENT_SECTION)
                    ? OpenedStream.readSection(plaintext)
                    : new byte[0];
            Opened opened = new Opened(dialog, frame, arrival, window, place, section, 0, section.length);
            return new OpenedStream(accepted(opened, window, place, dialog, frame), plaintext);
        } catch (EnvelopeStreamException e) {
            return e.rejected();
        } catch (EnvelopeFormatException e) {
            return new Rejected(Rejection.CONTENT_INVALID, Layer.BODY, e.getMessage());
        }
    }

    /** When a stream arrives its head is compared, and at its end all of it: who has the key can give one head two bodies. */
    private void requireSameBody(WindowKey place, OpeningDialog dialog, EnvelopeFrame frame, byte[] bodyHash) {
        EnvelopeIdentity head = EnvelopeGuard.identity(frame, dialog.headers.headerHash);
        if (!forks.isSameBody(place, frame.sequence(), head, bodyHash)) {
            throw conflict(forks.report(place, dialog.headers, frame));
        }
    }

    void invalidateAll() {
        dialogs.invalidateIf(dialog -> true);
        keyExchangeKeys.invalidateIf(key -> true);
    }

    private static long readLong(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }
}
