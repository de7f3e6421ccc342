package io.dialogsecurity.integration.guard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A text over and over again, with a pause in the middle until somebody has looked. */
final class PausingStream extends InputStream {

    private final byte[] text;
    private final int length;
    private final CountDownLatch looked;
    private int position;

    PausingStream(String text, int length, CountDownLatch looked) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.length = length;
        this.looked = looked;
    }

    @Override
    public int read() throws IOException {
        if (position == length / 2) {
            try {
                if (!looked.await(60, TimeUnit.SECONDS)) {
                    throw new IOException("nobody looked");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        return position == length ? -1 : text[position++ % text.length];
    }

    /** At most up to the middle, or up to the end. */
    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int first = read();
        if (first < 0) {
            return -1;
        }
        bytes[offset] = (byte) first;
        int end = position <= length / 2 ? length / 2 : length;
        int read = 1;
        while (read < count && position < end) {
            bytes[offset + read++] = text[position++ % text.length];
        }
        return read;
    }
}
