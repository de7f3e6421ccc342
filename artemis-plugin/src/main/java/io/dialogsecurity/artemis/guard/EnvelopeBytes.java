package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;

/**
 * What a message says its envelope is. The array may belong to the thread: it is good until the next message is read.
 *
 * @param bytes holds the envelope, or its head
 * @param offset the first byte
 * @param length bytes of the envelope, or of its head
 * @param head whether this is layers 1 to 5 of an envelope whose body is streamed
 */
public record EnvelopeBytes(byte[] bytes, int offset, int length, boolean head) {

    /** For which destination it says that it was sealed; empty if it is none at all. */
    String claimedDestination() {
        try {
            EnvelopeFrame frame = head
                    ? EnvelopeFrame.readStreamHead(bytes, offset, length)
                    : EnvelopeFrame.read(bytes, offset, length);
            return frame.message().destination();
        } catch (EnvelopeFormatException e) {
            return "";
        }
    }
}
