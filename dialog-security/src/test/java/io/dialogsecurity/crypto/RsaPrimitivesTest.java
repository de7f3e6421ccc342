package io.dialogsecurity.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RsaPrimitivesTest {

    @Test
    @DisplayName("A wrap has exactly the length of the modulus: the same number in fewer bytes does not unwrap")
    void lengthOfAWrap() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024); // quick to make, and to use until a wrap begins with zero
        KeyPair key = generator.generateKeyPair();
        byte[] secret = new byte[32];
        byte[] wrapped;
        do {
            wrapped = RsaPrimitives.wrap(key.getPublic(), secret);
        } while (wrapped[0] != 0);
        assertThat(RsaPrimitives.unwrap(key.getPrivate(), wrapped)).isEqualTo(secret);
        byte[] shorter = Arrays.copyOfRange(wrapped, 1, wrapped.length);
        assertThatThrownBy(() -> RsaPrimitives.unwrap(key.getPrivate(), shorter))
                .isInstanceOf(KeyOperationException.class)
                .hasMessage("A wrapped key did not unwrap");
    }
}
