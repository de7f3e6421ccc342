package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.buffers.impl.ChannelBufferWrapper;
import org.apache.activemq.artemis.core.message.LargeBodyReader;
import org.apache.activemq.artemis.core.server.LargeServerMessage;

/**
 * Takes the envelope out of a message of any protocol, leaving the message as it is.
 *
 * <ul>
 *   <li>Core, and what the broker makes core messages of (MQTT, STOMP, OpenWire): the body is the envelope.
 *   <li>AMQP: the one data section is the envelope.
 *   <li>Large messages: the same, read from their file. Of a streamed envelope only the head is read; an envelope in one
 *       piece is read whole, up to the policy's largest envelope, because its sender's signature may cover the body.
 * </ul>
 */
public final class EnvelopeReader {

    static final String AMQP = "AMQP";

    /** Arrays up to this size are kept for the thread's next message. */
    private static final int KEPT_BYTES = 256 * 1024;

    private static final int FIRST_READ_BYTES = 16 * 1024;
    /** Everything before an envelope's body, an AMQP message's other sections included, is smaller. */
    private static final int MAX_HEAD_BYTES = 2 * 1024 * 1024;

    private static final ThreadLocal<byte[]> KEPT = ThreadLocal.withInitial(() -> new byte[4096]);

    private EnvelopeReader() {}

    /**
     * Reads the envelope of a message. Whether there is one is asked before anything else: what is refused for another
     * reason than {@link Rejection#PLAINTEXT_REFUSED} or {@link Rejection#LARGE_MESSAGE_NOT_SEALABLE} is sealed.
     *
     * @param maxEnvelopeBytes the largest envelope in one piece that is good
     * @throws RefusedException if there is none, or it is too large
     * @throws ActiveMQException if the file of a large message cannot be read
     */
    public static EnvelopeBytes read(Message message, int maxEnvelopeBytes) throws RefusedException, ActiveMQException {
        if (message instanceof LargeServerMessage large) {
            return readLarge(large, message, maxEnvelopeBytes);
        }
        if (message instanceof ICoreMessage core) {
            return readCore(core, maxEnvelopeBytes);
        }
        if (AMQP.equals(message.getProtocolName())) {
            return readAmqp(message, maxEnvelopeBytes);
        }
        throw new RefusedException(
                Rejection.PLAINTEXT_REFUSED,
                Layer.SECURITY_PREAMBLE,
                "a message of the unknown protocol " + message.getProtocolName());
    }

    /**
     * Asks only whether there is an envelope, of whatever size, and reads no more than that takes.
     *
     * @throws RefusedException if there is none
     * @throws ActiveMQException if the file of a large message cannot be read
     */
    public static void requireSealed(Message message) throws RefusedException, ActiveMQException {
        if (message instanceof ICoreMessage core && !(message instanceof LargeServerMessage)) {
            ActiveMQBuffer body = core.getReadOnlyBodyBuffer();
            byte[] start = new byte[Math.min(body.readableBytes(), Integer.BYTES)];
            body.readBytes(start);
            requireSealed(start, 0, start.length);
            return;
        }
        try {
            read(message, 0);
        } catch (RefusedException e) {
            if (e.rejected().reason() != Rejection.TOO_LARGE) {
                throw e;
            }
        }
    }

    private static EnvelopeBytes readCore(ICoreMessage message, int maxEnvelopeBytes) throws RefusedException {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        int length = body.readableBytes();
        byte[] bytes = array(length);
        body.readBytes(bytes, 0, length);
        return inOnePieceOrHead(bytes, 0, length, maxEnvelopeBytes);
    }

