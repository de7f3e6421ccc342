package io.dialogsecurity.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.id.Bytes;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Under a key no nonce is used twice, whatever becomes of the key. */
class DialogKeyTest {
    private static final byte[] PAIR_HASH = new byte[32];
    private static final byte[] SECRET =
            "a secret that is 32 bytes long...".substring(0, 32).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTEXT = {1, 2, 3};
    private static final byte[] WRAPPED = new byte[40];
    private static final int SALT_BYTES = 16;

    private static DialogKey sealing() {
        return DialogKey.forSealing(PAIR_HASH, SECRET.clone(), CONTEXT, WRAPPED);
    }

    private static byte[] salt(DialogKey key, long epochNanos) {
        byte[] salt = new byte[SALT_BYTES];
        key.drawSalt(epochNanos, salt, 0);
        return salt;
    }

    @Test
    @DisplayName("A key that was unwrapped draws no salt, seals nothing and shows no secret to put into a header")
    void unwrappedKeysNeverSeal() {
        DialogKey unwrapped = DialogKey.forOpening(
                PAIR_HASH, SECRET.clone(), CONTEXT, sealing().commitment());
        assertThat(unwrapped).isNotNull();
        assertThatThrownBy(() -> salt(unwrapped, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unwrapped.seal(new byte[0], new byte[1], 0, 1, new byte[17], 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(unwrapped::wrappedSecret).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(unwrapped::commitment).isInstanceOf(IllegalStateException.class);
        assertThat(unwrapped.messages()).isZero();
    }

    @Test
    @DisplayName("A key that was made to seal opens nothing")
    void sealingKeysNeverOpen() {
        assertThatThrownBy(() -> sealing().open(new byte[16], 0, new byte[0], new byte[16], 0, 16, new byte[0], 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("A salt is good for one message")
    void aSaltIsUsedOnce() {
        DialogKey key = sealing();
        salt(key, 1);
        key.seal(new byte[0], new byte[1], 0, 1, new byte[17], 0);
        assertThatThrownBy(() -> key.seal(new byte[0], new byte[1], 0, 1, new byte[17], 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("The counter of nonces ends and never wraps, also where the clock stands still")
    void counterEnds() throws Exception {
        DialogKey key = sealing();
        byte[] first = salt(key, 7);
        setMessages(key, DialogKey.MAX_MESSAGES - 1);
        byte[] last = salt(key, 7);
        assertThat(last).isNotEqualTo(first);
        assertThat(Arrays.copyOf(last, 4)).containsExactly(0xFF, 0xFF, 0xFF, 0xFE);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> salt(key, 7)).isInstanceOf(KeyOperationException.class);
        }
        assertThat(key.messages()).isEqualTo(DialogKey.MAX_MESSAGES);
    }

    @Test
    @DisplayName("Memory that runs twice has one key and counter, and nonces of its own but for the same nanosecond")
    void clonedMemory() {
        DialogKey one = sealing();
        DialogKey clone = sealing();
        Set<Bytes> salts = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(salts.add(Bytes.copyOf(salt(one, 2L * i)))).isTrue();
            assertThat(salts.add(Bytes.copyOf(salt(clone, 2L * i + 1)))).isTrue();
        }
        byte[] salt = salt(one, 0x0102030405060708L);
        assertThat(ByteBuffer.wrap(salt).getInt(0)).isEqualTo(1000);
        assertThat(ByteBuffer.wrap(salt).getLong(4)).isEqualTo(0x0102030405060708L);
    }

    static void setMessages(DialogKey key, long messages) throws Exception {
        Field field = DialogKey.class.getDeclaredField("messages");
        field.setAccessible(true);
        field.setLong(key, messages);
    }
}
