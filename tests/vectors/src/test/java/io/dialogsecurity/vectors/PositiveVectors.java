package io.dialogsecurity.vectors;

import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.u16;
import static io.dialogsecurity.vectors.ReferenceCrypto.u32;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;
import static io.dialogsecurity.vectors.ReferenceSealer.NOW;
import static io.dialogsecurity.vectors.ReferenceSealer.text16;

import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** The vectors that open. */
final class PositiveVectors {

    private static final int NONE = 0;
    private static final int BYTES = 1;
    private static final int MAP = 3;
    private static final int STREAM = 4;
    private static final int OBJECT = 5;
    private static final int ERROR = 6;

    private static final byte[] NOTHING = {};

    /** The Java object "dialog", serialized. */
    private static final byte[] SERIALIZED = HexFormat.of().parseHex("aced00057400066469616c6f67");

    private static final byte[] ALL_VALUES = join(
            u8(0),
            join(u8(1), u8(1)),
            join(u8(2), u8(0x80)),
            join(u8(3), u16(0xFFFF)),
            join(u8(4), u32(Integer.MIN_VALUE)),
            join(u8(5), u64(Long.MAX_VALUE)),
            join(u8(6), u32(Float.floatToRawIntBits(-1.5f))),
            join(u8(7), u64(Double.doubleToRawLongBits(Math.PI))),
            join(u8(8), u16('\uD83D')),
            join(u8(9), string("Grüße 🚚")),
            join(u8(10), u32(3), new byte[] {1, 2, 3}));

    private final VectorGenerator out;

    PositiveVectors(VectorGenerator out) {
        this.out = out;
    }

    void write() throws IOException {
        for (int suite = 1; suite <= 2; suite++) {
            kinds(suite);
            parties(suite);
            streams(suite);
            dialogs(suite);
        }
        certificates();
        limits();
        texts();
    }

    /** What decoders like to change: byte order marks, and numbers that are none. */
    private void texts() throws IOException {
        String mark = "\uFEFF";
        out.positive(
                "byte-order-marks",
                opened(
                                2,
                                "a byte order mark before destination, content type, name, string and text, which is kept",
                                message(2)
                                        .text(mark + "text")
                                        .section(section(
                                                mark + "text/plain",
                                                join(u32(1), text16(mark + "name"), u8(9), string(mark + "string"))))
                                        .to(mark + "orders")
                                        .seal())
                        .with("received-at", mark + "orders"));
        out.positive(
                "numbers-that-are-none",
                opened(
                        2,
                        "infinities, and quiet and signalling NaN with a payload, bit by bit",
                        message(2)
                                .kind(
                                        STREAM,
                                        join(
                                                u32(6),
                                                join(u8(6), u32(0x7F800000)),
                                                join(u8(6), u32(0x7FC00001)),
                                                join(u8(6), u32(0xFFA00001)),
                                                join(u8(7), u64(0xFFF0000000000000L)),
                                                join(u8(7), u64(0x7FF8000000000001L)),
                                                join(u8(7), u64(0x7FF4000000000001L))))
                                .seal()));
        out.positive(
                "names-by-code-unit",
                opened(
                        2,
                        "names in the order of UTF-16 code units, which is not that of code points",
                        message(2)
                                .text("ordered")
                                .section(section(
                                        "", join(u32(2), text16("\uD83D\uDE9A"), u8(0), text16("\uFFFD"), u8(0))))
                                .seal()));
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return join(u32(utf8.length), utf8);
    }

    /** Names in the order of their UTF-16 code units, with a value of each type. */
    static byte[] map() {
        return join(
                u32(11),
                join(text16(""), u8(0)),
                join(text16("boolean"), u8(1), u8(0)),
                join(text16("byte"), u8(2), u8(0x7F)),
                join(text16("char"), u8(8), u16('x')),
                join(text16("double"), u8(7), u64(Double.doubleToRawLongBits(-0.0))),
                join(text16("float"), u8(6), u32(Float.floatToRawIntBits(3.25f))),
                join(text16("int"), u8(4), u32(42)),
                join(text16("long"), u8(5), u64(-1)),
                join(text16("short"), u8(3), u16(0x8000)),
                join(text16("string"), u8(9), string("EU")),
                join(text16("Ünïcode"), u8(10), u32(0)));
    }

