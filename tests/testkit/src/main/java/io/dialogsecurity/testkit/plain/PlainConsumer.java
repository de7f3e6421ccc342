package io.dialogsecurity.testkit.plain;

import java.time.Duration;
import java.util.Optional;

/** A plain application's consumer; not for use by several threads. */
public interface PlainConsumer extends AutoCloseable {

    /** The next message, or nothing when none has come in time. */
    Optional<Received> receive(Duration patience);

    /** Acknowledges what was received, or commits; nothing to do with {@link Acknowledging#AUTO}. */
    void acknowledge();

    /** Gives back what was received since the last acknowledgement; the broker delivers it again. */
    void giveBack();

    /** Ends the consumer; a lasting subscription stays. */
    @Override
    void close();
}
