package io.dialogsecurity.testkit.plain;

import java.util.List;

/**
 * A plain application's connection. What its kind cannot do ({@link PlainKind#can}) it refuses with an
 * {@link UnsupportedOperationException}; what goes wrong is a {@link PlainFailure}. Not for use by
 * several threads.
 */
public interface PlainClient extends AutoCloseable {

    /** Its kind. */
    PlainKind kind();

    /** Sends; returns when the broker has answered, where the protocol has an answer to that. */
    void send(Outgoing message);

    /** Sends messages in one transaction, which is committed or rolled back. */
    void sendTogether(List<Outgoing> messages, boolean commit);

    /** Starts to receive; returns when the broker knows. */
    PlainConsumer consume(Intake intake);

    /** Looks at what is in a queue, in order. */
    List<Received> browse(String queue, String selectorOrNull);

    /** Ends a lasting subscription for good; it must have no consumer. */
    void unsubscribe(Intake intake);

    /** Lets go of the connection without a word to the broker, as an application does that dies. */
    void breakOff();

    /** Takes leave of the broker. */
    @Override
    void close();
}
