package io.dialogsecurity.vectors;

import static io.dialogsecurity.vectors.ReferenceCrypto.ascii;
import static io.dialogsecurity.vectors.ReferenceCrypto.expand;
import static io.dialogsecurity.vectors.ReferenceCrypto.extract;
import static io.dialogsecurity.vectors.ReferenceCrypto.gcmSeal;
import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.sha256;
import static io.dialogsecurity.vectors.ReferenceCrypto.u16;
import static io.dialogsecurity.vectors.ReferenceCrypto.u32;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Seals as WIRE-FORMAT.md says, independent of the product, with every field open: a forger sets one to something else,
 * or changes one part just before it is signed, wrapped or sealed, and all the rest still fits together.
 */
final class ReferenceSealer {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private ReferenceSealer() {}

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        ReferenceCrypto.RANDOM.nextBytes(bytes);
        return bytes;
    }

    static byte[] text8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return join(u8(utf8.length), utf8);
    }

    static byte[] text16(String text) {
        return bytes16(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes16(byte[] bytes) {
        return join(u16(bytes.length), bytes);
    }

    static byte[] frame(int type, byte[] content) {
        return join(u8(type), u32(content.length), content);
    }

    /** A party as layer 2 names it. */
    static byte[] party(VectorPki.Identity identity) {
        return party(identity, commonName(identity.certificate()));
    }

    static byte[] party(VectorPki.Identity identity, String name) {
        X509Certificate certificate = identity.certificate();
        byte[] serial = certificate.getSerialNumber().toByteArray();
        return join(
                text8(name),
                text16(certificate.getIssuerX500Principal().getName()),
                join(u8(serial.length), serial),
                u64(certificate.getNotBefore().getTime()),
                identity.fingerprint());
    }

    /** The first there is; order-entry if there is none. */
    static String commonName(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        RDN[] names = subject.getRDNs(BCStyle.CN);
        return names.length == 0
                ? "order-entry"
                : names[0].getTypesAndValues()[0].getValue().toString();
    }

    static byte[] certificates(List<X509Certificate> certificates) {
        byte[] out = u8(certificates.size());
        for (X509Certificate certificate : certificates) {
            out = join(out, bytes16(VectorPki.encoded(certificate)));
        }
        return out;
    }

    /** Layers 2 and 3, and the key exchange key. */
    static final class Pair {
        int major = 1;
        int minor = 0;
        int suite;
        int authenticity;
        VectorPki.Identity initiator;
        List<VectorPki.Identity> targets;
        List<X509Certificate> certificates;
        byte[] keyId = random(16);
        Instant notBefore = NOW.minus(Duration.ofHours(1));
        Instant notAfter = NOW.plus(Duration.ofHours(23));
        byte[] secret = random(32);

        /** Changes what is signed of layer 2. */
        UnaryOperator<byte[]> signedPart = UnaryOperator.identity();
        /** Signs the pair transcript. */
        UnaryOperator<byte[]> signer;
        /** Changes the signature. */
        UnaryOperator<byte[]> signature = UnaryOperator.identity();
        /** Changes the content of layer 2 after it was signed. */
        UnaryOperator<byte[]> content2 = UnaryOperator.identity();
        /** Changes the wraps before they are signed. */
        UnaryOperator<List<byte[]>> wraps = UnaryOperator.identity();
        /** Changes the content of layer 3 before it is signed. */
        UnaryOperator<byte[]> content3 = UnaryOperator.identity();

        byte[] layer2;
        byte[] layer3;
        byte[] pairHash;
        byte[] keyExchangeKey;

        Pair(VectorPki.Identity initiator, VectorPki.Identity... targets) {
            this.suite = initiator.suite();
            this.initiator = initiator;
            this.certificates = initiator.certificates();
            this.targets = List.of(targets);
            this.authenticity = targets.length == 1 ? 0 : 1;
            this.signer = transcript ->
                    ReferenceCrypto.sign(initiator.suite(), initiator.signing().getPrivate(), transcript);
        }

        byte[] v() {
            return join(u8(major), u8(minor), u16(suite));
        }

        private byte[] wrap(VectorPki.Identity recipient) {
            return ReferenceCrypto.wrap(
                    recipient,
                    secret,
                    join(
                            ascii("dialog-security 1 key wrap"),
                            v(),
                            keyId,
                            initiator.fingerprint(),
                            recipient.fingerprint()));
        }

        Pair build() {
            if (layer2 != null) {
                return this;
            }
            byte[] s = join(
                    u8(authenticity), party(initiator), ReferenceSealer.certificates(certificates), u8(targets.size()));
            List<byte[]> wrapped = new ArrayList<>();
            for (VectorPki.Identity target : targets) {
                s = join(s, party(target));
                wrapped.add(wrap(target));
            }
            wrapped.add(wrap(initiator));
            s = signedPart.apply(s);
            byte[] third = join(keyId, u64(notBefore.toEpochMilli()), u64(notAfter.toEpochMilli()));
            List<byte[]> changed = wraps.apply(wrapped);
            third = join(third, u8(changed.size()));
            for (byte[] wrap : changed) {
                third = join(third, bytes16(wrap));
            }
            layer3 = frame(3, content3.apply(third));
            byte[] transcript = join(ascii("dialog-security 1 pair signature"), v(), u32(s.length), s, layer3);
            layer2 = frame(2, content2.apply(join(s, bytes16(signature.apply(signer.apply(transcript))))));
            pairHash = sha256(ascii("dialog-security 1 pair hash"), v(), layer2, layer3);
            keyExchangeKey = extract(pairHash, secret);
            return this;
        }
    }

    /** Layer 4 and the keys of a dialog, direction and sender. */
    static final class Dialog {
        final Pair pair;
        byte[] dialogId = random(16);
        int direction;
        int sender;
        byte[] keyId = random(16);
        Instant notBefore;
        Instant notAfter;
        byte[] secret = random(32);
        /** Changes the wrapped secret. */
        UnaryOperator<byte[]> wrapped = UnaryOperator.identity();
        /** Changes the commitment. */
        UnaryOperator<byte[]> commitment = UnaryOperator.identity();
        /** Changes the content of layer 4. */
        UnaryOperator<byte[]> content4 = UnaryOperator.identity();

        byte[] layer4;
        byte[] headerHash;
        byte[] bodyKey;
        byte[] streamKey;

        Dialog(Pair pair) {
            this.pair = pair.build();
            this.notBefore = pair.notBefore;
            this.notAfter = pair.notAfter;
        }

        Dialog replyFrom(int index) {
            direction = 1;
            sender = index;
            return this;
        }

        Dialog in(byte[] other) {
            dialogId = other;
            return this;
        }

        byte[] context() {
            return join(
                    dialogId,
                    u8(direction),
                    u8(sender),
                    keyId,
                    u64(notBefore.toEpochMilli()),
                    u64(notAfter.toEpochMilli()));
        }

        Dialog build() {
            if (layer4 != null) {
                return this;
            }
            byte[] c = context();
            byte[] wrapKey = expand(pair.keyExchangeKey, join(ascii("dialog-security 1 wrap"), c));
            byte[] prk = extract(pair.pairHash, secret);
            layer4 = frame(
                    4,
                    content4.apply(join(
                            c,
                            wrapped.apply(ReferenceCrypto.keyWrap(wrapKey, secret)),
                            commitment.apply(expand(prk, join(ascii("dialog-security 1 commit"), c))))));
            bodyKey = expand(prk, join(ascii("dialog-security 1 body"), c));
            streamKey = expand(prk, join(ascii("dialog-security 1 stream"), c));
            headerHash = sha256(ascii("dialog-security 1 header hash"), pair.v(), pair.layer2, pair.layer3, layer4);
            return this;
        }

        VectorPki.Identity senderIdentity() {
            return sender == 0 ? pair.initiator : pair.targets.get(sender - 1);
        }
    }

    /** One message. */
    static final class Message {
        final Dialog dialog;
        Instant created = NOW;
        long sequence = 1;
        int kind;
        int flags;
        String destination = "orders";
        byte[] section;
        byte[] payload = {};
        int chunkSize;
        byte[] salt;
        /** Who signs the message; by default the sender. */
        VectorPki.Identity signer;

        List<X509Certificate> senderCertificates;
        /** Changes the content of layer 5. */
        UnaryOperator<byte[]> content5 = UnaryOperator.identity();
        /** Changes the plaintext. */
        UnaryOperator<byte[]> plaintext = UnaryOperator.identity();
        /** Changes the associated data. */
        UnaryOperator<byte[]> associated = UnaryOperator.identity();
        /** Changes the message transcript. */
        UnaryOperator<byte[]> transcript = UnaryOperator.identity();
        /** Signs the message transcript; null for the signer's own way. */
        UnaryOperator<byte[]> signs;
        /** Changes the content of layer 7. */
        UnaryOperator<byte[]> content7 = UnaryOperator.identity();
        /** Changes the sender's signature. */
        UnaryOperator<byte[]> signature = UnaryOperator.identity();

        byte[] mic;
        byte[] associatedData;
        byte[] chunkKey;

        Message(Dialog dialog) {
            this.dialog = dialog.build();
            this.signer = dialog.senderIdentity();
            this.senderCertificates = dialog.sender == 0 ? List.of() : signer.certificates();
            this.flags = dialog.pair.authenticity == 1 ? 0x04 : 0;
        }

        Message kind(int value, byte[] body) {
            kind = value;
            payload = body;
            return this;
        }

        Message text(String text) {
            return kind(2, text.getBytes(StandardCharsets.UTF_8));
        }

        Message flag(int flag) {
            flags |= flag;
            return this;
        }

        Message section(byte[] content) {
            section = content;
            return flag(0x01);
        }

        Message streamed(int size) {
            chunkSize = size;
            return flag(0x02);
        }

        Message sequence(long value) {
            sequence = value;
            return this;
        }

        Message to(String address) {
            destination = address;
            return this;
        }

        Message created(Instant at) {
            created = at;
            return this;
        }

        byte[] plaintext() {
            return plaintext.apply(section == null ? payload : join(u32(section.length), section, payload));
        }

        byte[] layer5() {
            byte[] content = join(u64(sequence), u8(kind), u8(flags), text16(destination));
            return frame(5, content5.apply((flags & 0x02) != 0 ? join(content, u32(chunkSize)) : content));
        }

        /** The whole envelope. */
        byte[] seal() {
            byte[] head = head();
            if ((flags & 0x02) != 0) {
                return join(head, joined(chunks()), signatureLayer(joined(chunks())));
            }
            byte[] sealed = gcmSeal(dialog.bodyKey, nonce(), associated.apply(associatedData), plaintext());
            byte[] ciphertext = Arrays.copyOf(sealed, sealed.length - 16);
            setMic(head, Arrays.copyOfRange(sealed, ciphertext.length, sealed.length));
            return join(head, frame(6, ciphertext), signatureLayer(ciphertext));
        }

        /** Layers 1 to 5; the MIC is set where the body is streamed. */
        byte[] head() {
            if (salt == null) {
                salt = join(
                        u32((int) sequence - 1),
                        u64(created.getEpochSecond() * 1_000_000_000L + created.getNano()),
                        new byte[4]);
            }
            byte[] layer5 = layer5();
            int sequenceEnd = Math.min(5 + 8, layer5.length); // negative vectors cut it
            byte[] context = Arrays.copyOfRange(layer5, sequenceEnd, layer5.length);
            byte[] contextHash = sha256(ascii("dialog-security 1 message context"), dialog.headerHash, context);
            associatedData = join(contextHash, u64(created.toEpochMilli()), Arrays.copyOfRange(layer5, 5, sequenceEnd));
            byte[] headers = join(dialog.pair.layer2, dialog.pair.layer3, dialog.layer4);
            byte[] head = join(
                    new byte[] {(byte) 0xD5, 0x44, 0x49, 0x41},
                    dialog.pair.v(),
                    new byte[16],
                    u64(created.toEpochMilli()),
                    salt,
                    u32(headers.length),
                    headers,
                    layer5);
            if ((flags & 0x02) != 0) {
                setMic(head, gcmSeal(dialog.bodyKey, nonce(), associated.apply(associatedData), new byte[0]));
                chunkKey = expand(
                        dialog.streamKey,
                        join(
                                ascii("dialog-security 1 chunks"),
                                sha256(ascii("dialog-security 1 stream hash"), associatedData, salt, mic)));
            }
            return head;
        }

        private byte[] nonce() {
            return Arrays.copyOf(salt, 12);
        }

        private void setMic(byte[] head, byte[] tag) {
            mic = tag;
            System.arraycopy(tag, 0, head, 8, 16);
        }

        /** The frames of the chunks; after {@link #head}. */
        List<byte[]> chunks() {
            byte[] plain = plaintext();
            List<byte[]> frames = new ArrayList<>();
            int index = 0;
            for (int at = 0; at == 0 || at < plain.length; at += chunkSize) {
                int end = Math.min(plain.length, at + chunkSize);
                frames.add(chunk(index++, end == plain.length, Arrays.copyOfRange(plain, at, end)));
            }
            return frames;
        }

        byte[] chunk(int index, boolean last, byte[] plain) {
            byte[] nonce = join(new byte[7], u8(last ? 1 : 0), u32(index));
            return frame(last ? 9 : 8, gcmSeal(chunkKey, nonce, new byte[0], plain));
        }

        /** Layer 7 over the ciphertext, or nothing where the message is not signed. */
        byte[] signatureLayer(byte[] body) {
            if ((flags & 0x04) == 0) {
                return new byte[0];
            }
            byte[] t = certificates(senderCertificates);
            byte[] signed = transcript.apply(
                    join(ascii("dialog-security 1 sender signature"), associatedData, salt, mic, sha256(body), t));
            byte[] signedBySender = signs == null
                    ? ReferenceCrypto.sign(signer.suite(), signer.signing().getPrivate(), signed)
                    : signs.apply(signed);
            return frame(7, content7.apply(join(t, bytes16(signature.apply(signedBySender)))));
        }
    }

    /**
     * Another body under the same MIC: what one block changes in GHASH, which is linear, the next takes back.
     *
     * @param length of the body, which ends the envelope and has more than three blocks
     */
    static byte[] second(Dialog dialog, byte[] envelope, int length) {
        byte[] hashKey = ReferenceCrypto.aes(dialog.bodyKey, new byte[16]);
        byte[] delta = new byte[16];
        delta[0] = 1;
        byte[] correction = ReferenceCrypto.multiply(delta, hashKey);
        byte[] second = envelope.clone();
        int body = envelope.length - length;
        for (int i = 0; i < 16; i++) {
            second[body + 16 + i] ^= delta[i];
            second[body + 32 + i] ^= correction[i];
        }
        return second;
    }

    static byte[] joined(List<byte[]> parts) {
        return join(parts.toArray(new byte[0][]));
    }
}
