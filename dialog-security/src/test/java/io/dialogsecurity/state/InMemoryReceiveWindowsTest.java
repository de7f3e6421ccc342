package io.dialogsecurity.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InMemoryReceiveWindowsTest {

    private static WindowKey key(long dialog) {
        return new WindowKey(
                Bytes.copyOf(new byte[32]), "shipping", new DialogId(0, dialog), Direction.INITIATOR_TO_TARGET, 0, "");
    }

    @Test
    @DisplayName("A dialog that is used keeps its window while thousands come and go")
    void keepsWhatIsUsed() {
        ReceiveWindows windows = ReceiveWindows.inMemory(10);
        ReceiveWindow used = windows.window(key(0));
        for (int i = 1; i < 5_000; i++) {
            windows.window(key(i));
            assertThat(windows.window(key(0))).isSameAs(used);
        }
    }

    @Test
    @DisplayName("There are never more windows than allowed, even if all of them are in use")
    void bounded() {
        ReceiveWindows windows = ReceiveWindows.inMemory(10);
        List<ReceiveWindow> first = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            first.add(windows.window(key(i)));
        }
        for (int i = 10; i < 20; i++) {
            windows.window(key(i));
        }
        assertThat(first).noneMatch(ReceiveWindow::isCurrent);
        for (int i = 0; i < 10; i++) {
            assertThat(windows.window(key(i))).isNotIn(first).matches(ReceiveWindow::isCurrent);
        }
    }

    @Test
    @DisplayName("Whoever begins dialogs without end pushes out his own windows, and nobody else's")
    void ofEachSender() {
        ReceiveWindows windows = ReceiveWindows.inMemory(1_000);
        windows.window(key(1)).arrive(1, 10, false);
        windows.window(key(1)).acknowledge(1);
        Bytes retired = Bytes.copyOf(new byte[] {1, 2, 3});
        for (int dialog = 0; dialog < 2_100; dialog++) {
            WindowKey key =
                    new WindowKey(retired, "shipping", new DialogId(1, dialog), Direction.INITIATOR_TO_TARGET, 0, "");
            windows.window(key).arrive(1, 1, false);
        }
        assertThat(windows.window(key(1)).arrive(1, 10, false)).isEqualTo(Arrival.DUPLICATE);
    }

    @Test
    @DisplayName("Everybody who asks at once gets the same window")
    void concurrent() throws Exception {
        ReceiveWindows windows = ReceiveWindows.inMemory(1_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<ReceiveWindow>>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(threads.submit(() -> {
                    List<ReceiveWindow> mine = new ArrayList<>();
                    for (int i = 0; i < 1_000; i++) {
                        mine.add(windows.window(key(i)));
                    }
                    return mine;
                }));
            }
            List<ReceiveWindow> first = all.get(0).get(1, TimeUnit.MINUTES);
            for (Future<List<ReceiveWindow>> each : all) {
                assertThat(each.get(1, TimeUnit.MINUTES)).isEqualTo(first);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
