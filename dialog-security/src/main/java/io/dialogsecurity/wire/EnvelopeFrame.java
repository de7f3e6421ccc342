package io.dialogsecurity.wire;

import static io.dialogsecurity.wire.WireFormat.CREATION_TIME_OFFSET;
import static io.dialogsecurity.wire.WireFormat.DIALOG_HEADER_BYTES;
import static io.dialogsecurity.wire.WireFormat.FRAME_BYTES;
import static io.dialogsecurity.wire.WireFormat.HEADER_LENGTH_OFFSET;
import static io.dialogsecurity.wire.WireFormat.MAGIC;
import static io.dialogsecurity.wire.WireFormat.MAJOR;
import static io.dialogsecurity.wire.WireFormat.MAX_DESTINATION_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_HEADER_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_SIGNATURE_BYTES;
import static io.dialogsecurity.wire.WireFormat.MINOR;
import static io.dialogsecurity.wire.WireFormat.NONCE_BYTES;
import static io.dialogsecurity.wire.WireFormat.PREAMBLE_BYTES;
import static io.dialogsecurity.wire.WireFormat.SALT_OFFSET;
import static io.dialogsecurity.wire.WireFormat.SEQUENCE_BYTES;
import static io.dialogsecurity.wire.WireFormat.SUITE_OFFSET;
import static io.dialogsecurity.wire.WireFormat.VERSION_OFFSET;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import java.util.List;
import java.util.Optional;

/**
 * Where things are in the bytes of one envelope: the hot path's view. It reads the preamble and the message header,
 * finds the static headers, body and sender signature, and leaves the static headers unread, because a warm receiver
 * compares them with bytes it has read before.
 *
 * <p>For a streamed envelope the bytes end with the message header; the chunks follow in the stream.
 *
 * <p>Immutable over bytes that the caller must not change meanwhile.
 */
public final class EnvelopeFrame {

    private final byte[] bytes;
    private final int offset;
    private final int headerLength;
    private final long sequence;
    private final MessageContext context;
    private final int bodyOffset;
    private final int bodyLength;
    private final int signatureOffset;
    private final int end;

    private EnvelopeFrame(byte[] bytes, int offset, int end, MessageContext likely) throws EnvelopeFormatException {
        this.bytes = bytes;
        this.offset = offset;
        this.end = end;
        this.headerLength = checkPreamble(bytes, offset, end);
        int messageOffset = offset + PREAMBLE_BYTES + headerLength;
        int messageEnd = HeaderCodec.frameEnd(bytes, messageOffset, end, Layer.MESSAGE_HEADER);
        int sequenceOffset = messageOffset + FRAME_BYTES;
        this.sequence = readSequence(bytes, sequenceOffset, messageEnd);
        this.context = readContext(bytes, sequenceOffset + SEQUENCE_BYTES, messageEnd, likely);
        if (context.has(MessageFlags.STREAMED)) {
            if (messageEnd != end) {
                throw new EnvelopeFormatException(
                        Layer.MESSAGE_HEADER, "of a streamed envelope is followed by bytes that are no chunk");
            }
            this.bodyOffset = end;
            this.bodyLength = 0;
            this.signatureOffset = end;
            return;
        }
        this.signatureOffset = HeaderCodec.frameEnd(bytes, messageEnd, end, Layer.BODY);
        this.bodyOffset = messageEnd + FRAME_BYTES;
        this.bodyLength = signatureOffset - bodyOffset;
        if (context.has(MessageFlags.SIGNED) == (signatureOffset == end)) {
            throw new EnvelopeFormatException(Layer.SENDER_SIGNATURE, "is not where the flags promise");
        }
        if (signatureOffset != end) {
            senderSignature(); // checked now, so that a frame that exists is well-formed throughout
        }
    }

    /** Whether the bytes claim to be an envelope at all, of whatever version. */
    public static boolean looksSealed(byte[] bytes, int offset, int length) {
        return length >= 4 && (int) WireReader.INT.get(bytes, offset) == MAGIC;
    }

    /**
     * Reads an envelope whose body is in one piece.
     *
     * @throws EnvelopeFormatException if the bytes are no such envelope
     */
    public static EnvelopeFrame read(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        return read(bytes, offset, length, null);
    }

    /**
     * As {@link #read(byte[], int, int)}, sparing the decoding of a message context met before.
     *
     * @param likely what the message's context probably is, or null
     */
    public static EnvelopeFrame read(byte[] bytes, int offset, int length, MessageContext likely)
            throws EnvelopeFormatException {
        EnvelopeFrame frame = new EnvelopeFrame(bytes, offset, offset + length, likely);
        if (frame.context.has(MessageFlags.STREAMED)) {
            throw new EnvelopeFormatException(Layer.MESSAGE_HEADER, "announces a stream where there is none");
        }
        return frame;
    }

