package io.dialogsecurity.dialog;

import static io.dialogsecurity.wire.WireFormat.FRAME_BYTES;
import static io.dialogsecurity.wire.WireFormat.MIC_BYTES;
import static io.dialogsecurity.wire.WireFormat.MIC_OFFSET;
import static io.dialogsecurity.wire.WireFormat.PREAMBLE_BYTES;
import static io.dialogsecurity.wire.WireFormat.SEQUENCE_BYTES;

import io.dialogsecurity.crypto.ChunkCipher;
import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.state.SendSequence;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.MessageContext;
import io.dialogsecurity.wire.MessageFlags;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;

/**
 * Seals the messages of one dialog in one direction, in the order of the calls. The static headers are built when a
 * dialog key is made; a warm message is a copy of them and one AEAD operation.
 *
 * <p>Thread-safe; concurrent callers take turns. The dialog key lives here and nowhere else: whoever continues the dialog
 * after this sealer makes a key of its own.
 */
public final class DialogSealer implements AutoCloseable {

    /** Plaintext bytes per chunk of a streamed body. */
    public static final int CHUNK_BYTES = 64 * 1024;

    /** Envelopes up to this size are built in a buffer that is kept, larger ones in one of their own. */
    private static final int KEPT_BUFFER_BYTES = 80 * 1024;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final SealingContext context;
    private final DialogId dialogId;
    private final Direction direction;

    /**
     * Names this sealer in the ids of its dialog keys. Several instances of a target may reply in one dialog, each in an
     * order of its own; without a name their sequence numbers would look like forgeries of each other. (Of an initiator
     * there is one per dialog, and receivers do not tell its instances apart.)
     */
    private final long instance;

    private SealingPair pair;
    private SealingPair.Portion portion;
    private DialogKey key;
    /** Layer 4 with its frame; layers 2 and 3 are the pair's. */
    private byte[] dialogLayer;

    private ContextHashes contexts;
    private long keyRefreshAtMillis;
    private KeyUse keyUse = new KeyUse();
    private long sequence;
    /** Numbers remembered beyond this process; null where this instance numbers for itself. */
    private final SendSequence sending;
    /** The number taken for the next message, if it is beyond {@link #sequence}. */
    private long reserved;

    private SealingPair rememberedPair;
    private int brokenOffSeen;
    private boolean ended;
    private boolean closed;

    private String destination = "";
    private int destinationBytes;
    private final byte[] associatedData = new byte[Transcript.ASSOCIATED_DATA_BYTES];
    private byte[] buffer = {};

    DialogSealer(SealingContext context, DialogId dialogId, Direction direction, SealingPair pair) {
        this.context = context;
        this.dialogId = dialogId;
        this.direction = direction;
        this.pair = pair;
        this.portion = pair.new Portion();
        this.instance = context.random.nextLong();
        this.sending = direction == Direction.INITIATOR_TO_TARGET ? context.lifeCycle.sending(dialogId) : null;
        this.sequence = sending == null ? 0 : sending.last();
    }

    /** The dialog. */
    public DialogId dialogId() {
        return dialogId;
    }

    /** The sequence number of the message sealed last, 0 if none. */
    public synchronized long sequence() {
        return sequence;
    }

    /**
     * Seals a message.
     *
     * @param to the address it is sent to; it opens nowhere else
     * @return the envelope, in an array of its size
     * @throws SealingRefusedException if it cannot be sealed; the message says what to do
     */
    public synchronized byte[] seal(MessageContent content, String to) {
        Instant now = context.clock.instant();
        int room = take(now, content, to);
        byte[] out = buffer;
        if (room > out.length) {
            out = new byte[room];
            if (room <= KEPT_BUFFER_BYTES) {
                buffer = out;
            }
        }
        return Arrays.copyOf(out, sealPrepared(now, content, out, 0));
    }

    /**
     * Bytes of room that {@link #seal(MessageContent, String, byte[], int)} needs now: a little more than the envelope
     * will take.
     */
    public synchronized int roomFor(MessageContent content, String to) {
        return prepare(context.clock.instant(), content, to);
    }

    /**
     * Seals a message into a given array: for large messages, and for callers that have a buffer.
     *
     * @param out has {@link #roomFor} bytes after {@code offset}
     * @return the length of the envelope
     * @throws IllegalArgumentException if there is less room
     */
    public synchronized int seal(MessageContent content, String to, byte[] out, int offset) {
        Instant now = context.clock.instant();
        int room = take(now, content, to);
        if (room > out.length - offset) {
            throw new IllegalArgumentException("The envelope needs room for " + room + " bytes");
        }
        return sealPrepared(now, content, out, offset);
    }

