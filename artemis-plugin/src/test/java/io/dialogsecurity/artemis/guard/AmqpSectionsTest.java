package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.Rejection;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AmqpSectionsTest {

    private static final String HEADER = "005370c0020141"; // durable
    private static final String EMPTY_PROPERTIES = "00537345";
    private static final String APPLICATION_PROPERTIES = "005374d10000000a00000002a10161a10162";
    private static final String DATA = "005375a003d54449";
    private static final String LONG_DESCRIPTOR_DATA = "00800000000000000075b000000003d54449";
    private static final String FOOTER = "005378c10100";
    private static final String VALUE = "005377a103616263";

    @Test
    void findsTheDataSectionBehindWhateverPrecedesIt() throws Exception {
        for (String data : new String[] {DATA, LONG_DESCRIPTOR_DATA}) {
            for (String before : new String[] {"", HEADER, HEADER + EMPTY_PROPERTIES + APPLICATION_PROPERTIES}) {
                for (String after : new String[] {"", FOOTER}) {
                    byte[] message = bytes(before + data + after);
                    AmqpSections.DataSection found = AmqpSections.find(message, message.length, message.length);
                    assertThat(found.length()).isEqualTo(3);
                    assertThat(message[found.offset()]).isEqualTo((byte) 0xD5);
                }
            }
        }
    }

    @Test
    void whatIsNotOneDataSectionIsRefused() {
        refused("");
        refused(HEADER);
        refused(HEADER + VALUE);
        refused("41" + DATA);
        refused(HEADER + DATA + DATA);
        refused(HEADER + DATA + VALUE);
        refused("005375b0ffffffffd54449");
        refused("005373d1ffffffff" + DATA);
    }

    @Test
    void aPrefixAsksForMoreUntilTheSectionIsFound() throws Exception {
        byte[] message = bytes(HEADER + APPLICATION_PROPERTIES + DATA);
        int data = message.length - 3;
        for (int available = 0; available < data; available++) {
            assertThat(AmqpSections.find(message, available, message.length)).isNull();
        }
        assertThat(AmqpSections.find(message, data, message.length).offset()).isEqualTo(data);
    }

    @Test
    void randomBytesAreFoundOrRefusedAndNothingElse() {
        Random random = new Random(11);
        byte[] alphabet = bytes("005375a0b0c0d0c1d1450078707174737780");
        for (int i = 0; i < 100_000; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int n = random.nextInt(40); n > 0; n--) {
                bytes.write(random.nextBoolean() ? alphabet[random.nextInt(alphabet.length)] : random.nextInt(8));
            }
            byte[] message = bytes.toByteArray();
            try {
                AmqpSections.DataSection found = AmqpSections.find(message, message.length, message.length);
                assertThat(found.offset() + found.length()).isLessThanOrEqualTo(message.length);
            } catch (RefusedException e) {
                assertThat(e.rejected().reason()).isEqualTo(Rejection.PLAINTEXT_REFUSED);
            }
        }
    }

    private static void refused(String hex) {
        byte[] message = bytes(hex);
        assertThatThrownBy(() -> AmqpSections.find(message, message.length, message.length))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.rejected().reason()).isEqualTo(Rejection.PLAINTEXT_REFUSED));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
