package io.dialogsecurity.artemis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.MessageContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnsentMessagesTest {

    private static final byte[] ENVELOPE = {1, 2, 3};

    private final UnsentMessages unsent = new UnsentMessages();

    @Test
    @DisplayName("The same message, unchanged and in the same place, has the same envelope once")
    void once() {
        Object message = new Object();
        unsent.keep(message, "orders", MessageContent.text("a"), ENVELOPE);
        assertThat(unsent.take(message, "orders", MessageContent.text("a"))).isSameAs(ENVELOPE);
        assertThat(unsent.take(message, "orders", MessageContent.text("a"))).isNull();
    }

    @Test
    @DisplayName("Another message, another place or another content is sealed anew")
    void differences() {
        Object message = new Object();
        unsent.keep(message, "orders", MessageContent.text("a"), ENVELOPE);
        assertThat(unsent.take(new Object(), "orders", MessageContent.text("a")))
                .isNull();
        assertThat(unsent.take(message, "replies", MessageContent.text("a"))).isNull();
        assertThat(unsent.take(message, "orders", MessageContent.text("b"))).isNull();
        assertThat(unsent.take(message, "orders", MessageContent.text("a")))
                .as("it was sealed anew with another content meanwhile")
                .isNull();
        unsent.keep(message, "orders", MessageContent.text("a"), ENVELOPE);
        assertThat(unsent.take(message, "orders", MessageContent.text("a").endingDialog()))
                .isNull();
    }

    @Test
    @DisplayName("Messages that are equal are not the same")
    void identity() {
        String one = new String("message");
        unsent.keep(one, "orders", MessageContent.text("a"), ENVELOPE);
        assertThat(unsent.take(new String("message"), "orders", MessageContent.text("a")))
                .isNull();
        assertThat(unsent.take(one, "orders", MessageContent.text("a"))).isSameAs(ENVELOPE);
    }

    @Test
    @DisplayName("Beyond the bounds the oldest are forgotten")
    void bounds() {
        List<Object> messages = new ArrayList<>();
        for (int i = 0; i <= UnsentMessages.MAX_MESSAGES; i++) {
            messages.add(new Object());
            unsent.keep(messages.get(i), "orders", MessageContent.text("a"), ENVELOPE);
        }
        assertThat(unsent.take(messages.get(0), "orders", MessageContent.text("a")))
                .isNull();
        assertThat(unsent.take(messages.get(1), "orders", MessageContent.text("a")))
                .isSameAs(ENVELOPE);
        unsent.keep(messages.get(0), "orders", MessageContent.text("a"), new byte[(int) UnsentMessages.MAX_BYTES]);
        assertThat(unsent.take(messages.get(2), "orders", MessageContent.text("a")))
                .isNull();
        assertThat(unsent.take(messages.get(0), "orders", MessageContent.text("a")))
                .hasSize((int) UnsentMessages.MAX_BYTES);
    }
}
