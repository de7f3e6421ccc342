package io.dialogsecurity.vectors;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Layers 1 to 5 and 7 as they stand in an envelope, each field checked as step 1 says. */
final class ReferenceHeaders {

    static final int PREAMBLE = 52;

    private static final int ERROR = 6;
    static final int CONTENT_SECTION = 0x01;
    static final int STREAMED = 0x02;
    static final int SIGNED = 0x04;
    static final int END_OF_DIALOG = 0x08;
    static final int NULL_BODY = 0x10;

    /** Layer 1. */
    record Preamble(byte[] v, int suite, byte[] mic, long created, byte[] salt, int headerLength) {

        static Preamble read(byte[] envelope, Checks checks) {
            byte[] magic = {(byte) 0xD5, 0x44, 0x49, 0x41};
            checks.require(Check.MAGIC, envelope.length >= 4 && Arrays.equals(Arrays.copyOf(envelope, 4), magic), 1);
            ReferenceReader in = new ReferenceReader(envelope, 4, envelope.length, checks, Check.PREAMBLE_THERE, 1);
            checks.require(Check.PREAMBLE_THERE, envelope.length >= PREAMBLE, 1);
            int major = in.u8();
            int minor = in.u8();
            checks.require(Check.MAJOR_VERSION, major == 1, 1);
            checks.require(Check.MINOR_VERSION, minor == 0, 1);
            int suite = in.u16();
            byte[] mic = in.bytes(16);
            long created = in.time(Check.CREATION_TIME);
            byte[] salt = in.bytes(16);
            checks.require(Check.SALT_TAIL, Arrays.equals(Arrays.copyOfRange(salt, 12, 16), new byte[4]), 1);
            long length = in.u32();
            checks.atMost(Check.HEADER_LENGTH, length, 262_144, 1);
            return new Preamble(
                    Arrays.copyOfRange(envelope, 4, 8), suite, mic, created, salt, (int) Math.min(length, 1 << 20));
        }
    }

    /** Layer 5: the sequence number, and all behind it, which is the message context. */
    record MessageHeader(
            long sequence, int kind, int flags, String destination, long chunkSize, byte[] context, int end) {

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        static MessageHeader read(byte[] envelope, int headerLength, Checks checks) {
            ReferenceReader outside = new ReferenceReader(
                    envelope, PREAMBLE + headerLength, envelope.length, checks, Check.LAYER_5_THERE, 5);
            ReferenceReader in = outside.frame(Check.LAYER_5_TYPE, 5, Check.LAYER_5_THERE, 5);
            long sequence = in.i64();
            checks.require(Check.SEQUENCE_POSITIVE, sequence != 0, 5);
            checks.require(Check.SEQUENCE_RANGE, sequence >= 0, 5);
            int kind = in.u8();
            checks.atMost(Check.KIND_KNOWN, kind, ERROR, 5);
            int flags = in.u8();
            checks.require(Check.FLAGS_KNOWN, (flags & ~0x1F) == 0, 5);
            if (kind == ERROR) {
                checks.require(Check.ERROR_ENDS, (flags & END_OF_DIALOG) != 0, 5);
                checks.require(Check.ERROR_IN_ONE_PIECE, (flags & STREAMED) == 0, 5);
                checks.require(Check.ERROR_WITH_BODY, (flags & NULL_BODY) == 0, 5);
            }
            String destination = in.text(in.bytes16(Check.DESTINATION_LENGTH, 1, 1024), Check.DESTINATION_UTF8);
            long chunkSize = 0;
            if ((flags & STREAMED) != 0) {
                chunkSize = in.u32();
                checks.within(Check.CHUNK_SIZE, chunkSize, 1024, 16_777_216, 5);
            }
            in.end(Check.LAYER_5_END);
            byte[] content = in.all();
            byte[] context = content.length < 8 ? new byte[0] : Arrays.copyOfRange(content, 8, content.length);
            return new MessageHeader(sequence, kind, flags, destination, chunkSize, context, outside.position());
        }
    }

    /** A service as layer 2 names it. */
    record Party(String service, String issuer, BigInteger serial, long date, byte[] fingerprint) {

        static Party read(ReferenceReader in, Checks checks) {
            String service = in.text(in.bytes8(Check.SERVICE_LENGTH, 1, 128), Check.SERVICE_UTF8);
            boolean control = service.chars().anyMatch(c -> c < 0x20 || (c >= 0x7F && c < 0xA0));
            checks.require(Check.SERVICE_CONTROL, !control, 2);
            String issuer = in.text(in.bytes16(Check.ISSUER_LENGTH, 1, 1024), Check.ISSUER_UTF8);
            return new Party(service, issuer, in.serial(), in.time(Check.CERTIFICATE_DATE), in.bytes(32));
        }

        boolean is(byte[] other) {
            return Arrays.equals(fingerprint, other);
        }
    }