    private int prepare(Instant now, MessageContent content, String to) {
        ensureKey(now, content.plaintextLength());
        useDestination(to);
        long room = (long) bodyOffset(0) + content.plaintextLength() + Math.max(MIC_BYTES, context.signatureRoom(pair));
        if (room > Integer.MAX_VALUE - 8) {
            throw new SealingRefusedException(Rejection.TOO_LARGE, "A message of this size has to be streamed");
        }
        return (int) room;
    }

    /** Prepares, and counts the message against the limits of both keys. */
    private int take(Instant now, MessageContent content, String to) {
        int bytes = content.plaintextLength();
        int room = prepare(now, content, to);
        while (!portion.use(bytes)) {
            room = prepare(now, content, to); // other dialogs of the pair took what was left: this makes a new one
        }
        keyUse.bytes += bytes;
        reserveNumber();
        return room;
    }

    /** What a dialog key has sealed; streams that were begun under it go on counting when it has been replaced. */
    private static final class KeyUse {
        private long bytes;
    }

    /**
     * Prepares for a message whose length nobody knows: it begins under keys that have at least half of their bytes left. Its
     * bytes are counted as they are written.
     */
    private void takeStream(Instant now, String to) {
        ensureKey(now, 0);
        if (pair.halfUsedUp()) {
            use(context.replace(pair));
        }
        EndpointPolicy policy = context.policy.get();
        long half =
                Math.min(policy.dialogKey().maxBytes(), policy.keyExchangeKey().maxBytes()) / 2;
        ensureKey(now, half);
        while (!portion.use(0)) {
            ensureKey(now, half);
        }
        useDestination(to);
        reserveNumber();
    }

    /** Counts bytes of a stream before they are sealed, against the keys it was begun with. */
    private synchronized boolean use(SealingPair streamsPair, KeyUse streamsKey, int bytes) {
        if (streamsKey.bytes + bytes > context.policy.get().dialogKey().maxBytes() || !streamsPair.useBytes(bytes)) {
            return false;
        }
        streamsKey.bytes += bytes;
        return true;
    }

    /** Takes the next number, which is remembered before it is used; one that was taken and not used is not lost. */
    private void reserveNumber() {
        if (sending != null && reserved <= sequence) {
            reserved = Math.max(sequence, sending.last()) + 1;
            sending.use(reserved);
            sequence = reserved - 1;
        }
    }

    /** A message has been sealed under the next number. */
    private void sealed(MessageContent content) {
        sequence++;
        if ((content.flags() & MessageFlags.END_OF_DIALOG) != 0) {
            ended = true;
            context.lifeCycle.sealedLast(dialogId, pair, initiator(), content.kind());
        }
    }

    /** Fingerprint of the certificate of the dialog's initiator. */
    private Bytes initiator() {
        return pair.origin == null
                ? context.ownFingerprint
                : pair.origin.servicePair.initiator().fingerprint();
    }

    private int sealPrepared(Instant now, MessageContent content, byte[] out, int offset) {
        int flags = content.flags() | (pair.authenticity == Authenticity.SIGNED ? MessageFlags.SIGNED : 0);
        ContextHashes.Hashed messageContext = contexts.of(content.kind(), flags, destination, 0);
        int body = writeHead(messageContext, now, out, offset);
        int bodyLength = content.plaintextLength();
        out[body] = (byte) Layer.BODY.code();
        INT.set(out, body + 1, bodyLength);
        body += FRAME_BYTES;
        if (content.section().length == 0) {
            key.seal(associatedData, content.payload(), content.offset(), content.length(), out, body);
        } else {
            System.arraycopy(content.section(), 0, out, body, content.section().length);
            System.arraycopy(
                    content.payload(), content.offset(), out, body + content.section().length, content.length());
            key.seal(associatedData, out, body, bodyLength, out, body);
        }
        context.counters.countAeadSeal();
        int end = body + bodyLength;
        System.arraycopy(out, end, out, offset + MIC_OFFSET, MIC_BYTES);
        if ((flags & MessageFlags.SIGNED) != 0) {
            MessageDigest bodyHash = Transcript.sha256();
            bodyHash.update(out, body, bodyLength);
            byte[] layer =
                    context.sign(pair, Transcript.senderSignature(associatedData, out, offset, bodyHash.digest()));
            System.arraycopy(layer, 0, out, end, layer.length);
            end += layer.length;
        }
        sealed(content);
        return end - offset;
    }

