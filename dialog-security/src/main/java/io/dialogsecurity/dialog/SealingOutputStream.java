package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.ChunkCipher;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** Writes plaintext as sealed chunks, one chunk of memory at a time. Not thread-safe. */
final class SealingOutputStream extends OutputStream {

    /** Signs the hash of the encrypted body; returns layer 7. */
    interface Signer {
        byte[] sign(byte[] bodyHash);
    }

    /** Counts plaintext before it is sealed. */
    interface Budget {
        /** Whether so many bytes more may be sealed. */
        boolean use(int bytes);
    }

    private final OutputStream out;
    private final ChunkCipher cipher;
    private final Signer signer;
    private final CryptoCounters counters;
    private final Budget budget;
    private final MessageDigest bodyHash;
    private final byte[] plaintext;
    private final byte[] chunk;
    private int filled;
    private boolean closed;

    /** @param signer null where messages are not signed */
    SealingOutputStream(
            OutputStream out,
            ChunkCipher cipher,
            int chunkBytes,
            Signer signer,
            CryptoCounters counters,
            Budget budget) {
        this.out = out;
        this.cipher = cipher;
        this.signer = signer;
        this.counters = counters;
        this.budget = budget;
        this.bodyHash = signer == null ? null : Transcript.sha256();
        this.plaintext = new byte[chunkBytes];
        this.chunk = new byte[WireFormat.FRAME_BYTES + chunkBytes + DialogKey.tagBytes()];
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("This stream has been closed");
        }
        int from = offset;
        int end = offset + length;
        while (from < end) {
            // A full chunk is held back until more comes, because the last one has to be marked.
            if (filled == plaintext.length) {
                writeChunk(false);
            }
            int n = Math.min(end - from, plaintext.length - filled);
            System.arraycopy(bytes, from, plaintext, filled, n);
            filled += n;
            from += n;
        }
    }

    private void writeChunk(boolean last) throws IOException {
        if (!budget.use(filled)) {
            throw new IOException(
                    "The message is more than policy lets a key seal, and has been broken off; raise max-bytes"
                            + " of dialog key and key exchange key, or send it in parts");
        }
        int length = cipher.seal(last, plaintext, 0, filled, chunk, WireFormat.FRAME_BYTES);
        counters.countAeadSeal();
        chunk[0] = (byte) (last ? Layer.LAST_CHUNK : Layer.CHUNK).code();
        ByteBuffer.wrap(chunk).putInt(1, length);
        if (bodyHash != null) {
            bodyHash.update(chunk, 0, WireFormat.FRAME_BYTES + length);
        }
        out.write(chunk, 0, WireFormat.FRAME_BYTES + length);
        filled = 0;
    }

    @Override
    public void flush() throws IOException {
        out.flush(); // what is in the chunk being filled stays: chunks have one size
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            writeChunk(true);
            if (signer != null) {
                out.write(signer.sign(bodyHash.digest()));
            }
        } finally {
            cipher.close();
            Arrays.fill(plaintext, (byte) 0);
        }
    }
}