    /** Layer 2. */
    record ServicePair(
            int authenticity, List<Party> parties, List<byte[]> certificates, byte[] signed, byte[] signature) {

        static ServicePair read(ReferenceReader in, Checks checks) {
            int authenticity = in.u8();
            checks.atMost(Check.AUTHENTICITY_KNOWN, authenticity, 2, 2);
            List<Party> parties = new ArrayList<>();
            parties.add(Party.read(in, checks));
            List<byte[]> certificates = readCertificates(in, checks, Check.CERTIFICATES, Check.CERTIFICATE_LENGTH);
            int targets = in.u8();
            checks.within(Check.TARGETS, targets, 1, 32, 2);
            checks.require(Check.AUTHENTICITY_OF_ONE, targets > 1 || authenticity == 0, 2);
            checks.require(Check.AUTHENTICITY_OF_SEVERAL, targets < 2 || authenticity != 0, 2);
            for (int i = 0; i < targets; i++) {
                Party target = Party.read(in, checks);
                checks.require(
                        Check.FINGERPRINTS_DIFFER,
                        parties.stream().noneMatch(party -> party.is(target.fingerprint())),
                        2);
                parties.add(target);
            }
            byte[] signed = Arrays.copyOf(in.all(), in.position());
            byte[] signature = in.bytes16(Check.SIGNATURE_LENGTH, 1, 4096);
            in.end(Check.LAYER_2_END);
            return new ServicePair(authenticity, parties, certificates, signed, signature);
        }
    }

    static List<byte[]> readCertificates(ReferenceReader in, Checks checks, Check count, Check length) {
        int certificates = in.u8();
        checks.atMost(count, certificates, 6, in.layer());
        List<byte[]> read = new ArrayList<>();
        for (int i = 0; i < certificates; i++) {
            read.add(in.bytes16(length, 1, 16_384));
        }
        return read;
    }

    /** Layer 3. */
    record KeyExchangeKey(byte[] keyId, long notBefore, long notAfter, List<byte[]> wraps) {

        static KeyExchangeKey read(ReferenceReader in, int targets, Checks checks) {
            byte[] keyId = in.bytes(16);
            long notBefore = in.time(Check.KEY_NOT_BEFORE_RANGE);
            long notAfter = in.time(Check.KEY_NOT_AFTER_RANGE);
            int count = in.u8();
            checks.require(Check.WRAPS, count == targets + 1, 3);
            List<byte[]> wraps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                wraps.add(in.bytes16(Check.WRAP_LENGTH, 1, 4096));
            }
            in.end(Check.LAYER_3_END);
            return new KeyExchangeKey(keyId, notBefore, notAfter, wraps);
        }
    }

    /** Layer 4. */
    record DialogKey(
            byte[] context,
            String dialogId,
            int direction,
            int sender,
            String instance,
            long notBefore,
            long notAfter,
            byte[] wrapped,
            byte[] commitment) {

        static DialogKey read(ReferenceReader in, int targets, Checks checks) {
            checks.require(Check.LAYER_4_LENGTH, in.remaining() == 122, 4);
            byte[] context = Arrays.copyOf(in.all(), 50);
            String dialogId = HexFormat.of().formatHex(in.bytes(16));
            int direction = in.u8();
            checks.atMost(Check.DIRECTION_KNOWN, direction, 1, 4);
            int sender = in.u8();
            checks.require(Check.INITIATOR_SENDS, direction != 0 || sender == 0, 4);
            checks.require(Check.TARGET_SENDS, direction == 0 || sender != 0, 4);
            checks.atMost(Check.SENDER_THERE, sender, targets, 4);
            String instance = HexFormat.of().formatHex(in.bytes(8));
            in.bytes(8);
            return new DialogKey(
                    context,
                    dialogId,
                    direction,
                    sender,
                    instance,
                    in.time(Check.DIALOG_NOT_BEFORE_RANGE),
                    in.time(Check.DIALOG_NOT_AFTER_RANGE),
                    in.bytes(40),
                    in.bytes(32));
        }
    }

    /** Layers 2 to 4, each also with its frame. */
    record Static(ServicePair pair, KeyExchangeKey key, DialogKey dialog, byte[] layer2, byte[] layer3, byte[] all) {

        static Static read(byte[] envelope, int headerLength, Checks checks) {
            byte[] all = Arrays.copyOfRange(envelope, PREAMBLE, PREAMBLE + headerLength);
            ReferenceReader in = new ReferenceReader(all, 0, all.length, checks, Check.LAYER_2_THERE, 2);
            ServicePair pair = ServicePair.read(in.frame(Check.LAYER_2_TYPE, 2, Check.LAYER_2_THERE, 2), checks);
            int two = in.position();
            int targets = pair.parties().size() - 1;
            KeyExchangeKey key =
                    KeyExchangeKey.read(in.frame(Check.LAYER_3_TYPE, 3, Check.LAYER_3_THERE, 3), targets, checks);
            int three = in.position();
            DialogKey dialog =
                    DialogKey.read(in.frame(Check.LAYER_4_TYPE, 4, Check.LAYER_4_LENGTH, 4), targets, checks);
            checks.require(Check.HEADERS_END, in.position() >= all.length, 4);
            return new Static(pair, key, dialog, Arrays.copyOf(all, two), Arrays.copyOfRange(all, two, three), all);
        }
    }

    /** Layer 7. */
    record SenderSignature(List<byte[]> certificates, byte[] signed, byte[] signature) {

        /** @param outside stands at the layer */
        static SenderSignature read(ReferenceReader outside, Checks checks) {
            ReferenceReader in = outside.frame(Check.LAYER_7_TYPE, 7, Check.LAYER_7_THERE, 7);
            List<byte[]> certificates =
                    readCertificates(in, checks, Check.SENDER_CERTIFICATES, Check.SENDER_CERTIFICATE_LENGTH);
            byte[] signed = Arrays.copyOf(in.all(), in.position());
            byte[] signature = in.bytes16(Check.SENDER_SIGNATURE_LENGTH, 1, 4096);
            in.end(Check.LAYER_7_END);
            return new SenderSignature(certificates, signed, signature);
        }
    }

    private ReferenceHeaders() {}
}
