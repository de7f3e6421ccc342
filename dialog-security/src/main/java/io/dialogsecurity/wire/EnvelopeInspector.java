package io.dialogsecurity.wire;

import io.dialogsecurity.id.ServiceName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Shows what is in the bytes of an envelope, streamed or in one piece, without keys and without believing any of it: for
 * people, and for the annotated example in {@code WIRE-FORMAT.md}. It goes as far as the bytes make sense and never
 * throws because of what they are; whether they are well-formed is the parsers' verdict, not one of its own.
 */
public final class EnvelopeInspector {

    /** Byte strings up to this length are shown in full where a value is shown. */
    private static final int SHOWN_BYTES = 32;

    private static final String NOT_UNDERSTOOD = "not understood";

    private final byte[] bytes;
    private final List<InspectedField> fields = new ArrayList<>();

    /** Bytes described so far. */
    private int position;

    /** Plaintext bytes of a chunk, where the body is streamed. */
    private int chunkBytes;

    private EnvelopeInspector(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Inspects the bytes of one envelope, whole or cut. */
    public static Inspection inspect(byte[] bytes) {
        EnvelopeInspector inspector = new EnvelopeInspector(bytes);
        Optional<String> problem = Optional.empty();
        try {
            inspector.envelope();
        } catch (EnvelopeFormatException e) {
            problem = Optional.of(e.getMessage());
            inspector.rest(e.layer());
        }
        Optional<String> verdict = verdict(bytes);
        return new Inspection(inspector.fields, verdict.isPresent() ? verdict : problem);
    }

    /** What the parsers say, which are stricter than this walk; the chunks of a stream are left to the walk. */
    private static Optional<String> verdict(byte[] bytes) {
        try {
            int head = EnvelopeFrame.headLength(bytes, 0, bytes.length);
            EnvelopeFrame frame = head <= bytes.length && EnvelopeFrame.announcesStream(bytes, 0, head)
                    ? EnvelopeFrame.readStreamHead(bytes, 0, head)
                    : EnvelopeFrame.read(bytes, 0, bytes.length);
            frame.staticHeaders();
            return Optional.empty();
        } catch (EnvelopeFormatException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void envelope() throws EnvelopeFormatException {
        int headers = preamble();
        int messageOffset = WireFormat.PREAMBLE_BYTES + headers;
        int headersEnd = Math.min(bytes.length, messageOffset);
        WireReader pair = frame(Layer.SERVICE_PAIR_HEADER, headersEnd);
        List<String> parties = servicePair(pair);
        WireReader key = frame(Layer.KEY_EXCHANGE_KEY_HEADER, headersEnd);
        keyExchangeKey(key, parties);
        WireReader dialog = frame(Layer.DIALOG_SESSION_KEY_HEADER, headersEnd);
        dialogSessionKey(dialog, parties);
        if (position != messageOffset) {
            throw dialog.malformed("is followed by bytes that belong to no layer");
        }
        WireReader message = frame(Layer.MESSAGE_HEADER, bytes.length);
        int flags = messageHeader(message);
        if ((flags & MessageFlags.STREAMED) != 0) {
            chunks();
        } else {
            WireReader body = frame(Layer.BODY, bytes.length);
            add(Layer.BODY, body.remaining(), "ciphertext", bytesOf(body.remaining()));
        }
        if ((flags & MessageFlags.SIGNED) != 0) {
            senderSignature();
        }
        if (position != bytes.length) {
            throw new EnvelopeFormatException(
                    fields.get(fields.size() - 1).layer(), "is followed by bytes that belong to no layer");
        }
    }

    // --- the layers

    private int preamble() throws EnvelopeFormatException {
        Layer layer = Layer.SECURITY_PREAMBLE;
        WireReader in = new WireReader(bytes, 0, bytes.length, layer);
        if (!EnvelopeFrame.looksSealed(bytes, 0, bytes.length)) {
            throw in.malformed("does not begin with the magic number");
        }
        in.readI32();
        add(layer, 4, "magic", "");
        int major = in.readU8();
        int minor = in.readU8();
        add(layer, 2, "version", major + "." + minor);
        if (major != WireFormat.MAJOR || minor != WireFormat.MINOR) {
            throw EnvelopeFormatException.unsupportedVersion();
        }
        add(layer, 2, "suite", Integer.toString(in.readU16()));
        in.readBytes(WireFormat.MIC_BYTES);
        add(layer, WireFormat.MIC_BYTES, "MIC", "");
        add(layer, 8, "creation time", time(in.readI64()));
        in.readBytes(WireFormat.SALT_BYTES);
        add(layer, WireFormat.SALT_BYTES, "salt", "nonce of 12 bytes, then 4 zero bytes");
        int headers = in.readLength32(WireFormat.MAX_HEADER_BYTES);
        add(layer, 4, "length of layers 2 to 4", headers + " bytes");
        return headers;
    }

    /** Describes the layer and returns the names of its parties, the initiator first. */
    private List<String> servicePair(WireReader in) throws EnvelopeFormatException {
        Layer layer = Layer.SERVICE_PAIR_HEADER;
        int authenticity = in.readU8();
        add(
                layer,
                1,
                "authenticity",
                Authenticity.of(authenticity).map(Enum::name).orElse("unknown: " + authenticity));
        List<String> parties = new ArrayList<>();
        parties.add(party(in, "initiator"));
        certificates(in, layer, "initiator: ");
        int targets = in.readU8();
        add(layer, 1, "targets", Integer.toString(targets));
        for (int i = 1; i <= targets; i++) {
            parties.add(party(in, "target " + i));
        }
        octets16(in, layer, "signature", "by the initiator, over layers 2 and 3");
        return parties;
    }

    private String party(WireReader in, String role) throws EnvelopeFormatException {
        Layer layer = Layer.SERVICE_PAIR_HEADER;
        String service = text(in, in.checkedLength(in.readU8(), 0, ServiceName.MAX_BYTES));
        add(in, layer, role + ": service", service);
        add(in, layer, role + ": issuer", text(in, in.readU16()));
        byte[] serial = in.readArray(in.readU8());
        add(in, layer, role + ": serial", new BigInteger(1, serial).toString(16));
        add(layer, 8, role + ": certificate date", time(in.readI64()));
        add(layer, WireFormat.FINGERPRINT_BYTES, role + ": fingerprint", hex(in.readArray(32)));
        return service;
    }

    private void keyExchangeKey(WireReader in, List<String> parties) throws EnvelopeFormatException {
        Layer layer = Layer.KEY_EXCHANGE_KEY_HEADER;
        add(layer, 16, "key exchange key id", hex(in.readArray(16)));
        add(layer, 8, "not before", time(in.readI64()));
        add(layer, 8, "not after", time(in.readI64()));
        int wraps = in.readU8();
        add(layer, 1, "wraps", Integer.toString(wraps));
        for (int i = 1; i <= wraps; i++) {
            String whose = i < parties.size()
                    ? "target " + i + ", " + parties.get(i)
                    : i == parties.size() ? "the initiator, " + parties.get(0) : "nobody named";
            octets16(in, layer, "wrap " + i, "the key exchange key, to " + whose);
        }
    }

    private void dialogSessionKey(WireReader in, List<String> parties) throws EnvelopeFormatException {
        Layer layer = Layer.DIALOG_SESSION_KEY_HEADER;
        add(layer, 16, "dialog id", hex(in.readArray(16)));
        int direction = in.readU8();
        add(
                layer,
                1,
                "direction",
                switch (direction) {
                    case 0 -> "initiator to target";
                    case 1 -> "target to initiator";
                    default -> "unknown: " + direction;
                });
        int sender = in.readU8();
        add(layer, 1, "sender", sender + (sender < parties.size() ? ", " + parties.get(sender) : ", nobody named"));
        add(layer, 16, "dialog key id", hex(in.readArray(16)));
        add(layer, 8, "not before", time(in.readI64()));
        add(layer, 8, "not after", time(in.readI64()));
        in.readBytes(WireFormat.WRAPPED_DIALOG_SECRET_BYTES);
        add(layer, WireFormat.WRAPPED_DIALOG_SECRET_BYTES, "wrapped dialog secret", "under the key exchange key");
        in.readBytes(WireFormat.COMMITMENT_BYTES);
        add(layer, WireFormat.COMMITMENT_BYTES, "key commitment", "");
        in.requireEnd();
    }

    private int messageHeader(WireReader in) throws EnvelopeFormatException {
        Layer layer = Layer.MESSAGE_HEADER;
        add(layer, 8, "sequence", Long.toString(in.readI64()));
        int kind = in.readU8();
        add(layer, 1, "kind", ContentKind.of(kind).map(Enum::name).orElse("unknown: " + kind));
        int flags = in.readU8();
        add(layer, 1, "flags", flags(flags));
        add(in, layer, "destination", text(in, in.readU16()));
        if ((flags & MessageFlags.STREAMED) != 0) {
            chunkBytes = in.readI32();
            add(layer, 4, "chunk size", chunkBytes + " bytes");
        }
        in.requireEnd();
        return flags;
    }

    private void chunks() throws EnvelopeFormatException {
        boolean last = false;
        for (long index = 0; !last; index++) {
            last = position < bytes.length && bytes[position] == Layer.LAST_CHUNK.code();
            Layer layer = last ? Layer.LAST_CHUNK : Layer.CHUNK;
            WireReader chunk = frame(layer, bytes.length);
            long plaintext = (long) chunk.remaining() - WireFormat.MIC_BYTES;
            if (plaintext < 0 || plaintext > chunkBytes || (!last && plaintext != chunkBytes)) {
                throw chunk.malformed("has a length that is not the stream's");
            }
            add(layer, chunk.remaining(), "chunk " + index, bytesOf(chunk.remaining()) + ", tag included");
        }
    }

    private void senderSignature() throws EnvelopeFormatException {
        WireReader in = frame(Layer.SENDER_SIGNATURE, bytes.length);
        certificates(in, Layer.SENDER_SIGNATURE, "sender: ");
        octets16(in, Layer.SENDER_SIGNATURE, "signature", "by the sender, over this message");
        in.requireEnd();
    }

    // --- their parts

    private WireReader frame(Layer layer, int end) throws EnvelopeFormatException {
        WireReader content = HeaderCodec.frameAt(bytes, position, end, layer);
        add(layer, 1, "frame type", "");
        add(layer, 4, "frame length", bytesOf(content.remaining()));
        return content;
    }

    private void certificates(WireReader in, Layer layer, String whose) throws EnvelopeFormatException {
        int count = in.readU8();
        add(layer, 1, whose + "certificates", Integer.toString(count));
        for (int i = 1; i <= count; i++) {
            byte[] der = in.readArray(in.readU16());
            add(in, layer, whose + "certificate " + i, bytesOf(der.length) + ", SHA-256 " + hex(sha256(der)));
        }
    }

    private void octets16(WireReader in, Layer layer, String name, String meaning) throws EnvelopeFormatException {
        int length = in.readArray(in.readU16()).length;
        add(in, layer, name, bytesOf(length) + ", " + meaning);
    }

    /** A field that ends where the reader is now. */
    private void add(WireReader in, Layer layer, String name, String value) {
        add(layer, in.position() - position, name, value);
    }

    private void add(Layer layer, int length, String name, String value) {
        fields.add(new InspectedField(layer, position, length, name, value));
        position += length;
    }

    private void rest(Layer layer) {
        if (position < bytes.length) {
            add(layer, bytes.length - position, NOT_UNDERSTOOD, bytesOf(bytes.length - position));
        }
    }

    private static String text(WireReader in, int length) throws EnvelopeFormatException {
        return printable(new String(in.readArray(length), StandardCharsets.UTF_8));
    }

    /** Names come from strangers: nothing of them may move a terminal's cursor or pretend to be another line. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean harmless = type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.SURROGATE
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR
                    && type != Character.UNASSIGNED;
            if (harmless) {
                out.appendCodePoint(c);
            } else {
                out.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return out.toString();
    }

    private static String flags(int flags) {
        List<String> names = new ArrayList<>();
        String[] known = {"content section", "streamed", "signed", "end of dialog", "null body"};
        for (int bit = 0; bit < 8; bit++) {
            if ((flags & 1 << bit) != 0) {
                names.add(bit < known.length ? known[bit] : "unknown bit " + bit);
            }
        }
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String hex(byte[] value) {
        return HexFormat.of().formatHex(Arrays.copyOf(value, Math.min(value.length, SHOWN_BYTES)));
    }

    private static String bytesOf(int count) {
        return count == 1 ? "1 byte" : count + " bytes";
    }

    private static byte[] sha256(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }
}
