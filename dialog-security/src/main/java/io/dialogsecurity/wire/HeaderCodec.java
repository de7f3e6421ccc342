package io.dialogsecurity.wire;

import static io.dialogsecurity.wire.WireFormat.COMMITMENT_BYTES;
import static io.dialogsecurity.wire.WireFormat.DIALOG_HEADER_BYTES;
import static io.dialogsecurity.wire.WireFormat.FINGERPRINT_BYTES;
import static io.dialogsecurity.wire.WireFormat.FRAME_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_CERTIFICATES;
import static io.dialogsecurity.wire.WireFormat.MAX_CERTIFICATE_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_ISSUER_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_SERIAL_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_SIGNATURE_BYTES;
import static io.dialogsecurity.wire.WireFormat.MAX_TARGETS;
import static io.dialogsecurity.wire.WireFormat.MAX_WRAPPED_BYTES;
import static io.dialogsecurity.wire.WireFormat.WRAPPED_DIALOG_SECRET_BYTES;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The static headers, layers 2 to 4: the bytes that a dialog builds once and every message copies. Encoders return the
 * layer with its frame.
 */
public final class HeaderCodec {

    private HeaderCodec() {}

    /** Frames the content of a layer. */
    static byte[] frame(Layer layer, byte[] content) {
        return new WireWriter()
                .u8(layer.code())
                .i32(content.length)
                .bytes(content)
                .toArray();
    }

    /** Layer 2 with its frame. */
    public static byte[] encode(ServicePairHeader header) {
        WireWriter content = new WireWriter().bytes(signedPart(header));
        return frame(
                Layer.SERVICE_PAIR_HEADER, content.bytes16(header.signature()).toArray());
    }

    /** The content of layer 2 before its signature: what the signature covers of it. */
    public static byte[] signedPart(ServicePairHeader header) {
        WireWriter writer = new WireWriter().u8(header.authenticity().code());
        writeParty(writer, header.initiator());
        writeCertificates(writer, header.initiatorCertificates());
        writer.u8(header.targets().size());
        header.targets().forEach(target -> writeParty(writer, target));
        return writer.toArray();
    }

    /** Layer 3 with its frame. */
    public static byte[] encode(KeyExchangeKeyHeader header) {
        WireWriter writer = new WireWriter()
                .bytes(header.keyId().toBytes())
                .i64(header.notBeforeMillis())
                .i64(header.notAfterMillis())
                .u8(header.wraps().size());
        header.wraps().forEach(writer::bytes16);
        return frame(Layer.KEY_EXCHANGE_KEY_HEADER, writer.toArray());
    }

    /** Layer 4 with its frame. */
    public static byte[] encode(DialogSessionKeyHeader header) {
        return frame(
                Layer.DIALOG_SESSION_KEY_HEADER,
                new WireWriter()
                        .bytes(dialogContext(header))
                        .bytes(header.wrappedSecret())
                        .bytes(header.commitment())
                        .toArray());
    }

    /** The content of layer 4 before the wrapped secret: what the wrap and the commitment are bound to. */
    public static byte[] dialogContext(DialogSessionKeyHeader header) {
        return dialogContext(
                header.dialogId(),
                header.direction(),
                header.senderIndex(),
                header.keyId(),
                header.notBeforeMillis(),
                header.notAfterMillis());
    }

    /** As {@link #dialogContext(DialogSessionKeyHeader)}, before there is a wrapped secret. */
    public static byte[] dialogContext(
            DialogId dialogId,
            Direction direction,
            int senderIndex,
            KeyId keyId,
            long notBeforeMillis,
            long notAfterMillis) {
        return new WireWriter()
                .bytes(dialogId.toBytes())
                .u8(direction.code())
                .u8(senderIndex)
                .bytes(keyId.toBytes())
                .i64(notBeforeMillis)
                .i64(notAfterMillis)
                .toArray();
    }