    /**
     * Seals a body that need not fit in memory. The message has its place in the order of the dialog now; its chunks may
     * be written while other messages are sealed.
     *
     * @param content kind, content type and properties; its payload, if any, comes first
     * @param to the address it is sent to
     * @param out receives the envelope; closed with the stream returned
     * @return takes the plaintext; the envelope is complete when it has been closed. Where it would take a key beyond its
     *     bytes, writing fails with an {@link IOException}, and what has been written never opens
     */
    public synchronized OutputStream sealStream(MessageContent content, String to, OutputStream out)
            throws IOException {
        Instant now = context.clock.instant();
        takeStream(now, to);
        int flags = content.flags()
                | MessageFlags.STREAMED
                | (pair.authenticity == Authenticity.SIGNED ? MessageFlags.SIGNED : 0);
        byte[] head = new byte[bodyOffset(4) - FRAME_BYTES + MIC_BYTES];
        int end = writeHead(contexts.of(content.kind(), flags, destination, CHUNK_BYTES), now, head, 0);
        key.seal(associatedData, head, end, 0, head, end);
        context.counters.countAeadSeal();
        System.arraycopy(head, end, head, MIC_OFFSET, MIC_BYTES);
        ChunkCipher chunks = key.chunks(Transcript.streamHash(associatedData, head, 0));
        byte[] signed = associatedData.clone();
        SealingPair signingPair = pair;
        KeyUse streamsKey = keyUse;
        sealed(content);
        out.write(head, 0, end);
        SealingOutputStream.Signer signer = (flags & MessageFlags.SIGNED) == 0
                ? null
                : bodyHash -> context.sign(signingPair, Transcript.senderSignature(signed, head, 0, bodyHash));
        SealingOutputStream stream = new SealingOutputStream(
                out, chunks, CHUNK_BYTES, signer, context.counters, bytes -> use(signingPair, streamsKey, bytes));
        stream.write(content.section());
        stream.write(content.payload(), content.offset(), content.length());
        return stream;
    }

    /** Writes layers 1 to 5, but for the MIC, and the associated data; draws the salt. Returns where layer 5 ends. */
    private int writeHead(ContextHashes.Hashed hashed, Instant now, byte[] out, int offset) {
        MessageContext messageContext = hashed.context;
        long creationTimeMillis = context.creationMillis(pair, now.toEpochMilli());
        INT.set(out, offset, WireFormat.MAGIC);
        out[offset + WireFormat.VERSION_OFFSET] = (byte) WireFormat.MAJOR;
        out[offset + WireFormat.VERSION_OFFSET + 1] = (byte) WireFormat.MINOR;
        SHORT.set(out, offset + WireFormat.SUITE_OFFSET, (short) pair.suite.code());
        LONG.set(out, offset + WireFormat.CREATION_TIME_OFFSET, creationTimeMillis);
        key.drawSalt(now.getEpochSecond() * 1_000_000_000L + now.getNano(), out, offset + WireFormat.SALT_OFFSET);
        INT.set(out, offset + WireFormat.HEADER_LENGTH_OFFSET, pair.layers.length + dialogLayer.length);
        int at = offset + PREAMBLE_BYTES;
        System.arraycopy(pair.layers, 0, out, at, pair.layers.length);
        at += pair.layers.length;
        System.arraycopy(dialogLayer, 0, out, at, dialogLayer.length);
        at += dialogLayer.length;
        out[at] = (byte) Layer.MESSAGE_HEADER.code();
        INT.set(out, at + 1, SEQUENCE_BYTES + messageContext.length());
        at += FRAME_BYTES;
        LONG.set(out, at, sequence + 1);
        Transcript.associatedData(hashed.hash, creationTimeMillis, sequence + 1, associatedData);
        return messageContext.write(out, at + SEQUENCE_BYTES);
    }

    private int bodyOffset(int chunkField) {
        int staticHeaders = pair.layers.length + dialogLayer.length;
        int messageHeader = SEQUENCE_BYTES + 1 + 1 + 2 + destinationBytes + chunkField;
        return PREAMBLE_BYTES + staticHeaders + FRAME_BYTES + messageHeader + FRAME_BYTES;
    }

