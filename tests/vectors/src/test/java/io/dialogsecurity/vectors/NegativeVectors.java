package io.dialogsecurity.vectors;

import static io.dialogsecurity.dialog.Rejection.AUTHENTICITY_NOT_ACCEPTED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_EXPIRED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_REVOKED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNSUITABLE;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNTRUSTED;
import static io.dialogsecurity.dialog.Rejection.COMMITMENT_MISMATCH;
import static io.dialogsecurity.dialog.Rejection.CONTENT_INVALID;
import static io.dialogsecurity.dialog.Rejection.DIALOG_ENDED;
import static io.dialogsecurity.dialog.Rejection.DIALOG_KEY_INVALID;
import static io.dialogsecurity.dialog.Rejection.FROM_THE_FUTURE;
import static io.dialogsecurity.dialog.Rejection.KEY_EXCHANGE_KEY_INVALID;
import static io.dialogsecurity.dialog.Rejection.KEY_EXPIRED;
import static io.dialogsecurity.dialog.Rejection.MALFORMED;
import static io.dialogsecurity.dialog.Rejection.MIC_INVALID;
import static io.dialogsecurity.dialog.Rejection.NOT_FOR_US;
import static io.dialogsecurity.dialog.Rejection.PLAINTEXT_REFUSED;
import static io.dialogsecurity.dialog.Rejection.REFLECTED;
import static io.dialogsecurity.dialog.Rejection.SENDER_SIGNATURE_INVALID;
import static io.dialogsecurity.dialog.Rejection.SEQUENCE_CONFLICT;
import static io.dialogsecurity.dialog.Rejection.SEQUENCE_GAP;
import static io.dialogsecurity.dialog.Rejection.SIGNATURE_INVALID;
import static io.dialogsecurity.dialog.Rejection.STALE;
import static io.dialogsecurity.dialog.Rejection.SUITE_NOT_ACCEPTED;
import static io.dialogsecurity.dialog.Rejection.VERSION_UNSUPPORTED;
import static io.dialogsecurity.dialog.Rejection.WRONG_DESTINATION;
import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.u16;
import static io.dialogsecurity.vectors.ReferenceCrypto.u32;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;
import static io.dialogsecurity.vectors.ReferenceSealer.NOW;
import static io.dialogsecurity.vectors.ReferenceSealer.bytes16;
import static io.dialogsecurity.vectors.ReferenceSealer.frame;
import static io.dialogsecurity.vectors.ReferenceSealer.joined;
import static io.dialogsecurity.vectors.ReferenceSealer.random;
import static io.dialogsecurity.vectors.ReferenceSealer.text16;
import static io.dialogsecurity.vectors.ReferenceSealer.text8;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.EnvelopeInspector;
import io.dialogsecurity.wire.InspectedField;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * The vectors that are refused. Each breaks one thing: what is signed, wrapped and sealed around it is right, wherever a
 * forger could have made it so.
 */
final class NegativeVectors {

    private static final int BYTES = 1;
    private static final int CHUNK = 1024;

    private final VectorGenerator out;

    private final VectorPki.Identity orderEntry = VectorKeys.of("order-entry-2");
    private final VectorPki.Identity shipping = VectorKeys.of("shipping-2");
    private final VectorPki.Identity billing = VectorKeys.of("billing-2");
    private final VectorPki.Identity mallory = VectorKeys.of("mallory-2");

    NegativeVectors(VectorGenerator out) {
        this.out = out;
    }

    void write() throws IOException {
        preamble();
        truncated();
        encoding();
        certificates();
        keys();
        rsa();
        otherSuites();
        forged();
        spliced();
        message();
        signatures();
        revokedTarget();
        revokedPairTarget();
        untrustedTarget();
        streams();
        content();
        sequence();
    }

    // --- Helpers

    private Pair pair() {
        return new Pair(orderEntry, shipping);
    }

    private Pair pair(Consumer<Pair> change) {
        Pair pair = pair();
        change.accept(pair);
        return pair;
    }

    private Pair signedPair() {
        return new Pair(orderEntry, shipping, billing);
    }

    private Message message(Consumer<Pair> change) {
        return new Message(new Dialog(pair(change))).text("Order 4711");
    }

    private Message text() {
        return message(ignored -> {});
    }

    private Message dialogMessage(Consumer<Dialog> change) {
        Dialog dialog = new Dialog(pair());
        change.accept(dialog);
        return new Message(dialog).text("Order 4711");
    }

    private void refuse(String group, String name, String title, byte[] envelope, Rejection code, Layer layer)
            throws IOException {
        out.negative(group, name, new Case(title, envelope), code, layer);
    }

