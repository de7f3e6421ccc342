package io.dialogsecurity.vectors;

import static io.dialogsecurity.vectors.ReferenceCrypto.ascii;
import static io.dialogsecurity.vectors.ReferenceCrypto.expand;
import static io.dialogsecurity.vectors.ReferenceCrypto.extract;
import static io.dialogsecurity.vectors.ReferenceCrypto.join;
import static io.dialogsecurity.vectors.ReferenceCrypto.sha256;
import static io.dialogsecurity.vectors.ReferenceCrypto.u32;
import static io.dialogsecurity.vectors.ReferenceCrypto.u64;
import static io.dialogsecurity.vectors.ReferenceCrypto.u8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens well-formed envelopes, as a stranger would write it from WIRE-FORMAT.md: no caches, no policy, no trust beyond
 * the signatures. It shows that the document suffices, and finds where product and document part.
 */
final class ReferenceOpener {

    /** What came out, and every value on the way. */
    record Result(
            String initiator,
            List<String> targets,
            String sender,
            String dialogId,
            int direction,
            long sequence,
            long created,
            int kind,
            int flags,
            String destination,
            String contentType,
            Map<String, Object> properties,
            byte[] payload,
            Map<String, byte[]> values) {}

    private record Party(String service, byte[] fingerprint) {}

    private ReferenceOpener() {}

    static Result open(byte[] envelope, VectorPki.Identity self, List<X509Certificate> known)
            throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(envelope);
        require(in.getInt() == 0xD5444941, "magic");
        byte[] v = bytes(in, 4);
        require(v[0] == 1 && v[1] == 0, "version");
        int suite = v[3];
        byte[] mic = bytes(in, 16);
        byte[] time = bytes(in, 8);
        byte[] salt = bytes(in, 16);
        byte[] headers = bytes(in, in.getInt());

        ByteBuffer layers = ByteBuffer.wrap(headers);
        byte[] layer2 = framed(layers, 2);
        byte[] layer3 = framed(layers, 3);
        byte[] layer4 = framed(layers, 4);
        require(!layers.hasRemaining(), "end of the static headers");

        // Layer 2
        ByteBuffer pair = content(layer2);
        int authenticity = pair.get();
        Party initiator = party(pair);
        List<X509Certificate> certificates = certificates(pair);
        List<Party> parties = new ArrayList<>(List.of(initiator));
        int targets = pair.get();
        for (int i = 0; i < targets; i++) {
            parties.add(party(pair));
        }
        byte[] signed = Arrays.copyOfRange(layer2, 5, 5 + pair.position());
        byte[] signature = bytes16(pair);
        X509Certificate signer = certificates.isEmpty() ? known(known, initiator) : certificates.get(0);
        require(MessageDigest.isEqual(sha256(VectorPki.encoded(signer)), initiator.fingerprint()), "fingerprint");
        byte[] transcript = join(ascii("dialog-security 1 pair signature"), v, u32(signed.length), signed, layer3);
        require(ReferenceCrypto.verify(suite, signer.getPublicKey(), transcript, signature), "pair signature");
        byte[] pairHash = sha256(ascii("dialog-security 1 pair hash"), v, layer2, layer3);

        // Layer 3
        int own = 0;
        for (int i = 0; i < parties.size(); i++) {
            if (Arrays.equals(parties.get(i).fingerprint(), self.fingerprint())) {
                own = i;
            }
        }
        ByteBuffer key = content(layer3);
        byte[] keyId = bytes(key, 16);
        key.getLong();
        key.getLong();
        List<byte[]> wraps = new ArrayList<>();
        int wrapCount = key.get();
        for (int i = 0; i < wrapCount; i++) {
            wraps.add(bytes16(key));
        }
        byte[] info = join(ascii("dialog-security 1 key wrap"), v, keyId, initiator.fingerprint(), self.fingerprint());
        byte[] secret = ReferenceCrypto.unwrap(self, wraps.get(own == 0 ? wraps.size() - 1 : own - 1), info);
        byte[] kek = extract(pairHash, secret);

        // Layer 4
        byte[] context = Arrays.copyOfRange(layer4, 5, 55);
        ByteBuffer dialog = content(layer4);
        String dialogId = hex(bytes(dialog, 16));
        int direction = dialog.get();
        int sender = dialog.get();
        bytes(dialog, 32);
        byte[] wrappedSecret = bytes(dialog, 40);
        byte[] commitment = bytes(dialog, 32);
        byte[] dialogSecret =
                ReferenceCrypto.keyUnwrap(expand(kek, join(ascii("dialog-security 1 wrap"), context)), wrappedSecret);
        byte[] prk = extract(pairHash, dialogSecret);
        require(
                MessageDigest.isEqual(commitment, expand(prk, join(ascii("dialog-security 1 commit"), context))),
                "commitment");
        byte[] bodyKey = expand(prk, join(ascii("dialog-security 1 body"), context));
        byte[] headerHash = sha256(ascii("dialog-security 1 header hash"), v, headers);

        // Layer 5
        byte[] layer5 = framed(in, 5);
        ByteBuffer message = content(layer5);
        long sequence = message.getLong();
        int kind = message.get();
        int flags = message.get();
        String destination = text(bytes16(message));
        byte[] contextHash = sha256(
                ascii("dialog-security 1 message context"),
                headerHash,
                Arrays.copyOfRange(layer5, 5 + 8, layer5.length));
        byte[] associatedData = join(contextHash, time, u64(sequence));

