package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.InputStream;

/** The body of a provider's bytes message, read a piece at a time from where it stands. */
final class BytesMessageInputStream extends InputStream {

    private final BytesMessage message;
    private byte[] piece = {};
    private long remaining;

    /** @param length bytes left to read */
    BytesMessageInputStream(BytesMessage message, long length) {
        this.message = message;
        this.remaining = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int wanted = (int) Math.min(length, remaining);
        try {
            if (offset == 0) {
                return count(message.readBytes(out, wanted));
            }
            if (piece.length < wanted) {
                piece = new byte[wanted];
            }
            int n = count(message.readBytes(piece, wanted));
            if (n > 0) {
                System.arraycopy(piece, 0, out, offset, n);
            }
            return n;
        } catch (JMSException e) {
            throw new IOException("The provider cannot read on: " + e.getMessage(), e);
        }
    }

    private int count(int n) {
        if (n > 0) {
            remaining -= n;
        }
        return n;
    }
}
