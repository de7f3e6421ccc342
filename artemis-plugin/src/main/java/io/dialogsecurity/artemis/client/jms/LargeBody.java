package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A body that can be read from the start as often as one likes, though it need not be in memory. */
interface LargeBody {

    /** From the start. One stream at a time. */
    InputStream open() throws JMSException;

    /**
     * The body of a provider's message. Artemis gives a large one once, to an output stream: what it gives, which is an
     * envelope and nothing readable, is kept in a temporary file that has lost its name already. Other providers have it
     * in memory.
     *
     * @param length its bytes
     */
    static LargeBody of(BytesMessage message, long length) throws JMSException {
        try {
            Path path = Files.createTempFile("dialog-security", ".envelope");
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            OutputStream out = new KeptOpen(Channels.newOutputStream(file));
            try {
                message.setObjectProperty(ClearMessage.SAVE_STREAM, out);
            } catch (JMSException e) {
                file.close();
                return () -> {
                    message.reset();
                    return new BytesMessageInputStream(message, length);
                };
            }
            return () -> new FileStream(file);
        } catch (IOException e) {
            throw Failures.linked(
                    new JMSException("A large message needs room for a temporary file: " + e.getMessage()), e);
        }
    }

    /** The provider closes what it has filled. */
    final class KeptOpen extends FilterOutputStream {

        KeptOpen(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /** Reads a file from the start without closing it: it would be gone. The channel is closed when nobody has it. */
    final class FileStream extends InputStream {

        private final FileChannel file;
        private long position;

        FileStream(FileChannel file) {
            this.file = file;
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
            int n = file.read(ByteBuffer.wrap(out, offset, length), position);
            position += Math.max(n, 0);
            return n;
        }
    }
}
