package io.dialogsecurity.artemis.message;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates compressed bodies: a client told to compress large messages sends those that come out small as ordinary ones. What
 * such a message says of its size is a stranger's word, so memory is taken only for what has really come out, and never for
 * more than is allowed. Without state.
 */
final class InflatedBody {

    /** Nothing that deflate has made gets larger than that, times what it has become. */
    private static final long MOST_PER_BYTE = 1_032;

    private static final int PIECE_BYTES = 16 * 1024;

    private InflatedBody() {}

    /**
     * The body as it was.
     *
     * @param declaredSize how many bytes it says to be, as it came; a {@code Long} if it is well-formed
     * @param maxBytes the largest one that is taken
     * @throws BodyTooLargeException if it is larger, or says so
     * @throws IllegalArgumentException if it is not compressed, or not as large as it says
     */
    static byte[] of(byte[] compressed, Object declaredSize, int maxBytes) {
        if (!(declaredSize instanceof Long declared)) {
            throw new IllegalArgumentException("A compressed body does not say how large it is");
        }
        long size = declared;
        if (size > maxBytes) {
            throw new BodyTooLargeException(
                    "A compressed body of " + size + " bytes; " + maxBytes + " are allowed (max-envelope-size)");
        }
        if (size < 0 || size > MOST_PER_BYTE * compressed.length) {
            throw new IllegalArgumentException("A compressed body cannot be as large as it says");
        }
        return inflate(compressed, (int) size);
    }

    private static byte[] inflate(byte[] compressed, int size) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.min(size, PIECE_BYTES));
            byte[] piece = new byte[Math.min(size, PIECE_BYTES)];
            while (bytes.size() < size) {
                int more = inflater.inflate(piece, 0, Math.min(piece.length, size - bytes.size()));
                if (more == 0) {
                    throw new IllegalArgumentException("A compressed body is shorter than it says");
                }
                bytes.write(piece, 0, more);
            }
            if (inflater.inflate(new byte[1]) != 0) {
                throw new IllegalArgumentException("A compressed body is longer than it says");
            }
            return bytes.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("A compressed body cannot be sealed", e);
        } finally {
            inflater.end();
        }
    }
}
