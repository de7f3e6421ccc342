package io.dialogsecurity.vectors;

import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNSUITABLE;
import static io.dialogsecurity.dialog.Rejection.KEY_EXPIRED;
import static io.dialogsecurity.dialog.Rejection.MALFORMED;
import static io.dialogsecurity.dialog.Rejection.SENDER_SIGNATURE_INVALID;
import static io.dialogsecurity.dialog.Rejection.SIGNATURE_INVALID;
import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.u16;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;
import static io.dialogsecurity.vectors.ReferenceSealer.NOW;
import static io.dialogsecurity.vectors.ReferenceSealer.bytes16;
import static io.dialogsecurity.vectors.ReferenceSealer.random;
import static io.dialogsecurity.vectors.ReferenceSealer.text16;
import static io.dialogsecurity.vectors.ReferenceSealer.text8;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values that stand exactly at their limits, which open, and one beyond, which do not. */
final class LimitVectors {

    private static final String GROUP = "limits";
    private static final int BYTES = 1;
    private static final int ERROR = 6;
    private static final int LARGEST_HEADERS = 262_144;

    private final VectorGenerator out;
    private final VectorPki.Identity orderEntry = VectorKeys.of("order-entry-2");
    private final VectorPki.Identity shipping = VectorKeys.of("shipping-2");
    private final VectorPki.Identity billing = VectorKeys.of("billing-2");

    LimitVectors(VectorGenerator out) {
        this.out = out;
    }

    void write() throws IOException {
        parties();
        signatures();
        wraps();
        validity();
        messages();
        senders();
        headers();
    }

    private void opens(String name, String title, byte[] envelope) throws IOException {
        out.positive(GROUP, name, new Case(title, envelope));
    }

    private void refused(String name, String title, byte[] envelope, Rejection code, Layer layer) throws IOException {
        out.negative(GROUP, name, new Case(title, envelope), code, layer);
    }

    private Pair pair() {
        return new Pair(orderEntry, shipping);
    }

