package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.guard.PlainSealer;
import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;

/**
 * One dialog of one session. A message that was sealed and is not stored leaves a gap, so the next one begins another dialog.
 * Thread-safe.
 */
final class SessionDialog implements PlainSealer.Sealed {

    private final Generation generation;
    private final DialogSealer sealer;
    /** By whoever learns that a message was not stored; closed by the session's next message. */
    private volatile boolean gap;

    SessionDialog(Generation generation, DialogSealer sealer) {
        this.generation = generation;
        this.sealer = sealer;
    }

    byte[] seal(MessageContent content, String address) {
        return sealer.seal(content, address);
    }

    boolean usable(Generation current) {
        return !gap && generation == current;
    }

    @Override
    public void lost() {
        gap = true;
    }

    void close() {
        gap = true;
        sealer.close();
    }
}