    static byte[] section(String contentType, byte[] map) {
        return join(text16(contentType), map);
    }

    private static Pair pair(int suite) {
        return new Pair(VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite));
    }

    private static Pair group(int suite) {
        return new Pair(
                VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite), VectorKeys.of("billing", suite));
    }

    private static Message message(int suite) {
        return new Message(new Dialog(pair(suite)));
    }

    private Case opened(int suite, String title, byte[] envelope) {
        return new Case(title, envelope).at("shipping", suite);
    }

    private void kinds(int suite) throws IOException {
        String s = "suite" + suite + "-";
        byte[] empty = u32(0);
        out.positive(
                s + "none",
                opened(
                        suite,
                        "no body, no properties",
                        message(suite).kind(NONE, NOTHING).seal()));
        out.positive(
                s + "none-properties",
                opened(
                        suite,
                        "no body, properties of every type",
                        message(suite)
                                .kind(NONE, NOTHING)
                                .section(section("", map()))
                                .seal()));
        out.positive(
                s + "bytes",
                opened(
                        suite,
                        "all octets",
                        message(suite).kind(BYTES, octets(256)).seal()));
        out.positive(
                s + "bytes-empty",
                opened(suite, "no octets", message(suite).kind(BYTES, NOTHING).seal()));
        out.positive(
                s + "text",
                opened(
                        suite,
                        "text",
                        message(suite).text("Order 4711: 3 Päckchen 🚚").seal()));
        out.positive(
                s + "text-empty",
                opened(suite, "text of no characters", message(suite).text("").seal()));
        out.positive(
                s + "text-null",
                opened(
                        suite,
                        "text that is null",
                        message(suite).text("").flag(0x10).seal()));
        out.positive(
                s + "text-properties",
                opened(
                        suite,
                        "text with a content type and properties of every type",
                        message(suite)
                                .text("<order/>")
                                .section(section("application/xml", map()))
                                .seal()));
        out.positive(
                s + "text-content-type",
                opened(
                        suite,
                        "text with a content type alone",
                        message(suite)
                                .text("{}")
                                .section(section("application/json", empty))
                                .seal()));
        out.positive(
                s + "map",
                opened(
                        suite,
                        "names and values of every type",
                        message(suite).kind(MAP, map()).seal()));
        out.positive(
                s + "map-empty",
                opened(suite, "no names", message(suite).kind(MAP, empty).seal()));
        out.positive(
                s + "stream",
                opened(
                        suite,
                        "values of every type",
                        message(suite).kind(STREAM, join(u32(11), ALL_VALUES)).seal()));
        out.positive(
                s + "object",
                opened(
                        suite,
                        "a serialized Java object",
                        message(suite).kind(OBJECT, SERIALIZED).seal()));
        out.positive(
                s + "object-null",
                opened(
                        suite,
                        "the Java object null",
                        message(suite).kind(OBJECT, NOTHING).flag(0x10).seal()));
        out.positive(
                s + "end-of-dialog",
                opened(
                        suite,
                        "the last message of its sender",
                        message(suite).text("bye").flag(0x08).seal()));
        out.positive(
                s + "end-of-dialog-alone",
                opened(
                        suite,
                        "the end of the dialog without another word",
                        message(suite).kind(NONE, NOTHING).flag(0x08).seal()));
        out.positive(
                s + "error",
                opened(
                        suite,
                        "the dialog broken off: a code and a text",
                        message(suite)
                                .kind(ERROR, join(u16(4711), "kein Päckchen mehr".getBytes(StandardCharsets.UTF_8)))
                                .flag(0x08)
                                .seal()));
        out.positive(
                s + "error-code",
                opened(
                        suite,
                        "the dialog broken off: a code alone",
                        message(suite).kind(ERROR, u16(0xFFFF)).flag(0x08).seal()));
    }

    static byte[] octets(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private void parties(int suite) throws IOException {
        String s = "suite" + suite + "-";
        Pair signed = group(suite);
        byte[] toBoth = new Message(new Dialog(signed)).text("to both").seal();
        out.positive(s + "signed", opened(suite, "two targets, a signed message, the first target's view", toBoth));
        out.positive(
                s + "signed-second-target",
                opened(suite, "two targets, a signed message, the second target's view", toBoth)
                        .at("billing", suite));
        Dialog reply = new Dialog(signed).replyFrom(2);
        out.positive(
                s + "signed-reply",
                opened(
                                suite,
                                "the second target replies and signs, with its certificate",
                                new Message(reply)
                                        .text("from billing")
                                        .to("replies")
                                        .seal())
                        .at("order-entry", suite)
                        .with("received-at", "replies"));
        Message known = new Message(new Dialog(signed).replyFrom(1));
        known.senderCertificates = List.of();
        out.positive(
                s + "signed-reply-known-certificate",
                opened(
                                suite,
                                "a target replies and signs; the receiver has its certificate",
                                known.text("from shipping").to("replies").seal())
                        .at("order-entry", suite)
                        .with("certificate", "keys/shipping-" + suite + ".certificate.pem")
                        .with("received-at", "replies"));
        Pair trusting = group(suite);
        trusting.authenticity = 2;
        out.positive(
                s + "group",
                opened(
                                suite,
                                "two targets that trust each other, accepted by policy",
                                new Message(new Dialog(trusting))
                                        .text("to the group")
                                        .seal())
                        .with("group", "accepted"));
        Dialog request = new Dialog(pair(suite));
        out.positive(
                s + "reply",
                opened(
                                suite,
                                "the target replies in the initiator's dialog, under its key exchange key",
                                new Message(new Dialog(request.pair)
                                                .in(request.dialogId)
                                                .replyFrom(1))
                                        .text("done")
                                        .to("replies")
                                        .seal())
                        .at("order-entry", suite)
                        .with("received-at", "replies"));
        byte[] one = new Message(new Dialog(request.pair).in(request.dialogId).replyFrom(1))
                .text("from one instance")
                .to("replies")
                .seal();
        byte[] other = new Message(new Dialog(request.pair).in(request.dialogId).replyFrom(1))
                .text("from another")
                .to("replies")
                .seal();
        out.positive(
                s + "reply-two-instances",
                opened(suite, "two instances of the target reply, each with a first message", other)
                        .at("order-entry", suite)
                        .with("received-at", "replies")
                        .receivedBefore(one));
    }

    private void streams(int suite) throws IOException {
        String s = "suite" + suite + "-stream-";
        int chunk = 1024;
        stream(
                suite,
                s + "empty",
                "a streamed body of no octets: one empty chunk",
                message(suite).kind(BYTES, NOTHING).streamed(chunk));
        stream(
                suite,
                s + "one",
                "a streamed body of one chunk, not full",
                message(suite).kind(BYTES, octets(300)).streamed(chunk));
        stream(
                suite,
                s + "one-full",
                "a streamed body of one full chunk",
                message(suite).kind(BYTES, octets(chunk)).streamed(chunk));
        stream(
                suite,
                s + "many",
                "a streamed body of four chunks, the last not full",
                message(suite).kind(BYTES, octets(3 * chunk + 7)).streamed(chunk));
        stream(
                suite,
                s + "many-full",
                "a streamed body of three full chunks",
                message(suite).kind(BYTES, octets(3 * chunk)).streamed(chunk));
        stream(
                suite,
                s + "text-properties",
                "a streamed text with properties, which lie across two chunks",
                message(suite)
                        .text("x".repeat(1500))
                        .section(section("text/plain; filler=" + "y".repeat(1000), map()))
                        .streamed(chunk));
        stream(
                suite,
                s + "signed",
                "a streamed body for two targets, signed behind its last chunk",
                new Message(new Dialog(group(suite))).kind(BYTES, octets(2000)).streamed(chunk));
    }

    private void stream(int suite, String name, String title, Message message) throws IOException {
        out.positive(name, opened(suite, title, message.seal()).streamed());
    }

    private void dialogs(int suite) throws IOException {
        String s = "suite" + suite + "-";
        Dialog dialog = new Dialog(pair(suite));
        byte[] first = new Message(dialog).text("first").seal();
        byte[] second = new Message(dialog).text("second").sequence(2).seal();
        out.positive(
                s + "second",
                opened(suite, "the second message, in order", second).receivedBefore(first));
        out.positive(
                s + "take-over",
                opened(
                                suite,
                                "another instance goes on sending, with a dialog key of its own",
                                new Message(new Dialog(dialog.pair).in(dialog.dialogId))
                                        .text("third")
                                        .sequence(3)
                                        .seal())
                        .receivedBefore(first)
                        .receivedBefore(second));
        out.positive(
                s + "again",
                opened(suite, "an identical envelope opens again", first).receivedBefore(first));
        out.positive(
                s + "gap",
                opened(
                                suite,
                                "a message is missing before this one, which policy allows",
                                new Message(dialog).text("third").sequence(3).seal())
                        .receivedBefore(first));
        out.positive(
                s + "late", opened(suite, "a message that was overtaken", first).receivedBefore(second));
        if (suite == 2) {
            late(dialog, first);
        }
    }

    /** However many have overtaken it, also by one that its sender says is the last. */
    private void late(Dialog dialog, byte[] first) throws IOException {
        for (long newest : new long[] {1024, 1025, Long.MAX_VALUE}) {
            out.positive(
                    "late-before-" + newest,
                    opened(2, "a message that was overtaken by the number " + newest, first)
                            .receivedBefore(new Message(dialog)
                                    .text("far ahead")
                                    .sequence(newest)
                                    .seal()));
        }
        out.positive(
                "late-below-end",
                opened(2, "a message that was overtaken by the sender's last", first)
                        .receivedBefore(new Message(dialog)
                                .text("the last")
                                .sequence(2)
                                .flag(0x08)
                                .seal()));
    }

    private void certificates() throws IOException {
        Pair known = pair(2);
        known.certificates = List.of();
        out.positive(
                "known-certificate",
                opened(
                                2,
                                "no certificate in the envelope; the receiver has it",
                                new Message(new Dialog(known)).text("known").seal())
                        .with("certificate", "keys/order-entry-2.certificate.pem"));
        out.positive(
                "intermediate",
                opened(
                        2,
                        "a certificate with an intermediate",
                        new Message(new Dialog(new Pair(
                                        VectorKeys.of("order-entry-2-intermediate"), VectorKeys.of("shipping", 2))))
                                .text("intermediate")
                                .seal()));
        Pair ended = new Pair(VectorKeys.of("order-entry-2-ended"), VectorKeys.of("shipping", 2));
        ended.notBefore = NOW.minus(Duration.ofDays(3));
        ended.notAfter = NOW.minus(Duration.ofDays(2));
        out.positive(
                "certificate-ended-since",
                opened(
                        2,
                        "the certificate has ended since the message was sealed",
                        new Message(new Dialog(ended))
                                .text("queued")
                                .created(NOW.minus(Duration.ofHours(60)))
                                .seal()));
        out.positive(
                "revocation-list",
                opened(
                                2,
                                "a revocation list that names another certificate",
                                message(2).text("not revoked").seal())
                        .with("crl", "keys/root.crl.pem"));
    }

    private void limits() throws IOException {
        out.positive(
                "largest-sequence",
                opened(
                        2,
                        "sequence 2^63 - 1",
                        message(2).text("last").sequence(Long.MAX_VALUE).seal()));
        String longest = "é".repeat(512);
        out.positive(
                "longest-destination",
                opened(
                                2,
                                "a destination of 1024 bytes",
                                message(2).text("far").to(longest).seal())
                        .with("received-at", longest));
        out.positive(
                "skew",
                opened(
                        2,
                        "sealed by a clock that is two minutes ahead",
                        message(2)
                                .text("soon")
                                .created(NOW.plus(Duration.ofMinutes(2)))
                                .seal()));
        out.positive(
                "oldest",
                opened(
                                2,
                                "received after seven days to the millisecond",
                                message(2).text("old").seal())
                        .clock(NOW.plus(Duration.ofDays(7))));
    }
}
