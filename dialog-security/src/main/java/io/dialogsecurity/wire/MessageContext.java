package io.dialogsecurity.wire;

import static io.dialogsecurity.wire.WireFormat.MAX_CHUNK_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_DESTINATION_BYTES;
import static io.dialogsecurity.wire.WireFormat.MIN_CHUNK_BYTES;

import java.util.Arrays;
import java.util.Optional;

/**
 * The message header without its sequence number: what a run of messages has in common, so that it is decoded and hashed
 * once for all of them. Immutable.
 */
public final class MessageContext {

    private final byte[] bytes;
    private final ContentKind kind;
    private final int flags;
    private final String destination;
    private final int chunkBytes;

    private MessageContext(byte[] bytes, ContentKind kind, int flags, String destination, int chunkBytes) {
        this.bytes = bytes;
        this.kind = kind;
        this.flags = flags;
        this.destination = destination;
        this.chunkBytes = chunkBytes;
    }

    /**
     * The context of messages to be sealed.
     *
     * @param kind what the body is
     * @param flags a sum of {@link MessageFlags}
     * @param destination the address they are sealed for
     * @param chunkBytes plaintext bytes per chunk of a streamed body, otherwise 0
     */
    public static MessageContext of(ContentKind kind, int flags, String destination, int chunkBytes) {
        WireWriter writer = new WireWriter().u8(kind.code()).u8(flags).text16(destination);
        if ((flags & MessageFlags.STREAMED) != 0) {
            writer.i32(chunkBytes);
        }
        return new MessageContext(writer.toArray(), kind, flags, destination, chunkBytes);
    }

    /** Reads all that is left of a message header behind its sequence number. */
    static MessageContext read(byte[] bytes, int from, int end) throws EnvelopeFormatException {
        WireReader in = new WireReader(bytes, from, end, Layer.MESSAGE_HEADER);
        Optional<ContentKind> kind = ContentKind.of(in.readU8());
        if (kind.isEmpty()) {
            throw in.malformed("names an unknown kind");
        }
        int flags = in.readU8();
        if ((flags & ~MessageFlags.KNOWN) != 0) {
            throw in.malformed("has unknown flags");
        }
        if (kind.get() == ContentKind.ERROR && (flags & MessageFlags.ABOUT_ERRORS) != MessageFlags.END_OF_DIALOG) {
            throw in.malformed("breaks the dialog off without ending it, or without a body in one piece");
        }
        String destination = in.readText16(1, MAX_DESTINATION_BYTES);
        int chunkBytes = 0;
        if ((flags & MessageFlags.STREAMED) != 0) {
            chunkBytes = in.checkedLength(in.readI32(), MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
        }
        in.requireEnd();
        return new MessageContext(Arrays.copyOfRange(bytes, from, end), kind.get(), flags, destination, chunkBytes);
    }

    /** Whether these are exactly this context's bytes. */
    boolean isAt(byte[] other, int from, int end) {
        return Arrays.equals(bytes, 0, bytes.length, other, from, end);
    }

    /** Whether this is the context of such messages. */
    public boolean is(ContentKind otherKind, int otherFlags, String otherDestination, int otherChunkBytes) {
        return kind == otherKind
                && flags == otherFlags
                && chunkBytes == otherChunkBytes
                && destination.equals(otherDestination);
    }

    /** What the body is. */
    public ContentKind kind() {
        return kind;
    }

    /** A sum of {@link MessageFlags}. */
    public int flags() {
        return flags;
    }

    /** Whether a flag of {@link MessageFlags} is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The address the messages are sealed for. */
    public String destination() {
        return destination;
    }

    /** Plaintext bytes per chunk of a streamed body, otherwise 0. */
    public int chunkBytes() {
        return chunkBytes;
    }

    /** Bytes on the wire. */
    public int length() {
        return bytes.length;
    }

    /** Writes them; returns where they end. */
    public int write(byte[] out, int offset) {
        System.arraycopy(bytes, 0, out, offset, bytes.length);
        return offset + bytes.length;
    }

    /** A copy of the bytes on the wire. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof MessageContext context && Arrays.equals(bytes, context.bytes));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
