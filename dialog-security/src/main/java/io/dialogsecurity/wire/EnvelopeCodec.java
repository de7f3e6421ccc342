package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;

/** Whole envelopes with their body in one piece: bytes to {@link Envelope} and back to identical bytes. */
public final class EnvelopeCodec {

    private EnvelopeCodec() {}

    /** @throws EnvelopeFormatException if the bytes are not exactly one envelope */
    public static Envelope parse(byte[] bytes) throws EnvelopeFormatException {
        EnvelopeFrame frame = EnvelopeFrame.read(bytes, 0, bytes.length);
        StaticHeaders headers = frame.staticHeaders();
        return new Envelope(
                preamble(frame),
                headers.servicePair(),
                headers.keyExchangeKey(),
                headers.dialogSessionKey(),
                frame.message(),
                Bytes.copyOf(bytes, frame.bodyOffset(), frame.bodyLength()),
                frame.senderSignature());
    }

    /** Layer 1 of a frame. */
    public static SecurityPreamble preamble(EnvelopeFrame frame) {
        byte[] bytes = frame.array();
        return new SecurityPreamble(
                bytes[frame.offset() + WireFormat.VERSION_OFFSET],
                bytes[frame.offset() + WireFormat.VERSION_OFFSET + 1],
                frame.suite(),
                Bytes.copyOf(bytes, frame.offset() + WireFormat.MIC_OFFSET, WireFormat.MIC_BYTES),
                frame.creationTimeMillis(),
                Bytes.copyOf(bytes, frame.offset() + WireFormat.SALT_OFFSET, WireFormat.SALT_BYTES),
                frame.headersLength());
    }

    /** The one encoding of an envelope. The preamble's header length is computed, not copied. */
    public static byte[] encode(Envelope envelope) {
        byte[] pair = HeaderCodec.encode(envelope.servicePair());
        byte[] kek = HeaderCodec.encode(envelope.keyExchangeKey());
        byte[] dialog = HeaderCodec.encode(envelope.dialogSessionKey());
        SecurityPreamble preamble = envelope.preamble();
        WireWriter out = new WireWriter()
                .i32(WireFormat.MAGIC)
                .u8(preamble.major())
                .u8(preamble.minor())
                .u16(preamble.suite())
                .bytes(preamble.mic())
                .i64(preamble.creationTimeMillis())
                .bytes(preamble.salt())
                .i32(pair.length + kek.length + dialog.length)
                .bytes(pair)
                .bytes(kek)
                .bytes(dialog)
                .bytes(EnvelopeFrame.encode(envelope.message()))
                .bytes(HeaderCodec.frame(Layer.BODY, envelope.body().toArray()));
        envelope.senderSignature().ifPresent(signature -> out.bytes(EnvelopeFrame.encode(signature)));
        return out.toArray();
    }
}
