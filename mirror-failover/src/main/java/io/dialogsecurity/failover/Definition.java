package io.dialogsecurity.failover;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.WindowKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What an entry of the store is about, as bytes. Its rows are found by the first 128 bits of the SHA-256 of these.
 *
 * <pre>
 * definition = kind (1) dialog id (16) service (length 2, UTF-8) rest, which only tells entries apart
 * </pre>
 */
final class Definition {

    static final byte RECEIVE_WINDOW = 1;
    static final byte CLAIM_WINDOW = 2;
    static final byte SEND_SEQUENCE = 3;
    static final byte DIALOG = 4;

    private final byte[] bytes;
    private final long high;
    private final long low;

    private Definition(byte[] bytes) {
        this.bytes = bytes;
        ByteBuffer hash = ByteBuffer.wrap(sha256(bytes));
        high = hash.getLong();
        low = hash.getLong();
    }

    static Definition of(WindowKey key) {
        byte[] sender = key.sender().toArray();
        byte[] subscription = utf8(key.subscription());
        return new Definition(
                begin(RECEIVE_WINDOW, key.dialogId(), key.receiver(), 9 + sender.length + 2 + subscription.length)
                        .put((byte) key.direction().code())
                        .putLong(key.instance())
                        .put(sender)
                        .putShort((short) subscription.length)
                        .put(subscription)
                        .array());
    }

    static Definition of(ClaimKey key) {
        byte[] sender = key.sender().toArray();
        return new Definition(begin(CLAIM_WINDOW, key.dialogId(), key.service().value(), 9 + sender.length)
                .put((byte) key.direction().code())
                .putLong(key.instance())
                .put(sender)
                .array());
    }

    static Definition ofSequence(String service, DialogId dialogId, long instance) {
        return new Definition(begin(SEND_SEQUENCE, dialogId, service, Long.BYTES)
                .putLong(instance)
                .array());
    }

    static Definition ofDialog(String service, DialogId dialogId) {
        return new Definition(begin(DIALOG, dialogId, service, 0).array());
    }

    /** Reads back what {@link #bytes} gave. */
    static Definition read(byte[] bytes) throws DamagedException {
        if (bytes.length < 19 || bytes.length < 19 + ByteBuffer.wrap(bytes).getShort(17)) {
            throw new DamagedException("an entry's definition is cut off");
        }
        return new Definition(bytes);
    }

    private static ByteBuffer begin(byte kind, DialogId dialogId, String service, int more) {
        byte[] name = utf8(service);
        return ByteBuffer.allocate(1 + DialogId.BYTES + 2 + name.length + more)
                .put(kind)
                .putLong(dialogId.high())
                .putLong(dialogId.low())
                .putShort((short) name.length)
                .put(name);
    }

    private static byte[] utf8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > 1_000) {
            throw new IllegalArgumentException("A name of more than 1000 bytes: " + text.substring(0, 100));
        }
        return utf8;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    byte kind() {
        return bytes[0];
    }

    DialogId dialogId() {
        return DialogId.from(bytes, 1);
    }

    String service() {
        return new String(bytes, 19, ByteBuffer.wrap(bytes).getShort(17), StandardCharsets.UTF_8);
    }

    /** Of a guard's window: a hash of the service that claims, never 0. Of others: 0. */
    long claimant() {
        return kind() == CLAIM_WINDOW ? ByteBuffer.wrap(sha256(utf8(service()))).getLong() | 1 : 0;
    }

    /** Not a copy: for writing only. */
    byte[] bytes() {
        return bytes;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
