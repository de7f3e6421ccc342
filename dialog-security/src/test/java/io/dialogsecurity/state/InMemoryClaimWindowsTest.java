package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InMemoryClaimWindowsTest {

    private static ClaimKey key(String service, long dialog) {
        return new ClaimKey(
                new ServiceName(service),
                Bytes.copyOf(new byte[32]),
                new DialogId(0, dialog),
                Direction.INITIATOR_TO_TARGET,
                0);
    }

    @Test
    @DisplayName("A service that begins too many dialogs crowds out its own, never another's")
    void boundedPerService() {
        ClaimWindows windows = ClaimWindows.inMemory(10);
        windows.window(key("orders", 0)).take(1, 1, false);
        windows.window(key("shipping", 0)).take(1, 1, false);
        for (int dialog = 1; dialog <= 1_000; dialog++) {
            windows.window(key("orders", dialog));
        }
        assertThat(windows.size()).isEqualTo(11);
        assertThat(windows.window(key("shipping", 0)).take(1, 1, false)).isEqualTo(Claim.PENDING);
        assertThat(windows.window(key("orders", 0)).take(1, 1, false)).isEqualTo(Claim.TAKEN);
    }
}
