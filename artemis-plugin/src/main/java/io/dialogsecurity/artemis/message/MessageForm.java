package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;

/**
 * What the broker makes of the messages of one of its encodings: a plain message into content, a sealed message in its
 * place, and the sealed one into what the plain one was. {@code open(seal(message))} is delivered to a consumer of any
 * protocol as {@code message} would have been.
 *
 * <p>Content is in neutral words wherever there are some, so that client endpoints open what the broker sealed, and the
 * other way round. What neutral words do not say travels in the same envelope, as protected properties whose names begin
 * with {@code JMS_}, which other endpoints leave out.
 *
 * <p>Implementations have no state and are thread-safe; a message that is read or sealed is one thread's at a time, a
 * stored one may be opened by many at once.
 */
public interface MessageForm {

    /**
     * The form of a message.
     *
     * @throws IllegalArgumentException if the message is neither a core message, as those of MQTT, STOMP and OpenWire are
     *     in the broker, nor one of AMQP
     */
    static MessageForm of(Message message) {
        if (message instanceof ICoreMessage) {
            return CoreForm.INSTANCE;
        }
        if (AmqpForm.PROTOCOL.equals(message.getProtocolName())) {
            return AmqpForm.INSTANCE;
        }
        throw new IllegalArgumentException(
                "Messages of the protocol " + message.getProtocolName() + " cannot be sealed here");
    }

    /**
     * What is to be sealed of a message, which is left alone: kind, payload and protected properties.
     *
     * @param maxBodyBytes the largest body, in bytes, that one that came compressed may become
     * @throws BodyTooLargeException if it would become larger
     * @throws IllegalArgumentException if it cannot be sealed: a large message, or one that is not well-formed
     */
    MessageContent read(Message plain, int maxBodyBytes);

    /**
     * Makes of a plain message the one that carries its envelope, in place. What brokers route and schedule by stays
     * outside; body and protected properties go.
     *
     * @param clearProperties names of properties that stay readable outside, where selectors see them
     * @throws IllegalArgumentException if it cannot be sealed; it is unchanged then
     */
    void seal(Message plain, byte[] envelope, Set<String> clearProperties);

    /**
     * A plain message, with the id of the stored one, which is not touched. Headers that brokers may set are the stored
     * message's; everything else is what was sealed.
     *
     * @throws EnvelopeFormatException if the content is not what it promises
     * @throws IllegalArgumentException if the stored message is of a kind that cannot be opened, a large one of AMQP
     */
    Message open(Message stored, Opened opened) throws EnvelopeFormatException;
}
