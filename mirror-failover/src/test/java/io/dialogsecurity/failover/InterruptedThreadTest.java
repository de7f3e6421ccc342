package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.open;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.state.Arrival;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads of a broker are interrupted now and then, and a file that an interrupted thread reads is closed under everybody who
 * uses it: the store must not care who calls.
 */
class InterruptedThreadTest {

    /** They are read from the file when the store was opened anew. */
    private static final int DIALOGS = 2_000;

    @TempDir
    Path directory;

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    private void fill() {
        try (EndpointStore store = open(directory)) {
            for (int dialog = 0; dialog < DIALOGS; dialog++) {
                store.windows().window(windowKey(dialog)).arrive(1, dialog, false);
            }
        }
    }

    @Test
    @DisplayName("A thread that is interrupted finds every window, stays interrupted, and harms nobody")
    void reads() {
        fill();
        try (EndpointStore store = open(directory)) {
            Thread.currentThread().interrupt();
            for (int dialog = 0; dialog < DIALOGS; dialog += 10) {
                assertThat(store.windows().window(windowKey(dialog)).arrive(1, dialog, false))
                        .isEqualTo(Arrival.REDELIVERED);
            }
            assertThat(Thread.interrupted()).isTrue();
            Await.until(() -> store.health().dirty() == 0 && store.health().tailFill() == 0);
            assertThat(store.health().good()).isTrue();
        }
    }

    @Test
    @DisplayName("A thread that is interrupted opens the store and closes it, and nothing is left to write")
    void opensAndCloses() {
        fill();
        Thread.currentThread().interrupt();
        try (EndpointStore store = open(directory)) {
            store.windows().window(windowKey(1)).arrive(2, 2, false);
        }
        assertThat(Thread.interrupted()).isTrue();
        try (EndpointStore store = open(directory)) {
            assertThat(store.openedEmpty()).isFalse();
            assertThat(store.windows().window(windowKey(1)).newest()).isEqualTo(2);
        }
    }
}
