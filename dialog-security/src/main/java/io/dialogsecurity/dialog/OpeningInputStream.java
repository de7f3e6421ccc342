package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.ChunkCipher;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.SenderSignature;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** Reads sealed chunks as plaintext, one chunk of memory at a time. Not thread-safe. */
final class OpeningInputStream extends InputStream {

    /** Believes the sender's signature over the hash of the encrypted body, or throws. */
    interface SenderCheck {
        void verify(SenderSignature signature, byte[] bodyHash);
    }

    /** Believes that the encrypted body is the one that belongs to the head, or throws. */
    interface BodyCheck {
        void verify(byte[] bodyHash);
    }

    private static final int MAX_SIGNATURE_LAYER =
            WireFormat.MAX_CERTIFICATES * (2 + WireFormat.MAX_CERTIFICATE_BYTES) + WireFormat.MAX_SIGNATURE_BYTES + 64;

    private final InputStream in;
    private final ChunkCipher cipher;
    private final int chunkBytes;
    private final SenderCheck senderCheck;
    private final BodyCheck bodyCheck;
    private final CryptoCounters counters;
    private final MessageDigest bodyHash;
    private final byte[] frame = new byte[WireFormat.FRAME_BYTES];
    private byte[] ciphertext = {};
    private byte[] plaintext = {};
    private int position;
    private int available;
    private boolean first = true;
    private boolean ended;
    private Rejected broken;

    /**
     * @param senderCheck null where messages are not signed
     * @param bodyCheck null where nothing is remembered
     */
    OpeningInputStream(
            InputStream in,
            ChunkCipher cipher,
            int chunkBytes,
            SenderCheck senderCheck,
            BodyCheck bodyCheck,
            CryptoCounters counters) {
        this.in = in;
        this.cipher = cipher;
        this.chunkBytes = chunkBytes;
        this.senderCheck = senderCheck;
        this.bodyCheck = bodyCheck;
        this.counters = counters;
        this.bodyHash = senderCheck == null && bodyCheck == null ? null : Transcript.sha256();
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
        while (position == available) {
            if (broken != null) {
                throw new EnvelopeStreamException(broken);
            }
            if (ended) {
                return -1;
            }
            nextChunk();
        }
        int n = Math.min(length, available - position);
        System.arraycopy(plaintext, position, out, offset, n);
        position += n;
        return n;
    }

    private void nextChunk() throws IOException {
        try {
            readFully(frame, frame.length, Layer.CHUNK);
            boolean last = frame[0] == Layer.LAST_CHUNK.code();
            if (!last && frame[0] != Layer.CHUNK.code()) {
                throw malformed(Layer.CHUNK, "is not where it belongs");
            }
            int length = ByteBuffer.wrap(frame).getInt(1);
            requireChunkLength(last, length - DialogKey.tagBytes());
            if (ciphertext.length < length) {
                ciphertext = new byte[length];
                plaintext = new byte[length];
            }
            readFully(ciphertext, length, Layer.CHUNK);
            if (bodyHash != null) {
                bodyHash.update(frame);
                bodyHash.update(ciphertext, 0, length);
            }
            counters.countAeadOpen();
            int opened = cipher.open(last, ciphertext, 0, length, plaintext, 0);
            if (opened < 0) {
                throw new RejectedException(
                        Rejection.MIC_INVALID, Layer.CHUNK, "a chunk is changed, missing, or not where it belongs");
            }
            if (last) {
                finish();
            }
            first = false;
            position = 0;
            available = opened;
        } catch (RejectedException e) {
            broken = e.rejected();
            position = 0;
            available = 0;
            throw new EnvelopeStreamException(broken);
        }
    }

    private void requireChunkLength(boolean last, int plaintextLength) {
        boolean right = last
                ? plaintextLength <= chunkBytes && (plaintextLength > 0 || (plaintextLength == 0 && first))
                : plaintextLength == chunkBytes;
        if (!right) {
            throw malformed(Layer.CHUNK, "has a length that is not the stream's");
        }
    }

    /** The last chunk has been opened: is this really the end, and really the sender's? */
    private void finish() throws IOException {
        ended = true;
        cipher.close();
        byte[] hash = bodyHash == null ? null : bodyHash.digest();
        if (senderCheck != null) {
            senderCheck.verify(readSignature(), hash);
        }
        if (in.read() >= 0) {
            throw malformed(Layer.LAST_CHUNK, "is followed by bytes that belong to no layer");
        }
        if (bodyCheck != null) {
            bodyCheck.verify(hash);
        }
    }

    private SenderSignature readSignature() throws IOException {
        readFully(frame, frame.length, Layer.SENDER_SIGNATURE);
        int length = ByteBuffer.wrap(frame).getInt(1);
        if (length < 0 || length > MAX_SIGNATURE_LAYER) {
            throw malformed(Layer.SENDER_SIGNATURE, "has a length beyond the limits");
        }
        byte[] layer = Arrays.copyOf(frame, frame.length + length);
        byte[] content = new byte[length];
        readFully(content, length, Layer.SENDER_SIGNATURE);
        System.arraycopy(content, 0, layer, frame.length, length);
        try {
            return EnvelopeFrame.readSenderSignature(layer, 0, layer.length);
        } catch (EnvelopeFormatException e) {
            throw malformed(Layer.SENDER_SIGNATURE, e.getMessage());
        }
    }

    private void readFully(byte[] out, int length, Layer layer) throws IOException {
        if (in.readNBytes(out, 0, length) < length) {
            throw malformed(layer, "ends too early");
        }
    }

    private static RejectedException malformed(Layer layer, String what) {
        return new RejectedException(Rejection.MALFORMED, layer, layer + ": " + what);
    }

    @Override
    public void close() throws IOException {
        cipher.close();
        Arrays.fill(plaintext, (byte) 0);
        position = 0;
        available = 0;
        if (!ended && broken == null) {
            broken = new Rejected(Rejection.MALFORMED, Layer.CHUNK, "the stream was closed before its end");
        }
        in.close();
    }
}