    /**
     * Reads everything before the first chunk of a streamed envelope.
     *
     * @throws EnvelopeFormatException if the bytes are not exactly that
     */
    public static EnvelopeFrame readStreamHead(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        EnvelopeFrame frame = new EnvelopeFrame(bytes, offset, offset + length, null);
        if (!frame.context.has(MessageFlags.STREAMED)) {
            throw new EnvelopeFormatException(Layer.MESSAGE_HEADER, "does not announce a stream");
        }
        return frame;
    }

    /**
     * How many bytes a reader needs from the start until it knows the whole head, layers 1 to 5.
     *
     * @param available bytes at hand
     * @return the number needed: if it is no more than {@code available}, the head is complete and this is its length
     * @throws EnvelopeFormatException if this cannot become an envelope
     */
    public static int headLength(byte[] bytes, int offset, int available) throws EnvelopeFormatException {
        if (available < PREAMBLE_BYTES) {
            return PREAMBLE_BYTES;
        }
        int messageFrame = PREAMBLE_BYTES + checkPreamble(bytes, offset, Integer.MAX_VALUE);
        if (available < messageFrame + FRAME_BYTES) {
            return messageFrame + FRAME_BYTES;
        }
        WireReader in =
                new WireReader(bytes, offset + messageFrame, offset + messageFrame + FRAME_BYTES, Layer.MESSAGE_HEADER);
        if (in.readU8() != Layer.MESSAGE_HEADER.code()) {
            throw in.malformed("is not where it belongs");
        }
        return messageFrame + FRAME_BYTES + in.readLength32(MAX_DESTINATION_BYTES + 16);
    }

    /** Whether a complete head (see {@link #headLength}) announces a streamed body. */
    public static boolean announcesStream(byte[] head, int offset, int headLength) throws EnvelopeFormatException {
        int messageOffset = offset + PREAMBLE_BYTES + checkPreamble(head, offset, offset + headLength);
        int messageEnd = HeaderCodec.frameEnd(head, messageOffset, offset + headLength, Layer.MESSAGE_HEADER);
        int sequenceOffset = messageOffset + FRAME_BYTES;
        readSequence(head, sequenceOffset, messageEnd);
        return readContext(head, sequenceOffset + SEQUENCE_BYTES, messageEnd, null)
                .has(MessageFlags.STREAMED);
    }

    private static int checkPreamble(byte[] bytes, int offset, int end) throws EnvelopeFormatException {
        if (end - offset < PREAMBLE_BYTES) {
            throw preamble("ends too early");
        }
        if ((int) WireReader.INT.get(bytes, offset) != MAGIC) {
            throw preamble("does not begin with the magic number");
        }
        if (bytes[offset + VERSION_OFFSET] != MAJOR || bytes[offset + VERSION_OFFSET + 1] != MINOR) {
            throw EnvelopeFormatException.unsupportedVersion();
        }
        if ((long) WireReader.LONG.get(bytes, offset + CREATION_TIME_OFFSET) < 0) {
            throw preamble("has a creation time before 1970");
        }
        if ((int) WireReader.INT.get(bytes, offset + SALT_OFFSET + NONCE_BYTES) != 0) {
            throw preamble("has a salt whose last four bytes are not zero");
        }
        int headerLength = (int) WireReader.INT.get(bytes, offset + HEADER_LENGTH_OFFSET);
        if (headerLength < FRAME_BYTES + DIALOG_HEADER_BYTES || headerLength > MAX_HEADER_BYTES) {
            throw preamble("has a header length outside the limits");
        }
        if (headerLength > (long) end - offset - PREAMBLE_BYTES) {
            throw preamble("has a header length beyond the end");
        }
        return headerLength;
    }

    private static EnvelopeFormatException preamble(String what) {
        return new EnvelopeFormatException(Layer.SECURITY_PREAMBLE, what);
    }

    private static long readSequence(byte[] bytes, int at, int messageEnd) throws EnvelopeFormatException {
        if (messageEnd - at < SEQUENCE_BYTES) {
            throw new EnvelopeFormatException(Layer.MESSAGE_HEADER, "ends too early");
        }
        long sequence = (long) WireReader.LONG.get(bytes, at);
        if (sequence <= 0) {
            throw new EnvelopeFormatException(Layer.MESSAGE_HEADER, "has a sequence number that is not positive");
        }
        return sequence;
    }

