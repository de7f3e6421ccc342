package io.dialogsecurity.dialog;

import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.DialogError;
import io.dialogsecurity.wire.MessageFlags;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A plaintext message, in words every protocol understands. Holds the payload array without copying it; the caller
 * leaves it alone until the message is sealed.
 */
public final class MessageContent {

    private static final byte[] NOTHING = {};

    private final ContentKind kind;
    private final int flags;
    private final byte[] section;
    private final byte[] payload;
    private final int offset;
    private final int length;

    private MessageContent(ContentKind kind, int flags, byte[] section, byte[] payload, int offset, int length) {
        this.kind = kind;
        this.flags = flags;
        this.section = section;
        this.payload = payload;
        this.offset = Objects.checkFromIndexSize(offset, length, payload.length);
        this.length = length;
    }

    private static MessageContent of(ContentKind kind, byte[] payload) {
        return new MessageContent(kind, 0, NOTHING, payload, 0, payload.length);
    }

    /** A message of properties only. */
    public static MessageContent none() {
        return of(ContentKind.NONE, NOTHING);
    }

    /** Octets. */
    public static MessageContent bytes(byte[] payload) {
        return of(ContentKind.BYTES, payload);
    }

    /** Octets, part of an array. */
    public static MessageContent bytes(byte[] payload, int offset, int length) {
        return new MessageContent(ContentKind.BYTES, 0, NOTHING, payload, offset, length);
    }

    /**
     * Text.
     *
     * @param text may be null, as a Jakarta text message may
     * @throws IllegalArgumentException if the text has half of a surrogate pair
     */
    public static MessageContent text(String text) {
        return text == null
                ? new MessageContent(ContentKind.TEXT, MessageFlags.NULL_BODY, NOTHING, NOTHING, 0, 0)
                : of(ContentKind.TEXT, ContentCodec.encodeText(text));
    }

    /** Names and values of the types {@link ContentCodec} lists. */
    public static MessageContent map(Map<String, ?> values) {
        return of(ContentKind.MAP, ContentCodec.encodeMap(values));
    }

    /** A sequence of values of the types {@link ContentCodec} lists. */
    public static MessageContent stream(List<?> values) {
        return of(ContentKind.STREAM, ContentCodec.encodeStream(values));
    }

    /** A serialized Java object, or null for the object null. */
    public static MessageContent object(byte[] serialized) {
        return serialized == null
                ? new MessageContent(ContentKind.OBJECT, MessageFlags.NULL_BODY, NOTHING, NOTHING, 0, 0)
                : of(ContentKind.OBJECT, serialized);
    }

    /** The sender breaks the dialog off, in both directions; always the last of its sender. */
    public static MessageContent error(DialogError error) {
        return of(ContentKind.ERROR, ContentCodec.encodeError(error)).endingDialog();
    }

    /** The sender ends the dialog without another word. */
    public static MessageContent end() {
        return none().endingDialog();
    }

    /**
     * The same content with protected properties.
     *
     * @param contentType a media type or any other name, may be empty
     * @param properties names and values of the types {@link ContentCodec} lists
     */
    public MessageContent with(String contentType, Map<String, ?> properties) {
        if (contentType.isEmpty() && properties.isEmpty()) {
            return new MessageContent(kind, flags & ~MessageFlags.CONTENT_SECTION, NOTHING, payload, offset, length);
        }
        return new MessageContent(
                kind,
                flags | MessageFlags.CONTENT_SECTION,
                ContentCodec.encodeSection(contentType, properties),
                payload,
                offset,
                length);
    }

    /** The same content, as the last of its sender in the dialog. */
    public MessageContent endingDialog() {
        return new MessageContent(kind, flags | MessageFlags.END_OF_DIALOG, section, payload, offset, length);
    }

    /** A SHA-256 hash that tells whether a message is still what it was. Not for others: it tells of the plaintext. */
    public byte[] fingerprint() {
        MessageDigest digest = Transcript.sha256();
        digest.update((byte) kind.code());
        digest.update((byte) flags);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(section.length).flip());
        digest.update(section);
        digest.update(payload, offset, length);
        return digest.digest();
    }

    ContentKind kind() {
        return kind;
    }

    int flags() {
        return flags;
    }

    byte[] section() {
        return section;
    }

    byte[] payload() {
        return payload;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Bytes of plaintext: section and payload. */
    int plaintextLength() {
        return section.length + length;
    }
}