    private void useDestination(String to) {
        if (!to.equals(destination)) {
            int bytes = to.getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > WireFormat.MAX_DESTINATION_BYTES) {
                throw new SealingRefusedException(
                        Rejection.WRONG_DESTINATION,
                        "A destination has 1 to " + WireFormat.MAX_DESTINATION_BYTES + " bytes, this one has " + bytes);
            }
            destination = to;
            destinationBytes = bytes;
        }
    }

    /** Makes a dialog key if there is none, or the one there is may not seal this message. */
    private void ensureKey(Instant now, long bytes) {
        if (closed) {
            throw new IllegalStateException("This sealer has been closed");
        }
        requireNotEnded();
        long nowMillis = now.toEpochMilli();
        EndpointPolicy policy = context.policy.get();
        KeyLimits limits = policy.dialogKey();
        requireWithin(bytes, limits);
        requireWithin(bytes, policy.keyExchangeKey());
        if (!context.upToDate(pair, nowMillis)) {
            use(context.renew(pair, nowMillis));
        }
        if (key == null
                || nowMillis >= keyRefreshAtMillis
                || key.messages() >= limits.maxMessages()
                || keyUse.bytes + bytes > limits.maxBytes()) {
            makeKey(nowMillis, limits);
        }
    }

    private void use(SealingPair next) {
        if (next != pair) {
            pair = next;
            portion = next.new Portion();
            dropKey();
        }
    }

    private void requireNotEnded() {
        int brokenOff = context.lifeCycle.brokenOff();
        if (brokenOff != brokenOffSeen) {
            brokenOffSeen = brokenOff;
            ended |= context.lifeCycle.isBrokenOff(initiator(), dialogId);
        }
        if (ended) {
            throw new SealingRefusedException(
                    Rejection.DIALOG_ENDED, "The dialog " + dialogId + " has ended; begin another one");
        }
    }

    private static void requireWithin(long bytes, KeyLimits limits) {
        if (bytes > limits.maxBytes()) {
            throw new SealingRefusedException(
                    Rejection.TOO_LARGE,
                    "A message of " + bytes
                            + " bytes is more than policy lets a key seal; raise the limit, or send it in parts");
        }
    }

    private void dropKey() {
        if (key != null) {
            key.release();
            key = null;
        }
    }

    /** The unilateral key shift: no handshake, no public-key operation. */
    private void makeKey(long nowMillis, KeyLimits limits) {
        KeyId keyId = KeyId.random(instance, context.random);
        long notAfter = Math.min(nowMillis + limits.maxAge().toMillis(), pair.notAfterMillis);
        byte[] dialogContext =
                HeaderCodec.dialogContext(dialogId, direction, pair.senderIndex, keyId, nowMillis, notAfter);
        DialogKey fresh = pair.keyExchangeKey.newDialogKey(dialogContext, context.random);
        context.counters.countDialogKeyWrap();
        byte[] layer = HeaderCodec.encode(new DialogSessionKeyHeader(
                dialogId,
                direction,
                pair.senderIndex,
                keyId,
                nowMillis,
                notAfter,
                Bytes.copyOf(fresh.wrappedSecret()),
                Bytes.copyOf(fresh.commitment())));
        byte[] headers = Arrays.copyOf(pair.layers, pair.layers.length + layer.length);
        System.arraycopy(layer, 0, headers, pair.layers.length, layer.length);
        if (sending != null && rememberedPair != pair) {
            context.lifeCycle.seals(dialogId, pair);
            rememberedPair = pair;
        }
        dropKey();
        key = fresh;
        keyUse = new KeyUse();
        dialogLayer = layer;
        contexts = new ContextHashes(Transcript.headerHash(pair.suite, headers, 0, headers.length));
        keyRefreshAtMillis = OutgoingPairs.early(
                nowMillis, notAfter, context.policy.get().limits().refreshJitter(), context.random);
    }

    /** Continues replies under the newest key exchange key the initiator has shown. */
    synchronized void adopt(SealingPair newer) {
        if (closed) {
            newer.release();
            return;
        }
        pair.release();
        pair = newer;
        portion = newer.new Portion();
        dropKey();
    }

    /** Whether replies are sealed under this very key exchange key. */
    synchronized boolean uses(Bytes pairHash) {
        return pair.origin != null && pair.origin.pairHash.equals(pairHash);
    }

    /** Erases the dialog key. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            dropKey();
            pair.release();
        }
    }
}