        // Layers 6 and 7
        Map<String, byte[]> values = new TreeMap<>();
        byte[] plaintext;
        byte[] body;
        byte[] nonce = Arrays.copyOf(salt, 12);
        if ((flags & 0x02) == 0) {
            byte[] layer6 = framed(in, 6);
            body = Arrays.copyOfRange(layer6, 5, layer6.length);
            plaintext = ReferenceCrypto.gcmOpen(bodyKey, nonce, associatedData, join(body, mic));
        } else {
            ReferenceCrypto.gcmOpen(bodyKey, nonce, associatedData, mic);
            byte[] streamKey = expand(prk, join(ascii("dialog-security 1 stream"), context));
            byte[] streamHash = sha256(ascii("dialog-security 1 stream hash"), associatedData, salt, mic);
            byte[] chunkKey = expand(streamKey, join(ascii("dialog-security 1 chunks"), streamHash));
            values.put("chunk-key", chunkKey);
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            int start = in.position();
            boolean last = false;
            for (int index = 0; !last; index++) {
                last = in.get(in.position()) == 9;
                byte[] chunk = framed(in, last ? 9 : 8);
                byte[] chunkNonce = join(new byte[7], u8(last ? 1 : 0), u32(index));
                plain.writeBytes(ReferenceCrypto.gcmOpen(
                        chunkKey, chunkNonce, new byte[0], Arrays.copyOfRange(chunk, 5, chunk.length)));
            }
            plaintext = plain.toByteArray();
            body = Arrays.copyOfRange(envelope, start, in.position());
        }
        if (authenticity == 1) {
            byte[] layer7 = framed(in, 7);
            ByteBuffer last = content(layer7);
            List<X509Certificate> senders = certificates(last);
            byte[] t = Arrays.copyOfRange(layer7, 5, 5 + last.position());
            X509Certificate by =
                    sender == 0 ? signer : senders.isEmpty() ? known(known, parties.get(sender)) : senders.get(0);
            require(
                    MessageDigest.isEqual(
                            sha256(VectorPki.encoded(by)), parties.get(sender).fingerprint()),
                    "sender");
            byte[] signedMessage =
                    join(ascii("dialog-security 1 sender signature"), associatedData, salt, mic, sha256(body), t);
            require(ReferenceCrypto.verify(suite, by.getPublicKey(), signedMessage, bytes16(last)), "sender signature");
        }
        require(!in.hasRemaining(), "end of the envelope");

        values.put("key-exchange-secret", secret);
        values.put("pair-hash", pairHash);
        values.put("kek", kek);
        values.put("dialog-secret", dialogSecret);
        values.put("body-key", bodyKey);
        values.put("header-hash", headerHash);
        values.put("context-hash", contextHash);
        values.put("associated-data", associatedData);

        // Plaintext
        ByteBuffer plain = ByteBuffer.wrap(plaintext);
        String contentType = "";
        Map<String, Object> properties = new TreeMap<>();
        if ((flags & 0x01) != 0) {
            ByteBuffer section = ByteBuffer.wrap(bytes(plain, plain.getInt()));
            contentType = text(bytes16(section));
            properties.putAll(map(section));
            require(!section.hasRemaining(), "end of the section");
        }
        return new Result(
                initiator.service(),
                parties.subList(1, parties.size()).stream().map(Party::service).toList(),
                parties.get(sender).service(),
                dialogId,
                direction,
                sequence,
                ByteBuffer.wrap(time).getLong(),
                kind,
                flags,
                destination,
                contentType,
                properties,
                bytes(plain, plain.remaining()),
                values);
    }

    static Map<String, Object> map(ByteBuffer in) {
        Map<String, Object> values = new TreeMap<>();
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
            values.put(text(bytes16(in)), value(in));
        }
        return values;
    }

    static List<Object> stream(ByteBuffer in) {
        List<Object> values = new ArrayList<>();
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
            values.add(value(in));
        }
        return values;
    }

    private static Object value(ByteBuffer in) {
        return switch (in.get()) {
            case 0 -> null;
            case 1 -> in.get() == 1;
            case 2 -> in.get();
            case 3 -> in.getShort();
            case 4 -> in.getInt();
            case 5 -> in.getLong();
            case 6 -> in.getFloat();
            case 7 -> in.getDouble();
            case 8 -> in.getChar();
            case 9 -> text(bytes(in, in.getInt()));
            case 10 -> bytes(in, in.getInt());
            default -> throw new IllegalArgumentException("value type");
        };
    }

    private static Party party(ByteBuffer in) {
        String service = text(bytes(in, in.get() & 0xFF));
        bytes16(in);
        new BigInteger(1, bytes(in, in.get() & 0xFF));
        in.getLong();
        return new Party(service, bytes(in, 32));
    }

    private static List<X509Certificate> certificates(ByteBuffer in) throws GeneralSecurityException {
        List<X509Certificate> certificates = new ArrayList<>();
        int count = in.get();
        for (int i = 0; i < count; i++) {
            certificates.add((X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes16(in))));
        }
        return certificates;
    }

    private static X509Certificate known(List<X509Certificate> known, Party party) {
        return known.stream()
                .filter(each -> Arrays.equals(sha256(VectorPki.encoded(each)), party.fingerprint()))
                .findFirst()
                .orElseThrow();
    }

    /** A layer with its frame. */
    private static byte[] framed(ByteBuffer in, int type) {
        int start = in.position();
        require(in.get() == type, "frame type " + type);
        int length = in.getInt();
        in.position(start);
        return bytes(in, 5 + length);
    }

    private static ByteBuffer content(byte[] layer) {
        return ByteBuffer.wrap(layer, 5, layer.length - 5).slice();
    }

    private static byte[] bytes16(ByteBuffer in) {
        return bytes(in, in.getShort() & 0xFFFF);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("The " + what + " is not right");
        }
    }
}
