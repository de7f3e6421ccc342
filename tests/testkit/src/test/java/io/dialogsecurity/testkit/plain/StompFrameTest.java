package io.dialogsecurity.testkit.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StompFrameTest {

    private static DataInputStream bytes(String text) {
        return new DataInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void headersAreEscapedAndReadAgain() throws Exception {
        byte[] body = {0, 1, 2};
        StompFrame written = StompFrame.of("SEND")
                .header("a:b", "1\\2\r\n3:")
                .header("content-length", "3")
                .withBody(body);
        assertThat(new String(written.encoded(), StandardCharsets.UTF_8)).contains("a\\cb:1\\\\2\\r\\n3\\c\n");
        StompFrame read = StompFrame.read(new DataInputStream(new ByteArrayInputStream(written.encoded())));
        assertThat(read.command()).isEqualTo("SEND");
        assertThat(read.headers()).isEqualTo(written.headers());
        assertThat(read.body()).isEqualTo(body);
    }

    @Test
    void theFirstOfRepeatedHeadersCountsAndLineEndsBetweenFramesDoNot() throws Exception {
        StompFrame frame = StompFrame.read(bytes("\n\r\nMESSAGE\r\nn:1\r\nn:2\r\n\r\ntext\0"));
        assertThat(frame.headers()).containsEntry("n", "1").hasSize(1);
        assertThat(frame.body()).isEqualTo("text".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNoFrameIsRefused() {
        assertThatThrownBy(() -> StompFrame.read(bytes("MESSAGE\nno header\n\n\0")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> StompFrame.read(bytes("MESSAGE\na:\\t\n\n\0"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> StompFrame.read(bytes("MESSAGE\ncontent-length:2\n\nabc\0")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> StompFrame.read(bytes("MESSAGE\n\nabc"))).isInstanceOf(IOException.class);
    }
}
