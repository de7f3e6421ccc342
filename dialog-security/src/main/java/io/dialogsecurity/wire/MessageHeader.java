package io.dialogsecurity.wire;

/**
 * Layer 5: what differs from message to message of a dialog.
 *
 * @param sequence 1, 2, 3, … per dialog, direction and sender
 * @param kind what the body was
 * @param flags a sum of {@link MessageFlags}
 * @param destination the address the message was sealed for
 * @param chunkBytes plaintext bytes per chunk of a streamed body, otherwise 0
 */
public record MessageHeader(long sequence, ContentKind kind, int flags, String destination, int chunkBytes)
        implements HeaderLayer {

    @Override
    public Layer layer() {
        return Layer.MESSAGE_HEADER;
    }

    /** Whether a flag of {@link MessageFlags} is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