    /** The n-th field of this name in an envelope. */
    private static InspectedField field(byte[] envelope, Layer layer, String name) {
        return EnvelopeInspector.inspect(envelope).fields().stream()
                .filter(field -> field.layer() == layer && field.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] put(byte[] bytes, int offset, byte[] value) {
        byte[] changed = bytes.clone();
        System.arraycopy(value, 0, changed, offset, value.length);
        return changed;
    }

    private static byte[] replace(byte[] bytes, int offset, int length, byte[] value) {
        return join(Arrays.copyOf(bytes, offset), value, Arrays.copyOfRange(bytes, offset + length, bytes.length));
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        return changed;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // --- Layer 1

    private void preamble() throws IOException {
        String group = "preamble";
        Layer layer = Layer.SECURITY_PREAMBLE;
        byte[] good = text().seal();
        refuse(group, "plaintext", "a message that is not sealed", ascii("Order 4711"), PLAINTEXT_REFUSED, layer);
        refuse(group, "nothing", "no bytes at all", new byte[0], PLAINTEXT_REFUSED, layer);
        refuse(
                group,
                "magic-cut",
                "the first three bytes of the magic number",
                Arrays.copyOf(good, 3),
                PLAINTEXT_REFUSED,
                layer);
        refuse(group, "magic-alone", "the magic number alone", Arrays.copyOf(good, 4), MALFORMED, layer);
        refuse(
                group,
                "major-version",
                "major version 2, signed and sealed",
                message(pair -> pair.major = 2).seal(),
                VERSION_UNSUPPORTED,
                layer);
        refuse(
                group,
                "minor-version",
                "minor version 1, signed and sealed",
                message(pair -> pair.minor = 1).seal(),
                VERSION_UNSUPPORTED,
                layer);
        for (int suite : new int[] {0, 3, 0xFFFF}) {
            refuse(
                    group,
                    "suite-" + suite,
                    "an unknown suite, signed and sealed",
                    message(pair -> pair.suite = suite).seal(),
                    SUITE_NOT_ACCEPTED,
                    layer);
        }
        out.negative(
                group,
                "suite-not-accepted",
                new Case("suite 2 where policy accepts suite 1 alone", good).with("suites-accepted", "1"),
                SUITE_NOT_ACCEPTED,
                layer);
        refuse(
                group,
                "suite-swapped",
                "suite 1 written over suite 2",
                put(good, 6, u16(1)),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        refuse(group, "time-negative", "a creation time before 1970", put(good, 24, u64(-1)), MALFORMED, layer);
        refuse(group, "nonce", "another nonce", flipped(good, 32), MIC_INVALID, Layer.BODY);
        for (int i = 12; i < 16; i++) {
            Message salted = text();
            salted.salt = random(16);
            Arrays.fill(salted.salt, 12, 16, (byte) 0);
            salted.salt[i] = 1;
            refuse(
                    group,
                    "salt-tail-" + i,
                    "byte " + i + " of the salt is not zero, sealed so",
                    salted.seal(),
                    MALFORMED,
                    layer);
        }
        int length = good.length;
        for (int headers : new int[] {0, 126, 262_145, Integer.MAX_VALUE, -1}) {
            refuse(
                    group,
                    "header-length-" + Integer.toUnsignedString(headers),
                    "a header length outside the limits",
                    put(good, 48, u32(headers)),
                    MALFORMED,
                    layer);
        }
        refuse(
                group,
                "header-length-beyond",
                "a header length beyond the end",
                put(good, 48, u32(length)),
                MALFORMED,
                layer);
        refuse(
                group,
                "stale",
                "received seven days and a millisecond after it was sealed",
                text().created(NOW.minus(Duration.ofDays(7)).minusMillis(1)).seal(),
                STALE,
                layer);
        refuse(
                group,
                "future",
                "sealed two minutes and a millisecond in the future",
                text().created(NOW.plus(Duration.ofMinutes(2)).plusMillis(1)).seal(),
                FROM_THE_FUTURE,
                layer);
    }

    // --- Cuts

    private void truncated() throws IOException {
        String group = "truncated";
        byte[] good = new Message(new Dialog(signedPair())).text("Order 4711").seal();
        Layer previous = null;
        for (InspectedField field : EnvelopeInspector.inspect(good).fields()) {
            if (field.layer() == previous) {
                continue;
            }
            previous = field.layer();
            int code = previous.code();
            if (code > 1) {
                refuse(
                        group,
                        "before-layer-" + code,
                        "cut before layer " + code,
                        Arrays.copyOf(good, field.offset()),
                        MALFORMED,
                        null);
                refuse(
                        group,
                        "in-frame-" + code,
                        "cut within the frame of layer " + code,
                        Arrays.copyOf(good, field.offset() + 3),
                        MALFORMED,
                        null);
                refuse(
                        group,
                        "after-frame-" + code,
                        "cut behind the frame of layer " + code,
                        Arrays.copyOf(good, field.offset() + 5),
                        MALFORMED,
                        null);
            }
            refuse(
                    group,
                    "in-layer-" + code,
                    "cut within layer " + code,
                    Arrays.copyOf(good, field.offset() + 9),
                    MALFORMED,
                    null);
        }
        refuse(
                group,
                "last-byte",
                "the last byte is missing",
                Arrays.copyOf(good, good.length - 1),
                MALFORMED,
                Layer.SENDER_SIGNATURE);
        refuse(group, "trailing-byte", "a byte behind the end", join(text().seal(), u8(0)), MALFORMED, null);
        refuse(
                group,
                "trailing-byte-signed",
                "a byte behind the sender's signature",
                join(good, u8(0)),
                MALFORMED,
                Layer.SENDER_SIGNATURE);
        refuse(group, "twice", "an envelope behind an envelope", join(text().seal(), text().seal()), MALFORMED, null);
        byte[] plain = text().seal();
        refuse(
                group,
                "signature-unannounced",
                "a sender's signature the flags do not announce",
                join(plain, frame(7, join(u8(0), bytes16(random(64))))),
                MALFORMED,
                Layer.SENDER_SIGNATURE);
    }

    // --- One encoding: signed, wrapped and sealed as they are

    private void encoding() throws IOException {
        pairEncoding();
        morePairEncoding();
        keyEncoding();
        dialogEncoding();
        messageEncoding();
    }

    /** Layer 2 with its signed part changed before it is signed. */
    private void pairEncoding(String name, String title, UnaryOperator<byte[]> change) throws IOException {
        refuse(
                "encoding",
                "pair-" + name,
                title,
                message(pair -> pair.signedPart = change).seal(),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
    }

    private void pairEncoding() throws IOException {
        byte[] initiator = ReferenceSealer.party(orderEntry);
        byte[] target = ReferenceSealer.party(shipping);
        byte[] certificates = ReferenceSealer.certificates(orderEntry.certificates());
        pairEncoding("authenticity-unknown", "authenticity 3", s -> put(s, 0, u8(3)));
        pairEncoding("authenticity-signed", "one target, yet 'signed'", s -> put(s, 0, u8(1)));
        pairEncoding("authenticity-group", "one target, yet 'group'", s -> put(s, 0, u8(2)));
        pairEncoding("no-targets", "no target", s -> join(u8(0), initiator, certificates, u8(0)));
        pairEncoding(
                "target-is-initiator",
                "the initiator among the targets",
                s -> join(u8(0), initiator, certificates, u8(1), initiator));
        pairEncoding(
                "target-twice", "a target twice", s -> join(u8(1), initiator, certificates, u8(2), target, target));
        pairEncoding(
                "service-empty",
                "a service without a name",
                s -> join(u8(0), u8(0), tail(initiator), certificates, u8(1), target));
        pairEncoding(
                "service-control",
                "a control character in a service's name",
                s -> join(u8(0), text8("order\nentry"), tail(initiator), certificates, u8(1), target));
        pairEncoding(
                "service-too-long",
                "a service's name of 129 bytes",
                s -> join(u8(0), text8("x".repeat(129)), tail(initiator), certificates, u8(1), target));
        pairEncoding(
                "service-not-utf8",
                "a service's name that is not UTF-8",
                s -> join(u8(0), u8(2), new byte[] {(byte) 0xC3, 0x28}, tail(initiator), certificates, u8(1), target));
        pairEncoding(
                "service-overlong-utf8",
                "an overlong UTF-8 character in a service's name",
                s -> join(
                        u8(0),
                        u8(2),
                        new byte[] {(byte) 0xC1, (byte) 0xA1},
                        tail(initiator),
                        certificates,
                        u8(1),
                        target));
        pairEncoding(
                "service-surrogate",
                "half of a surrogate pair in a service's name",
                s -> join(
                        u8(0),
                        u8(3),
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                        tail(initiator),
                        certificates,
                        u8(1),
                        target));
        byte[] name = text8("order-entry");
        byte[] issuer = text16(orderEntry.certificate().getIssuerX500Principal().getName());
        byte[] serial = orderEntry.certificate().getSerialNumber().toByteArray();
        byte[] rest = join(u64(orderEntry.certificate().getNotBefore().getTime()), orderEntry.fingerprint());
        pairEncoding(
                "issuer-empty",
                "an issuer without a name",
                s -> join(u8(0), name, u16(0), join(u8(serial.length), serial), rest, certificates, u8(1), target));
        pairEncoding(
                "issuer-too-long",
                "an issuer's name of 1025 bytes",
                s -> join(
                        u8(0),
                        name,
                        text16("x".repeat(1025)),
                        join(u8(serial.length), serial),
                        rest,
                        certificates,
                        u8(1),
                        target));
        pairEncoding(
                "serial-leading-zero",
                "a serial number with a leading zero",
                s -> join(
                        u8(0),
                        name,
                        issuer,
                        join(u8(serial.length + 1), u8(0), serial),
                        rest,
                        certificates,
                        u8(1),
                        target));
        pairEncoding(
                "serial-empty",
                "a serial number of no bytes",
                s -> join(u8(0), name, issuer, u8(0), rest, certificates, u8(1), target));
        pairEncoding(
                "serial-too-long",
                "a serial number of 21 bytes",
                s -> join(u8(0), name, issuer, u8(21), octets(21), rest, certificates, u8(1), target));
        pairEncoding(
                "date-negative",
                "a certificate date before 1970",
                s -> join(
                        u8(0),
                        name,
                        issuer,
                        join(u8(serial.length), serial),
                        u64(-1),
                        orderEntry.fingerprint(),
                        certificates,
                        u8(1),
                        target));
        pairEncoding("certificates-7", "seven certificates", s -> {
            byte[] der = bytes16(VectorPki.encoded(orderEntry.certificate()));
            return join(u8(0), initiator, u8(7), der, der, der, der, der, der, der, u8(1), target);
        });
        pairEncoding(
                "certificate-empty",
                "a certificate of no bytes",
                s -> join(u8(0), initiator, u8(1), u16(0), u8(1), target));
        pairEncoding(
                "certificate-too-long",
                "a certificate of 16385 bytes",
                s -> join(u8(0), initiator, u8(1), bytes16(new byte[16_385]), u8(1), target));
        refuse(
                "encoding",
                "pair-signature-empty",
                "a signature of no bytes",
                message(pair -> pair.signature = signature -> new byte[0]).seal(),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
        refuse(
                "encoding",
                "pair-signature-too-long",
                "a signature of 4097 bytes",
                message(pair -> pair.signature = signature -> new byte[4097]).seal(),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
        refuse(
                "encoding",
                "pair-trailing",
                "a byte behind the signature, within layer 2",
                message(pair -> pair.content2 = content -> join(content, u8(0))).seal(),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
    }

    /** What stands with two targets, or with fields that end elsewhere than they say. */
    private void morePairEncoding() throws IOException {
        Layer layer = Layer.SERVICE_PAIR_HEADER;
        Pair three = signedPair();
        three.authenticity = 3;
        refuse(
                "encoding",
                "pair-authenticity-unknown-two-targets",
                "authenticity 3, and two targets",
                new Message(new Dialog(three)).text("to both").seal(),
                MALFORMED,
                layer);
        Pair unsigned = signedPair();
        unsigned.authenticity = 0;
        refuse(
                "encoding",
                "pair-authenticity-pair",
                "two targets, yet 'pair'",
                new Message(new Dialog(unsigned)).text("to both").seal(),
                MALFORMED,
                layer);
        Pair twice = signedPair();
        twice.signedPart = s -> {
            byte[] target = ReferenceSealer.party(shipping);
            byte[] initiator = ReferenceSealer.party(orderEntry);
            return join(
                    u8(1), initiator, ReferenceSealer.certificates(orderEntry.certificates()), u8(2), target, target);
        };
        refuse(
                "encoding",
                "pair-target-twice-signed",
                "a target twice, with everything else as several targets have it",
                new Message(new Dialog(twice)).text("to both").seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "pair-signature-beyond",
                "a signature that says it is a byte longer than the layer",
                message(pair -> pair.content2 = content -> put(content, content.length - 66, u16(65)))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-wrap-beyond",
                "the initiator's wrap says that it is a byte longer than the layer",
                message(pair -> pair.content3 = content -> put(content, content.length - 82, u16(81)))
                        .seal(),
                MALFORMED,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                "encoding",
                "key-not-before-negative",
                "a validity of the key exchange key that begins before 1970",
                message(pair -> pair.content3 = content -> put(content, 16, u64(-1)))
                        .seal(),
                MALFORMED,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                "encoding",
                "dialog-not-after-negative",
                "a validity of the dialog key that ends at 2^63",
                dialogMessage(dialog -> dialog.notAfter = Instant.ofEpochMilli(Long.MIN_VALUE))
                        .seal(),
                MALFORMED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        refuse(
                "encoding",
                "dialog-not-before-negative",
                "a validity of the dialog key that begins at 2^63, bound to it",
                dialogMessage(dialog -> dialog.notBefore = Instant.ofEpochMilli(Long.MIN_VALUE))
                        .seal(),
                MALFORMED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        Dialog elsewhere = new Dialog(pair()).replyFrom(1);
        elsewhere.direction = 2;
        out.negative(
                "encoding",
                "dialog-direction-reply",
                new Case(
                                "direction 2, from the target to the initiator",
                                new Message(elsewhere)
                                        .text("done")
                                        .to("replies")
                                        .seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                MALFORMED,
                Layer.DIALOG_SESSION_KEY_HEADER);
    }

    private static byte[] octets(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 0x11);
        return bytes;
    }

    /** A party without its name. */
    private static byte[] tail(byte[] party) {
        return Arrays.copyOfRange(party, 1 + party[0], party.length);
    }

    private void keyEncoding() throws IOException {
        Layer layer = Layer.KEY_EXCHANGE_KEY_HEADER;
        refuse(
                "encoding",
                "key-one-wrap",
                "no wrap for the initiator",
                message(pair -> pair.wraps = wraps -> wraps.subList(0, 1)).seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-three-wraps",
                "a wrap for nobody",
                message(pair -> pair.wraps = wraps -> List.of(wraps.get(0), wraps.get(1), random(80)))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-wrap-empty",
                "a wrap of no bytes",
                message(pair -> pair.wraps = wraps -> List.of(wraps.get(0), new byte[0]))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-wrap-too-long",
                "a wrap of 4097 bytes",
                message(pair -> pair.wraps = wraps -> List.of(wraps.get(0), new byte[4097]))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-time-negative",
                "a validity that ends before 1970",
                message(pair -> pair.content3 = content -> put(content, 24, u64(-1)))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "key-trailing",
                "a byte behind the wraps, within layer 3",
                message(pair -> pair.content3 = content -> join(content, u8(0))).seal(),
                MALFORMED,
                layer);
    }

    private void dialogEncoding() throws IOException {
        Layer layer = Layer.DIALOG_SESSION_KEY_HEADER;
        refuse(
                "encoding",
                "dialog-short",
                "layer 4 of 121 bytes",
                dialogMessage(dialog -> dialog.content4 = content -> Arrays.copyOf(content, 121))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "dialog-long",
                "layer 4 of 123 bytes",
                dialogMessage(dialog -> dialog.content4 = content -> join(content, u8(0)))
                        .seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "dialog-direction",
                "direction 2",
                dialogMessage(dialog -> dialog.direction = 2).seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "dialog-sender-is-target",
                "a target sends in the initiator's direction",
                dialogMessage(dialog -> dialog.sender = 1).seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "dialog-sender-is-initiator",
                "the initiator sends in the targets' direction",
                dialogMessage(dialog -> dialog.direction = 1).seal(),
                MALFORMED,
                layer);
        Dialog nobody = new Dialog(pair()).replyFrom(1);
        nobody.content4 = content -> put(content, 17, u8(2));
        refuse(
                "encoding",
                "dialog-sender-nobody",
                "a sender there is not",
                new Message(nobody).text("Order 4711").seal(),
                MALFORMED,
                layer);
        refuse(
                "encoding",
                "dialog-time-negative",
                "a validity that begins before 1970",
                dialogMessage(dialog -> dialog.content4 = content -> put(content, 34, u64(-1)))
                        .seal(),
                MALFORMED,
                layer);
        Dialog behind = new Dialog(pair());
        behind.content4 = content -> content;
        behind.build();
        behind.layer4 = join(behind.layer4, u8(0));
        refuse(
                "encoding",
                "headers-trailing",
                "a byte between layers 4 and 5, within the header length",
                new Message(behind).text("Order 4711").seal(),
                MALFORMED,
                layer);
    }

    private void messageEncoding(String name, String title, UnaryOperator<byte[]> change) throws IOException {
        Message message = text();
        message.content5 = change;
        refuse("encoding", "message-" + name, title, message.seal(), MALFORMED, Layer.MESSAGE_HEADER);
    }

    private void messageEncoding() throws IOException {
        messageEncoding("sequence-zero", "sequence 0", content -> put(content, 0, u64(0)));
        messageEncoding("sequence-negative", "sequence 2^63", content -> put(content, 0, u64(Long.MIN_VALUE)));
        messageEncoding("kind", "kind 7", content -> put(content, 8, u8(7)));
        messageEncoding(
                "error-without-end", "an error that does not end the dialog", content -> put(content, 8, u8(6)));
        messageEncoding(
                "error-null-body", "an error without a body", content -> put(put(content, 8, u8(6)), 9, u8(0x18)));
        out.negative(
                "encoding",
                "message-error-streamed",
                new Case(
                                "an error in chunks",
                                new Message(new Dialog(pair()))
                                        .kind(6, u16(1))
                                        .flag(0x08)
                                        .streamed(CHUNK)
                                        .seal())
                        .streamed(),
                MALFORMED,
                Layer.MESSAGE_HEADER);
        messageEncoding(
                "destination-too-short",
                "a destination that says it is a byte longer than it is",
                content -> put(content, 10, u16(7)));
        for (int bit : new int[] {0x20, 0x40, 0x80}) {
            messageEncoding("flag-" + Integer.toHexString(bit), "an unknown flag", content -> put(content, 9, u8(bit)));
        }
        messageEncoding("destination-empty", "no destination", content -> join(Arrays.copyOf(content, 10), u16(0)));
        messageEncoding(
                "destination-too-long",
                "a destination of 1025 bytes",
                content -> join(Arrays.copyOf(content, 10), text16("x".repeat(1025))));
        messageEncoding(
                "destination-not-utf8",
                "a destination that is not UTF-8",
                content -> join(Arrays.copyOf(content, 10), bytes16(new byte[] {(byte) 0xFF})));
        messageEncoding("trailing", "a byte behind the destination, within layer 5", content -> join(content, u8(0)));
        messageEncoding(
                "chunk-size-unannounced",
                "a chunk size where nothing is streamed",
                content -> join(content, u32(CHUNK)));
    }

    // --- Certificates

    private void certificates() throws IOException {
        String group = "certificates";
        Layer layer = Layer.SERVICE_PAIR_HEADER;
        refuse(
                group,
                "untrusted",
                "issued by another root",
                from("order-entry-2-untrusted"),
                CERTIFICATE_UNTRUSTED,
                layer);
        refuse(
                group,
                "impostor",
                "issued by another root of the same name",
                from("order-entry-2-impostor"),
                CERTIFICATE_UNTRUSTED,
                layer);
        refuse(
                group,
                "ended",
                "ended before the message was sealed",
                from("order-entry-2-ended"),
                CERTIFICATE_EXPIRED,
                layer);
        refuse(
                group,
                "later",
                "begins after the message was sealed",
                from("order-entry-2-later"),
                CERTIFICATE_EXPIRED,
                layer);
        out.negative(
                group,
                "revoked",
                new Case("on the revocation list", from("order-entry-2-revoked")).with("crl", "keys/root.crl.pem"),
                CERTIFICATE_REVOKED,
                layer);
        refuse(
                group,
                "misused",
                "a key that is not for digital signatures",
                from("order-entry-2-misused"),
                CERTIFICATE_UNSUITABLE,
                layer);
        VectorPki.Identity weak = VectorKeys.of("order-entry-1-weak");
        out.negative(
                group,
                "weak",
                new Case(
                                "an RSA key of 2048 bits",
                                new Message(new Dialog(new Pair(weak, VectorKeys.of("shipping-1"))))
                                        .text("Order 4711")
                                        .seal())
                        .at("shipping", 1),
                CERTIFICATE_UNSUITABLE,
                layer);
        refuse(
                group,
                "unknown",
                "no certificate in the envelope, and the receiver has none",
                message(pair -> pair.certificates = List.of()).seal(),
                CERTIFICATE_UNTRUSTED,
                layer);
        VectorPki.Identity chained = VectorKeys.of("order-entry-2-intermediate");
        Pair without = new Pair(chained, shipping);
        without.certificates = chained.certificates().subList(0, 1);
        refuse(
                group,
                "intermediate-missing",
                "the intermediate is left out",
                new Message(new Dialog(without)).text("Order 4711").seal(),
                CERTIFICATE_UNTRUSTED,
                layer);
        refuse(
                group,
                "other-name",
                "mallory signs with its own certificate and calls itself order-entry",
                new Message(new Dialog(malloryAs("order-entry")))
                        .text("Order 4711")
                        .seal(),
                CERTIFICATE_UNSUITABLE,
                layer);
        Pair swapped = pair();
        swapped.certificates = mallory.certificates();
        refuse(
                group,
                "other-certificate",
                "mallory's certificate under order-entry's names",
                new Message(new Dialog(swapped)).text("Order 4711").seal(),
                CERTIFICATE_UNSUITABLE,
                layer);
        byte[] garbage = bytes16(random(300));
        Pair unreadable = pair();
        unreadable.signedPart = s ->
                join(u8(0), ReferenceSealer.party(orderEntry), u8(1), garbage, u8(1), ReferenceSealer.party(shipping));
        refuse(
                group,
                "unreadable",
                "random bytes for a certificate",
                new Message(new Dialog(unreadable)).text("Order 4711").seal(),
                CERTIFICATE_UNSUITABLE,
                layer);
        byte[] trailing = bytes16(join(VectorPki.encoded(orderEntry.certificate()), u8(0)));
        Pair longer = pair();
        longer.signedPart = s ->
                join(u8(0), ReferenceSealer.party(orderEntry), u8(1), trailing, u8(1), ReferenceSealer.party(shipping));
        refuse(
                group,
                "trailing",
                "a byte behind the certificate's DER",
                new Message(new Dialog(longer)).text("Order 4711").seal(),
                CERTIFICATE_UNSUITABLE,
                layer);
    }

    private byte[] from(String identity) {
        return new Message(new Dialog(new Pair(VectorKeys.of(identity), shipping)))
                .text("Order 4711")
                .seal();
    }

    private Pair malloryAs(String name) {
        Pair pair = new Pair(mallory, shipping);
        pair.signedPart = s -> join(
                u8(0),
                ReferenceSealer.party(mallory, name),
                ReferenceSealer.certificates(mallory.certificates()),
                u8(1),
                ReferenceSealer.party(shipping));
        return pair;
    }

    // --- Keys

    private void keys() throws IOException {
        String group = "keys";
        out.negative(
                group,
                "not-for-us",
                new Case("sealed to shipping, received by billing", text().seal()).at("billing", 2),
                NOT_FOR_US,
                Layer.SERVICE_PAIR_HEADER);
        refuse(
                group,
                "wrap-garbage",
                "random bytes for the target's wrap, signed so",
                message(pair -> pair.wraps = wraps -> List.of(random(80), wraps.get(1)))
                        .seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "wrap-short",
                "a wrap of one byte, signed so",
                message(pair -> pair.wraps = wraps -> List.of(u8(1), wraps.get(1)))
                        .seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "wrap-small-order",
                "an HPKE encapsulation of small order, whose shared secret everybody knows, signed so",
                message(pair -> pair.wraps = wraps -> List.of(
                                ReferenceCrypto.hpkeSealToEverybody(
                                        shipping.agreement().getPublic(), pair.secret, wrapInfo(pair)),
                                wraps.get(1)))
                        .seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "wraps-exchanged",
                "the wraps of target and initiator exchanged, signed so",
                message(pair -> pair.wraps = wraps -> List.of(wraps.get(1), wraps.get(0)))
                        .seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "secret-of-31-bytes",
                "a key exchange secret of 31 bytes",
                message(pair -> pair.secret = random(31)).seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        byte[] otherKeyId = random(16);
        refuse(
                group,
                "wrap-of-another-key-id",
                "a wrap made for another key id (its context), signed so",
                message(pair -> {
                            pair.wraps = wraps -> List.of(
                                    ReferenceCrypto.wrap(
                                            shipping,
                                            pair.secret,
                                            join(
                                                    ascii("dialog-security 1 key wrap"),
                                                    pair.v(),
                                                    otherKeyId,
                                                    orderEntry.fingerprint(),
                                                    shipping.fingerprint())),
                                    wraps.get(1));
                        })
                        .seal(),
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        Duration skew = Duration.ofMinutes(2);
        refuse(
                group,
                "key-exchange-key-ended",
                "sealed after the key exchange key's end, beyond the skew",
                message(pair -> pair.notAfter = NOW.minus(skew).minusMillis(1)).seal(),
                KEY_EXPIRED,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "key-exchange-key-later",
                "sealed before the key exchange key's beginning, beyond the skew",
                message(pair -> pair.notBefore = NOW.plus(skew).plusMillis(1)).seal(),
                KEY_EXPIRED,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        refuse(
                group,
                "dialog-key-ended",
                "sealed after the dialog key's end, beyond the skew",
                dialogMessage(dialog -> dialog.notAfter = NOW.minus(skew).minusMillis(1))
                        .seal(),
                KEY_EXPIRED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        refuse(
                group,
                "dialog-key-later",
                "sealed before the dialog key's beginning, beyond the skew",
                dialogMessage(dialog -> dialog.notBefore = NOW.plus(skew).plusMillis(1))
                        .seal(),
                KEY_EXPIRED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        refuse(
                group,
                "wrapped-secret-garbage",
                "random bytes for the wrapped dialog secret",
                dialogMessage(dialog -> dialog.wrapped = wrapped -> random(40)).seal(),
                DIALOG_KEY_INVALID,
                Layer.DIALOG_SESSION_KEY_HEADER);
        byte[] other = random(32);
        refuse(
                group,
                "commitment-to-another-secret",
                "the header commits to another dialog secret than it wraps",
                dialogMessage(dialog -> dialog.commitment = ignored -> ReferenceCrypto.expand(
                                ReferenceCrypto.extract(dialog.pair.pairHash, other),
                                join(ascii("dialog-security 1 commit"), dialog.context())))
                        .seal(),
                COMMITMENT_MISMATCH,
                Layer.DIALOG_SESSION_KEY_HEADER);
    }

    private byte[] wrapInfo(Pair pair) {
        return join(
                ascii("dialog-security 1 key wrap"),
                pair.v(),
                pair.keyId,
                orderEntry.fingerprint(),
                shipping.fingerprint());
    }

    // --- Suite 1: what RSA leaves open

    private void rsa() throws IOException {
        rsaWrap("rsa-wrap-label", "a wrap of RSAES-OAEP with a label", "SHA-256", MGF1ParameterSpec.SHA256, "label");
        rsaWrap("rsa-wrap-mgf1-sha1", "a wrap of RSAES-OAEP with MGF1-SHA-1", "SHA-256", MGF1ParameterSpec.SHA1, "");
        rsaWrap("rsa-wrap-sha1", "a wrap of RSAES-OAEP with SHA-1", "SHA-1", MGF1ParameterSpec.SHA256, "");
        Pair stripped = rsaPair();
        stripped.wraps = wraps -> List.of(withoutLeadingZero(stripped), wraps.get(1));
        rsaRefused(
                "keys",
                "rsa-wrap-short",
                "a wrap without its leading zero, one byte shorter than the modulus",
                stripped,
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        Pair padded = rsaPair();
        padded.wraps = wraps -> List.of(join(u8(0), wraps.get(0)), wraps.get(1));
        rsaRefused(
                "keys",
                "rsa-wrap-long",
                "a wrap with a zero before it, one byte longer than the modulus",
                padded,
                KEY_EXCHANGE_KEY_INVALID,
                Layer.KEY_EXCHANGE_KEY_HEADER);
        rsaSignature("pss-salt-20", "a salt of 20 bytes", (key, bytes) -> ReferenceCrypto.signPss(key, bytes, 20));
        rsaSignature("pss-salt-0", "no salt", (key, bytes) -> ReferenceCrypto.signPss(key, bytes, 0));
        rsaSignature("pss-salt-longest", "the longest salt", (key, bytes) -> ReferenceCrypto.signPss(key, bytes, 350));
        rsaSignature(
                "rsa-signature-long",
                "a zero before it, one byte longer than the modulus",
                (key, bytes) -> join(u8(0), ReferenceCrypto.signPss(key, bytes, 32)));
        rsaSignature("rsa-signature-plus-modulus", "the modulus added to it", NegativeVectors::signaturePlusModulus);
    }

    private Pair rsaPair() {
        return new Pair(VectorKeys.of("order-entry-1"), VectorKeys.of("shipping-1"));
    }

    private void rsaRefused(String group, String name, String title, Pair pair, Rejection code, Layer layer)
            throws IOException {
        byte[] envelope = new Message(new Dialog(pair)).text("Order 4711").seal();
        out.negative(group, name, new Case(title, envelope).at("shipping", 1), code, layer);
    }

    private void rsaWrap(String name, String title, String digest, MGF1ParameterSpec mask, String label)
            throws IOException {
        Pair pair = rsaPair();
        OAEPParameterSpec parameters =
                new OAEPParameterSpec(digest, "MGF1", mask, new PSource.PSpecified(ascii(label)));
        pair.wraps = wraps ->
                List.of(ReferenceCrypto.oaepWrap(VectorKeys.of("shipping-1"), pair.secret, parameters), wraps.get(1));
        rsaRefused("keys", name, title, pair, KEY_EXCHANGE_KEY_INVALID, Layer.KEY_EXCHANGE_KEY_HEADER);
    }

    private static byte[] withoutLeadingZero(Pair pair) {
        while (true) {
            byte[] wrap = ReferenceCrypto.wrap(VectorKeys.of("shipping-1"), pair.secret, new byte[0]);
            if (wrap[0] == 0) {
                return Arrays.copyOfRange(wrap, 1, wrap.length);
            }
        }
    }

    /** In layer 2, and in layer 7, whose own encoding nothing covers. */
    private void rsaSignature(String name, String how, BiFunction<VectorPki.Identity, byte[], byte[]> signing)
            throws IOException {
        Pair pair = rsaPair();
        pair.signer = transcript -> signing.apply(pair.initiator, transcript);
        rsaRefused(
                "forged",
                name,
                "the initiator's signature of RSA: " + how,
                pair,
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        Pair several =
                new Pair(VectorKeys.of("order-entry-1"), VectorKeys.of("shipping-1"), VectorKeys.of("billing-1"));
        Message message = new Message(new Dialog(several)).text("to both");
        message.signs = transcript -> signing.apply(message.signer, transcript);
        out.negative(
                "signatures",
                name,
                new Case("the sender's signature of RSA: " + how, message.seal()).at("shipping", 1),
                SENDER_SIGNATURE_INVALID,
                Layer.SENDER_SIGNATURE);
    }

    /** The same number modulo the modulus; there is room for it above some signatures. */
    private static byte[] signaturePlusModulus(VectorPki.Identity signer, byte[] message) {
        BigInteger modulus = ((RSAPublicKey) signer.signing().getPublic()).getModulus();
        while (true) {
            byte[] signature = ReferenceCrypto.signPss(signer, message, 32);
            byte[] sum = new BigInteger(1, signature).add(modulus).toByteArray();
            byte[] magnitude = sum[0] == 0 ? Arrays.copyOfRange(sum, 1, sum.length) : sum;
            if (magnitude.length == signature.length) {
                return magnitude;
            }
        }
    }

    // --- Keys of another suite

    private void otherSuites() throws IOException {
        Pair rsaInSuite2 = new Pair(VectorKeys.of("order-entry-1"), shipping);
        rsaInSuite2.suite = 2;
        refuse(
                "forged",
                "rsa-key-in-suite-2",
                "suite 2, signed by an initiator with an RSA key",
                new Message(new Dialog(rsaInSuite2)).text("Order 4711").seal(),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        Pair curveInSuite1 = new Pair(orderEntry, VectorKeys.of("shipping-1"));
        curveInSuite1.suite = 1;
        rsaRefused(
                "forged",
                "ed25519-key-in-suite-1",
                "suite 1, signed by an initiator with an Ed25519 key",
                curveInSuite1,
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        Pair mixed = new Pair(orderEntry, shipping, VectorKeys.of("billing-1"));
        out.negative(
                "signatures",
                "rsa-key-in-suite-2",
                new Case(
                                "suite 2, and a target with an RSA key signs",
                                new Message(new Dialog(mixed).replyFrom(2))
                                        .text("done")
                                        .to("replies")
                                        .seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                SENDER_SIGNATURE_INVALID,
                Layer.SENDER_SIGNATURE);
        Message malleable = new Message(new Dialog(signedPair())).text("to both");
        malleable.signature = NegativeVectors::plusOrder;
        refuse(
                "signatures",
                "malleable",
                "a sender's Ed25519 signature with the group order added to S",
                malleable.seal(),
                SENDER_SIGNATURE_INVALID,
                Layer.SENDER_SIGNATURE);
    }

    // --- A captured header, and another key exchange key

    private void forged() throws IOException {
        String group = "forged";
        for (int suite = 1; suite <= 2; suite++) {
            String s = "suite" + suite + "-";
            int signatureBytes = suite == 1 ? 384 : 64;
            Pair captured = new Pair(VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite));
            captured.build();
            Pair forgers = new Pair(VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite));
            forgers.signature = ignored -> Arrays.copyOfRange(
                    captured.layer2, captured.layer2.length - signatureBytes, captured.layer2.length);
            out.negative(
                    group,
                    s + "key-exchange-key",
                    new Case(
                                    "order-entry's captured layer 2 with its signature, and a key exchange key of the"
                                            + " forger, all below it right",
                                    new Message(new Dialog(forgers))
                                            .text("Pay mallory")
                                            .seal())
                            .at("shipping", suite),
                    SIGNATURE_INVALID,
                    Layer.SERVICE_PAIR_HEADER);
            Pair renamed = new Pair(VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite));
            renamed.keyId = keyIdOf(captured);
            renamed.notBefore = captured.notBefore;
            renamed.notAfter = captured.notAfter;
            renamed.signature = forgers.signature;
            out.negative(
                    group,
                    s + "key-exchange-key-same-id",
                    new Case(
                                    "as before, with the captured key id and validity: only the wraps differ",
                                    new Message(new Dialog(renamed))
                                            .text("Pay mallory")
                                            .seal())
                            .at("shipping", suite),
                    SIGNATURE_INVALID,
                    Layer.SERVICE_PAIR_HEADER);
            Dialog below = new Dialog(captured);
            byte[] forgersKey = random(32);
            below.wrapped = ignored -> ReferenceCrypto.keyWrap(
                    ReferenceCrypto.expand(forgersKey, join(ascii("dialog-security 1 wrap"), below.context())),
                    below.secret);
            out.negative(
                    group,
                    s + "dialog-key",
                    new Case(
                                    "captured layers 2 and 3, and a dialog key wrapped under a key of the forger",
                                    new Message(below).text("Pay mallory").seal())
                            .at("shipping", suite),
                    DIALOG_KEY_INVALID,
                    Layer.DIALOG_SESSION_KEY_HEADER);
        }
        Pair malloryFor = pair(pair -> pair.signature = ignored -> random(64));
        refuse(
                group,
                "signature-random",
                "a random signature",
                new Message(new Dialog(malloryFor)).text("Pay mallory").seal(),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        refuse(
                group,
                "signature-malleable",
                "order-entry's Ed25519 signature with the group order added to S",
                message(pair -> pair.signature = NegativeVectors::plusOrder).seal(),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        Pair bySomebodyElse = pair();
        bySomebodyElse.signature = ignored -> signedBy(mallory, bySomebodyElse);
        refuse(
                group,
                "signature-of-mallory",
                "mallory's signature under order-entry's names and certificate",
                new Message(new Dialog(bySomebodyElse)).text("Pay mallory").seal(),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
    }

    /** The pair's transcript signed by somebody else: layer 3 is built when the signature is asked for. */
    private static byte[] signedBy(VectorPki.Identity signer, Pair pair) {
        byte[] s = join(
                u8(0),
                ReferenceSealer.party(pair.initiator),
                ReferenceSealer.certificates(pair.certificates),
                u8(1),
                ReferenceSealer.party(pair.targets.get(0)));
        return ReferenceCrypto.sign(
                signer.suite(),
                signer.signing().getPrivate(),
                join(ascii("dialog-security 1 pair signature"), pair.v(), u32(s.length), s, pair.layer3));
    }

    /** The other encoding of S, which RFC 8032 forbids. */
    private static byte[] plusOrder(byte[] signature) {
        BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
        byte[] s = reversed(Arrays.copyOfRange(signature, 32, 64));
        byte[] sum = new BigInteger(1, s).add(order).toByteArray();
        byte[] padded = new byte[32];
        System.arraycopy(
                sum, Math.max(0, sum.length - 32), padded, Math.max(0, 32 - sum.length), Math.min(32, sum.length));
        return put(signature, 32, reversed(padded));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static byte[] keyIdOf(Pair pair) {
        return Arrays.copyOfRange(pair.layer3, 5, 21);
    }

    // --- Headers of one envelope in another; every part is authentic

    private void spliced() throws IOException {
        String group = "spliced";
        Pair pair = pair().build();
        Pair nextEpoch = pair().build();
        Dialog first = new Dialog(pair).build();
        Dialog second = new Dialog(pair).build();
        byte[] here = new Message(first).text("Order 4711").seal();
        byte[] there = new Message(second).text("Order 4712").seal();
        int two = 52;
        int three = two + pair.layer2.length;
        int four = three + pair.layer3.length;
        int five = four + first.layer4.length;
        refuse(
                group,
                "dialog",
                "layer 4 of another dialog of the same pair",
                put(here, four, second.layer4),
                MIC_INVALID,
                Layer.BODY);
        refuse(
                group,
                "body",
                "the body of another dialog's message",
                replace(here, five, here.length - five, Arrays.copyOfRange(there, five, there.length)),
                MIC_INVALID,
                Layer.BODY);
        refuse(
                group,
                "preamble",
                "MIC, time and salt of another dialog's message",
                put(here, 8, Arrays.copyOfRange(there, 8, 48)),
                MIC_INVALID,
                Layer.BODY);
        byte[] other = new Message(first).text("Order 4713").sequence(2).seal();
        refuse(
                group,
                "message",
                "the message header of another message of the same dialog",
                put(here, five, Arrays.copyOfRange(other, five, five + 30)),
                MIC_INVALID,
                Layer.BODY);
        Dialog otherEpoch = new Dialog(nextEpoch).build();
        refuse(
                group,
                "key-epoch",
                "layer 3 of the pair's other key exchange key",
                put(here, three, nextEpoch.layer3),
                SIGNATURE_INVALID,
                Layer.SERVICE_PAIR_HEADER);
        refuse(
                group,
                "pair-epoch",
                "layers 2 and 3 of the pair's other key exchange key",
                put(put(here, two, nextEpoch.layer2), three, nextEpoch.layer3),
                DIALOG_KEY_INVALID,
                Layer.DIALOG_SESSION_KEY_HEADER);
        refuse(
                group,
                "dialog-epoch",
                "layer 4 from under the pair's other key exchange key",
                put(here, four, otherEpoch.layer4),
                DIALOG_KEY_INVALID,
                Layer.DIALOG_SESSION_KEY_HEADER);
        Pair fromBilling = new Pair(billing, shipping).build();
        byte[] headers = join(fromBilling.layer2, fromBilling.layer3);
        refuse(
                group,
                "initiator",
                "layers 2 and 3 of another initiator to the same target",
                put(replace(here, two, four - two, headers), 48, u32(headers.length + first.layer4.length)),
                DIALOG_KEY_INVALID,
                Layer.DIALOG_SESSION_KEY_HEADER);
        Dialog reply = new Dialog(pair).in(first.dialogId).replyFrom(1).build();
        refuse(
                group,
                "direction",
                "layer 4 of the dialog's other direction, received by the target",
                put(here, four, reply.layer4),
                REFLECTED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        out.negative(
                group,
                "direction-at-initiator",
                new Case(
                                "layer 4 of the dialog's other direction, received by the initiator",
                                put(here, four, reply.layer4))
                        .at("order-entry", 2),
                MIC_INVALID,
                Layer.BODY);
        Dialog takenOver = new Dialog(pair).in(first.dialogId).build();
        refuse(
                group,
                "instance",
                "layer 4 of another instance's key in the same dialog",
                put(here, four, takenOver.layer4),
                MIC_INVALID,
                Layer.BODY);
        byte[] elsewhere = new Message(first).text("Order 4711").to("orderz").seal();
        out.negative(
                group,
                "destination",
                new Case(
                                "another destination written into layer 5, and received there",
                                put(here, five, Arrays.copyOfRange(elsewhere, five, five + 23)))
                        .with("received-at", "orderz"),
                MIC_INVALID,
                Layer.BODY);
        Dialog context = new Dialog(pair);
        context.content4 = content -> put(content, 0, second.dialogId);
        refuse(
                group,
                "dialog-id",
                "another dialog's id over a wrapped key",
                new Message(context).text("Order 4711").seal(),
                DIALOG_KEY_INVALID,
                Layer.DIALOG_SESSION_KEY_HEADER);
    }

    // --- The message and where it goes

    private void message() throws IOException {
        String group = "message";
        out.negative(
                group,
                "wrong-destination",
                new Case("sealed for orders, received at payments", text().seal()).with("received-at", "payments"),
                WRONG_DESTINATION,
                Layer.MESSAGE_HEADER);
        out.negative(
                group,
                "reflected",
                new Case("the initiator receives its own message", text().seal()).at("order-entry", 2),
                REFLECTED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        Pair pair = pair();
        out.negative(
                group,
                "reflected-reply",
                new Case(
                        "the target receives its own reply",
                        new Message(new Dialog(pair).replyFrom(1)).text("done").seal()),
                REFLECTED,
                Layer.DIALOG_SESSION_KEY_HEADER);
        Message data = text();
        data.associated = ignored -> new byte[0];
        refuse(group, "associated-data-empty", "sealed without associated data", data.seal(), MIC_INVALID, Layer.BODY);
        Message later = text();
        later.associated = right -> flipped(right, 39);
        refuse(
                group,
                "time-not-covered",
                "sealed with another time than it says",
                later.seal(),
                MIC_INVALID,
                Layer.BODY);
        Message next = text();
        next.associated = right -> flipped(right, 47);
        refuse(
                group,
                "sequence-not-covered",
                "sealed with another sequence number than it says",
                next.seal(),
                MIC_INVALID,
                Layer.BODY);
        Message elsewhere = text();
        elsewhere.associated = right -> flipped(right, 31);
        refuse(
                group,
                "context-not-covered",
                "sealed with another context hash than its headers have",
                elsewhere.seal(),
                MIC_INVALID,
                Layer.BODY);
        byte[] good = text().seal();
        int body = field(good, Layer.BODY, "ciphertext").offset();
        refuse(
                group,
                "body-shorter",
                "the last octet of the ciphertext left out",
                put(Arrays.copyOf(good, good.length - 1), body - 4, u32(good.length - 1 - body)),
                MIC_INVALID,
                Layer.BODY);
        refuse(
                group,
                "body-longer",
                "an octet behind the ciphertext",
                put(join(good, u8(0)), body - 4, u32(good.length + 1 - body)),
                MIC_INVALID,
                Layer.BODY);
        refuse(
                group,
                "body-empty",
                "no ciphertext",
                put(Arrays.copyOf(good, body), body - 4, u32(0)),
                MIC_INVALID,
                Layer.BODY);
    }

    // --- Several targets

    private void signatures() throws IOException {
        String group = "signatures";
        Layer layer = Layer.SENDER_SIGNATURE;
        Pair group2 = new Pair(orderEntry, shipping, billing);
        group2.authenticity = 2;
        refuse(
                group,
                "group-not-accepted",
                "a group, which policy does not accept",
                new Message(new Dialog(group2)).text("to all").seal(),
                AUTHENTICITY_NOT_ACCEPTED,
                Layer.SERVICE_PAIR_HEADER);
        Dialog dialog = new Dialog(signedPair()).build();
        Message missing = new Message(dialog).text("to both");
        missing.flags = 0;
        refuse(group, "missing", "not signed, and not flagged so", missing.seal(), SENDER_SIGNATURE_INVALID, layer);
        Message impostor = new Message(dialog).text("from billing, as order-entry");
        impostor.signer = billing;
        refuse(
                group,
                "target-as-initiator",
                "a target, which has the keys, speaks as the initiator",
                impostor.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message shown = new Message(dialog).text("from billing, as order-entry");
        shown.signer = billing;
        shown.senderCertificates = billing.certificates();
        refuse(
                group,
                "target-as-initiator-with-certificate",
                "as before, with its own certificate beside the signature",
                shown.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message superfluous = new Message(dialog).text("to both");
        superfluous.senderCertificates = orderEntry.certificates();
        refuse(
                group,
                "initiator-certificate-twice",
                "the initiator's certificate again, where none belongs",
                superfluous.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message another = new Message(dialog).text("another").sequence(2);
        byte[] layer7 = layer7(another.seal());
        byte[] good = new Message(dialog).text("to both").seal();
        refuse(
                group,
                "of-another-message",
                "the sender's signature of another message of the dialog",
                replace(good, good.length - layer7.length, layer7.length, layer7),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message other = new Message(dialog).text("to both");
        other.transcript = transcript -> flipped(transcript, transcript.length - 2);
        refuse(
                group,
                "of-another-ciphertext",
                "signed over another ciphertext with the same tag",
                other.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message salted = new Message(dialog).text("to both");
        int salt = "dialog-security 1 sender signature".length() + 32 + 8 + 8;
        salted.transcript = transcript -> flipped(transcript, salt);
        refuse(
                group,
                "of-another-salt",
                "signed with another salt than it says",
                salted.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message bodiless = new Message(dialog).text("to both");
        bodiless.transcript = transcript -> join(Arrays.copyOf(transcript, transcript.length - 33), u8(0));
        refuse(
                group,
                "without-body",
                "signed without the ciphertext's hash",
                bodiless.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message unneeded = text().flag(0x04);
        refuse(group, "unneeded", "signed where there is one target", unneeded.seal(), SENDER_SIGNATURE_INVALID, layer);
        Dialog reply = new Dialog(signedPair()).replyFrom(2).build();
        Message asBilling = new Message(reply).text("from shipping, as billing").to("replies");
        asBilling.signer = shipping;
        asBilling.senderCertificates = shipping.certificates();
        out.negative(
                group,
                "target-as-target",
                new Case("a target speaks as another, with its own certificate", asBilling.seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                CERTIFICATE_UNSUITABLE,
                layer);
        Message hidden = new Message(reply).text("from shipping, as billing").to("replies");
        hidden.signer = shipping;
        hidden.senderCertificates = billing.certificates();
        out.negative(
                group,
                "target-as-target-hidden",
                new Case("a target speaks as another, with the other's certificate", hidden.seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                SENDER_SIGNATURE_INVALID,
                layer);
        Message unknown = new Message(reply).text("from billing").to("replies");
        unknown.senderCertificates = List.of();
        out.negative(
                group,
                "sender-certificate-unknown",
                new Case("a target signs; its certificate is neither here nor known", unknown.seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                CERTIFICATE_UNTRUSTED,
                layer);
    }

    private void revokedTarget() throws IOException {
        Pair pair = new Pair(orderEntry, shipping, VectorKeys.of("billing-2-revoked"));
        byte[] reply = new Message(new Dialog(pair).replyFrom(2))
                .text("from billing")
                .to("replies")
                .seal();
        out.negative(
                "signatures",
                "sender-revoked",
                new Case("a target signs; its certificate is on the revocation list", reply)
                        .at("order-entry", 2)
                        .with("crl", "keys/root.crl.pem")
                        .with("received-at", "replies"),
                CERTIFICATE_REVOKED,
                Layer.SERVICE_PAIR_HEADER);
    }

    private void untrustedTarget() throws IOException {
        Pair pair = new Pair(orderEntry, shipping, VectorKeys.of("billing-2-untrusted"));
        byte[] reply = new Message(new Dialog(pair).replyFrom(2))
                .text("from billing")
                .to("replies")
                .seal();
        out.negative(
                "signatures",
                "sender-untrusted",
                new Case("a target signs; its certificate was issued by another root", reply)
                        .at("order-entry", 2)
                        .with("received-at", "replies"),
                CERTIFICATE_UNTRUSTED,
                Layer.SENDER_SIGNATURE);
    }

    private void revokedPairTarget() throws IOException {
        Pair pair = new Pair(orderEntry, VectorKeys.of("billing-2-revoked"));
        byte[] reply = new Message(new Dialog(pair).replyFrom(1))
                .text("from billing")
                .to("replies")
                .seal();
        out.negative(
                "certificates",
                "replying-target-revoked",
                new Case("the only target replies; its certificate is on the revocation list", reply)
                        .at("order-entry", 2)
                        .with("crl", "keys/root.crl.pem")
                        .with("certificate", "keys/billing-2-revoked.certificate.pem")
                        .with("received-at", "replies"),
                CERTIFICATE_REVOKED,
                null);
    }

    private static byte[] layer7(byte[] envelope) {
        InspectedField frame = field(envelope, Layer.SENDER_SIGNATURE, "frame type");
        return Arrays.copyOfRange(envelope, frame.offset(), envelope.length);
    }

    // --- Streams

    private Message stream() {
        return new Message(new Dialog(pair()))
                .kind(BYTES, octets(3 * CHUNK + 100))
                .streamed(CHUNK);
    }

    private void stream(String name, String title, byte[] envelope, Rejection code, Layer layer) throws IOException {
        out.negative("streams", name, new Case(title, envelope).streamed(), code, layer);
    }

    private void streams() throws IOException {
        Message message = stream();
        byte[] head = message.head();
        List<byte[]> chunks = message.chunks();
        byte[] zero = chunks.get(0);
        byte[] one = chunks.get(1);
        byte[] two = chunks.get(2);
        byte[] last = chunks.get(3);
        stream("reordered", "two chunks exchanged", join(head, one, zero, two, last), MIC_INVALID, Layer.CHUNK);
        stream("repeated", "a chunk twice", join(head, zero, zero, one, two, last), MIC_INVALID, Layer.CHUNK);
        stream("dropped", "a chunk left out", join(head, zero, two, last), MIC_INVALID, Layer.CHUNK);
        stream("first-dropped", "the first chunk left out", join(head, one, two, last), MIC_INVALID, Layer.CHUNK);
        stream("no-chunks", "no chunk at all", head, MALFORMED, Layer.CHUNK);
        stream(
                "no-last",
                "ends after a chunk that is not the last",
                join(head, zero, one, two),
                MALFORMED,
                Layer.CHUNK);
        stream("last-alone", "the last chunk alone", join(head, last), MIC_INVALID, Layer.CHUNK);
        stream(
                "cut",
                "ends within a chunk",
                Arrays.copyOf(joined(List.of(head, zero, one)), head.length + zero.length + 100),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "last-cut",
                "the last byte is missing",
                join(head, zero, one, two, Arrays.copyOf(last, last.length - 1)),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "full-chunk-as-last",
                "a full chunk marked as the last, and the rest left out",
                join(head, zero, put(one, 0, u8(9))),
                MIC_INVALID,
                Layer.CHUNK);
        stream(
                "last-as-middle",
                "the last chunk not marked as the last",
                join(head, zero, one, two, put(last, 0, u8(8))),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "tampered",
                "a bit of a chunk",
                join(head, zero, flipped(one, 500), two, last),
                MIC_INVALID,
                Layer.CHUNK);
        stream(
                "tag-tampered",
                "a bit of a chunk's tag",
                join(head, zero, flipped(one, one.length - 1), two, last),
                MIC_INVALID,
                Layer.CHUNK);
        stream(
                "frame-type",
                "a chunk with a type there is not",
                join(head, put(zero, 0, u8(10)), one, two, last),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "trailing",
                "a byte behind the last chunk",
                join(head, zero, one, two, last, u8(0)),
                MALFORMED,
                Layer.LAST_CHUNK);
        stream(
                "chunk-behind-last",
                "a chunk behind the last",
                join(head, zero, one, two, last, zero),
                MALFORMED,
                Layer.LAST_CHUNK);
        Message other = new Message(message.dialog)
                .kind(BYTES, octets(3 * CHUNK + 100))
                .streamed(CHUNK)
                .sequence(2);
        other.head();
        stream(
                "spliced",
                "a chunk of another message of the same dialog",
                join(head, zero, other.chunks().get(1), two, last),
                MIC_INVALID,
                Layer.CHUNK);
        stream(
                "short-middle",
                "a middle chunk shorter than the others, sealed so",
                join(head, message.chunk(0, false, octets(CHUNK - 1)), message.chunk(1, true, octets(10))),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "long-chunk",
                "a chunk longer than the chunk size, sealed so",
                join(head, message.chunk(0, true, octets(CHUNK + 1))),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "empty-last",
                "an empty last chunk behind another, sealed so",
                join(head, message.chunk(0, false, octets(CHUNK)), message.chunk(1, true, new byte[0])),
                MALFORMED,
                Layer.CHUNK);
        stream(
                "chunk-without-tag",
                "a chunk shorter than a tag",
                join(head, frame(9, new byte[15])),
                MALFORMED,
                Layer.CHUNK);
        stream("mic", "a bit of the MIC", join(flipped(head, 8), zero, one, two, last), MIC_INVALID, null);
        stream(
                "chunk-size",
                "another chunk size",
                join(flipped(head, head.length - 2), zero, one, two, last),
                MIC_INVALID,
                null);
        for (int size : new int[] {0, 1023, 16_777_217, -1}) {
            Message sized = stream();
            sized.content5 = content -> put(content, content.length - 4, u32(size));
            stream(
                    "chunk-size-" + Integer.toUnsignedString(size),
                    "a chunk size outside the limits, sealed so",
                    sized.seal(),
                    MALFORMED,
                    Layer.MESSAGE_HEADER);
        }
        Message whole = new Message(new Dialog(pair())).kind(BYTES, octets(10));
        stream("not-streamed", "a body in one piece where a stream is expected", whole.seal(), MALFORMED, null);
        refuse(
                "streams",
                "streamed",
                "a stream where a body in one piece is expected",
                stream().seal(),
                MALFORMED,
                null);
        stream("plaintext", "a message that is not sealed", octets(2000), PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE);
        streamSignatures();
    }

    private void streamSignatures() throws IOException {
        Layer layer = Layer.SENDER_SIGNATURE;
        Dialog dialog = new Dialog(signedPair()).build();
        Message message = new Message(dialog).kind(BYTES, octets(2000)).streamed(CHUNK);
        byte[] head = message.head();
        byte[] chunks = joined(message.chunks());
        stream("signature-missing", "the sender's signature is missing", join(head, chunks), MALFORMED, layer);
        Message impostor = new Message(dialog).kind(BYTES, octets(2000)).streamed(CHUNK);
        impostor.signer = billing;
        stream(
                "signature-of-target",
                "a target, which has the keys, speaks as the initiator",
                impostor.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
        List<byte[]> others = new ArrayList<>();
        others.add(message.chunk(0, false, new byte[CHUNK]));
        others.add(message.chunk(1, true, new byte[100]));
        stream(
                "signature-of-other-chunks",
                "other chunks, sealed by a target under the shared key, below the sender's" + " signature",
                join(head, joined(others), message.signatureLayer(chunks)),
                SENDER_SIGNATURE_INVALID,
                layer);
        stream(
                "signature-trailing",
                "a byte behind the sender's signature",
                join(head, chunks, message.signatureLayer(chunks), u8(0)),
                MALFORMED,
                null);
        Message unsigned = new Message(dialog).kind(BYTES, octets(2000)).streamed(CHUNK);
        unsigned.flags &= ~0x04;
        stream(
                "signature-unflagged",
                "not signed, and not flagged so",
                unsigned.seal(),
                SENDER_SIGNATURE_INVALID,
                layer);
    }

    // --- Inside the ciphertext

    private void content(String name, String title, Consumer<Message> change) throws IOException {
        Message message = text();
        change.accept(message);
        refuse("content", name, title, message.seal(), CONTENT_INVALID, Layer.BODY);
    }

    private static Consumer<Message> section(byte[]... parts) {
        return message -> message.section(join(parts));
    }

    private static Consumer<Message> error(byte[] payload) {
        return message -> message.kind(6, payload).flag(0x08);
    }

    private void content() throws IOException {
        byte[] type = text16("");
        content("section-missing", "a content section is flagged and nothing is there", message -> {
            message.flag(0x01);
            message.payload = new byte[0];
        });
        content("section-too-long", "a content section longer than the plaintext", message -> {
            message.section(join(type, u32(0)));
            message.plaintext = plain -> put(plain, 0, u32(plain.length));
        });
        content("section-trailing", "a byte behind the properties, within the section", section(type, u32(0), u8(0)));
        content("section-cut", "a section that ends within its properties", section(type, u32(1), text16("a")));
        content(
                "type-not-utf8",
                "a content type that is not UTF-8",
                section(bytes16(new byte[] {(byte) 0xFF}), u32(0)));
        content(
                "names-out-of-order",
                "names out of order",
                section(type, u32(2), text16("b"), u8(0), text16("a"), u8(0)));
        content("name-twice", "a name twice", section(type, u32(2), text16("a"), u8(0), text16("a"), u8(0)));
        content(
                "names-in-code-point-order",
                "names in the order of code points, not of UTF-16 code units",
                section(type, u32(2), text16("\uFFFD"), u8(0), text16("\uD83D\uDE9A"), u8(0)));
        content("value-type", "a value of type 11", section(type, u32(1), text16("a"), u8(11)));
        content("boolean", "a boolean that is 2", section(type, u32(1), text16("a"), u8(1), u8(2)));
        content(
                "string-not-utf8",
                "a string that is not UTF-8",
                section(type, u32(1), text16("a"), u8(9), u32(1), u8(0x80)));
        content(
                "string-too-long",
                "a string longer than the section",
                section(type, u32(1), text16("a"), u8(9), u32(Integer.MAX_VALUE)));
        content("count-too-large", "more names than there are bytes", section(type, u32(Integer.MAX_VALUE)));
        content("count-negative", "2^32 - 1 names", section(type, u32(-1)));
        content(
                "name-not-utf8",
                "a name that is not UTF-8",
                section(type, u32(1), bytes16(new byte[] {(byte) 0xFF}), u8(0)));
        content("section-one-too-long", "a content section a byte longer than the plaintext", message -> {
            message.section(join(type, u32(0)));
            message.kind(BYTES, new byte[0]);
            message.plaintext = plain -> put(plain, 0, u32(plain.length - 3));
        });
        content("text-not-utf8", "a text that is not UTF-8", message -> message.kind(2, new byte[] {(byte) 0xC0}));
        content(
                "text-surrogate",
                "half of a surrogate pair in a text",
                message -> message.kind(2, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
        content("map-trailing", "a byte behind the values of a map", message -> message.kind(3, join(u32(0), u8(0))));
        content("map-cut", "a map that ends within its values", message -> message.kind(3, join(u32(1), text16("a"))));
        content(
                "map-out-of-order",
                "a map with names out of order",
                message -> message.kind(3, join(u32(2), text16("b"), u8(0), text16("a"), u8(0))));
        content("map-empty", "a map without a count", message -> message.kind(3, new byte[0]));
        content(
                "stream-trailing",
                "a byte behind the values of a stream",
                message -> message.kind(4, join(u32(1), u8(0), u8(0))));
        content("stream-cut", "a stream that ends within its values", message -> message.kind(4, join(u32(2), u8(0))));
        content(
                "stream-value-type",
                "a stream with a value of type 11",
                message -> message.kind(4, join(u32(1), u8(11))));
        content("none-with-payload", "kind NONE, and a payload", message -> message.kind = 0);
        content("error-cut", "an error of one byte", error(new byte[1]));
        content("error-too-long", "an error with a text of 1025 bytes", error(new byte[1027]));
        content("error-not-utf8", "an error whose text is not UTF-8", error(join(u16(1), u8(0xFF))));
        content("null-with-payload", "flagged as a null body, and a payload", message -> message.flag(0x10));
    }

    // --- Order and replay

    private void sequence() throws IOException {
        String group = "sequence";
        Layer layer = Layer.MESSAGE_HEADER;
        Dialog dialog = new Dialog(pair()).build();
        byte[] first = new Message(dialog).text("first").seal();
        out.negative(
                group,
                "conflict",
                new Case(
                                "the sequence number of a message before, with another ciphertext",
                                new Message(dialog).text("forked").seal())
                        .receivedBefore(first),
                SEQUENCE_CONFLICT,
                layer);
        out.negative(
                group,
                "conflict-other-instance",
                new Case(
                                "the same, under another instance's dialog key",
                                new Message(new Dialog(dialog.pair).in(dialog.dialogId))
                                        .text("forked")
                                        .seal())
                        .receivedBefore(first),
                SEQUENCE_CONFLICT,
                layer);
        Dialog reply = new Dialog(dialog.pair).in(dialog.dialogId).replyFrom(1);
        Dialog sameInstance = new Dialog(dialog.pair).in(dialog.dialogId).replyFrom(1);
        sameInstance.keyId = join(Arrays.copyOf(reply.keyId, 8), random(8));
        out.negative(
                group,
                "conflict-reply",
                new Case(
                                "two replies of one instance of the target with one sequence number, under two keys",
                                new Message(sameInstance).text("forked").seal())
                        .at("order-entry", 2)
                        .receivedBefore(new Message(reply).text("first").seal()),
                SEQUENCE_CONFLICT,
                layer);
        byte[] third = new Message(dialog).text("third").sequence(3).seal();
        Message end = new Message(dialog).text("last").flag(0x08);
        out.negative(
                group,
                "ended",
                new Case(
                                "a new message of a sender whose last one was before",
                                new Message(dialog).text("one more").sequence(2).seal())
                        .receivedBefore(end.seal()),
                DIALOG_ENDED,
                layer);
        out.negative(
                group,
                "ended-by-error",
                new Case(
                                "a new message of a sender who had broken the dialog off, from another of its instances",
                                new Message(new Dialog(dialog.pair).in(dialog.dialogId))
                                        .text("one more")
                                        .sequence(9)
                                        .seal())
                        .receivedBefore(
                                new Message(dialog).kind(6, u16(1)).flag(0x08).seal()),
                DIALOG_ENDED,
                layer);
        out.negative(
                group,
                "gap",
                new Case("a message is missing before this one, which policy does not allow", third)
                        .with("gaps", "refused")
                        .receivedBefore(first),
                SEQUENCE_GAP,
                layer);
        int length = 80;
        byte[] genuine = new Message(dialog).text("a".repeat(length)).seal();
        out.negative(
                group,
                "conflict-same-mic",
                new Case(
                                "another ciphertext under the same headers, nonce and MIC, by somebody who has the key",
                                ReferenceSealer.second(dialog, genuine, length))
                        .receivedBefore(genuine),
                SEQUENCE_CONFLICT,
                layer);
    }
}
