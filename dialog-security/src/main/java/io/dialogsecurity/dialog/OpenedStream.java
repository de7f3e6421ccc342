package io.dialogsecurity.dialog;

import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An authentic message whose body follows in chunks.
 *
 * @param message everything but the payload
 * @param payload the plaintext, each chunk checked before a byte of it is given out; reading ends in an
 *     {@link EnvelopeStreamException} if a chunk is missing, moved or changed. Only the end of the stream says that the
 *     message is whole: an application acts on it then.
 */
public record OpenedStream(Opened message, InputStream payload) implements StreamOutcome {

    /** The content section at the start of the plaintext, with its length field. */
    static byte[] readSection(InputStream plaintext) throws IOException, EnvelopeFormatException {
        byte[] lengthField = plaintext.readNBytes(4);
        if (lengthField.length < 4) {
            throw new EnvelopeFormatException(Layer.BODY, "ends within its content section");
        }
        int length = ByteBuffer.wrap(lengthField).getInt();
        if (length < 0 || length > WireFormat.MAX_CONTENT_SECTION_BYTES) {
            throw new EnvelopeFormatException(Layer.BODY, "has a content section beyond the limits");
        }
        byte[] content = plaintext.readNBytes(length);
        byte[] section = Arrays.copyOf(lengthField, 4 + content.length);
        System.arraycopy(content, 0, section, 4, content.length);
        return section;
    }
}
