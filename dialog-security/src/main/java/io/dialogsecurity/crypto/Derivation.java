package io.dialogsecurity.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF-SHA-256 (RFC 5869) with this format's labels. */
final class Derivation {

    static final int KEY_BYTES = 32;

    static final byte[] WRAP = label("dialog-security 1 wrap");
    static final byte[] COMMIT = label("dialog-security 1 commit");
    static final byte[] BODY = label("dialog-security 1 body");
    static final byte[] STREAM = label("dialog-security 1 stream");
    static final byte[] CHUNKS = label("dialog-security 1 chunks");

    private Derivation() {}

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The pseudo-random key of 32 bytes. */
    static byte[] extract(byte[] salt, byte[] secret) {
        return new HKDFBytesGenerator(new SHA256Digest()).extractPRK(salt, secret);
    }

    /** 32 bytes for the info {@code label ‖ context}. */
    static byte[] expand(byte[] pseudoRandomKey, byte[] label, byte[] context) {
        byte[] info = new byte[label.length + context.length];
        System.arraycopy(label, 0, info, 0, label.length);
        System.arraycopy(context, 0, info, label.length, context.length);
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(HKDFParameters.skipExtractParameters(pseudoRandomKey, info));
        byte[] derived = new byte[KEY_BYTES];
        generator.generateBytes(derived, 0, derived.length);
        return derived;
    }
}