    /**
     * Parses layers 2 and 3, which must fill {@code length} bytes exactly.
     *
     * @throws EnvelopeFormatException if they do not, or are not canonical
     */
    public static PairHeaders parsePair(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        PairHeaders pair = readPair(bytes, offset, offset + length);
        if (pair.length() != length) {
            throw new EnvelopeFormatException(
                    Layer.KEY_EXCHANGE_KEY_HEADER, "is followed by bytes that belong to no layer");
        }
        return pair;
    }

    private static PairHeaders readPair(byte[] bytes, int offset, int end) throws EnvelopeFormatException {
        WireReader pair = frameAt(bytes, offset, end, Layer.SERVICE_PAIR_HEADER);
        ServicePairHeader servicePair = readServicePair(pair);
        WireReader kek = frameAt(bytes, pair.position(), end, Layer.KEY_EXCHANGE_KEY_HEADER);
        KeyExchangeKeyHeader keyExchangeKey =
                readKeyExchangeKey(kek, servicePair.targets().size());
        return new PairHeaders(
                servicePair,
                keyExchangeKey,
                Bytes.copyOf(bytes, offset, pair.position() - offset),
                Bytes.copyOf(bytes, pair.position(), kek.position() - pair.position()));
    }

    /**
     * Parses layers 2 to 4, which must fill {@code length} bytes exactly.
     *
     * @throws EnvelopeFormatException if they do not, or are not canonical
     */
    public static StaticHeaders parse(byte[] bytes, int offset, int length) throws EnvelopeFormatException {
        int end = offset + length;
        PairHeaders pair = readPair(bytes, offset, end);
        int dialogOffset = offset + pair.length();
        WireReader dialog = frameAt(bytes, dialogOffset, end, Layer.DIALOG_SESSION_KEY_HEADER);
        DialogSessionKeyHeader dialogSessionKey =
                readDialogSessionKey(dialog, pair.servicePair().targets().size());
        if (dialog.position() != end) {
            throw dialog.malformed("is followed by bytes that belong to no layer");
        }
        return new StaticHeaders(
                pair.servicePair(),
                pair.keyExchangeKey(),
                dialogSessionKey,
                pair.servicePairBytes(),
                pair.keyExchangeKeyBytes(),
                Bytes.copyOf(bytes, dialogOffset, end - dialogOffset));
    }

    /** A reader of the content of the frame that starts here. */
    static WireReader frameAt(byte[] bytes, int offset, int end, Layer layer) throws EnvelopeFormatException {
        return new WireReader(bytes, offset + FRAME_BYTES, frameEnd(bytes, offset, end, layer), layer);
    }

    /** Where the frame of a layer ends that starts here; its content starts after {@link WireFormat#FRAME_BYTES}. */
    static int frameEnd(byte[] bytes, int offset, int end, Layer layer) throws EnvelopeFormatException {
        if (end - offset < FRAME_BYTES) {
            throw new EnvelopeFormatException(layer, "ends too early");
        }
        if (bytes[offset] != layer.code()) {
            throw new EnvelopeFormatException(layer, "is not where it belongs");
        }
        int length = (int) WireReader.INT.get(bytes, offset + 1);
        if (length < 0 || length > end - offset - FRAME_BYTES) {
            throw new EnvelopeFormatException(layer, "is longer than the bytes that are there");
        }
        return offset + FRAME_BYTES + length;
    }

