package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InMemoryDialogStatesTest {

    private static final Bytes LAYERS = Bytes.copyOf(new byte[] {1, 2, 3});

    private final DialogStates dialogs = DialogStates.inMemory(10);

    private static DialogState dialog(long id, DialogStatus status) {
        return new DialogState("orders", new DialogId(0, id), 0, 1, LAYERS, status, 1_000);
    }

    @Test
    @DisplayName("A dialog is found by service and id as it was last remembered")
    void found() {
        dialogs.remember(dialog(1, DialogStatus.OPEN));
        dialogs.remember(dialog(1, DialogStatus.ENDED_BY_PEER));
        assertThat(dialogs.find("orders", new DialogId(0, 1))).contains(dialog(1, DialogStatus.ENDED_BY_PEER));
        assertThat(dialogs.find("orders", new DialogId(0, 2))).isEmpty();
        assertThat(dialogs.find("shipping", new DialogId(0, 1))).isEmpty();
    }

    @Test
    @DisplayName("A status only goes forward, and what is said without layers keeps them")
    void goesForward() {
        dialogs.remember(dialog(1, DialogStatus.ENDED_BY_PEER));
        dialogs.remember(new DialogState("orders", new DialogId(0, 1), 0, 1, Bytes.EMPTY, DialogStatus.OPEN, 2_000));
        assertThat(dialogs.find("orders", new DialogId(0, 1)))
                .contains(
                        new DialogState("orders", new DialogId(0, 1), 0, 1, LAYERS, DialogStatus.ENDED_BY_PEER, 2_000));
    }

    @Test
    @DisplayName("Of a closed dialog only the tombstone is kept")
    void tombstone() {
        dialogs.remember(dialog(1, DialogStatus.OPEN));
        dialogs.remember(dialog(2, DialogStatus.OPEN));
        dialogs.remember(dialog(1, DialogStatus.ENDED));
        assertThat(dialogs.find("orders", new DialogId(0, 1)).orElseThrow().pairLayers())
                .isEqualTo(Bytes.EMPTY);
        assertThat(dialogs.open()).isEqualTo(1);
        assertThat(dialogs.tombstones()).isEqualTo(1);
    }

    @Test
    @DisplayName("Each instance numbers its own messages, and goes on where it stopped")
    void sequences() {
        dialogs.sending("orders", new DialogId(0, 1), 0).use(1);
        dialogs.sending("orders", new DialogId(0, 1), 0).use(2);
        dialogs.sending("orders", new DialogId(0, 1), 77).use(1);
        assertThat(dialogs.sending("orders", new DialogId(0, 1), 0).last()).isEqualTo(2);
        assertThat(dialogs.sending("orders", new DialogId(0, 1), 77).last()).isEqualTo(1);
        assertThat(dialogs.sending("orders", new DialogId(0, 2), 0).last()).isZero();
        assertThat(dialogs.find("orders", new DialogId(0, 1))).isEmpty();
    }

    @Test
    @DisplayName("There are never more dialogs than allowed; the one used longest ago goes")
    void bounded() {
        for (int id = 0; id < 10; id++) {
            dialogs.remember(dialog(id, DialogStatus.OPEN));
        }
        dialogs.find("orders", new DialogId(0, 0));
        dialogs.remember(dialog(10, DialogStatus.OPEN));
        assertThat(dialogs.open()).isEqualTo(10);
        assertThat(dialogs.find("orders", new DialogId(0, 0))).isPresent();
        assertThat(dialogs.find("orders", new DialogId(0, 1))).isEmpty();
    }
}
