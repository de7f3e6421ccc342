package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.nio.ByteBuffer;

/**
 * Finds the one data section of an encoded AMQP 1.0 message (part 3, section 3.2 of the standard) without decoding
 * anything. The broker's own view gives the first body section and is silent about further ones, in which plaintext could
 * hide; here the data section is alone, or the message is refused.
 */
final class AmqpSections {

    private static final int DATA = 0x75;
    private static final int FOOTER = 0x78;
    private static final int FIRST_BEFORE_BODY = 0x70;
    private static final int LAST_BEFORE_BODY = 0x74;

    private final byte[] bytes;
    private final int available;
    private final long total;
    private int position;

    private AmqpSections(byte[] bytes, int available, long total) {
        this.bytes = bytes;
        this.available = available;
        this.total = total;
    }

    /**
     * Where the content of the data section lies.
     *
     * @param offset its first byte
     * @param length its bytes
     */
    record DataSection(int offset, long length) {}

    /**
     * The data section, or null if {@code available} bytes are too few to find it.
     *
     * @param bytes the start of the message
     * @param available how many of them there are
     * @param total bytes of the whole message
     * @throws RefusedException if there is no data section, or something else beside it
     */
    static DataSection find(byte[] bytes, int available, long total) throws RefusedException {
        try {
            return new AmqpSections(bytes, available, total).find();
        } catch (TooShortException e) {
            if (available < total) {
                return null;
            }
            throw unreadable();
        }
    }

    private DataSection find() throws RefusedException, TooShortException {
        while (true) {
            if (position == total) {
                throw plaintext("the AMQP message has no body");
            }
            int section = descriptor();
            if (section == DATA) {
                return data();
            }
            if (section < FIRST_BEFORE_BODY || section > LAST_BEFORE_BODY) {
                throw plaintext("the AMQP message's body is no data section");
            }
            skip();
        }
    }

    private DataSection data() throws RefusedException, TooShortException {
        long length = switch (unsigned8()) {
            case 0xA0 -> unsigned8();
            case 0xB0 -> unsigned32();
            default -> throw unreadable();
        };
        DataSection found = new DataSection(position, length);
        long end = position + length;
        if (end > total) {
            throw unreadable();
        }
        if (end != total && end < available) {
            position = (int) end;
            if (descriptor() != FOOTER) {
                throw plaintext("another section follows the AMQP message's data section");
            }
        }
        return found;
    }

    private int descriptor() throws RefusedException, TooShortException {
        if (unsigned8() != 0) {
            throw unreadable();
        }
        switch (unsigned8()) {
            case 0x53 -> {
                return unsigned8();
            }
            case 0x80 -> {
                require(8);
                long code = ByteBuffer.wrap(bytes).getLong(position);
                position += 8;
                return code >= 0 && code <= 0xFF ? (int) code : -1;
            }
            default -> throw unreadable();
        }
    }

    /** A section before the body is a list or a map. */
    private void skip() throws RefusedException, TooShortException {
        long length = switch (unsigned8()) {
            case 0x45 -> 0;
            case 0xC0, 0xC1 -> unsigned8();
            case 0xD0, 0xD1 -> unsigned32();
            default -> throw unreadable();
        };
        if (length > total - position) {
            throw unreadable();
        }
        if (length > available - position) {
            throw new TooShortException();
        }
        position += (int) length;
    }

    private int unsigned8() throws TooShortException {
        require(1);
        return bytes[position++] & 0xFF;
    }

    private long unsigned32() throws TooShortException {
        require(4);
        long value = ByteBuffer.wrap(bytes).getInt(position) & 0xFFFF_FFFFL;
        position += 4;
        return value;
    }

    private void require(int count) throws TooShortException {
        if (count > available - position) {
            throw new TooShortException();
        }
    }

    private static RefusedException plaintext(String detail) {
        return new RefusedException(Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, detail);
    }

    private static RefusedException unreadable() {
        return plaintext("the AMQP message's sections cannot be read");
    }

    private static final class TooShortException extends Exception {

        private static final long serialVersionUID = 1L;

        private TooShortException() {
            super(null, null, false, false);
        }
    }
}