    private static ServicePairHeader readServicePair(WireReader in) throws EnvelopeFormatException {
        Authenticity authenticity =
                Authenticity.of(in.readU8()).orElseThrow(() -> in.malformed("names an unknown authenticity"));
        PartyIdentity initiator = readParty(in);
        List<Bytes> certificates = readCertificates(in);
        int count = in.checkedLength(in.readU8(), 1, MAX_TARGETS);
        if ((authenticity == Authenticity.PAIR) != (count == 1)) {
            throw in.malformed("has an authenticity that does not fit the number of targets");
        }
        List<PartyIdentity> targets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            PartyIdentity target = readParty(in);
            if (isNamed(target, initiator, targets)) {
                throw in.malformed("names a party twice");
            }
            targets.add(target);
        }
        Bytes signature = in.readBytes16(1, MAX_SIGNATURE_BYTES);
        in.requireEnd();
        return new ServicePairHeader(authenticity, initiator, certificates, targets, signature);
    }

    private static boolean isNamed(PartyIdentity target, PartyIdentity initiator, List<PartyIdentity> targets) {
        return target.fingerprint().equals(initiator.fingerprint())
                || targets.stream().anyMatch(other -> other.fingerprint().equals(target.fingerprint()));
    }

    private static KeyExchangeKeyHeader readKeyExchangeKey(WireReader in, int targets) throws EnvelopeFormatException {
        KeyId keyId = KeyId.from(in.readArray(KeyId.BYTES), 0);
        long notBefore = in.readTime();
        long notAfter = in.readTime();
        if (in.readU8() != targets + 1) {
            throw in.malformed("has not one wrap for each target and one for the initiator");
        }
        List<Bytes> wraps = new ArrayList<>(targets + 1);
        for (int i = 0; i <= targets; i++) {
            wraps.add(in.readBytes16(1, MAX_WRAPPED_BYTES));
        }
        in.requireEnd();
        return new KeyExchangeKeyHeader(keyId, notBefore, notAfter, wraps);
    }

    private static DialogSessionKeyHeader readDialogSessionKey(WireReader in, int targets)
            throws EnvelopeFormatException {
        in.checkedLength(in.remaining(), DIALOG_HEADER_BYTES, DIALOG_HEADER_BYTES);
        DialogId dialogId = DialogId.from(in.readArray(DialogId.BYTES), 0);
        Direction direction = switch (in.readU8()) {
            case 0 -> Direction.INITIATOR_TO_TARGET;
            case 1 -> Direction.TARGET_TO_INITIATOR;
            default -> throw in.malformed("names an unknown direction");
        };
        int sender = in.readU8();
        if ((direction == Direction.INITIATOR_TO_TARGET) != (sender == 0) || sender > targets) {
            throw in.malformed("names a sender that cannot send in this direction");
        }
        return new DialogSessionKeyHeader(
                dialogId,
                direction,
                sender,
                KeyId.from(in.readArray(KeyId.BYTES), 0),
                in.readTime(),
                in.readTime(),
                in.readBytes(WRAPPED_DIALOG_SECRET_BYTES),
                in.readBytes(COMMITMENT_BYTES));
    }

    private static void writeParty(WireWriter writer, PartyIdentity party) {
        writer.text8(party.service().value())
                .text16(party.issuer())
                .bytes8(serialBytes(party.serial()))
                .i64(party.certificateDateMillis())
                .bytes(party.fingerprint());
    }

    private static PartyIdentity readParty(WireReader in) throws EnvelopeFormatException {
        ServiceName service;
        try {
            service = new ServiceName(in.readText8(1, ServiceName.MAX_BYTES));
        } catch (IllegalArgumentException e) {
            throw in.malformed("names a service that cannot be");
        }
        String issuer = in.readText16(1, MAX_ISSUER_BYTES);
        Bytes serialBytes = in.readBytes8(1, MAX_SERIAL_BYTES);
        BigInteger serial = new BigInteger(1, serialBytes.toArray());
        if (!serialBytes.contentEquals(serialBytes(serial))) {
            throw in.malformed("has a serial number with leading zeros");
        }
        return new PartyIdentity(service, issuer, serial, in.readTime(), in.readBytes(FINGERPRINT_BYTES));
    }

    /** The unsigned magnitude, big-endian, without leading zeros; zero is one zero byte. */
    private static byte[] serialBytes(BigInteger serial) {
        byte[] bytes = serial.toByteArray();
        return bytes.length > 1 && bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    static void writeCertificates(WireWriter writer, List<Bytes> certificates) {
        writer.u8(certificates.size());
        certificates.forEach(writer::bytes16);
    }

    static List<Bytes> readCertificates(WireReader in) throws EnvelopeFormatException {
        int count = in.checkedLength(in.readU8(), 0, MAX_CERTIFICATES);
        List<Bytes> certificates = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            certificates.add(in.readBytes16(1, MAX_CERTIFICATE_BYTES));
        }
        return certificates;
    }
}
