package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.SealingDialog;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The envelope of a plaintext stream, sealed while it is read: one chunk of memory at a time. Not thread-safe. */
final class SealingInputStream extends InputStream {

    /** A buffer whose array can be read without a copy. */
    private static final class Buffer extends ByteArrayOutputStream {

        int readFrom(int position, byte[] out, int offset, int length) {
            int n = Math.min(length, count - position);
            System.arraycopy(buf, position, out, offset, n);
            return n;
        }
    }

    private final InputStream plaintext;
    private final byte[] chunk = new byte[DialogSealer.CHUNK_BYTES];
    private final Buffer sealed = new Buffer();
    private final OutputStream sealing;
    private int position;
    private boolean ended;

    SealingInputStream(SealingDialog dialog, MessageContent content, InputStream plaintext) throws IOException {
        this.plaintext = plaintext;
        this.sealing = dialog.sealStream(content, sealed);
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
        while (position == sealed.size()) {
            if (ended) {
                return -1;
            }
            sealMore();
        }
        int n = sealed.readFrom(position, out, offset, length);
        position += n;
        return n;
    }

    private void sealMore() throws IOException {
        sealed.reset();
        position = 0;
        int n = plaintext.readNBytes(chunk, 0, chunk.length);
        sealing.write(chunk, 0, n);
        if (n < chunk.length) {
            ended = true;
            sealing.close();
        }
    }

    @Override
    public void close() throws IOException {
        plaintext.close();
    }
}
