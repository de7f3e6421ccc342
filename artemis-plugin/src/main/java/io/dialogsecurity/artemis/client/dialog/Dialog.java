package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.wire.DialogError;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A bidirectional, ordered stream of sealed messages with another service. Messages are made by {@link #text}, {@link
 * #bytes} and {@link #map}, or by {@code Dialogs}. Not for several threads at a time. What fails throws {@link
 * JMSRuntimeException}; what is refused, {@link jakarta.jms.JMSSecurityRuntimeException}, with the rejection's name as
 * error code.
 */
public interface Dialog extends AutoCloseable {

    /** The name of the dialog, the same on both sides. */
    DialogId id();

    /** The service on the other side. Where a dialog was begun with several, the one whose message came last. */
    ServiceName partner();

    /** Sends a message. */
    void send(Message message);

    /** Sends text. */
    default void send(String text) {
        send(text(text));
    }

    /** Sends octets. */
    default void send(byte[] bytes) {
        send(bytes(bytes));
    }

    /** Sends a message as the last one of this side. */
    void sendLast(Message message);

    /** Ends this side of the dialog without another message. The other side learns of it. */
    void end();

    /**
     * Breaks the dialog off: neither side sends any more in it. The other side learns why.
     *
     * @param code what the applications have agreed upon, 0 to 65535
     * @param text what happened, in at most 1024 bytes of UTF-8
     */
    void error(int code, String text);

    /**
     * The next message of the other side.
     *
     * @param patience how long to wait for it
     * @return empty if none has come, or if the other side has ended the dialog: see {@link #endedByPartner()} and {@link
     *     #errorOfPartner()}
     */
    Optional<Message> receive(Duration patience);

    /** Whether the other side has said that it sends no more. */
    boolean endedByPartner();

    /** Why the other side has broken the dialog off, if it has. */
    Optional<DialogError> errorOfPartner();

    /** A text message. */
    Message text(String text);

    /** A message of octets. */
    Message bytes(byte[] bytes);

    /** A message of names and values. */
    Message map(Map<String, Object> values);

    /** Lets go of the dialog, without a word to the other side. */
    @Override
    void close();
}
