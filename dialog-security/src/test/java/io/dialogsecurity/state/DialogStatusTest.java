package io.dialogsecurity.state;

import static io.dialogsecurity.state.DialogStatus.ENDED;
import static io.dialogsecurity.state.DialogStatus.ENDED_BY_PEER;
import static io.dialogsecurity.state.DialogStatus.ENDED_BY_US;
import static io.dialogsecurity.state.DialogStatus.ERROR;
import static io.dialogsecurity.state.DialogStatus.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DialogStatusTest {

    @Test
    @DisplayName("A status only goes forward, in whatever order its parts are said")
    void goesForward() {
        for (DialogStatus one : DialogStatus.values()) {
            assertThat(one.with(one)).isEqualTo(one);
            assertThat(OPEN.with(one)).isEqualTo(one);
            assertThat(ERROR.with(one)).isEqualTo(ERROR);
            for (DialogStatus other : DialogStatus.values()) {
                assertThat(one.with(other)).isEqualTo(other.with(one));
                assertThat(one.with(other).with(one)).isEqualTo(one.with(other));
            }
        }
        assertThat(ENDED_BY_US.with(ENDED_BY_PEER)).isEqualTo(ENDED);
        assertThat(ENDED.with(ENDED_BY_US)).isEqualTo(ENDED);
    }
}