    private static byte[] order(Pair pair) {
        return new Message(new Dialog(pair)).text("Order 4711").seal();
    }

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        Arrays.fill(octets, (byte) 0x11);
        return octets;
    }

    // --- Layer 2

    /** Of a target nobody compares the names, so any will do. */
    private byte[] named(byte[] service, byte[] issuer, byte[] serial, long date) {
        Pair pair = pair();
        pair.signedPart = s -> join(
                u8(0),
                ReferenceSealer.party(orderEntry),
                ReferenceSealer.certificates(orderEntry.certificates()),
                u8(1),
                service,
                issuer,
                serial,
                u64(date),
                shipping.fingerprint());
        return order(pair);
    }

    private void parties() throws IOException {
        byte[] service = text8("shipping");
        byte[] issuer = text16("CN=Vector Root");
        byte[] serial = join(u8(1), u8(7));
        opens(
                "shortest-names",
                "a service and an issuer of one byte, serial 0, and a certificate date of 1970",
                named(text8("x"), text16("x"), join(u8(1), u8(0)), 0));
        opens("longest-service", "a service of 128 bytes", named(text8("é".repeat(64)), issuer, serial, 0));
        opens("longest-issuer", "an issuer of 1024 bytes", named(service, text16("é".repeat(512)), serial, 0));
        opens("longest-serial", "a serial of 20 bytes", named(service, issuer, join(u8(20), octets(20)), 0));
        opens(
                "latest-certificate-date",
                "a certificate date of 2^63 - 1",
                named(service, issuer, serial, Long.MAX_VALUE));
        refused(
                "issuer-not-utf8",
                "a target's issuer that is not UTF-8",
                named(service, bytes16(new byte[] {(byte) 0xFF}), serial, 0),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
        refused(
                "target-service-not-utf8",
                "a target's service that is not UTF-8",
                named(join(u8(1), u8(0x80)), issuer, serial, 0),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
        refused(
                "target-service-129",
                "a target's service of 129 bytes",
                named(text8("x".repeat(129)), issuer, serial, 0),
                MALFORMED,
                Layer.SERVICE_PAIR_HEADER);
        for (int control : new int[] {0x00, 0x1F, 0x7F, 0x80, 0x9F}) {
            refused(
                    "target-service-control-" + Integer.toHexString(control),
                    "the control character U+00" + String.format(Locale.ROOT, "%02X", control)
                            + " in a target's service",
                    named(text8("a" + (char) control), issuer, serial, 0),
                    MALFORMED,
                    Layer.SERVICE_PAIR_HEADER);
        }
        opens("service-no-control", "U+00A0 and U+202E in a service", named(text8("\u00A0\u202E"), issuer, serial, 0));
        refused(
                "certificate-of-1-byte",
                "a certificate of one byte, which has room and is none",
                withCertificate(u8(0x30)),
                CERTIFICATE_UNSUITABLE,
                Layer.SERVICE_PAIR_HEADER);
        opens("targets-32", "32 targets", order(manyTargets(32)));
        refused("targets-33", "33 targets", order(manyTargets(33)), MALFORMED, Layer.SERVICE_PAIR_HEADER);
    }

    private byte[] withCertificate(byte[] der) {
        Pair pair = pair();
        pair.signedPart = s -> join(
                u8(0), ReferenceSealer.party(orderEntry), u8(1), bytes16(der), u8(1), ReferenceSealer.party(shipping));
        return order(pair);
    }

    /** Shipping the last of them; of the others nobody has the keys. */
    private Pair manyTargets(int count) {
        Pair pair = pair();
        pair.authenticity = 1;
        pair.signedPart = s -> {
            byte[] targets = {};
            for (int i = 1; i < count; i++) {
                targets = join(targets, text8("x"), text16("x"), u8(1), u8(7), u64(0), random(32));
            }
            return join(
                    u8(1),
                    ReferenceSealer.party(orderEntry),
                    ReferenceSealer.certificates(orderEntry.certificates()),
                    u8(count),
                    targets,
                    ReferenceSealer.party(shipping));
        };
        pair.wraps = wraps -> {
            List<byte[]> all = new ArrayList<>();
            for (int i = 1; i < count; i++) {
                all.add(u8(1));
            }
            all.addAll(wraps);
            return all;
        };
        return pair;
    }

    private void signatures() throws IOException {
        for (int length : new int[] {1, 4096}) {
            Pair pair = pair();
            pair.signature = ignored -> octets(length);
            refused(
                    "signature-" + length,
                    "a signature of as many bytes as may be, but none",
                    order(pair),
                    SIGNATURE_INVALID,
                    Layer.SERVICE_PAIR_HEADER);
        }
    }

    private void wraps() throws IOException {
        for (int length : new int[] {1, 4096}) {
            Pair pair = pair();
            pair.wraps = wraps -> List.of(wraps.get(0), octets(length));
            opens(
                    "wrap-" + length,
                    "the initiator's wrap is of this size, which is not the target's business",
                    order(pair));
        }
    }

    // --- Validity of keys

    private void validity() throws IOException {
        Duration skew = Duration.ofMinutes(2);
        Instant from = NOW.plus(skew);
        Instant to = NOW.minus(skew);
        keys("key-begins-at-the-skew", "the key exchange key begins two minutes later", from, NOW, null, null, null);
        keys("key-ended-at-the-skew", "the key exchange key ended two minutes before", NOW, to, null, null, null);
        keys("dialog-key-begins-at-the-skew", "the dialog key begins two minutes later", null, null, from, NOW, null);
        keys("dialog-key-ended-at-the-skew", "the dialog key ended two minutes before", null, null, NOW, to, null);
        Layer three = Layer.KEY_EXCHANGE_KEY_HEADER;
        Layer four = Layer.DIALOG_SESSION_KEY_HEADER;
        Instant later = from.plusMillis(1);
        Instant earlier = to.minusMillis(1);
        String beyond = ", a millisecond beyond the skew";
        keys("key-begins-later", "the key exchange key alone begins later" + beyond, later, later, null, null, three);
        keys("key-ended", "the key exchange key alone has ended" + beyond, earlier, earlier, null, null, three);
        keys("dialog-key-begins-later", "the dialog key alone begins later" + beyond, null, null, later, later, four);
        keys("dialog-key-ended", "the dialog key alone has ended" + beyond, null, null, earlier, earlier, four);
        Instant begin = Instant.EPOCH;
        Instant end = Instant.ofEpochMilli(Long.MAX_VALUE);
        keys("keys-of-all-times", "keys that are valid from 1970 to 2^63 - 1", begin, end, begin, end, null);
        keys(
                "keys-turned-round",
                "keys that end before they begin, each bound within the skew",
                from,
                to,
                from,
                to,
                null);
    }

    private void keys(
            String name, String title, Instant from, Instant to, Instant dialogFrom, Instant dialogTo, Layer refusing)
            throws IOException {
        Pair pair = pair();
        pair.notBefore = from == null ? pair.notBefore : from;
        pair.notAfter = to == null ? pair.notAfter : to;
        Dialog dialog = new Dialog(pair);
        dialog.notBefore = dialogFrom == null ? NOW : dialogFrom;
        dialog.notAfter = dialogTo == null ? NOW : dialogTo;
        byte[] envelope = new Message(dialog).text("Order 4711").seal();
        if (refusing == null) {
            opens(name, title, envelope);
        } else {
            refused(name, title, envelope, KEY_EXPIRED, refusing);
        }
    }

    // --- Layers 5 and 6

    private void messages() throws IOException {
        out.positive(
                GROUP,
                "shortest-destination",
                new Case(
                                "a destination of one byte",
                                new Message(new Dialog(pair()))
                                        .text("near")
                                        .to("o")
                                        .seal())
                        .with("received-at", "o"));
        opens(
                "longest-error-text",
                "an error with a text of 1024 bytes",
                new Message(new Dialog(pair()))
                        .kind(ERROR, join(u16(1), octets(1024)))
                        .flag(0x08)
                        .seal());
        out.positive(
                GROUP,
                "largest-chunk-size",
                new Case(
                                "a stream with the largest chunk size, and a short body",
                                new Message(new Dialog(pair()))
                                        .kind(BYTES, octets(100))
                                        .streamed(16_777_216)
                                        .seal())
                        .streamed());
    }

    // --- Layer 7

    private Message reply(VectorPki.Identity sender) {
        return new Message(new Dialog(new Pair(orderEntry, shipping, sender)).replyFrom(2))
                .text("done")
                .to("replies");
    }

    private Case replied(String title, Message reply) {
        return new Case(title, reply.seal()).at("order-entry", 2).with("received-at", "replies");
    }

    private void sender(String name, String title, Message reply, Rejection code) throws IOException {
        out.negative(GROUP, "sender-" + name, replied(title, reply), code, Layer.SENDER_SIGNATURE);
    }

    private void senders() throws IOException {
        for (int length : new int[] {0, 1, 4096, 4097}) {
            Message reply = reply(billing);
            reply.signature = ignored -> octets(length);
            boolean within = length > 0 && length < 4097;
            sender(
                    "signature-" + length,
                    "a sender's signature of " + length + " bytes",
                    reply,
                    within ? SENDER_SIGNATURE_INVALID : MALFORMED);
        }
        byte[] own = bytes16(VectorPki.encoded(billing.certificate()));
        Message seven = reply(billing);
        seven.content7 = content -> join(
                u8(7), own, own, own, own, own, own, own, Arrays.copyOfRange(content, 1 + own.length, content.length));
        sender("certificates-7", "seven certificates of the sender", seven, MALFORMED);
        for (int length : new int[] {0, 1, 16_385}) {
            Message reply = reply(billing);
            reply.content7 = content ->
                    join(u8(1), bytes16(octets(length)), Arrays.copyOfRange(content, 1 + own.length, content.length));
            sender(
                    "certificate-" + length,
                    "a sender's certificate of " + length + " bytes",
                    reply,
                    length == 1 ? CERTIFICATE_UNSUITABLE : MALFORMED);
        }
        Message trailing = reply(billing);
        trailing.content7 = content -> join(content, u8(0));
        sender("trailing", "a byte behind the signature, within layer 7", trailing, MALFORMED);
        VectorPki.Identity large = PathKeys.of("large");
        Pair pair = new Pair(PathKeys.of("service"), shipping, large);
        out.positive(
                GROUP,
                "sender-certificates-6",
                new Case(
                                "six certificates of the sender, of 16384 bytes each",
                                new Message(new Dialog(pair).replyFrom(2))
                                        .text("done")
                                        .to("replies")
                                        .seal())
                        .with("receiver", PathKeys.file("service"))
                        .with("trust", PathKeys.TRUST)
                        .with("received-at", "replies"));
    }

    // --- The header length

    private void headers() throws IOException {
        out.positive(
                GROUP,
                "largest-headers",
                new Case("layers 2 to 4 of 262144 bytes, six certificates of 16384 among them", large(LARGEST_HEADERS))
                        .with("trust", PathKeys.TRUST));
        out.negative(
                GROUP,
                "headers-too-large",
                new Case("layers 2 to 4 of 262145 bytes, which are all there", large(LARGEST_HEADERS + 1))
                        .with("trust", PathKeys.TRUST),
                MALFORMED,
                Layer.SECURITY_PREAMBLE);
    }

    /** The wraps of others fill the headers up. */
    private byte[] large(int length) {
        int targets = 32;
        int[] filling = {length / 2};
        for (int attempt = 0; attempt < 10; attempt++) {
            Pair pair = manyTargets(targets);
            VectorPki.Identity initiator = PathKeys.of("large");
            pair.initiator = initiator;
            pair.signer =
                    transcript -> ReferenceCrypto.sign(2, initiator.signing().getPrivate(), transcript);
            pair.signedPart = s -> {
                byte[] others = {};
                for (int i = 1; i < targets; i++) {
                    others = join(
                            others,
                            text8("x".repeat(128)),
                            text16("x".repeat(1024)),
                            u8(20),
                            octets(20),
                            u64(0),
                            random(32));
                }
                return join(
                        u8(1),
                        ReferenceSealer.party(initiator),
                        ReferenceSealer.certificates(initiator.certificates()),
                        u8(targets),
                        others,
                        ReferenceSealer.party(shipping));
            };
            pair.wraps = wraps -> {
                List<byte[]> all = new ArrayList<>();
                int left = filling[0];
                for (int i = 1; i < targets; i++) {
                    int size = Math.max(1, Math.min(4096, left - (targets - 1 - i)));
                    all.add(octets(size));
                    left -= size;
                }
                all.addAll(wraps);
                return all;
            };
            Dialog dialog = new Dialog(pair).build();
            int now = pair.layer2.length + pair.layer3.length + dialog.layer4.length;
            if (now == length) {
                return new Message(dialog).text("Order 4711").seal();
            }
            filling[0] += length - now;
        }
        throw new IllegalStateException("the headers do not become so large");
    }
}