    private static MessageContext readContext(byte[] bytes, int from, int messageEnd, MessageContext likely)
            throws EnvelopeFormatException {
        return likely != null && likely.isAt(bytes, from, messageEnd)
                ? likely
                : MessageContext.read(bytes, from, messageEnd);
    }

    /** Layer 5 with its frame. */
    public static byte[] encode(MessageHeader header) {
        byte[] context = MessageContext.of(header.kind(), header.flags(), header.destination(), header.chunkBytes())
                .toBytes();
        return HeaderCodec.frame(
                Layer.MESSAGE_HEADER,
                new WireWriter().i64(header.sequence()).bytes(context).toArray());
    }

    /** The envelope's bytes; not a copy. */
    public byte[] array() {
        return bytes;
    }

    /** Where the envelope starts in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** Where the envelope ends in {@link #array()}, exclusive. */
    public int end() {
        return end;
    }

    /** The suite's number. */
    public int suite() {
        return (short) WireReader.SHORT.get(bytes, offset + SUITE_OFFSET) & 0xFFFF;
    }

    /** Milliseconds since the epoch, UTC. */
    public long creationTimeMillis() {
        return (long) WireReader.LONG.get(bytes, offset + CREATION_TIME_OFFSET);
    }

    /** The first eight bytes of the MIC: enough for an honest sender's envelopes to be told apart. */
    public long micPrefix() {
        return (long) WireReader.LONG.get(bytes, offset + WireFormat.MIC_OFFSET);
    }

    /** Where layers 2 to 4 start in {@link #array()}. */
    public int headersOffset() {
        return offset + PREAMBLE_BYTES;
    }

    /** Bytes of layers 2 to 4 with their frames. */
    public int headersLength() {
        return headerLength;
    }

    /** Where layer 5 with its frame starts in {@link #array()}. */
    public int messageOffset() {
        return offset + PREAMBLE_BYTES + headerLength;
    }

    /** The place in the order of dialog, direction and sender. */
    public long sequence() {
        return sequence;
    }

    /** Layer 5 without the sequence number. */
    public MessageContext context() {
        return context;
    }

    /** Layer 5. */
    public MessageHeader message() {
        return new MessageHeader(
                sequence, context.kind(), context.flags(), context.destination(), context.chunkBytes());
    }

    /** Where the ciphertext starts in {@link #array()}. */
    public int bodyOffset() {
        return bodyOffset;
    }

    /** Bytes of ciphertext. */
    public int bodyLength() {
        return bodyLength;
    }

    /** The dialog key's name, read where it must be if the static headers are well-formed. A claim, for a look-up. */
    public KeyId claimedDialogKeyId() {
        int dialogContent = messageOffset() - DIALOG_HEADER_BYTES;
        return KeyId.from(bytes, dialogContent + 16 + 1 + 1);
    }

    /** Layers 2 to 4. */
    public StaticHeaders staticHeaders() throws EnvelopeFormatException {
        return HeaderCodec.parse(bytes, headersOffset(), headerLength);
    }

    /** Layer 7, or empty if the message is not signed. */
    public Optional<SenderSignature> senderSignature() throws EnvelopeFormatException {
        return signatureOffset == end
                ? Optional.empty()
                : Optional.of(readSenderSignature(bytes, signatureOffset, end));
    }

    /** Parses layer 7, which must fill the bytes exactly. */
    public static SenderSignature readSenderSignature(byte[] bytes, int offset, int end)
            throws EnvelopeFormatException {
        WireReader in = HeaderCodec.frameAt(bytes, offset, end, Layer.SENDER_SIGNATURE);
        SenderSignature signature =
                new SenderSignature(HeaderCodec.readCertificates(in), in.readBytes16(1, MAX_SIGNATURE_BYTES));
        in.requireEnd();
        if (in.position() != end) {
            throw in.malformed("is followed by bytes that belong to no layer");
        }
        return signature;
    }

    /** Layer 7 with its frame. */
    public static byte[] encode(SenderSignature signature) {
        return HeaderCodec.frame(
                Layer.SENDER_SIGNATURE,
                new WireWriter()
                        .bytes(signedPart(signature.certificates()))
                        .bytes16(signature.signature())
                        .toArray());
    }

    /** The content of layer 7 before its signature: what the signature covers of it. */
    public static byte[] signedPart(List<Bytes> senderCertificates) {
        WireWriter writer = new WireWriter();
        HeaderCodec.writeCertificates(writer, senderCertificates);
        return writer.toArray();
    }
}