    /** The stored form of an AMQP message is its length and its bytes as they came. */
    private static EnvelopeBytes readAmqp(Message message, int maxEnvelopeBytes) throws RefusedException {
        // The broker looks into a message when it is first asked, and moves in its buffer meanwhile.
        message.getUserID();
        int stored = message.getPersistSize();
        byte[] bytes = array(stored);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes, 0, stored).clear();
        message.persist(new ChannelBufferWrapper(buffer));
        int length = buffer.getInt(0);
        if (buffer.writerIndex() != Integer.BYTES + length) {
            throw new IllegalStateException("An AMQP message is not stored as its length and bytes");
        }
        System.arraycopy(bytes, Integer.BYTES, bytes, 0, length);
        AmqpSections.DataSection data = AmqpSections.find(bytes, length, length);
        return inOnePieceOrHead(bytes, data.offset(), (int) data.length(), maxEnvelopeBytes);
    }

    private static EnvelopeBytes inOnePieceOrHead(byte[] bytes, int offset, int length, int maxEnvelopeBytes)
            throws RefusedException {
        requireSealed(bytes, offset, length);
        requireAtMost(length, maxEnvelopeBytes);
        try {
            int head = EnvelopeFrame.headLength(bytes, offset, length);
            boolean streamed = head <= length && EnvelopeFrame.announcesStream(bytes, offset, head);
            return new EnvelopeBytes(bytes, offset, streamed ? head : length, streamed);
        } catch (EnvelopeFormatException e) {
            // The check of the whole says the same, and where.
            return new EnvelopeBytes(bytes, offset, length, false);
        }
    }

    private static EnvelopeBytes readLarge(LargeServerMessage large, Message message, int maxEnvelopeBytes)
            throws RefusedException, ActiveMQException {
        if (Boolean.TRUE.equals(message.getBooleanProperty(Message.HDR_LARGE_COMPRESSED))) {
            throw new RefusedException(
                    Rejection.LARGE_MESSAGE_NOT_SEALABLE,
                    Layer.SECURITY_PREAMBLE,
                    "a compressed large message; the client has to leave compressLargeMessage off");
        }
        try (LargeBodyReader reader = large.getLargeBodyReader()) {
            reader.open();
            LargeBody body = new LargeBody(reader);
            int offset = 0;
            long length = body.size;
            if (!(message instanceof ICoreMessage)) {
                AmqpSections.DataSection data;
                while ((data = AmqpSections.find(body.bytes, body.available, body.size)) == null) {
                    body.readTo(body.available * 2L);
                }
                offset = data.offset();
                length = data.length();
            }
            body.readTo(offset + (long) WireFormat.PREAMBLE_BYTES);
            requireSealed(body.bytes, offset, (int) Math.min(length, body.available - offset));
            return readLarge(body, offset, length, maxEnvelopeBytes);
        }
    }

    private static EnvelopeBytes readLarge(LargeBody body, int offset, long length, int maxEnvelopeBytes)
            throws RefusedException, ActiveMQException {
        int head = 0;
        try {
            while (true) {
                int available = (int) Math.min(length, body.available - offset);
                head = EnvelopeFrame.headLength(body.bytes, offset, available);
                if (head <= available || available == length) {
                    break;
                }
                body.readTo(offset + (long) head);
            }
            if (head <= length && EnvelopeFrame.announcesStream(body.bytes, offset, head)) {
                return new EnvelopeBytes(body.bytes, offset, head, true);
            }
        } catch (EnvelopeFormatException e) {
            throw new RefusedException(
                    e.versionUnsupported() ? Rejection.VERSION_UNSUPPORTED : Rejection.MALFORMED,
                    e.layer(),
                    e.getMessage());
        }
        requireAtMost(length, maxEnvelopeBytes);
        body.readAllTo(offset + length);
        return new EnvelopeBytes(body.bytes, offset, (int) length, false);
    }

    private static void requireSealed(byte[] bytes, int offset, int length) throws RefusedException {
        if (!EnvelopeFrame.looksSealed(bytes, offset, length)) {
            throw new RefusedException(
                    Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "the message is not sealed");
        }
    }

    private static void requireAtMost(long length, long most) throws RefusedException {
        if (length > most) {
            throw new RefusedException(
                    Rejection.TOO_LARGE, Layer.SECURITY_PREAMBLE, "an envelope of " + length + " bytes in one piece");
        }
    }

    private static byte[] array(int length) {
        if (length > KEPT_BYTES) {
            return new byte[length];
        }
        byte[] kept = KEPT.get();
        if (kept.length < length) {
            kept = new byte[Math.min(KEPT_BYTES, Math.max(length, kept.length * 2))];
            KEPT.set(kept);
        }
        return kept;
    }

    /** The file of a large message, as much of it as was needed so far. */
    private static final class LargeBody {

        private final LargeBodyReader reader;
        private final long size;
        private byte[] bytes;
        private int available;

        private LargeBody(LargeBodyReader reader) throws RefusedException, ActiveMQException {
            this.reader = reader;
            this.size = reader.getSize();
            this.bytes = new byte[(int) Math.min(size, FIRST_READ_BYTES)];
            fill(bytes.length);
        }

        private void readTo(long wanted) throws RefusedException, ActiveMQException {
            if (wanted > MAX_HEAD_BYTES) {
                throw new RefusedException(
                        Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "what precedes the body is too large");
            }
            fill((int) Math.min(size, wanted));
        }

        private void readAllTo(long end) throws RefusedException, ActiveMQException {
            if (end > Integer.MAX_VALUE - 8) {
                throw new RefusedException(
                        Rejection.TOO_LARGE, Layer.SECURITY_PREAMBLE, "an envelope of " + end + " bytes in one piece");
            }
            fill((int) end);
        }

        private void fill(int wanted) throws ActiveMQException {
            if (wanted > bytes.length) {
                bytes = Arrays.copyOf(bytes, wanted);
            }
            while (available < wanted) {
                int read = reader.readInto(ByteBuffer.wrap(bytes, available, wanted - available));
                if (read <= 0) {
                    throw new IllegalStateException("The file of a large message is shorter than it says");
                }
                available += read;
            }
        }
    }
}
